"""Unit 00 without points: what a prediction is told, and a slope of fourth order."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply

REPLIES = {
    "predict_step": Reply(
        "larger",
        {
            "smaller": "That is what Taylor's series says, and it is right about the formula. "
            "It says nothing about the floats that the formula is worked out with: they have 16 "
            "digits, and the first twelve of both values are the same and cancel.",
            "larger": "At 1e-12 twelve of the 16 digits cancel in the subtraction, and dividing "
            "by `2h` blows up what rounding is left.",
        },
    )
}


def _error(slope: Any, h: float) -> float:
    return float(abs(slope(np.exp, np.array(0.0), h) - 1.0))


def _leaves_x(slope: Any) -> bool:
    x = np.array([1.0, 2.0])
    slope(lambda z: float(np.sum(z**2)), x, 0.1)
    return list(x) == [1.0, 2.0]


def _quartic(slope: Any) -> bool:
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    return np.allclose(slope(lambda z: float(np.sum(z**4)), x, 0.5), 4 * x**3, atol=1e-9)


OPTIONAL = {
    "sharper_gradient": (
        Claim(
            "It has the shape of x, here (2, 2).",
            lambda f: np.shape(f(np.sum, np.ones((2, 2)), 0.1)) == (2, 2),
        ),
        Claim("The slope of x⁴ is right to the last digits, even with a step of 0.5.", _quartic),
        Claim(
            "For exp at 0, half the step leaves about a sixteenth of the error.",
            lambda f: 12 < _error(f, 0.2) / _error(f, 0.1) < 20,
        ),
        Claim("x is as it was afterwards.", _leaves_x),
    )
}
