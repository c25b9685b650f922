"""How far gradients reach: a plain RNN, an LSTM along all ways, an LSTM along its cells alone.

All three networks are as they are before any training: random weights, random inputs.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.errors import InputError
from rnn_ref.gradient_flow import jacobian_product_norms
from rnn_ref.lstm import FloatArray, LSTMStepCache, lstm_forward
from rnn_ref.lstm_gradients import direct_path_gain, lstm_step_backward
from rnn_ref.recurrence import rnn_forward

D, H, LAGS = 4, 16, 100
SEED = 0

Step = Callable[..., Any]
"""A function with the signature of ``lstm_step_backward``: the reference, or a learner's."""


class Lags(NamedTuple):
    """Norms by lag, 0 to ``LAGS``: how much the last state moves with the one so many steps ago."""

    rnn: FloatArray
    """Spectral norms of dh_T/dh_t, a plain RNN."""
    full: FloatArray
    """Spectral norms of dc_T/dc_t, an LSTM, along all ways."""
    direct: FloatArray
    """The same along the cells alone: the forget gates multiplied, for the unit that keeps most."""
    mean_gate: float
    """The mean of all forget gates."""


def lags(
    forget_bias: float, scale: float, seed: int = SEED, step: Step = lstm_step_backward
) -> Lags:
    """Draw the networks and measure.

    Parameters
    ----------
    forget_bias : float
        Bias of every forget gate; all other biases are 0.
    scale : float
        Size of the recurrent weights: their standard deviation is ``scale / sqrt(H)``.
    seed : int
        Draws weights and inputs; the same for every bias and scale.
    step : function
        Goes back through a step of the LSTM.

    Raises
    ------
    InputError
        If `step` does not return six values, or no dh_prev and dc_prev of the right shape.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1, LAGS + 1, D))
    W_xh, W_hh = rng.normal(size=(D, 4 * H)) / np.sqrt(D), rng.normal(size=(H, 4 * H)) / np.sqrt(H)
    b, zeros = np.zeros(4 * H), np.zeros((1, H))
    b[H : 2 * H] = forget_bias
    _, _, cache = lstm_forward(x, zeros, zeros, W_xh, scale * W_hh, b)
    f = np.stack([kept.f_t for kept in cache], axis=1)  # (1, T, H)
    W_rnn = scale * W_hh[:, :H]
    h, _ = rnn_forward(x, zeros, W_xh[:, :H], W_rnn, np.zeros(H))
    return Lags(
        rnn=jacobian_product_norms(h[0], W_rnn),
        full=cell_jacobian_norms(cache, step),
        direct=direct_path_gain(f)[0, ::-1].max(axis=1),
        mean_gate=float(f.mean()),
    )


def cell_jacobian_norms(cache: tuple[LSTMStepCache, ...], step: Step) -> FloatArray:
    """Return the spectral norms of dc_T/dc_t along all ways, by lag.

    One gradient for each unit of the last cell, all sent back together as a batch of H.
    """
    units = cache[0].c_prev.shape[1]
    dh_t: FloatArray = np.zeros((units, units))
    dc_t: FloatArray = np.eye(units)
    jacobians = [dc_t]
    for kept, before in pairwise(reversed(cache)):  # the first step's own is not on the way
        rows = {
            name: np.broadcast_to(array, (units, array.shape[1]))
            for name, array in kept._asdict().items()
            if not name.startswith("W_")
        }
        dh_t, dc_t = _carried(step(dh_t, dc_t.copy(), kept._replace(**rows)), units)
        # dc_t leaves out that the cell before also shows in its h.
        jacobians.append(dc_t + dh_t * before.o_t * (1 - np.tanh(before.c_t) ** 2))
    norms: FloatArray = np.linalg.norm(np.stack(jacobians), ord=2, axis=(1, 2))
    return norms


def _carried(gradients: Any, units: int) -> tuple[FloatArray, FloatArray]:
    if not isinstance(gradients, (tuple, list)) or len(gradients) != 6:
        raise InputError("it does not return six values")
    dh_prev, dc_prev = (np.asarray(array, dtype=float) for array in gradients[1:3])
    if dh_prev.shape != (units, units) or dc_prev.shape != (units, units):
        raise InputError(f"dh_prev or dc_prev has not the shape ({units}, {units}) = (N, H)")
    return dh_prev, dc_prev
