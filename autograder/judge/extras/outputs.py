"""Unit 02 without points: what a prediction is told, and a causal convolution."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply

REPLIES = {
    "predict_shift": Reply(
        "same",
        {
            "grows": "The scores are larger, but the loss asks by how much the target's score is "
            "ahead of the others, and all three have moved together.",
            "shrinks": "The target's score has grown, as training would want it; so have the "
            "other two, and softmax sees differences alone.",
            "same": "A factor of e¹⁰⁰⁰ stands above and below the fraction line and cancels: on "
            "paper. In the machine it is infinite, and `inf / inf` is `nan`.",
        },
    )
}
_X = np.random.default_rng(2).normal(size=(2, 6, 3))
_W = np.random.default_rng(3).normal(size=(3, 3, 4))


def _sees_back_only(convolve: Any) -> bool:
    later = _X.copy()
    later[:, 3] += 1.0
    changed = np.abs(convolve(later, _W) - convolve(_X, _W)).max(axis=(0, 2)) > 0
    return list(changed) == [False, False, False, True, True, True]


def _window_ends(convolve: Any) -> bool:
    earlier = _X.copy()
    earlier[:, 0] += 1.0
    return np.allclose(convolve(earlier, _W)[:, 3:], convolve(_X, _W)[:, 3:])


def _example(convolve: Any) -> bool:
    y = convolve(np.array([[[1.0], [2.0], [3.0]]]), np.array([[[1.0]], [[10.0]], [[100.0]]]))
    return np.allclose(y, [[[1.0], [12.0], [123.0]]])


OPTIONAL = {
    "causal_convolution": (
        Claim("(2, 6, 3) and (3, 3, 4) give (2, 6, 4).", lambda f: f(_X, _W).shape == (2, 6, 4)),
        Claim("The tiny example: 1, 12, 123.", _example),
        Claim(
            "An input at step 3 changes the outputs of steps 3, 4, 5 and no other.", _sees_back_only
        ),
        Claim("What lies three steps back does not matter any more.", _window_ends),
        Claim(
            "A sequence shorter than the filter has outputs too.",
            lambda f: np.allclose(f(_X[:, :2], _W), f(_X, _W)[:, :2]),
        ),
    )
}
