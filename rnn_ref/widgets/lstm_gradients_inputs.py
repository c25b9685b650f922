"""How much inputs of long ago count: the gradient of the last state with respect to each input."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from rnn_ref.bptt import rnn_backward
from rnn_ref.lstm import FloatArray, lstm_forward
from rnn_ref.lstm_gradients import lstm_backward
from rnn_ref.plotting import FAINT, LOOKS, course_style, new_figure
from rnn_ref.recurrence import rnn_forward

N, T, D, H = 8, 101, 4, 16
SEED = 1
FORGET_BIASES = (0.0, 2.0, 5.0)
FLOOR = 1e-28
TITLE = "An open forget gate lets inputs of long ago count"


def input_norms(
    forward: Callable[..., Any] = lstm_forward, backward: Callable[..., Any] = lstm_backward
) -> dict[str, FloatArray]:
    """Return norms of dx by lag, mean over the batch: of a plain RNN, and of LSTMs by forget bias.

    The loss is a random sum of the last state's numbers. All weights are random, scale 1.
    """
    rng = np.random.default_rng(SEED)
    x, dh = rng.normal(size=(N, T, D)), np.zeros((N, T, H))
    dh[:, -1] = rng.normal(size=(N, H)) / np.sqrt(H)
    W_xh, W_hh = rng.normal(size=(D, 4 * H)) / np.sqrt(D), rng.normal(size=(H, 4 * H)) / np.sqrt(H)
    zeros = np.zeros((N, H))
    _, rnn_cache = rnn_forward(x, zeros, W_xh[:, :H], W_hh[:, :H], np.zeros(H))
    norms = {"plain RNN": _by_lag(rnn_backward(dh, rnn_cache)[0])}
    for bias in FORGET_BIASES:
        b = np.zeros(4 * H)
        b[H : 2 * H] = bias
        *_, cache = forward(x.copy(), zeros.copy(), zeros.copy(), W_xh, W_hh, b)
        norms[f"LSTM, b_f = {bias:g}"] = _by_lag(np.asarray(backward(dh.copy(), cache)[0]))
    return norms


def _by_lag(dx: FloatArray) -> FloatArray:
    norms: FloatArray = np.linalg.norm(dx, axis=2).mean(axis=0)[::-1]
    return norms


def input_reach(
    forward: Callable[..., Any] | None = None, backward: Callable[..., Any] | None = None
) -> tuple[Figure, str]:
    """Return the picture and its alt text.

    Parameters
    ----------
    forward, backward : functions, optional
        A learner's own ``lstm_forward`` and ``lstm_backward``; the reference's by default.
    """
    norms = input_norms(forward or lstm_forward, backward or lstm_backward)
    lag = np.arange(T)
    with course_style():
        figure = new_figure(3.2)
        axes = figure.add_subplot()
        looks = (LOOKS["state"].plot_style(), *_lstm_looks())
        for (name, curve), look in zip(norms.items(), looks, strict=True):
            axes.plot(lag, np.where(curve > FLOOR, curve, np.nan), markevery=20, **look)
            axes.text(T + 1, max(curve[-1], FLOOR), name, va="center")
        axes.axhline(1, color=FAINT, linewidth=1)
        axes.set(title=TITLE, xlabel="lag: steps from the input to the loss [steps]")
        axes.set(yscale="log", ylabel="norm of dx", xlim=(0, T * 1.3))
        axes.set_xticks(range(0, T, 20))
    ends = ", ".join(f"{name}: {curve[-1]:.0e}" for name, curve in norms.items())
    return figure, f"Norm of dx against the lag; at a lag of {T - 1} steps {ends}."


def _lstm_looks() -> list[dict[str, Any]]:
    look = {**LOOKS["gradient"].plot_style()}
    return [{**look, "linestyle": line} for line in (":", "--", "-")]
