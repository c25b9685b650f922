"""Unit 04 without points: what a prediction is told, and the nucleus."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply

REPLIES = {
    "predict_odds": Reply(
        "45",
        {
            "3": "That comes when the temperature is doubled: the square root of 6.7. Cold "
            "sharpens, it does not soften.",
            "13": "Twice the odds for half the temperature: but the temperature divides in the "
            "exponent, so halving it squares the odds.",
            "45": "The exponent 1.9 becomes 3.8, and e to the power of that is 6.7 squared.",
        },
    )
}
_P = np.array([0.1, 0.4, 0.05, 0.25, 0.2])


def _leaves_p(nucleus: Any) -> bool:
    p = _P.copy()
    nucleus(p, 0.5)
    return np.array_equal(p, _P)


def _ratios(nucleus: Any) -> bool:
    q = nucleus(_P, 0.8)
    return bool(np.isclose(q[1] / q[3], 1.6) and np.isclose(q.sum(), 1))


OPTIONAL = {
    "nucleus": (
        Claim(
            "share = 0.6 of (0.1, 0.4, 0.05, 0.25, 0.2) keeps places 1 and 3 alone.",
            lambda f: np.allclose(f(_P, 0.6), [0, 0.4 / 0.65, 0, 0.25 / 0.65, 0]),
        ),
        Claim("What is left sums to 1, in the old proportions.", _ratios),
        Claim(
            "A tiny share still keeps the likeliest.",
            lambda f: np.allclose(f(_P, 1e-9), np.eye(5)[1]),
        ),
        Claim("share = 1 keeps everything.", lambda f: np.allclose(f(_P, 1.0), _P)),
        Claim("p is as it was afterwards.", _leaves_p),
    )
}
