"""00_gradcheck: the model answers. Made by ``autograder release``."""

import numpy as np


def numeric_gradient(f, x, df=None, h=1e-5):
    """Return the gradient of f at x, in the shape of x."""
    at = np.array(x, dtype=float)  # a copy, and floats
    gradient = np.zeros_like(at)
    for place in np.ndindex(at.shape):  # every index, whatever the shape
        up, down = at.copy(), at.copy()
        up[place] += h
        down[place] -= h
        change = f(up) - f(down)
        gradient[place] = np.sum(change if df is None else df * change) / (2 * h)
    return gradient


def relative_error(a, b):
    """Return how far a and b differ, in one number."""
    if np.shape(a) != np.shape(b):
        raise ValueError(f"a has shape {np.shape(a)} and b {np.shape(b)}; expected the same")
    scale = max(np.max(np.abs(a)), np.max(np.abs(b)))
    if scale == 0:
        return 0.0
    return np.max(np.abs(a - b)) / scale


def sharper_gradient(f, x, h=1e-2):
    """Return the gradient of f at x, with an error of the order h**4."""
    whole, half = numeric_gradient(f, x, h=h), numeric_gradient(f, x, h=h / 2)
    return (4 * half - whole) / 3
