"""The LSTM of units 08 and 09, for long training runs.

A gate is 1 / (1 + exp(-a)) = 0.5 (tanh(0.5 a) + 1): so one tanh does all four. Inside, i, f and o
are kept twice as large, and so is h; every factor of a half goes where it costs nothing.
"""

from typing import Any, NamedTuple

import numpy as np

from rnn_ref.fused.buffers import buffer, lent, take
from rnn_ref.fused.lstm_arrays import Layout, LSTMArrays
from rnn_ref.fused.sequences import (
    PART_WIDTHS,
    FloatArray,
    InputGradients,
    Inputs,
    StepProduct,
    are_ids,
    beneath_one_another,
    check_upstream,
    checked_dtype,
    input_weight_gradient,
    part_width,
    project,
    seen_in_parts,
    step_product,
    sum_of_rows,
    time_first,
    weight_product,
)

LARGE_WEIGHTS = 1 << 22
"""Bytes of weights that a core's caches do not hold from one step to the next. Then, and in parts
that are narrow anyway, all inputs in one product are quicker than beside the states."""


class LSTMSequence(NamedTuple):
    """What going backward through a sequence needs."""

    x: Inputs | None
    """Inputs, shape (T, N, D), or ids, shape (T, N); None if they stand beside the states."""
    W_xh: FloatArray
    W_hh: FloatArray
    arrays: LSTMArrays
    lease: FloatArray
    """As long as this is there, or a view of it, no other sequence gets the arrays."""


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
        float32 if every float argument is. c is a view of the cache.
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
    layout = _layout(x, W_xh, H, dtype)
    arrays = take(layout) or LSTMArrays(layout)
    lease = lent(arrays.memory, layout, arrays, dtype)
    np.multiply(h_0, 2, arrays.states[0])
    arrays.slabs[0, 4] = c_0
    W_back = W_hh.astype(dtype, copy=False)
    if layout.copies:
        arrays.weights[1], W_back = W_back, arrays.seen_in(lease, "weights")[1]
    if layout.inputs:
        x_first, late_scale = None, None
        multiply, W, product = _inputs_beside_states(x, W_xh, W_hh, b, arrays)
    else:
        x_first = time_first(x, x.dtype if are_ids(x) else dtype)
        W_in, W_step, late_scale = _scaled(W_xh.astype(dtype, copy=False), W_back, arrays)
        multiply, W, product = step_product(W_step, arrays.z, rows=N * layout.T)
    z, terms, one, halves = arrays.z, arrays.terms, arrays.one, arrays.halves
    both = terms.reshape(2, N * H)
    add, times, tanh, dot = np.add, np.multiply, np.tanh, np.ndarray.dot  # local names: quicker
    for block, steps in zip(arrays.blocks, arrays.forward, strict=True):
        if x_first is not None:
            from_x = project(x_first[block], W_in, arrays.from_x)
            if late_scale is not None:
                times(from_x, arrays.scale, from_x)
            add(from_x, b * arrays.scale, from_x)
        for left, x_part, gates, ifo, i_f, g_c, o, c_row, c, tanh_c, h_twice, place in steps:
            multiply(left, W, product)
            if late_scale is not None:
                times(z, late_scale, z)
            if x_part is not None:
                add(x_part, z, z)
            tanh(z, gates)
            add(ifo, one, ifo)
            times(i_f, g_c, terms)
            dot(halves, both, c_row)
            tanh(c, tanh_c)
            times(o, tanh_c, h_twice)
            if place is not None:
                place[:] = h_twice
    h = np.multiply(arrays.states[1:], 0.5, buffer((layout.T, N, H), dtype))
    c_all = arrays.seen_in(lease, "slabs")[1:, 4]
    cache = LSTMSequence(x_first, W_xh, W_back, arrays, lease)
    return h.swapaxes(0, 1), c_all.swapaxes(0, 1), cache


def _layout(x: Inputs, W_xh: FloatArray, H: int, dtype: np.dtype[Any]) -> Layout:
    """Decide how the steps are computed."""
    (N, T, *_), K = x.shape, len(W_xh) + H + 1
    narrowest = PART_WIDTHS[0] if K * 4 * H * dtype.itemsize > LARGE_WEIGHTS else PART_WIDTHS[1]
    beside = not are_ids(x) and (part_width(N, K, H) or 0) >= narrowest
    inputs = K - H if beside else 0
    apart = part_width(N, H, H) is not None
    return Layout(T, N, H, inputs, apart, N == 1 and T >= H, dtype)


