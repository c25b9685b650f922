"""The RNN of units 01 and 05 and the LSTM of units 08 and 09, for long training runs.

The functions take the arguments of the units' own and return the same arrays, up to rounding; only
the way there is shorter. The notebook ``12_extensions`` goes it step by step:

- Time is the first axis inside, so that the numbers of one step lie side by side in memory.
- What does not wait for the step before is done for all steps at once, before or after the loop:
  the inputs' product, the local derivatives, every gradient of weights and inputs.
- Within the loop a call writes into memory that is there already (``out=``), and makes no array.
- ``sigmoid(a) = (tanh(a / 2) + 1) / 2``: the weights of three gates are halved once, and one tanh
  does all four.

Results are in single precision if all arguments are. ``h`` and ``c`` are views of the cache: change
copies of them. Shapes that do not fit raise ``ShapeError``, with both of them; going back through
no step raises ``InputError``.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref.errors import InputError, ShapeError, check_shapes

FloatArray = npt.NDArray[np.floating[Any]]


class RNNSequence(NamedTuple):
    """What going backward needs; time is the first axis."""

    x: FloatArray  # (T, N, D)
    h: FloatArray  # (T + 1, N, H): h_0, and the state after each step
    W_xh: FloatArray
    W_hh: FloatArray


class LSTMSequence(NamedTuple):
    """What going backward needs; time is the first axis."""

    x: FloatArray  # (T, N, D)
    h: FloatArray  # (T + 1, N, H): h_0, and the state after each step
    c: FloatArray  # (T + 1, N, H): c_0, and the cell after each step
    gates: FloatArray  # (T, 4, N, H): i, f, o, g
    tanh_c: FloatArray  # (T, N, H)
    W_xh: FloatArray
    W_hh: FloatArray


def rnn_forward(
    x: FloatArray, h_0: FloatArray, W_xh: FloatArray, W_hh: FloatArray, b_h: FloatArray
) -> tuple[FloatArray, RNNSequence]:
    """Read a sequence from left to right, as ``rnn_ref.recurrence.rnn_forward`` does.

    Parameters
    ----------
    x : float array, shape (N, T, D)
    h_0 : float array, shape (N, H)
    W_xh, W_hh, b_h : float arrays, shapes (D, H), (H, H), (H,)

    Returns
    -------
    h : float array, shape (N, T, H)
    cache : RNNSequence
    """
    check_shapes(
        W_hh=(W_hh, "H H"), W_xh=(W_xh, "D H"), b_h=(b_h, "H"), h_0=(h_0, "N H"), x=(x, "N T D")
    )
    x, h_0, W_xh, W_hh, b_h = _in_one_precision(x.swapaxes(0, 1), h_0, W_xh, W_hh, b_h)
    T, (N, H) = len(x), h_0.shape
    a = _input_part(x, W_xh, b_h)  # (T, N, H)
    h = np.empty((T + 1, N, H), a.dtype)
    h[0] = h_0
    for t in range(T):
        h_t = h[t + 1]
        np.dot(h[t], W_hh, out=h_t)
        h_t += a[t]
        np.tanh(h_t, out=h_t)
    return h[1:].swapaxes(0, 1), RNNSequence(x, h, W_xh, W_hh)


def rnn_backward(
    dh: FloatArray, cache: RNNSequence
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Go back through a whole sequence, as ``rnn_ref.bptt.rnn_backward`` does.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
    cache : RNNSequence

    Returns
    -------
    dx : float array, shape (N, T, D)
    dh_0 : float array, shape (N, H)
    dW_xh, dW_hh, db_h : float arrays, shapes (D, H), (H, H), (H,)
    """
    x, h, W_xh, W_hh = cache
    da = _upstream(dh, h)  # (T, N, H): first dh, in the end the gradient in front of the tanh
    tanh_slope = 1 - h[1:] ** 2
    carry = np.zeros_like(h[0])
    for t in reversed(range(len(da))):
        da_t = da[t]
        da_t += carry
        da_t *= tanh_slope[t]
        np.dot(da_t, W_hh.T, out=carry)
    dx, dW_xh, dW_hh, db_h = _gradients(da, x, h, W_xh)
    return dx, carry, dW_xh, dW_hh, db_h


