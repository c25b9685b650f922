"""Unit 06 without points: what a prediction is told, and a matrix of two given sizes."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply
from rnn_ref.gradient_flow import spectral_radius

REPLIES = {
    "predict_flow": Reply(
        "vanishes",
        {
            "explodes": "A largest singular value of 1.1 bounds one step, and is reached only in "
            "the one direction that is stretched most. It tempts because the bound grows to 117.",
            "vanishes": "The next step does not find the stretched direction again. In the long "
            "run the spectral radius decides, 0.59 here.",
        },
    )
}
ROUNDING = 1e-5  # eigenvalues that are equal are found to half of the digits


def _made(function: Any, sigma: float, rho: float, H: int, seed: int = 0) -> Any:
    return np.asarray(function(sigma, rho, H, np.random.default_rng(seed)))


def _sigma(function: Any) -> bool:
    return bool(np.isclose(np.linalg.norm(_made(function, 1.5, 0.5, 6), 2), 1.5))


def _rho(function: Any) -> bool:
    return bool(np.isclose(spectral_radius(_made(function, 1.5, 0.5, 6)), 0.5, atol=ROUNDING))


def _equal_sizes(function: Any) -> bool:
    W = _made(function, 1.2, 1.2, 4)
    return bool(np.isclose(np.linalg.norm(W, 2), 1.2) and np.isclose(spectral_radius(W), 1.2))


def _by_chance(function: Any) -> bool:
    one, again, other = (_made(function, 2.0, 1.0, 3, seed) for seed in (1, 1, 2))
    return np.array_equal(one, again) and not np.allclose(one, other)


OPTIONAL = {
    "matrix_of_sizes": (
        Claim("sigma = 1.5: that is the largest singular value.", _sigma),
        Claim("rho = 0.5: that is the spectral radius.", _rho),
        Claim("sigma = rho = 1.2: both again.", _equal_sizes),
        Claim("Another generator makes another matrix, an equal one the same.", _by_chance),
    )
}
