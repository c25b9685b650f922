"""What the kernels of both cells share: inputs in, weight gradients out, steps in blocks."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, ShapeError, check_shapes
from rnn_ref.fused.blas import core
from rnn_ref.fused.buffers import CACHE_LINE, buffer
from rnn_ref.fused.pairs import are_worth_it, pair_product

FloatArray = npt.NDArray[np.floating[Any]]
IdArray = npt.NDArray[np.integer[Any]]
Inputs = FloatArray | IdArray
StepProduct = tuple[Callable[..., object], FloatArray, FloatArray]
"""``multiply(rows, W, out[...])``, W, and out."""

SMALL_PRODUCT = 10**6 if core() in ("SkylakeX", "Cooperlake", "SapphireRapids") else 0
"""Multiplications up to which OpenBLAS multiplies small matrices as they lie, instead of copying
them into an order of its own first; with few rows the copy costs more than the product. It can do
so on processors with AVX-512. Elsewhere parts of a matrix took up to a third longer than the whole.
"""
PART_WIDTHS = (64, 32, 16)
"""Columns of a part of a matrix, the best first."""
SAME_LINES = 1024
"""Bytes of which numbers read one after the other must not lie a multiple apart: they would all
share a few lines of the first cache, and push one another out before their neighbours are read. A
transposed matrix of 1 MB so takes six times as long to copy as with longer rows."""
WORTH_A_COPY = 800
"""Rows to multiply by a transposed matrix from where its copy, read row by row, has paid off."""
BLOCK_ROWS = 512
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


def part_width(N: int, K: int, M: int) -> int | None:
    """Return how many columns of a (K, M) matrix N rows are best multiplied by at once.

    None if all of them are: of one row, every number is read once in any order.
    """
    if N < 2:
        return None
    return next((w for w in PART_WIDTHS if M % w == 0 and N * K * w <= SMALL_PRODUCT), None)


def weight_product(A: Inputs, B: FloatArray) -> FloatArray:
    """Multiply (I, J) and (J, K), as ``A @ B`` does, in memory that is used again."""
    return np.matmul(A, B, buffer((len(A), B.shape[1]), B.dtype))


def beneath_one_another(
    pieces: Sequence[tuple[FloatArray, FloatArray]], width: int, dtype: npt.DTypeLike
) -> FloatArray:
    """Scale matrices and copy them, one beneath the other, in parts as ``in_parts`` makes them.

    Parameters
    ----------
    pieces : sequence of (matrix, shape (K, M); scale of its columns, shape (M,))
    width : int
        Columns of a part.
    dtype : data type

    Returns
    -------
    parts : float array, shape (M / width, sum of all K, width)
    """
    M = len(pieces[0][1])
    parts = buffer((M // width, sum(len(W) for W, _ in pieces), width), dtype)
    end = 0
    for W, scale in pieces:
        start, end = end, end + len(W)
        scaled = np.multiply(W, scale, buffer(W.shape, dtype))
        parts[:, start:end] = scaled.reshape(len(W), M // width, width).swapaxes(0, 1)
    return parts


def in_parts(W: FloatArray, width: int) -> FloatArray:
    """Copy a matrix (K, M) so that parts of its columns lie together: (M / width, K, width).

    One that lies so already is returned as it is.
    """
    K, M = W.shape
    if W.strides[0] < W.strides[1] and W.strides[1] % SAME_LINES == 0:
        apart = buffer((M, K + CACHE_LINE // W.itemsize), W.dtype)[:, :K].T
        apart[:] = W
        W = apart
    if width == M and W.flags.c_contiguous:
        return W[np.newaxis]
    parts = buffer((M // width, K, width), W.dtype)
    parts[:] = W.reshape(K, M // width, width).swapaxes(0, 1)
    return parts


def seen_in_parts(rows: FloatArray, width: int) -> FloatArray:
    """Look at (..., N, M) by parts of the columns: (..., M / width, N, width)."""
    *outer, N, M = rows.shape
    return rows.reshape(*outer, N, M // width, width).swapaxes(-2, -3)


def step_product(W: FloatArray, out: FloatArray, rows: int) -> StepProduct:
    """Return how N rows at a time are multiplied by one matrix, step after step.

    Parameters
    ----------
    W : float array, shape (K, gates M)
    out : float array, shape (..., gates, N, M)
        Where results go; leading axes are those that the caller goes along. If the product is not
        taken in parts (see ``part_width``), a row's gates must lie side by side in memory.
    rows : int
        How many will be multiplied in all.

    Returns
    -------
    multiply, W, out
        ``multiply(rows, W, out[...])`` writes the product, and ``out`` is a view of what was given.
    """
    K, columns = W.shape
    *outer, gates, N, M = out.shape
    width = part_width(N, K, M)
    if width is None or width == columns:
        whole = out.swapaxes(-3, -2).reshape(*outer, N, columns)
        if N == 1 and are_worth_it(W):
            multiply, whole = pair_product(W, whole)
            return multiply, W, whole
        return np.ndarray.dot, W if rows < WORTH_A_COPY else in_parts(W, columns)[0], whole
    parts = in_parts(W, width).reshape(gates, M // width, K, width)
    return np.matmul, parts, seen_in_parts(out, width)


def project(x: Inputs, W_xh: FloatArray, out: FloatArray) -> FloatArray:
    """Return ``x W_xh`` of some steps, written into the first steps of ``out``.

    Parameters
    ----------
    x : float array, shape (T, N, D), or ids, shape (T, N)
    W_xh : float array, shape (D, G)
    out : float array, shape (at least T, N, G)

    Returns
    -------
    projected : float array, shape (T, N, G)
    """
    projected = out[: len(x)]
    if are_ids(x):
        # In range: clipping only spares a copy.
        np.take(W_xh, x, axis=0, out=projected, mode="clip")
    else:
        T, N, D = x.shape
        np.dot(x.reshape(T * N, D), W_xh, projected.reshape(T * N, len(W_xh.T)))
    return projected


class InputGradients:
    """Collects, block by block while it is in the cache, what flows into the inputs.

    Parameters
    ----------
    W_xh : float array, shape (D, G)
    da : float array, shape (T, N, G)
        Gradient in front of the nonlinearity; a block may be filled just before it is added.
    """

    def __init__(self, W_xh: FloatArray, da: FloatArray) -> None:
        T, N, G = da.shape
        D = len(W_xh)
        self.da = da
        self.dx_rows = buffer((T, N, D), da.dtype)
        width = part_width(N, G, D)
        self.width = width if width == PART_WIDTHS[0] else None  # narrower ones gain nothing here
        self.W_back = in_parts(W_xh.T, self.width) if self.width else W_xh.T

    def add(self, block: slice) -> None:
        """Take in the steps of one block."""
        da_block, dx_block = self.da[block], self.dx_rows[block]
        if self.width:
            dx_parts = seen_in_parts(dx_block, self.width)
            np.matmul(da_block[:, np.newaxis], self.W_back, dx_parts)
        else:
            B, N, D = dx_block.shape
            rows, out = da_block.reshape(B * N, len(self.W_back)), dx_block.reshape(B * N, D)
            if 4 * B * N < D:
                out[:] = np.dot(self.W_back.T, rows.T).T  # W_xh as it lies: sooner for few rows
            else:
                np.dot(rows, self.W_back, out)

    def dx(self) -> FloatArray:
        """Of shape (N, T, D)."""
        return self.dx_rows.swapaxes(0, 1)


def sum_of_rows(da: FloatArray) -> FloatArray:
    """Sum over steps and batch: (T, N, G) to (G,)."""
    T, N, G = da.shape
    sums: FloatArray = np.ones(T * N, da.dtype).dot(da.reshape(T * N, G))
    return sums


def input_weight_gradient(x: Inputs, da: FloatArray, D: int) -> FloatArray:
    """Return the gradient of W_xh, shape (D, G), from x (T, N, D) or (T, N) and da (T, N, G)."""
    rows = da.reshape(-1, da.shape[2])
    if are_ids(x):
        return sums_by_id(x.reshape(-1), rows, D)
    return weight_product(x.reshape(len(rows), D).T, rows)


def sums_by_id(ids: IdArray, rows: FloatArray, size: int) -> FloatArray:
    """Sum the rows that share an id: (M,) and (M, G) to (size, G)."""
    sums = buffer((size, rows.shape[1]), rows.dtype)
    sums[:] = 0
    order = np.argsort(ids, kind="stable")
    present, starts = np.unique(ids[order], return_index=True)
    together = np.split(rows[order], starts[1:])
    # Without ids there is one piece, an empty one. np.add.reduceat takes more than twice as long.
    for one, its_rows in zip(present, together, strict=False):
        np.add.reduce(its_rows, axis=0, out=sums[one])
    return sums


def block_steps(T: int, N: int) -> int:
    """How many of T steps of N rows make the longest block."""
    return max(1, min(T, BLOCK_ROWS // max(1, N)))


def blocks(T: int, N: int) -> list[slice]:
    """Cut T steps of N rows each into blocks, the first block first."""
    length = block_steps(T, N)
    return [slice(start, min(T, start + length)) for start in range(0, T, length)]


def check_upstream(dh: FloatArray, N: int, T: int, H: int) -> None:
    """Refuse an upstream gradient that does not fit the states, or a sequence of no steps."""
    if T == 0:
        raise InputError("The cache is empty; expected one entry for each of at least one step.")
    if np.shape(dh) != (N, T, H):
        raise ShapeError(f"dh has shape {np.shape(dh)}; expected {(N, T, H)} = (N, T, H).")
