"""A row times a matrix on all threads of OpenBLAS, with the numbers taken in pairs.

OpenBLAS shares a matrix of real numbers out among its threads only if it is large, one of complex
numbers early. What takes the time is to read the matrix, not to compute; so it may as well be read
as complex numbers.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref.fused.blas import threads

FloatArray = npt.NDArray[np.floating[Any]]
WORTH_IT = range(1 << 17, 460_800)
"""Real numbers of a matrix. Smaller ones are read as fast by one thread, larger ones are shared out
anyway."""


def are_worth_it(W: FloatArray) -> bool:
    """Tell whether ``pair_product`` is quicker than a product of real numbers."""
    flags = W.flags
    return (
        W.size in WORTH_IT
        and ((flags.c_contiguous and W.shape[1] % 2 == 0) or _is_transposed(W))
        and threads() > 1
    )


def _is_transposed(W: FloatArray) -> bool:
    return W.flags.f_contiguous and len(W) % 2 == 0


def pair_product(W: FloatArray, out: FloatArray) -> tuple[Callable[..., None], FloatArray]:
    """Return how one row at a time is multiplied by one matrix, step after step.

    A number that is infinite in W makes the one beside it NaN.

    Parameters
    ----------
    W : float array, shape (K, M)
        It or its transpose in one piece, with pairs along its rows.
    out : float array, shape (..., 1, M)
        Where results go.

    Returns
    -------
    multiply, out
        ``multiply(row, W, out[...])`` writes the product, and ``out`` is a view of what was given.
    """
    K, M = W.shape
    dtype = np.result_type(W.dtype, np.complex64)
    dot = np.ndarray.dot
    if not _is_transposed(W):
        pairs, row_pairs = W.view(dtype), np.zeros((1, K), dtype)  # (a + 0i)(w + iv)
        row_real = row_pairs.real

        def multiply(row: FloatArray, W: FloatArray, out: FloatArray) -> None:
            row_real[:] = row
            dot(row_pairs, pairs, out)

        return multiply, out.view(dtype)
    pairs, signs = W.T.view(dtype).T, np.tile(np.array([[1, -1]], W.dtype), K // 2)
    signed, sums, times = np.empty((1, K), W.dtype), np.empty((1, M), dtype), np.multiply
    row_pairs, sums_real = signed.view(dtype), sums.real

    def multiply_transposed(row: FloatArray, W: FloatArray, out: FloatArray) -> None:
        times(row, signs, signed)  # the real part of (a - ib)(w + iv) is aw + bv
        dot(row_pairs, pairs, sums)
        out[:] = sums_real

    return multiply_transposed, out
