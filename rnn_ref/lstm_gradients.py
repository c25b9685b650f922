"""Unit 09: back through one LSTM step, back through time, and what the forget gate lets through.

Two gradients are carried from step to step, one of the state h and one of the cell c. Gates stand
in the order i, f, o, g along the columns. No function changes an argument.
"""

import math
from typing import NamedTuple

import numpy as np

from rnn_ref.errors import InputError, ShapeError, check_shapes
from rnn_ref.lstm import FloatArray, LSTMCache, LSTMStepCache

StepGradients = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]
"""dx_t, dh_prev, dc_prev, dW_xh, dW_hh, db; or, for a sequence, dx, dh_0, dc_0 and the same."""


class LSTMStages(NamedTuple):
    """What lies between the gradients that arrive at a step and those that leave it; all (N, H)."""

    do_t: FloatArray
    """With respect to the output gate, after its sigmoid."""
    dc_total: FloatArray
    """With respect to c_t, by both ways: through h_t and through the next step."""
    di_t: FloatArray
    """With respect to the input gate, after its sigmoid."""
    df_t: FloatArray
    """With respect to the forget gate, after its sigmoid."""
    dg_t: FloatArray
    """With respect to the candidate, after its tanh."""
    da_i: FloatArray
    """With respect to what goes into the input gate's sigmoid; the next three likewise."""
    da_f: FloatArray
    da_o: FloatArray
    da_g: FloatArray


def lstm_step_stages(dh_t: FloatArray, dc_t: FloatArray, cache: LSTMStepCache) -> LSTMStages:
    """Go back from h_t and c_t as far as the sums in front of the gates.

    Parameters
    ----------
    dh_t, dc_t, cache
        As in ``lstm_step_backward``.

    Returns
    -------
    stages : LSTMStages
        Every gradient on the way, by name.

    Source: the chain rule, applied to slides "Long Short Term Memory (LSTM)".
    """
    i_t, f_t, o_t, g_t = cache.i_t, cache.f_t, cache.o_t, cache.g_t
    tanh_c = np.tanh(cache.c_t)
    do_t = dh_t * tanh_c
    dc_total = dc_t + dh_t * o_t * (1 - tanh_c**2)  # a new array: the caller's dc_t stays
    di_t = dc_total * g_t
    df_t = dc_total * cache.c_prev
    dg_t = dc_total * i_t
    return LSTMStages(
        do_t=do_t,
        dc_total=dc_total,
        di_t=di_t,
        df_t=df_t,
        dg_t=dg_t,
        da_i=di_t * i_t * (1 - i_t),
        da_f=df_t * f_t * (1 - f_t),
        da_o=do_t * o_t * (1 - o_t),
        da_g=dg_t * (1 - g_t**2),
    )


def lstm_step_backward(dh_t: FloatArray, dc_t: FloatArray, cache: LSTMStepCache) -> StepGradients:
    """Go back through one step: from the gradients of h_t and c_t to those of all that made them.

    Parameters
    ----------
    dh_t : float array, shape (N, H)
        Gradient of the loss with respect to h_t.
    dc_t : float array, shape (N, H)
        Gradient of the loss with respect to c_t, by every way but the one through h_t.
    cache : LSTMStepCache
        What ``lstm_step_forward`` kept.

    Returns
    -------
    dx_t : float array, shape (N, D)
    dh_prev, dc_prev : float arrays, shape (N, H)
        What the step before receives.
    dW_xh, dW_hh, db : float arrays, shapes (D, 4H), (H, 4H), (4H,)
        Summed over the batch.

    Raises
    ------
    ShapeError
        If dh_t or dc_t does not have the shape of h_t; the message names both shapes.

    Source: slides "LSTM gradient flow"; Hochreiter and Schmidhuber (1997), with the forget gate
    of Gers, Schmidhuber and Cummins (2000).

    Examples
    --------
    >>> half, one = np.array([[0.5]]), np.array([[1.0]])
    >>> cache = LSTMStepCache(one, half, 2 * one, half, half, half, 0 * one, one,
    ...                       np.ones((1, 4)), np.ones((1, 4)))
    >>> dx_t, dh_prev, dc_prev, dW_xh, dW_hh, db = lstm_step_backward(0 * one, one, cache)
    >>> dc_prev, db
    (array([[0.5]]), array([0. , 0.5, 0. , 0.5]))
    """
    check_shapes(h_prev=(cache.h_prev, "N H"), dh_t=(dh_t, "N H"), dc_t=(dc_t, "N H"))
    stages = lstm_step_stages(dh_t, dc_t, cache)
    gates = (stages.da_i, stages.da_f, stages.da_o, stages.da_g)
    da = np.concatenate(gates, axis=1)  # (N, 4H)
    dx_t = da @ cache.W_xh.T
    dh_prev = da @ cache.W_hh.T
    dc_prev = stages.dc_total * cache.f_t
    return dx_t, dh_prev, dc_prev, cache.x_t.T @ da, cache.h_prev.T @ da, da.sum(axis=0)


