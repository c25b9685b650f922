"""What the kernels of both cells share: inputs in, weight gradients out, steps in blocks."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt
from numpy.lib.introspect import opt_func_info

from rnn_ref.errors import InputError, ShapeError, check_shapes
from rnn_ref.fused.buffers import buffer

FloatArray = npt.NDArray[np.floating[Any]]
IdArray = npt.NDArray[np.integer[Any]]
Inputs = FloatArray | IdArray

HAS_AVX512 = opt_func_info(func_name="^tanh$", signature="float32")["tanh"]["ff"]["current"] in (
    "X86_V4",
    "AVX512_SKX",  # its name before NumPy 2.4
)
SMALL_PRODUCT = 10**6 if HAS_AVX512 else 0
"""Multiplications up to which OpenBLAS multiplies small matrices as they lie, instead of copying
them into an order of its own first; with few rows the copy costs more than the product. It can do
so with AVX-512. Without, parts of a matrix took up to a third longer than the whole."""
PART_WIDTHS = (64, 32, 16)
"""Columns of a part of a matrix, the best first."""
SAME_LINES = 1024
"""Bytes of which numbers read one after the other must not lie a multiple apart: they would all
share a few lines of the first cache, and push one another out before their neighbours are read. A
transposed matrix of 1 MB so takes six times as long to copy as with longer rows."""
CACHE_LINE = 64  # bytes
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


def part_width(N: int, K: int, M: int) -> int | None:
    """Return how many columns of a (K, M) matrix N rows are best multiplied by at once.

    None if all of them are: of one row, every number is read once in any order.
    """
    fitting = (w for w in PART_WIDTHS if M % w == 0 and N * K * w <= SMALL_PRODUCT)
    return next(fitting, None) if N > 1 else None


def weight_product(A: Inputs, B: FloatArray) -> FloatArray:
    """Multiply (I, J) and (J, K), as ``A @ B`` does, in memory that is used again."""
    return np.matmul(A, B, buffer((len(A), B.shape[1]), B.dtype))


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


def step_product(
    W: FloatArray, out: FloatArray, rows: int
) -> tuple[Callable[..., object], FloatArray, FloatArray]:
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
        return np.ndarray.dot, W if rows < WORTH_A_COPY else in_parts(W, columns)[0], whole
    parts = in_parts(W, width).reshape(gates, M // width, K, width)
    return np.matmul, parts, seen_in_parts(out, width)


def goes_by_step(x: Inputs, D: int, M: int) -> bool:
    """Tell whether inputs (T, N, D) are best multiplied by matrices (D, M) one step at a time.

    They are if a step is a small product, and a block of steps is not.
    """
    T, N = x.shape[:2]
    step = N * D * M
    return not are_ids(x) and N > 1 and step <= SMALL_PRODUCT < block_steps(T, N) * step


def project(x: Inputs, W_xh: FloatArray, out: FloatArray, by_step: bool) -> FloatArray:
    """Return ``x W_xh`` of some steps, written into the first steps of ``out``.

    Parameters
    ----------
    x : float array, shape (T, N, D), or ids, shape (T, N)
    W_xh : float array, shape (gates, D, M)
    out : float array, shape (gates, at least T, N, M)

    Returns
    -------
    projected : float array, shape (gates, T, N, M)
    """
    gates, D, M = W_xh.shape
    T, N = x.shape[:2]
    projected = out[:, :T]
    if are_ids(x):
        # In range: clipping only spares a copy.
        np.take(W_xh, x, axis=1, out=projected, mode="clip")
    elif by_step:
        np.matmul(x, W_xh[:, np.newaxis], projected)  # step by step, each of them small
    else:
        np.matmul(x.reshape(T * N, D), W_xh, projected.reshape(gates, T * N, M))
    return projected


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
        D = len(W_xh)
        self.x, self.da = x, da
        self.db = np.zeros(G, da.dtype)
        self.dx_rows = buffer((T, N, 0 if are_ids(x) else D), da.dtype)
        width = part_width(N, G, D)
        self.width = width if width == PART_WIDTHS[0] else None  # narrower ones gain nothing here
        self.W_back = in_parts(W_xh.T, self.width) if self.width else W_xh.T

    def add(self, block: slice) -> None:
        """Take in the steps of one block."""
        da_block, dx_block = self.da[block], self.dx_rows[block]
        B, N, G = da_block.shape
        rows = da_block.reshape(B * N, G)
        self.db += np.ones(B * N, rows.dtype).dot(rows)
        if are_ids(self.x):
            return
        if self.width:
            dx_parts = seen_in_parts(dx_block, self.width)
            np.matmul(da_block[:, np.newaxis], self.W_back, dx_parts)
        else:
            np.dot(rows, self.W_back, dx_block.reshape(B * N, dx_block.shape[2]))

    def dx(self) -> FloatArray | None:
        """Of shape (N, T, D), or None for ids."""
        return None if are_ids(self.x) else self.dx_rows.swapaxes(0, 1)

    def weight_gradient(self, D: int) -> FloatArray:
        """Of shape (D, G), in one product over all steps."""
        rows = self.da.reshape(-1, self.da.shape[2])
        if are_ids(self.x):
            return sums_by_id(self.x.reshape(-1), rows, D)
        return weight_product(self.x.reshape(len(rows), D).T, rows)


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
