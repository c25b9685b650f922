"""What the kernels of both cells share: inputs in, weight gradients out, steps in blocks."""

from functools import lru_cache
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
BLOCK_ROWS = 256
"""Rows, that is steps times batch, handled at once where steps are independent: enough for a
product to be efficient, and few enough that a core's second cache still holds what was written."""


def are_ids(x: Inputs) -> TypeGuard[IdArray]:
    """Tell whether inputs are class ids, (N, T), and not rows of numbers, (N, T, D)."""
    return np.ndim(x) == 2 and np.issubdtype(np.asarray(x).dtype, np.integer)


def checked_dtype(x: Inputs, *floats: FloatArray, **axes: tuple[Inputs, str]) -> np.dtype[Any]:
    """Check shapes and ids, and tell which precision results have: single if nothing is double."""
    ids = are_ids(x)
    axes["x"] = (x, "N T" if ids else "N T D")
    D = _sizes(tuple((name, np.shape(array), text) for name, (array, text) in axes.items()))["D"]
    if not ids:
        return np.result_type(x, *floats)
    if x.size and not 0 <= int(x.min()) <= int(x.max()) < D:
        raise InputError(
            f"x holds ids from {x.min()} to {x.max()}; expected 0 to {D - 1}, the rows of W_xh."
        )
    return np.result_type(*floats)


@lru_cache
def _sizes(shapes: tuple[tuple[str, tuple[int, ...], str], ...]) -> dict[str, int]:
    """Check shapes once: in training they are the same at every step."""
    return check_shapes(**{name: (np.broadcast_to(0, shape), axes) for name, shape, axes in shapes})


def time_first(x: npt.NDArray[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """(N, T, ...) to (T, N, ...), each step's rows side by side; a copy only if they are not."""
    return np.ascontiguousarray(x.swapaxes(0, 1), dtype=dtype)


def transposed(W: FloatArray, rows: int) -> FloatArray:
    """W^T to multiply so many rows by, in the layout that costs the least time in all."""
    return np.ascontiguousarray(W.T) if rows >= WORTH_A_COPY else W.T


def project(x: Inputs, W_xh: FloatArray, out: FloatArray) -> None:
    """``x W_xh`` of some steps in one product; x and the result, (T, N, G), with time first."""
    if are_ids(x):
        np.take(W_xh, x, axis=0, out=out, mode="clip")  # in range: clipping only spares a copy
    else:
        np.dot(x.reshape(-1, x.shape[2]), W_xh, out.reshape(-1, out.shape[2]))


class InputGradients:
    """Collects, block by block while it is in the cache, what the inputs and biases need.

    Parameters
    ----------
    x : array, shape (T, N, D), or ids, shape (T, N)
    W_xh : float array, shape (D, G)
    da : float array, shape (T, N, G)
        Gradient in front of the nonlinearity; a block may be filled just before it is added.
    """

    def __init__(self, x: Inputs, W_xh: FloatArray, da: FloatArray) -> None:
        T, N, G = da.shape
        self.x, self.da = x, da
        self.db = np.zeros(G, da.dtype)
        self.W_back = None if are_ids(x) else W_xh.T
        self.dx_rows = buffer((T, N, 0 if are_ids(x) else len(W_xh)), da.dtype)

    def add(self, block: slice) -> None:
        """Take in the steps of one block."""
        rows = self.da[block].reshape(-1, self.da.shape[2])
        self.db += rows.sum(axis=0)
        if self.W_back is not None:
            dx_block = self.dx_rows[block]
            np.dot(rows, self.W_back, dx_block.reshape(len(rows), dx_block.shape[2]))

    def dx(self) -> FloatArray | None:
        """Of shape (N, T, D), or None for ids."""
        return None if self.W_back is None else self.dx_rows.swapaxes(0, 1)

    def weight_gradient(self, D: int) -> FloatArray:
        """Of shape (D, G), in one product over all steps."""
        rows = self.da.reshape(-1, self.da.shape[2])
        if are_ids(self.x):
            return sums_by_id(self.x.reshape(-1), rows, D)
        return self.x.reshape(len(rows), D).T @ rows


def sums_by_id(ids: IdArray, rows: FloatArray, size: int) -> FloatArray:
    """Sum the rows that share an id: (M,) and (M, G) to (size, G)."""
    sums = np.zeros((size, rows.shape[1]), dtype=rows.dtype)
    order = np.argsort(ids, kind="stable")
    present, starts = np.unique(ids[order], return_index=True)
    together = np.split(rows[order], starts[1:])
    # Without ids there is one piece, an empty one. np.add.reduceat takes more than twice as long.
    for one, its_rows in zip(present, together, strict=False):
        np.add.reduce(its_rows, axis=0, out=sums[one])
    return sums


def blocks(T: int, N: int) -> list[slice]:
    """Cut T steps of N rows each into blocks, the first block first."""
    length = max(1, BLOCK_ROWS // max(1, N))
    return [slice(start, min(T, start + length)) for start in range(0, T, length)]


def check_upstream(dh: FloatArray, N: int, T: int, H: int) -> None:
    """Refuse an upstream gradient that does not fit the states, or a sequence of no steps."""
    if T == 0:
        raise InputError("The cache is empty; expected one entry for each of at least one step.")
    if np.shape(dh) != (N, T, H):
        raise ShapeError(f"dh has shape {np.shape(dh)}; expected {(N, T, H)} = (N, T, H).")