def lstm_forward(
    x: FloatArray,
    h_0: FloatArray,
    c_0: FloatArray,
    W_xh: FloatArray,
    W_hh: FloatArray,
    b: FloatArray,
) -> tuple[FloatArray, FloatArray, LSTMSequence]:
    """Read a sequence from left to right, as ``rnn_ref.lstm.lstm_forward`` does.

    Parameters
    ----------
    x : float array, shape (N, T, D)
    h_0, c_0 : float arrays, shape (N, H)
    W_xh, W_hh, b : float arrays, shapes (D, 4H), (H, 4H), (4H,)
        Gates in the order i, f, o, g along the columns.

    Returns
    -------
    h, c : float arrays, shape (N, T, H)
    cache : LSTMSequence
    """
    check_shapes(
        W_hh=(W_hh, "H 4H"),
        W_xh=(W_xh, "D 4H"),
        b=(b, "4H"),
        h_0=(h_0, "N H"),
        c_0=(c_0, "N H"),
        x=(x, "N T D"),
    )
    x, h_0, c_0, W_xh, W_hh, b = _in_one_precision(x.swapaxes(0, 1), h_0, c_0, W_xh, W_hh, b)
    T, (N, H) = len(x), h_0.shape
    halved = np.repeat([0.5, 0.5, 0.5, 1], H).astype(b.dtype)  # of i, f, o; g stays
    a_x, W = _input_part(x, W_xh * halved, b * halved), W_hh * halved  # a_x: (T, N, 4H)
    h, c = np.empty((2, T + 1, N, H), b.dtype)
    h[0], c[0] = h_0, c_0
    gates, tanh_c = np.empty((T, 4, N, H), b.dtype), np.empty((T, N, H), b.dtype)
    a, written = np.empty((N, 4 * H), b.dtype), np.empty((N, H), b.dtype)
    a_by_gate = a.reshape(N, 4, H).swapaxes(0, 1)  # the same numbers, seen as (4, N, H)
    for t in range(T):
        np.dot(h[t], W, out=a)
        a += a_x[t]
        np.tanh(a_by_gate, out=gates[t])  # from here on the numbers of a gate lie side by side
        sigmoids = gates[t, :3]
        sigmoids += 1
        sigmoids *= 0.5
        i_t, f_t, o_t, g_t = gates[t]
        c_t = np.multiply(f_t, c[t], out=c[t + 1])
        c_t += np.multiply(i_t, g_t, out=written)
        np.multiply(o_t, np.tanh(c_t, out=tanh_c[t]), out=h[t + 1])
    cache = LSTMSequence(x, h, c, gates, tanh_c, W_xh, W_hh)
    return h[1:].swapaxes(0, 1), c[1:].swapaxes(0, 1), cache


def lstm_backward(
    dh: FloatArray, cache: LSTMSequence
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Go back through a whole sequence, as ``rnn_ref.lstm_gradients.lstm_backward`` does.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
    cache : LSTMSequence

    Returns
    -------
    dx : float array, shape (N, T, D)
    dh_0, dc_0 : float arrays, shape (N, H)
    dW_xh, dW_hh, db : float arrays, shapes (D, 4H), (H, 4H), (4H,)
    """
    x, h, c, gates, tanh_c, W_xh, W_hh = cache
    dh_total = _upstream(dh, h)  # (T, N, H)
    T, N, H = dh_total.shape
    i, f, o, g = gates.swapaxes(0, 1)  # (T, N, H) each
    to_a = gates * (1 - gates)  # (T, 4, N, H): how a moves c by i, f and g, and h by o
    to_a[:, 0] *= g
    to_a[:, 1] *= c[:-1]
    to_a[:, 2] *= tanh_c
    to_a[:, 3] = i * (1 - g**2)
    to_c = o * (1 - tanh_c**2)  # how c moves h
    da = np.empty((T, N, 4, H), gates.dtype)  # a step's rows as W_hh has its columns
    carry, dc, through_h = np.zeros((3, N, H), gates.dtype)
    for t in reversed(range(T)):
        dh_t, da_t = dh_total[t], da[t].swapaxes(0, 1)  # (N, H), (4, N, H)
        dh_t += carry
        dc += np.multiply(dh_t, to_c[t], out=through_h)
        np.multiply(dc, to_a[t], out=da_t)
        np.multiply(dh_t, to_a[t, 2], out=da_t[2])
        dc *= f[t]
        np.dot(da[t].reshape(N, 4 * H), W_hh.T, out=carry)
    dx, dW_xh, dW_hh, db = _gradients(da.reshape(T, N, 4 * H), x, h, W_xh)
    return dx, carry, dc, dW_xh, dW_hh, db


def _in_one_precision(*arrays: FloatArray) -> tuple[FloatArray, ...]:
    """The same numbers, without gaps in memory: single precision if all are, else double."""
    dtype = np.result_type(np.float32, *arrays)
    return tuple(np.ascontiguousarray(array, dtype) for array in arrays)


def _input_part(x: FloatArray, W_xh: FloatArray, b: FloatArray) -> FloatArray:
    """``x W_xh + b`` of all steps, (T, N, G), in one product."""
    T, N, D = x.shape
    a = (x.reshape(T * N, D) @ W_xh).reshape(T, N, len(b))
    a += b
    return a


def _upstream(dh: FloatArray, h: FloatArray) -> FloatArray:
    """A copy of dh, (N, T, H), with time as the first axis."""
    T, N, H = h[1:].shape
    if not T:
        raise InputError("The cache is empty; expected one entry for each of at least one step.")
    if np.shape(dh) != (N, T, H):
        raise ShapeError(f"dh has shape {np.shape(dh)}; expected {(N, T, H)} = (N, T, H).")
    return np.array(dh.swapaxes(0, 1), h.dtype, order="C")


def _gradients(
    da: FloatArray, x: FloatArray, h: FloatArray, W_xh: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """dx, dW_xh, dW_hh and db from da, (T, N, G): a product each, which sums over all steps."""
    T, N, G = da.shape
    H, D = h.shape[2], len(W_xh)
    rows = da.reshape(T * N, G)  # of all steps, one beneath the other
    dx = (rows @ W_xh.T).reshape(T, N, D).swapaxes(0, 1)  # (N, T, D)
    dW_xh, dW_hh = x.reshape(T * N, D).T @ rows, h[:-1].reshape(T * N, H).T @ rows
    return dx, dW_xh, dW_hh, rows.sum(axis=0)
