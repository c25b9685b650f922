"""The LSTM of units 08 and 09, for long training runs."""

import math
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.fused.buffers import buffer, lent, take
from rnn_ref.fused.sequences import (
    FloatArray,
    InputGradients,
    Inputs,
    are_ids,
    block_steps,
    blocks,
    check_upstream,
    checked_dtype,
    in_parts,
    part_width,
    project,
    step_product,
    time_first,
    weight_product,
)

BYTES_OF_VIEWS = 2700
"""A step's views and the tuples that hold them."""


class LSTMSequence(NamedTuple):
    """What going backward through a sequence needs."""

    x: Inputs
    """Inputs, shape (T, N, D), or ids, shape (T, N)."""
    W_xh: FloatArray
    W_hh: FloatArray
    arrays: "_Arrays"
    lease: FloatArray
    """As long as this is there, or a view of it, no other sequence gets the arrays."""


class _Arrays:
    """All that is as large as a sequence, time first, and views of it for each step.

    To make the views takes as long as a tenth of short steps; so arrays and views are used again by
    the next sequence of these sizes.
    """

    def __init__(self, T: int, N: int, H: int, dtype: np.dtype[Any]) -> None:
        B = block_steps(T, N)
        shapes = {
            "h": (T + 1, N, H),  # h_0, and the state after each step
            "slabs": (T + 1, 5, N, H),  # i, f, o, g, and the c that the step started from
            "tanh_c": (T, N, H),
            "da": (T, N, 4 * H),
            # Of one block of steps: what goes into the gates from x; what gradients are multiplied
            # by for i, f, o, g, and for c from h; and products on the way to that.
            "from_x": (4, B, N, H) if part_width(N, H, H) else (1, B, N, 4 * H),
            "local": (B, 5, 1, H) if N == 1 else (5, B, N, H),
            "products": (2, B, N, H),
        }
        self._places: dict[str, tuple[slice, tuple[int, ...]]] = {}
        end = 0
        for name, shape in shapes.items():
            self._places[name] = slice(end, end + math.prod(shape)), shape
            end += -(-math.prod(shape) // 16) * 16
        self.memory = np.empty(end, dtype).data
        self.nbytes = self.memory.nbytes + T * BYTES_OF_VIEWS
        mine = np.frombuffer(self.memory, dtype)
        self.h, self.slabs, self.tanh_c, self.da, self.from_x, self.local, self.products = (
            self.seen_in(mine, name) for name in shapes
        )
        if N == 1:
            self.local = self.local.swapaxes(0, 1)
        self.blocks = blocks(T, N)
        self.forward = [self._forward_steps(block) for block in self.blocks]
        self.backward = [self._backward_steps(block) for block in self.blocks]

    def seen_in(self, memory: FloatArray, name: str) -> FloatArray:
        """Return one of the arrays as a view of this memory."""
        place, shape = self._places[name]
        return memory[place].reshape(shape)

    def _forward_steps(self, block: slice) -> list[tuple[FloatArray, ...]]:
        """By step: from x; i to g; i to o; i, f; g, c; the next c; tanh of it; o; h."""
        now, after = self.slabs[:-1][block], self.slabs[1:][block]
        N, H = self.h.shape[1:]
        gates, B, *_ = self.from_x.shape
        from_x = self.from_x.reshape(gates, B, N, 4 // gates, H).transpose(1, 0, 3, 2, 4)
        from_x = from_x.reshape(B, 4, N, H)  # a view in both orders
        gates, ifo, i_f, g_c, o = now[:, :4], now[:, :3], now[:, :2], now[:, 3:], now[:, 2]
        c, tanh_c, h = after[:, 4], self.tanh_c[block], self.h[1:][block]
        return list(zip(from_x[: len(now)], gates, ifo, i_f, g_c, c, tanh_c, o, h, strict=True))

    def _backward_steps(self, block: slice) -> list[tuple[FloatArray, ...]]:
        """By step, the last first: local for c, i, f, and o with g; f; da; of it i, f, and o, g."""
        f, da = self.slabs[:-1][block][:, 1], self.da[block]
        local = self.local[:, : len(da)]
        N, H = self.h.shape[1:]
        da_gates = da.reshape(len(da), N, 4, H).swapaxes(1, 2)  # (B, 4, N, H)
        to = (local[4], local[0], local[1], local[2:4].swapaxes(0, 1))
        parts = (da_gates[:, 0], da_gates[:, 1], da_gates[:, 2:])
        return list(zip(*to, f, da, *parts, strict=True))[::-1]


def lstm_forward(
    x: Inputs,
    h_0: FloatArray,
    c_0: FloatArray,
    W_xh: FloatArray,
    W_hh: FloatArray,
    b: FloatArray,
) -> tuple[FloatArray, FloatArray, LSTMSequence]:
    """Read a sequence from left to right, as ``rnn_ref.lstm.lstm_forward`` does.

    Parameters
    ----------
    x : float array, shape (N, T, D), or int array, shape (N, T)
        Inputs, or class ids that stand for their one-hot rows.
    h_0, c_0 : float arrays, shape (N, H)
    W_xh, W_hh, b : float arrays, shapes (D, 4H), (H, 4H), (4H,)
        Gates in the order i, f, o, g along the columns.

    Returns
    -------
    h, c : float arrays, shape (N, T, H)
        Views of the cache; float32 if every float argument is.
    cache : LSTMSequence

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.
    InputError
        If an id is not the number of a row of W_xh.
    """
    axes = {
        "W_hh": (W_hh, "H 4H"),
        "W_xh": (W_xh, "D 4H"),
        "b": (b, "4H"),
        "h_0": (h_0, "N H"),
        "c_0": (c_0, "N H"),
    }
    dtype = checked_dtype(x, h_0, c_0, W_xh, W_hh, b, **axes)
    N, H = h_0.shape
    x_first = time_first(x, x.dtype if are_ids(x) else dtype)
    T = len(x_first)
    key = ("lstm", T, N, H, dtype)
    arrays = take(key) or _Arrays(T, N, H, dtype)
    lease = lent(arrays.memory, key, arrays, dtype)
    arrays.h[0], arrays.slabs[0, 4] = h_0, c_0
    # A gate is 1 / (1 + exp(-a)) = 0.5 tanh(0.5 a) + 0.5: so one tanh does all four.
    scale = np.repeat(np.array([0.5, 0.5, 0.5, 1], dtype), H)
    gates = len(arrays.from_x)
    W_in = in_parts(np.multiply(W_xh, scale, buffer(W_xh.shape, dtype)), 4 * H // gates)
    b_in = (b * scale).reshape(gates, 1, 1, -1)
    if part_width(N, H, H):
        z = np.empty((4, N, H), dtype)
    else:
        z = np.empty((N, 4, H), dtype).swapaxes(0, 1)
    W_scaled = np.multiply(W_hh, scale, buffer(W_hh.shape, dtype))
    multiply, W_parts, z_parts = step_product(W_scaled, z, rows=T * N)
    written, kept = parts = np.empty((2, N, H), dtype)
    # A number costs more to stretch than to read.
    half = np.full((3, 1, H) if N == 1 else (), 0.5, dtype)
    h_prev = arrays.h[0]
    for block, steps in zip(arrays.blocks, arrays.forward, strict=True):
        from_x = project(x_first[block], W_in, arrays.from_x)
        np.add(from_x, b_in, from_x)
        for x_part, gates_t, ifo, i_f, g_c, c_t, tanh_c_t, o_t, h_t in steps:
            multiply(h_prev, W_parts, z_parts)
            np.add(x_part, z, z)
            np.tanh(z, gates_t)
            np.multiply(ifo, half, ifo)
            np.add(ifo, half, ifo)
            np.multiply(i_f, g_c, parts)
            np.add(kept, written, c_t)
            np.tanh(c_t, tanh_c_t)
            np.multiply(o_t, tanh_c_t, h_t)
            h_prev = h_t
    h, slabs = arrays.seen_in(lease, "h"), arrays.seen_in(lease, "slabs")
    cache = LSTMSequence(x_first, W_xh, W_hh.astype(dtype, copy=False), arrays, lease)
    return h[1:].swapaxes(0, 1), slabs[1:, 4].swapaxes(0, 1), cache


def lstm_backward(
    dh: FloatArray, cache: LSTMSequence
) -> tuple[FloatArray | None, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Go back through a whole sequence, as ``rnn_ref.lstm_gradients.lstm_backward`` does.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
    cache : LSTMSequence
        From this module's ``lstm_forward``.

    Returns
    -------
    dx : float array, shape (N, T, D), or None for ids
    dh_0, dc_0 : float arrays, shape (N, H)
    dW_xh, dW_hh, db : float arrays, shapes (D, 4H), (H, 4H), (4H,)

    Raises
    ------
    ShapeError
        If dh does not have the shape of the states; the message names both shapes.
    InputError
        If there is no step to go back through.
    """
    x, W_xh, W_hh, arrays, _ = cache
    h, da = arrays.h, arrays.da
    T, (N, H) = len(h) - 1, h.shape[1:]
    check_upstream(dh, N, T, H)
    dh_first = dh.swapaxes(0, 1)  # (T, N, H)
    inputs = InputGradients(x, W_xh, da)
    dh_prev, dc_prev = np.zeros((2, N, H), dtype=h.dtype)
    dh_t, dc_t = both = np.empty((2, N, H), dtype=h.dtype)
    through_h = np.empty((N, H), dtype=h.dtype)
    multiply, W_parts, dh_parts = step_product(W_hh.T, dh_prev[np.newaxis], rows=T * N)
    for block, steps in zip(arrays.blocks[::-1], arrays.backward[::-1], strict=True):
        _local_derivatives(arrays, block)
        for upstream, views in zip(dh_first[block][::-1], steps, strict=True):
            to_c, to_i, to_f, to_o_g, f_t, da_t, da_i, da_f, da_o_g = views
            np.add(upstream, dh_prev, dh_t)
            np.multiply(dh_t, to_c, through_h)
            np.add(dc_prev, through_h, dc_t)
            np.multiply(dc_t, to_i, da_i)
            np.multiply(dc_t, to_f, da_f)
            np.multiply(both, to_o_g, da_o_g)  # o from dh, g from dc
            np.multiply(dc_t, f_t, dc_prev)
            multiply(da_t, W_parts, dh_parts)
        inputs.add(block)
    dW_hh = weight_product(h[:-1].reshape(T * N, H).T, da.reshape(T * N, 4 * H))
    return inputs.dx(), dh_prev, dc_prev, inputs.weight_gradient(len(W_xh)), dW_hh, inputs.db


def _local_derivatives(arrays: _Arrays, block: slice) -> None:
    """Write what dc is multiplied by for i and f, dh for o, dc for g, and dh for c.

    With h = o tanh(c): dh/da_o = (1 - o) h and dh/dc = o (1 - tanh² c) = o - h tanh(c).
    """
    slabs = arrays.slabs[:-1][block].swapaxes(0, 1)
    tanh_c, h = arrays.tanh_c[block], arrays.h[1:][block]
    local, products = arrays.local[:, : len(h)], arrays.products[:, : len(h)]
    np.multiply(slabs[:2], slabs[3:], products)  # i g, and f c
    np.subtract(1, slabs[:3], local[:3])
    np.multiply(local[:2], products, local[:2])
    np.multiply(local[2], h, local[2])
    np.multiply(products[0], slabs[3], products[0])  # i g²
    np.multiply(h, tanh_c, products[1])
    np.subtract(slabs[:3:2], products, local[3:])