def lstm_backward(dh: FloatArray, cache: LSTMCache) -> StepGradients:
    """Go back through a whole sequence, from the last step to the first.

    Parameters
    ----------
    dh : float array, shape (N, T, H)
        Gradient of the loss with respect to each state through the output at that step alone; what
        comes from later steps is added here.
    cache : LSTMCache
        What ``lstm_forward`` kept: one entry a step, the first step first.

    Returns
    -------
    dx : float array, shape (N, T, D)
    dh_0, dc_0 : float arrays, shape (N, H)
    dW_xh, dW_hh, db : float arrays, shapes (D, 4H), (H, 4H), (4H,)
        Summed over the batch and over the steps.

    Raises
    ------
    ShapeError
        If dh does not fit the cache; the message names both shapes.
    InputError
        If there is no step to go back through.

    Source: slides "LSTM gradient flow" and "Backpropagation through time".

    Examples
    --------
    >>> half, one = np.array([[0.5]]), np.array([[1.0]])
    >>> step = LSTMStepCache(one, half, 2 * one, half, half, half, 0 * one, one,
    ...                      np.zeros((1, 4)), np.zeros((1, 4)))
    >>> dx, dh_0, dc_0, *_ = lstm_backward(np.array([[[0.0], [1.0]]]), (step, step))
    >>> dc_0.round(4)  # o (1 - tanh² c) f f
    array([[0.0525]])
    """
    if not cache:
        raise InputError("The cache is empty; expected one entry for each of at least one step.")
    check_shapes(h_prev=(cache[0].h_prev, "N H"), dh=(dh, "N T H"))
    if dh.shape[1] != len(cache):
        raise ShapeError(f"dh has {dh.shape[1]} steps; expected {len(cache)}, those of the cache.")
    dh_next = np.zeros_like(cache[0].h_prev)
    dc_next = np.zeros_like(cache[0].c_prev)
    dW_xh, dW_hh = np.zeros_like(cache[0].W_xh), np.zeros_like(cache[0].W_hh)
    db = np.zeros_like(cache[0].W_hh[0])
    dx = np.empty((*dh.shape[:2], cache[0].x_t.shape[1]), dtype=dW_xh.dtype)
    for t in reversed(range(len(cache))):
        dx[:, t], dh_next, dc_next, dW_xh_t, dW_hh_t, db_t = lstm_step_backward(
            dh[:, t] + dh_next, dc_next, cache[t]
        )
        dW_xh += dW_xh_t
        dW_hh += dW_hh_t
        db += db_t
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


def direct_path_gain(f: FloatArray) -> FloatArray:
    """Return how much of each cell state the forget gates alone let through to the last one.

    ``gain[:, t]`` is the product of all later forget gates, ``f[:, t+1] · … · f[:, T-1]``: the
    derivative of the last cell state with respect to ``c[:, t]`` along the cells alone. The other
    ways, through h and the gates, are left out.

    Parameters
    ----------
    f : float array, shape (N, T, H)
        Forget gates of all steps, between 0 and 1.

    Returns
    -------
    gain : float array, shape (N, T, H)
        1 at the last step; ``f[:, 0]`` acts on the cell state before the first step and is in none.

    Raises
    ------
    ShapeError
        If f has not three axes.

    Source: slides "LSTM gradient flow": "only elementwise multiplication by f".

    Examples
    --------
    >>> direct_path_gain(np.array([[[0.9], [0.5], [0.8]]]))[0, :, 0]
    array([0.4, 0.8, 1. ])
    """
    check_shapes(f=(f, "N T H"))
    gain = np.ones_like(f)
    for t in reversed(range(f.shape[1] - 1)):
        gain[:, t] = gain[:, t + 1] * f[:, t + 1]
    return gain


def half_life(f: float) -> float:
    """Return after how many steps a forget gate that stays at f has halved what is in the cell.

    Parameters
    ----------
    f : float
        Between 0 and 1, neither included.

    Returns
    -------
    steps : float
        The k with ``f**k = 1/2``.

    Raises
    ------
    InputError
        If f is not between 0 and 1.

    Examples
    --------
    >>> half_life(0.5), round(half_life(0.99), 1)
    (1.0, 69.0)
    """
    if not 0 < f < 1:
        raise InputError(f"The forget gate is {f}; expected a number between 0 and 1.")
    return math.log(0.5) / math.log(f)
