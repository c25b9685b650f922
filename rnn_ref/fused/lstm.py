"""The LSTM of units 08 and 09, for long training runs."""

from typing import NamedTuple

import numpy as np

from rnn_ref.fused.buffers import buffer
from rnn_ref.fused.sequences import (
    FloatArray,
    InputGradients,
    Inputs,
    are_ids,
    block_steps,
    blocks,
    check_upstream,
    checked_dtype,
    project,
    step_product,
    time_first,
)


class LSTMSequence(NamedTuple):
    """What going backward through a sequence needs; time is the first axis."""

    x: Inputs
    """Inputs, shape (T, N, D), or ids, shape (T, N)."""
    h: FloatArray
    """h_0 and the state after each step, shape (T + 1, N, H)."""
    slabs: FloatArray
    """i, f, o, minus g, and the c that the step started from, shape (T + 1, 5, N, H); of the
    last entry only c is there."""
    tanh_c: FloatArray
    """Shape (T, N, H)."""
    W_xh: FloatArray
    W_hh: FloatArray


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
    gates = 4 if N > 1 else 1  # of a single row, gates lie behind one another anyway
    W_in = np.ascontiguousarray(W_xh.reshape(-1, gates, 4 * H // gates).swapaxes(0, 1), dtype=dtype)
    minus_b = -b.reshape(gates, 1, 1, -1).astype(dtype, copy=False)
    W = W_hh.astype(dtype, copy=False)
    h = buffer((T + 1, N, H), dtype)
    slabs = buffer((T + 1, 5, N, H), dtype)
    tanh_c = buffer((T, N, H), dtype)
    h[0], slabs[0, 4] = h_0, c_0
    z = np.empty((4, N, H), dtype=dtype)  # minus what goes into the gates
    z_ifo, z_g = z[:3], z[3]
    multiply, W_parts, z_parts = step_product(W, z, gates=4)
    written, kept = parts = np.empty((2, N, H), dtype=dtype)
    one = np.ones((3, 1, H) if N == 1 else (), dtype)  # a number costs more to stretch than to read
    h_prev = h[0]
    room = np.empty((gates, block_steps(T, N), N, W_in.shape[2]), dtype)
    for block in blocks(T, N):
        projected = project(x_first[block], W_in, room)
        np.subtract(minus_b, projected, projected)
        now, after = slabs[:-1][block], slabs[1:][block]
        steps = zip(
            projected.swapaxes(0, 1).reshape(-1, 4, N, H),
            now[:, :3],
            now[:, 3],
            now[:, :2],
            now[:, 3:],
            after[:, 4],
            tanh_c[block],
            now[:, 2],
            h[1:][block],
            strict=True,
        )
        with np.errstate(over="ignore"):  # of a closed gate: 1 / (1 + exp(-a)) is 1 / inf = 0
            for x_part, ifo, minus_g, i_f, g_c, c_t, tanh_c_t, o_t, h_t in steps:
                multiply(h_prev, W_parts, z_parts)
                np.subtract(x_part, z, z)
                np.exp(z_ifo, ifo)
                np.add(ifo, one, ifo)
                np.reciprocal(ifo, ifo)
                np.tanh(z_g, minus_g)
                np.multiply(i_f, g_c, parts)
                np.subtract(kept, written, c_t)  # what was written bears a minus
                np.tanh(c_t, tanh_c_t)
                np.multiply(o_t, tanh_c_t, h_t)
                h_prev = h_t
    cache = LSTMSequence(x_first, h, slabs, tanh_c, W_xh, W)
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
    x, h, slabs, _, W_xh, W_hh = cache
    T, (N, H) = len(h) - 1, h.shape[1:]
    check_upstream(dh, N, T, H)
    dh_first = dh.swapaxes(0, 1)  # (T, N, H)
    da = buffer((T, N, 4 * H), h.dtype)
    inputs = InputGradients(x, W_xh, da)
    da_gates = da.reshape(T, N, 4, H).swapaxes(1, 2)  # (T, 4, N, H)
    dh_prev, dc_prev = np.zeros((2, N, H), dtype=h.dtype)
    both = np.empty((2, N, H), dtype=h.dtype)
    dh_t, dc_t = both
    through_h = np.empty((N, H), dtype=h.dtype)
    multiply, W_parts, dh_parts = step_product(W_hh.T, dh_prev[np.newaxis])
    room = np.empty((2, block_steps(T, N), 5, N, H), h.dtype)
    for block in reversed(blocks(T, N)):
        local = _local_derivatives(cache, block, room)
        steps = zip(
            dh_first[block][::-1],
            local[::-1, 4],
            local[::-1, :2],
            local[::-1, 2:4],
            slabs[block][::-1, 1],
            da[block][::-1],
            da_gates[block][::-1, :2],
            da_gates[block][::-1, 2:],
            strict=True,
        )
        for upstream, to_c, to_i_f, to_o_g, f_t, da_t, da_i_f, da_o_g in steps:
            np.add(upstream, dh_prev, dh_t)
            np.multiply(dh_t, to_c, through_h)
            np.add(dc_prev, through_h, dc_t)
            np.multiply(dc_t, to_i_f, da_i_f)
            np.multiply(both, to_o_g, da_o_g)  # o from dh, g from dc
            np.multiply(dc_t, f_t, dc_prev)
            multiply(da_t, W_parts, dh_parts)
        inputs.add(block)
    dW_hh = h[:-1].reshape(T * N, H).T @ da.reshape(T * N, 4 * H)
    return inputs.dx(), dh_prev, dc_prev, inputs.weight_gradient(len(W_xh)), dW_hh, inputs.db


def _local_derivatives(cache: LSTMSequence, block: slice, room: FloatArray) -> FloatArray:
    """Return what dc is multiplied by for i and f, dh for o, dc for g, and dh for c, (B, 5, N, H).

    With h = o tanh(c): dh/da_o = (1 - o) h and dh/dc = o (1 - tanh² c) = o - h tanh(c).
    """
    slabs, tanh_c, h = cache.slabs[block], cache.tanh_c[block], cache.h[1:][block]
    i, i_f, o, minus_g = slabs[:, 0], slabs[:, :2], slabs[:, 2], slabs[:, 3]
    local, written = room[0, : len(slabs)], room[1, : len(slabs), :2]
    np.multiply(i_f, slabs[:, 3:], written)  # minus i g, and f c
    np.subtract(i, 1, local[:, 0])  # minus, against the minus of minus i g
    np.subtract(1, slabs[:, 1:3], local[:, 1:3])
    np.multiply(local[:, :2], written, local[:, :2])
    np.multiply(local[:, 2], h, local[:, 2])
    np.multiply(written[:, 0], minus_g, local[:, 3])  # i g²
    np.subtract(i, local[:, 3], local[:, 3])
    np.multiply(h, tanh_c, local[:, 4])
    np.subtract(o, local[:, 4], local[:, 4])
    return local
