"""Unit 01 without points: what a prediction is told, and a memory of the last k inputs."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply
from rnn_ref.recurrence import FloatArray, rnn_forward

REPLIES = {
    "predict_order": Reply(
        "different",
        {
            "same": "A sum or a mean of the inputs would be the same, and much of statistics is "
            "made of those. A state is no sum: what came first has been through tanh and `W_hh` "
            "twice more than what came last.",
            "different": "An early 1 has been halved and squashed at every later step; a late 1 "
            "has only just arrived.",
        },
    )
}


def _states(weights: Any, k: int) -> tuple[FloatArray, FloatArray]:
    """Inputs of ±1, (T,), and the states that `weights` give, (T, k)."""
    signs = np.random.default_rng(7).choice([-1.0, 1.0], size=40)
    W_xh, W_hh, b_h = weights(k)
    h, _ = rnn_forward(signs[None, :, None], np.zeros((1, k)), W_xh, W_hh, b_h)
    return signs, h[0]


def _remembers(weights: Any, k: int) -> bool:
    signs, h = _states(weights, k)
    ages = (np.array_equal(np.sign(h[age:, age]), signs[: len(signs) - age]) for age in range(k))
    return all(ages)


def _shapes(weights: Any) -> bool:
    return [np.shape(array) for array in weights(3)] == [(1, 3), (3, 3), (3,)]


OPTIONAL = {
    "delay_line": (
        Claim("For k = 3 the three arrays have the shapes (1, 3), (3, 3) and (3,).", _shapes),
        Claim("Unit 0 has the sign of the input just read.", lambda f: _remembers(f, 1)),
        Claim("k = 4: unit j has the sign of the input j steps ago.", lambda f: _remembers(f, 4)),
        Claim("k = 12: so it is with twelve.", lambda f: _remembers(f, 12)),
        Claim(
            "Nothing fades: k = 12, and from step 12 on every number is beyond ±0.9.",
            lambda f: bool(np.all(np.abs(_states(f, 12)[1][12:]) > 0.9)),
        ),
    )
}
