"""What several exercises of this unit are drawn with, and asked."""

import numpy as np

from autograder.judge.exercise import Tolerance
from rnn_ref import gradient_flow

FADED = Tolerance(relative=1e-4, absolute=1e-12)  # norms span many decades: relative error counts


def draw_sizes(rng: np.random.Generator) -> tuple[int, int]:
    """Return two sizes: units H, and more states than units."""
    H = int(rng.integers(3, 6))
    return H, H + int(rng.integers(3, 6))


def gaussian(rng: np.random.Generator, H: int) -> np.ndarray:
    """Return a matrix (H, H) whose spectral radius is near 1."""
    return rng.normal(scale=H**-0.5, size=(H, H))


def _similar(rng: np.random.Generator, W: np.ndarray) -> np.ndarray:
    """Return a matrix with the eigenvalues of W that is far from symmetric, or from normal."""
    H = len(W)
    stretch = np.diag(np.linspace(1, 3, H))
    S = gradient_flow.orthogonal(H, rng) @ stretch @ gradient_flow.orthogonal(H, rng)
    return np.asarray(S @ W @ np.linalg.inv(S))


def turning(rng: np.random.Generator, H: int) -> np.ndarray:
    """Return a matrix whose largest eigenvalues are a complex pair, its real parts small."""
    W = np.diag(rng.uniform(0.1, 0.4, H))
    turn, length = rng.uniform(1.2, 1.4), rng.uniform(1.5, 2.5)
    c, s = length * np.cos(turn), length * np.sin(turn)
    W[:2, :2] = [[c, s], [-s, c]]
    return _similar(rng, W)


def negative(rng: np.random.Generator, H: int) -> np.ndarray:
    """Return a matrix with a negative eigenvalue that is the longest, and positive ones."""
    eigenvalues = rng.uniform(0.2, 1.0, H)
    eigenvalues[0] = -rng.uniform(1.5, 2.5)
    return _similar(rng, np.diag(eigenvalues))
