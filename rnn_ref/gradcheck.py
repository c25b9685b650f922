"""Unit 00: the slope of any function from its values alone, and how far two gradients differ.

A gradient worked out by hand is checked against one that is measured: every entry of the argument
is moved a little up and a little down, and the change of the function is divided by the way.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, ShapeError

FloatArray = npt.NDArray[np.floating[Any]]


def numeric_gradient(
    f: Callable[[FloatArray], npt.ArrayLike],
    x: npt.ArrayLike,
    df: npt.ArrayLike | None = None,
    h: float = 1e-5,
) -> FloatArray:
    """Measure a gradient by central differences: ``(f(x + h e_i) - f(x - h e_i)) / 2h``.

    ``e_i`` is 1 at one entry of x and 0 at all others. The error is of the order ``h**2``, plus
    rounding of the order ``1e-16 |f| / h``: near h = 1e-5 their sum is smallest.

    Parameters
    ----------
    f : function of one array
        Returns a number, or an array if `df` is given. Called twice for every entry of x, each
        time with an array of its own.
    x : array, any shape
        Where the gradient is wanted; whole numbers are taken as floats.
    df : array, the shape of f(x), optional
        The gradient of a loss with respect to f(x). The result is then the gradient of that loss
        with respect to x: ``sum(df * f(x))`` is differentiated.
    h : float
        The step, in the units of x; greater than 0.

    Returns
    -------
    gradient : float64 array, the shape of x
        Entry i is the slope when only entry i of x moves.

    Raises
    ------
    ShapeError
        If f returns an array and df is missing, or df has another shape than f(x).
    InputError
        If h is not a positive, finite number.

    Source: Nocedal and Wright, Numerical Optimization (2006), section 8.1.

    Examples
    --------
    >>> numeric_gradient(lambda x: x[0] ** 2 * x[1], np.array([1.0, 3.0])).round(6)
    array([6., 1.])
    >>> numeric_gradient(lambda x: 2 * x, np.zeros(2), df=np.array([1.0, 10.0])).round(6)
    array([ 2., 20.])
    """
    if not (h > 0 and math.isfinite(h)):
        raise InputError(f"The step h is {h}; expected a number greater than 0, such as 1e-5.")
    at = np.array(x, dtype=np.float64)  # a copy: the caller's x stays as it is
    gradient = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[place] += h
        down[place] -= h
        change = np.asarray(f(up), dtype=np.float64) - np.asarray(f(down), dtype=np.float64)
        gradient[place] = _weighted_sum(change, df) / (2 * h)
    return gradient


def _weighted_sum(change: FloatArray, df: npt.ArrayLike | None) -> float:
    if df is None and change.size != 1:
        raise ShapeError(
            f"f returns an array of shape {change.shape}; without df it must return one number."
        )
    if df is not None and np.shape(df) != change.shape:
        raise ShapeError(f"df has shape {np.shape(df)}; expected {change.shape}, that of f(x).")
    return float(np.sum(change if df is None else change * np.asarray(df)))


def relative_error(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Return the largest difference of two arrays, measured by their largest entry.

    ``max |a - b| / max(max |a|, max |b|)``: 0 if they agree, at most 2 (equal but for the sign).

    Parameters
    ----------
    a, b : arrays of the same shape, any shape
        For example a gradient worked out by hand and ``numeric_gradient``.

    Returns
    -------
    error : float
        Without a unit; 0 if both are zero throughout or have no entries; nan if either holds a nan.

    Raises
    ------
    ShapeError
        If the shapes differ: NumPy might stretch one of them and compare what does not belong
        together.

    Source: the infinity norm's relative distance, as in Higham, Accuracy and Stability of
    Numerical Algorithms (2002), section 1.2, made symmetric.

    Examples
    --------
    >>> relative_error(np.array([1.0, 4.0]), np.array([2.0, 4.0]))
    0.25
    >>> relative_error(np.zeros(3), np.zeros(3))
    0.0
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ShapeError(f"a has shape {a.shape} and b {b.shape}; expected one and the same.")
    scale = np.max([np.abs(a), np.abs(b)], initial=0.0)
    return float(np.max(np.abs(a - b), initial=0.0) / scale) if scale != 0 else 0.0
