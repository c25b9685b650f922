"""The plain RNN of units 01 and 05, for long training runs."""

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
    input_weight_gradient,
    project,
    step_product,
    sum_of_rows,
    time_first,
    weight_product,
)


class RNNSequence(NamedTuple):
    """What going backward through a sequence needs; time is the first axis."""

    x: Inputs
    """Inputs, shape (T, N, D), or ids, shape (T, N)."""
    states: FloatArray
    """h_0 and the state after each step, shape (T + 1, N, H)."""
    W_xh: FloatArray
    W_hh: FloatArray


def rnn_forward(
    x: Inputs, h_0: FloatArray, W_xh: FloatArray, W_hh: FloatArray, b_h: FloatArray
) -> tuple[FloatArray, RNNSequence]:
    """Read a sequence from left to right, as ``rnn_ref.recurrence.rnn_forward`` does.

    Parameters
    ----------
    x : float array, shape (N, T, D), or int array, shape (N, T)
        Inputs, or class ids that stand for their one-hot rows.
    h_0 : float array, shape (N, H)
    W_xh, W_hh, b_h : float arrays, shapes (D, H), (H, H), (H,)

    Returns
    -------
    h : float array, shape (N, T, H)
        A view of the cache; float32 if every float argument is.
    cache : RNNSequence

    Raises
    ------
    ShapeError
        If N, D or H disagree; the message names both shapes.
    InputError
        If an id is not the number of a row of W_xh.

    Examples
    --------
    >>> ids, one, zero = np.array([[0, 1]]), np.array([[1.0]]), np.array([[0.0]])
    >>> h, cache = rnn_forward(ids, zero, np.array([[1.0], [0.0]]), one / 2, zero[0])
    >>> h[0, :, 0].round(4)
    array([0.7616, 0.3634])
    """
    axes = {"W_hh": (W_hh, "H H"), "W_xh": (W_xh, "D H"), "b_h": (b_h, "H"), "h_0": (h_0, "N H")}
    dtype = checked_dtype(x, h_0, W_xh, W_hh, b_h, **axes)
    x_first = time_first(x, x.dtype if are_ids(x) else dtype)
    W_in, b = W_xh.astype(dtype, copy=False), b_h.astype(dtype, copy=False)
    W = np.ascontiguousarray(W_hh, dtype=dtype)
    T, (N, H) = len(x_first), h_0.shape
    states = buffer((T + 1, N, H), dtype)
    states[0] = h_0
    h_prev = states[0]
    multiply, W_parts, products = step_product(W, states[:, np.newaxis], rows=T * N)
    room = buffer((block_steps(T, N), N, H), dtype)
    for block in blocks(T, N):
        projected = project(x_first[block], W_in, room)
        np.add(projected, b, projected)
        steps = zip(projected, states[1:][block], products[1:][block], strict=True)
        for x_part, h_t, product in steps:
            multiply(h_prev, W_parts, product)
            np.add(h_t, x_part, h_t)
            np.tanh(h_t, h_t)
            h_prev = h_t
    return states[1:].swapaxes(0, 1), RNNSequence(x_first, states, W_xh, W)


def rnn_backward(
    dh: FloatArray, cache: RNNSequence
) -> tuple[FloatArray | None, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Go back through a whole sequence, as ``rnn_ref.bptt.rnn_backward`` does.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
    cache : RNNSequence
        From this module's ``rnn_forward``.

    Returns
    -------
    dx : float array, shape (N, T, D), or None for ids
    dh_0 : float array, shape (N, H)
    dW_xh, dW_hh, db_h : float arrays, shapes (D, H), (H, H), (H,)

    Raises
    ------
    ShapeError
        If dh does not have the shape of the states; the message names both shapes.
    InputError
        If there is no step: then no weight was used.
    """
    x, states, W_xh, W_hh = cache
    T, (N, H) = len(states) - 1, states.shape[1:]
    check_upstream(dh, N, T, H)
    dh_first = dh.swapaxes(0, 1)  # (T, N, H)
    da = buffer((T, N, H), states.dtype)
    inputs = None if are_ids(x) else InputGradients(W_xh, da)
    db_h = np.zeros(H, da.dtype)
    carry = np.zeros_like(states[0])
    total = np.empty_like(carry)
    multiply, W_parts, product = step_product(W_hh.T, carry[np.newaxis], rows=T * N)
    room, dh_room = buffer((2, block_steps(T, N), N, H), states.dtype)
    for block in reversed(blocks(T, N)):
        of_block = states[1:][block]
        local = np.square(of_block, room[: len(of_block)])  # tanh' for all steps of the block
        np.subtract(1, local, local)
        dh_block = dh_room[: len(of_block)]
        dh_block[:] = dh_first[block]  # without gaps between the rows of a step
        steps = zip(dh_block[::-1], local[::-1], da[block][::-1], strict=True)
        for dh_t, local_t, da_t in steps:
            np.add(dh_t, carry, total)
            np.multiply(total, local_t, da_t)
            multiply(da_t, W_parts, product)
        db_h += sum_of_rows(da[block])
        if inputs:
            inputs.add(block)
    dW_xh = input_weight_gradient(x, da, len(W_xh))
    dW_hh = weight_product(states[:-1].reshape(T * N, H).T, da.reshape(T * N, H))
    return inputs.dx() if inputs else None, carry, dW_xh, dW_hh, db_h