def _inputs_beside_states(
    x: Inputs, W_xh: FloatArray, W_hh: FloatArray, b: FloatArray, arrays: LSTMArrays
) -> StepProduct:
    """Return the product of [2h, x, 1] and [0.5 W_hh; W_xh; b], as ``step_product`` does."""
    H, z, scale = len(W_hh), arrays.z, arrays.scale
    arrays.left[:-1, :, H:-1] = x.swapaxes(0, 1)
    N, K = arrays.left.shape[1:]
    width = part_width(N, K, H) or H
    parts = beneath_one_another(
        [(W_hh, 0.5 * scale), (W_xh, scale), (b[np.newaxis], scale)], width, z.dtype
    )
    return np.matmul, parts.reshape(4, H // width, K, width), seen_in_parts(z, width)


def _scaled(
    W_xh: FloatArray, W_hh: FloatArray, arrays: LSTMArrays
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Return W_xh and W_hh as steps take them, and what comes out of them is multiplied by.

    For few rows it costs less to scale what comes out than to scale the weights.
    """
    (T, N, _), H, scale = arrays.da.shape, len(W_hh), arrays.scale
    if T * N < H:
        return W_xh, W_hh, np.broadcast_to((0.5 * scale).reshape(4, 1, H), arrays.z.shape)
    room = arrays.weights[0] if arrays.weights.size else buffer(W_hh.shape, W_hh.dtype)
    W_step = np.multiply(W_hh, 0.5 * scale, room)
    return np.multiply(W_xh, scale, buffer(W_xh.shape, W_xh.dtype)), W_step, None


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
    states, da = arrays.states, arrays.da
    (T, N, _), (D, H) = da.shape, (len(W_xh), len(W_hh))
    check_upstream(dh, N, T, H)
    dh_first = dh.swapaxes(0, 1)  # (T, N, H)
    inputs = None if x is not None and are_ids(x) else InputGradients(W_xh, da)
    dh_prev = np.zeros((N, H), dtype=da.dtype)
    db = np.zeros(4 * H, dtype=da.dtype)
    dc_last, dc_first = arrays.da_rows[-1:], arrays.da_rows[:1]
    if N > 1:
        dc_last = dc_first = arrays.gradients[2]
    dc_last[:] = 0
    of_gates = arrays.gradients[3:]
    upstream, to_upstream = arrays.upstream, arrays.to_upstream
    add, times, dot = np.add, np.multiply, np.ndarray.dot
    multiply, W_parts, dh_parts = step_product(W_hh.T, dh_prev[np.newaxis], rows=T * N)
    for block, steps in zip(arrays.blocks[::-1], arrays.backward[::-1], strict=True):
        _local_derivatives(arrays, block)
        arrays.dh[: len(steps)] = dh_first[block]
        for dh_given, to_c, local, dh_t, through_h, known, found, place, da_t in steps:
            add(dh_given, dh_prev, dh_t)
            times(dh_t, to_c, through_h)
            dot(to_upstream, known, upstream)
            times(upstream, local, found)
            if N > 1:
                place[:] = of_gates
            multiply(da_t, W_parts, dh_parts)
        if inputs:
            inputs.add(block)
        if x is not None:
            db += sum_of_rows(da[block])
    dc_prev = dc_first.copy()
    rows = da.reshape(T * N, 4 * H)
    if x is None:
        dW = weight_product(arrays.left[:-1].reshape(T * N, H + D + 1).T, rows)
        dW_hh, dW_xh, db = dW[:H], dW[H:-1], dW[-1]  # as they stand in the rows
    else:
        dW_hh = weight_product(states[:-1].reshape(T * N, H).T, rows)
        dW_xh = input_weight_gradient(x, da, D)
    np.multiply(dW_hh, 0.5, dW_hh)
    return inputs.dx() if inputs else None, dh_prev, dc_prev, dW_xh, dW_hh, db


def _local_derivatives(arrays: LSTMArrays, block: slice) -> None:
    """Write the derivatives of c by h, of the next c by c, and of i, f, o, g.

    With h = o tanh(c): dh/da_o = o (1 - o) tanh(c) and dh/dc = o (1 - tanh² c); as i, f, o are
    there twice, the derivatives of i, f and o come out four times as large, the others twice.
    """
    slabs = arrays.slabs[:-1][block]
    local, products = arrays.local[: len(slabs)], arrays.products[: len(slabs)]
    gates, partners = slabs[:, :3], slabs[:, 3:]
    np.multiply(gates, partners, products)  # i g, f c, o tanh(c)
    np.subtract(2, gates, local[:, 2:5])
    np.multiply(local[:, 2:5], products, local[:, 2:5])
    i_o, g_tanh_c = products[:, ::2], partners[:, ::2]
    np.multiply(i_o, g_tanh_c, i_o)  # i g², o tanh² c
    np.subtract(gates[:, ::2], i_o, local[:, ::-5])  # the last, and the first
    local[:, 1] = gates[:, 1]
