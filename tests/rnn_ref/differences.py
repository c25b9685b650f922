"""Central differences by hand, and how far off they can be in double precision."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
STEP = 1e-5
UNIT_ROUNDOFF = 2.0**-53
"""One operation is off by this share of its result, at most ..."""
LEAST = 2.0**-1074
"""... or, where the result is too small for a share, by less than the smallest number there is."""


def central_differences(
    loss: Callable[[FloatArray], float], array: FloatArray, h: float = STEP
) -> FloatArray:
    """Measure a gradient entry by entry."""
    gradient = np.empty_like(array)
    for place in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[place] += h
        down[place] -= h
        gradient[place] = (loss(up) - loss(down)) / (2 * h)
    return gradient


def rounding(operations: int, size: float) -> float:
    """Return how far off what takes so many operations in a row is, at most.

    ``n u / (1 - n u)`` of the sum of the terms' sizes, whatever their order.

    Parameters
    ----------
    size : float
        Of all terms together, each without its sign.

    Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), lemma 3.1.
    """
    n_u = operations * UNIT_ROUNDOFF
    return n_u / (1 - n_u) * size + operations * LEAST


def difference_error(third: float, value_error: float, h: float = STEP) -> float:
    """Return how far off a central difference is, at most.

    Parameters
    ----------
    third : float
        A bound of the third derivative: the difference itself is off by ``h**2 / 6`` of it.
    value_error : float
        How far off each of the two values is, at most; it is divided by h.
    """
    return h**2 / 6 * third + value_error / h
