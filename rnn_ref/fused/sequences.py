"""What the kernels of both cells share: inputs in, weight gradients out, steps in blocks."""

from collections.abc import Iterator
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, ShapeError, check_shapes
from rnn_ref.fused.buffers import buffer

FloatArray = npt.NDArray[np.floating[Any]]
IdArray = npt.NDArray[np.integer[Any]]
Inputs = FloatArray | IdArray

WORTH_A_COPY = 800
"""Rows to multiply by a transposed matrix from where its copy, read row by row, has paid off."""
BLOCK_ENTRIES = 1 << 15
"""States handled at once where steps are independent: what a core's second cache holds."""


def are_ids(x: Inputs) -> TypeGuard[IdArray]:
    """Tell whether inputs are class ids, (N, T), and not rows of numbers, (N, T, D)."""
    return np.ndim(x) == 2 and np.issubdtype(np.asarray(x).dtype, np.integer)


def check_inputs(x: Inputs, D: int, N: int) -> None:
    """Refuse inputs that are neither (N, T, D) nor ids below D of shape (N, T)."""
    if not are_ids(x):
        check_shapes(D=(np.empty(D), "D"), N=(np.empty(N), "N"), x=(x, "N T D"))
        return
    check_shapes(N=(np.empty(N), "N"), x=(x, "N T"))
    if x.size and not 0 <= int(x.min()) <= int(x.max()) < D:
        raise InputError(
            f"x holds ids from {x.min()} to {x.max()}; expected 0 to {D - 1}, the rows of W_xh."
        )


def time_first(x: npt.NDArray[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """(N, T, ...) to (T, N, ...), each step's rows side by side; a copy only if they are not."""
    return np.ascontiguousarray(x.swapaxes(0, 1), dtype=dtype)


def transposed(W: FloatArray, rows: int) -> FloatArray:
    """W^T to multiply so many rows by, in the layout that costs the least time in all."""
    return np.ascontiguousarray(W.T) if rows >= WORTH_A_COPY else W.T


def project(x: Inputs, W_xh: FloatArray, b: FloatArray) -> FloatArray:
    """``x W_xh + b`` for all steps, x and the result with time first."""
    if are_ids(x):
        return np.take(W_xh + b, x, axis=0)  # (T, N, G)
    T, N, D = x.shape
    projected = buffer((T * N, len(b)), W_xh.dtype)
    np.dot(x.reshape(T * N, D), W_xh, projected)
    projected += b
    return projected.reshape(T, N, -1)


def input_gradients(
    x: Inputs, da: FloatArray, W_xh: FloatArray
) -> tuple[FloatArray | None, FloatArray]:
    """From the gradient in front of the nonlinearity, (T, N, G), to dx, (N, T, D), and dW_xh."""
    T, N, G = da.shape
    rows = da.reshape(T * N, G)
    if are_ids(x):
        return None, sums_by_id(x.reshape(T * N), rows, len(W_xh))
    dW_xh = x.reshape(T * N, -1).T @ rows
    dx = buffer((T * N, len(W_xh)), da.dtype)
    np.dot(rows, W_xh.T, dx)
    return dx.reshape(T, N, -1).swapaxes(0, 1), dW_xh


def sums_by_id(ids: IdArray, rows: FloatArray, size: int) -> FloatArray:
    """Sum the rows that share an id: (M,) and (M, G) to (size, G)."""
    sums = np.zeros((size, rows.shape[1]), dtype=rows.dtype)
    order = np.argsort(ids, kind="stable")
    present, starts = np.unique(ids[order], return_index=True)
    sums[present] = np.add.reduceat(rows[order], starts, axis=0)
    return sums


def blocks(T: int, entries: int) -> Iterator[slice]:
    """Cut T steps of so many entries each into blocks that fit the cache; the last block first."""
    length = max(1, BLOCK_ENTRIES // max(1, entries))
    for stop in range(T, 0, -length):
        yield slice(max(0, stop - length), stop)


def check_upstream(dh: FloatArray, N: int, T: int, H: int) -> None:
    """Refuse an upstream gradient that does not fit the states, or a sequence of no steps."""
    if T == 0:
        raise InputError("The cache is empty; expected one entry for each of at least one step.")
    if np.shape(dh) != (N, T, H):
        raise ShapeError(f"dh has shape {np.shape(dh)}; expected {(N, T, H)} = (N, T, H).")
