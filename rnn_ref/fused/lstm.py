"""The LSTM of units 08 and 09, for long training runs."""

from typing import NamedTuple

import numpy as np

from rnn_ref.errors import check_shapes
from rnn_ref.fused.buffers import buffer
from rnn_ref.fused.sequences import (
    FloatArray,
    Inputs,
    are_ids,
    blocks,
    check_inputs,
    check_upstream,
    input_gradients,
    project,
    time_first,
    transposed,
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
    sizes = check_shapes(
        W_hh=(W_hh, "H 4H"),
        W_xh=(W_xh, "D 4H"),
        b=(b, "4H"),
        h_0=(h_0, "N H"),
        c_0=(c_0, "N H"),
    )
    N, H = sizes["N"], sizes["H"]
    check_inputs(x, sizes["D"], N)
    floats = (h_0, c_0, W_xh, W_hh, b) if are_ids(x) else (x, h_0, c_0, W_xh, W_hh, b)
    dtype = np.result_type(*floats)
    x_first = time_first(x, x.dtype if are_ids(x) else dtype)
    T = len(x_first)
    projected = project(x_first, W_xh.astype(dtype, copy=False), b.astype(dtype, copy=False))
    np.negative(projected, projected)
    W = np.ascontiguousarray(W_hh, dtype=dtype)
    h = buffer((T + 1, N, H), dtype)
    slabs = buffer((T + 1, 5, N, H), dtype)
    tanh_c = buffer((T, N, H), dtype)
    h[0], slabs[0, 4] = h_0, c_0
    z = np.empty((N, 4 * H), dtype=dtype)  # minus what goes into the gates
    z_gates = z.reshape(N, 4, H).swapaxes(0, 1)
    z_ifo, z_g = z_gates[:3], z_gates[3]
    parts = np.empty((2, N, H), dtype=dtype)
    minus_ig, fc = parts
    one = np.ones((), dtype)
    h_prev = h[0]
    steps = zip(
        projected,
        slabs[:-1, :3],
        slabs[:-1, 3],
        slabs[:-1, :2],
        slabs[:-1, 3:],
        slabs[1:, 4],
        tanh_c,
        slabs[:-1, 2],
        h[1:],
        strict=True,
    )
    with np.errstate(over="ignore"):  # exp(-a) of a closed gate: 1 / (1 + inf) is 0, as it should
        for x_part, ifo, minus_g, i_f, g_c, c_t, tanh_c_t, o_t, h_t in steps:
            h_prev.dot(W, z)
            np.subtract(x_part, z, z)
            np.exp(z_ifo, ifo)
            np.add(ifo, one, ifo)
            np.reciprocal(ifo, ifo)
            np.tanh(z_g, minus_g)
            np.multiply(i_f, g_c, parts)
            np.subtract(fc, minus_ig, c_t)
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
    da_gates = da.reshape(T, N, 4, H).swapaxes(1, 2)  # (T, 4, N, H)
    dh_prev, dc_prev = np.zeros((2, N, H), dtype=h.dtype)
    both = np.empty((2, N, H), dtype=h.dtype)
    dh_t, dc_t = both
    through_h = np.empty((N, H), dtype=h.dtype)
    W_back = transposed(W_hh, T * N)
    for block in blocks(T, 5 * N * H):
        local = _local_derivatives(cache, block)
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
            da_t.dot(W_back, dh_prev)
    dx, dW_xh = input_gradients(x, da, W_xh)
    rows = da.reshape(T * N, 4 * H)
    dW_hh = h[:-1].reshape(T * N, H).T @ rows
    return dx, dh_prev, dc_prev, dW_xh, dW_hh, rows.sum(axis=0)


def _local_derivatives(cache: LSTMSequence, block: slice) -> FloatArray:
    """Return what dc is multiplied by for i and f, dh for o, dc for g, and dh for c, (B, 5, N, H).

    With h = o tanh(c): dh/da_o = (1 - o) h and dh/dc = o (1 - tanh² c) = o - h tanh(c).
    """
    slabs, tanh_c, h = cache.slabs[block], cache.tanh_c[block], cache.h[1:][block]
    i, i_f, o, minus_g = slabs[:, 0], slabs[:, :2], slabs[:, 2], slabs[:, 3]
    local = np.empty(slabs.shape, dtype=slabs.dtype)
    written = i_f * slabs[:, 3:]  # minus i g, and f c
    np.subtract(i, 1, local[:, 0])  # minus, against the minus of minus i g
    np.subtract(1, slabs[:, 1:3], local[:, 1:3])
    np.multiply(local[:, :2], written, local[:, :2])
    np.multiply(local[:, 2], h, local[:, 2])
    np.multiply(written[:, 0], minus_g, local[:, 3])  # i g²
    np.subtract(i, local[:, 3], local[:, 3])
    np.multiply(h, tanh_c, local[:, 4])
    np.subtract(o, local[:, 4], local[:, 4])
    return local
