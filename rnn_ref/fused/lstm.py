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
    goes_by_step,
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

    def __init__(
        self, T: int, N: int, H: int, gates: int, by_step: bool, dtype: np.dtype[Any]
    ) -> None:
        B, M = block_steps(T, N), 4 * H // gates
        shapes = {
            "h": (T + 1, N, H),  # h_0, and the state after each step
            "slabs": (T + 1, 5, N, H),  # i, f, o, g, and the c that the step started from
            "tanh_c": (T, N, H),
            "da": (1 + T * N * 4, H),  # a gate's rows side by side, as products need them
            # Of one block of steps: what goes into the gates from x, in 4 pieces or 1; derivatives:
            # of c by h, of the next c by c, and of i, f, o, g; and products on the way to them.
            "from_x": (B, gates, N, M) if by_step else (gates, B, N, M),
            "local": (B, 6, N, H),
            "products": (B, 2, N, H),
            # Of one step, going back: dh, dc through h, dc, and the gradients of i, f, o, g; and
            # what derivatives are multiplied by.
            "gradients": (7, N, H),
            "upstream": (5, N * H),
        }
        self._places: dict[str, tuple[slice, tuple[int, ...]]] = {}
        end = 0
        for name, shape in shapes.items():
            self._places[name] = slice(end, end + math.prod(shape)), shape
            end += -(-math.prod(shape) // 16) * 16
        self.memory = np.empty(end, dtype).data
        self.nbytes = self.memory.nbytes + T * BYTES_OF_VIEWS
        mine = np.frombuffer(self.memory, dtype)
        self.h, self.slabs, self.tanh_c, self.da_rows, *small = (
            self.seen_in(mine, name) for name in shapes
        )
        self.from_x, self.local, self.products, self.gradients, self.upstream = small
        self.da = self.da_rows[1:].reshape(T, N, 4 * H)
        if by_step:
            self.from_x = self.from_x.swapaxes(0, 1)
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
        if len(self.from_x) == 4:
            from_x = self.from_x.swapaxes(0, 1)
        else:
            from_x = self.from_x[0].reshape(self.from_x.shape[1], N, 4, H).swapaxes(1, 2)
        gates, ifo, i_f, g_c, o = now[:, :4], now[:, :3], now[:, :2], now[:, 3:], now[:, 2]
        c, tanh_c, h = after[:, 4], self.tanh_c[block], self.h[1:][block]
        return list(zip(from_x[: len(now)], gates, ifo, i_f, g_c, c, tanh_c, o, h, strict=True))

    def _backward_steps(self, block: slice) -> list[tuple[FloatArray, ...]]:
        """By step, the last first.

        The derivative of c by h; all others; dh; dc through h; these two and dc; the next dc and
        the gradients of i, f, o, g; of these the place in da; and all of the step's da.

        Of one example, a step's gradients lie in one piece in da, and are written there at once: dh
        and dc wait in those rows, which nothing else needs yet, and the next dc in one before them.
        """
        T, N, H = len(self.h) - 1, *self.h.shape[1:]
        da = self.da[block]
        da_gates = da.reshape(len(da), N, 4, H).swapaxes(1, 2)
        steps: list[tuple[FloatArray, ...]] = []
        for t, local, da_t, place in zip(range(T)[block], self.local, da, da_gates, strict=False):
            if N == 1:
                known, found = self.da_rows[4 * t + 2 : 4 * t + 5], self.da_rows[4 * t : 4 * t + 5]
            else:
                rows = self.gradients.reshape(7, N * H)
                known, found = rows[:3], rows[2:]
            dh, through_h = (row.reshape(N, H) for row in known[:2])
            others = local[1:].reshape(5, N * H)
            steps.append((local[0], others, dh, through_h, known, found, place, da_t))
        return steps[::-1]


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
    gates = 4 if part_width(N, H, H) else 1
    M = 4 * H // gates
    by_step = goes_by_step(x_first, len(W_xh), M)
    key = (T, N, H, gates, by_step, dtype)
    arrays = take(("lstm", *key)) or _Arrays(*key)
    lease = lent(arrays.memory, ("lstm", *key), arrays, dtype)
    arrays.h[0], arrays.slabs[0, 4] = h_0, c_0
    # A gate is 1 / (1 + exp(-a)) = 0.5 tanh(0.5 a) + 0.5: so one tanh does all four.
    scale = np.repeat(np.array([0.5, 0.5, 0.5, 1], dtype), H)
    W_in = in_parts(np.multiply(W_xh, scale, buffer(W_xh.shape, dtype)), M)
    b_in = (b * scale).reshape(gates, 1, 1, -1)
    if by_step:
        b_in = np.repeat(b_in, N, axis=2)  # as a step lies in memory
    z = np.empty((4, N, H), dtype) if gates == 4 else np.empty((N, 4, H), dtype).swapaxes(0, 1)
    W_scaled = np.multiply(W_hh, scale, buffer(W_hh.shape, dtype))
    multiply, W_parts, z_parts = step_product(W_scaled, z, rows=T * N)
    written, kept = parts = np.empty((2, N, H), dtype)
    # A number costs more to stretch than to read.
    half = np.full((3, 1, H) if N == 1 else (), 0.5, dtype)
    h_prev = arrays.h[0]
    for block, steps in zip(arrays.blocks, arrays.forward, strict=True):
        from_x = project(x_first[block], W_in, arrays.from_x, by_step)
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
    dh_prev = np.zeros((N, H), dtype=h.dtype)
    dc_last, dc_first = arrays.da_rows[-1:], arrays.da_rows[:1]
    if N > 1:
        dc_last = dc_first = arrays.gradients[2]
    dc_last[:] = 0
    of_gates = arrays.gradients[3:]
    # From dh, dc through h, dc: the sum of the last two four times, and dh for o; in one call, for
    # in short steps a call takes longer than its work.
    known_to_upstream = np.array([(0, 1, 1), (0, 1, 1), (0, 1, 1), (1, 0, 0), (0, 1, 1)], h.dtype)
    upstream, dot = arrays.upstream, np.ndarray.dot
    multiply, W_parts, dh_parts = step_product(W_hh.T, dh_prev[np.newaxis], rows=T * N)
    for block, steps in zip(arrays.blocks[::-1], arrays.backward[::-1], strict=True):
        _local_derivatives(arrays, block)
        for dh_given, views in zip(dh_first[block][::-1], steps, strict=True):
            to_c, local, dh_t, through_h, known, found, place, da_t = views
            np.add(dh_given, dh_prev, dh_t)
            np.multiply(dh_t, to_c, through_h)
            dot(known_to_upstream, known, upstream)
            np.multiply(upstream, local, found)
            if N > 1:
                place[:] = of_gates
            multiply(da_t, W_parts, dh_parts)
        inputs.add(block)
    dc_prev = dc_first.copy()
    dW_hh = weight_product(h[:-1].reshape(T * N, H).T, da.reshape(T * N, 4 * H))
    return inputs.dx(), dh_prev, dc_prev, inputs.weight_gradient(len(W_xh)), dW_hh, inputs.db


def _local_derivatives(arrays: _Arrays, block: slice) -> None:
    """Write the derivatives of c by h, of the next c by c, and of i, f, o, g.

    With h = o tanh(c): dh/da_o = (1 - o) h and dh/dc = o (1 - tanh² c) = o - h tanh(c).
    """
    slabs = arrays.slabs[:-1][block]
    tanh_c, h = arrays.tanh_c[block], arrays.h[1:][block]
    local, products = arrays.local[: len(h)], arrays.products[: len(h)]
    np.multiply(slabs[:, :2], slabs[:, 3:], products)  # i g, and f c
    np.subtract(1, slabs[:, :3], local[:, 2:5])
    np.multiply(local[:, 2:4], products, local[:, 2:4])
    np.multiply(local[:, 4], h, local[:, 4])
    np.multiply(products[:, 0], slabs[:, 3], products[:, 0])  # i g²
    np.multiply(h, tanh_c, products[:, 1])
    np.subtract(slabs[:, :3:2], products, local[:, ::-5])  # the last, and the first
    local[:, 1] = slabs[:, 1]
