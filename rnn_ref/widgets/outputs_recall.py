"""Training the output layer alone, on states of a random RNN: what can be read out of a memory.

The task: name the symbol that was read some steps ago. No weight of the recurrence is trained, so
nothing but this unit's functions is needed.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from rnn_ref import outputs
from rnn_ref.outputs import BoolArray, FloatArray, IntArray
from rnn_ref.plotting import LOOKS, course_style, new_figure
from rnn_ref.recurrence import rnn_forward

V, H, N = 3, 24, 64
DELAY = 2
UPDATES, LEARNING_RATE = 300, 0.5
SEED = 2
TITLE = f"Only with memory can the symbol of {DELAY} steps ago be named"
Functions = Mapping[str, Callable[..., Any]]
REFERENCE: Functions = {
    name: getattr(outputs, name)
    for name in ("output_forward", "output_backward", "softmax_cross_entropy", "pad_and_mask")
}


def recall_batch(rng: np.random.Generator, pad: Callable[..., Any]) -> tuple[Any, Any, Any]:
    """Return ids (N, T) of ragged sequences, targets (N, T), and the mask (N, T).

    The target of step t is the id of step t - DELAY; the first DELAY steps have none.
    """
    sequences = [rng.integers(V, size=length) for length in rng.integers(5, 13, size=N)]
    ids, real = pad(sequences)
    targets = np.roll(ids, DELAY, axis=1)
    mask = np.asarray(real, dtype=bool) & (np.arange(ids.shape[1]) >= DELAY)
    return ids, targets, mask


def states(ids: IntArray, memory: float, rng: np.random.Generator) -> FloatArray:
    """Return the states (N, T, H) of a random RNN; `memory` scales W_hh."""
    W_xh, W_hh = rng.normal(size=(V, H)), memory * rng.normal(size=(H, H)) / np.sqrt(H)
    h, _ = rnn_forward(np.eye(V)[ids], np.zeros((len(ids), H)), W_xh, W_hh, np.zeros(H))
    return h


def train(h: FloatArray, targets: IntArray, mask: BoolArray, use: Functions) -> list[float]:
    """Return the loss before each update of W_hy and b_y by gradient descent."""
    W_hy, b_y = np.zeros((H, V)), np.zeros(V)
    losses = []
    for _ in range(UPDATES):
        scores, cache = use["output_forward"](h, W_hy, b_y)
        loss, dscores = use["softmax_cross_entropy"](scores, targets, mask)
        _, dW_hy, db_y = use["output_backward"](dscores, cache)
        W_hy, b_y = W_hy - LEARNING_RATE * dW_hy, b_y - LEARNING_RATE * db_y
        losses.append(float(loss))
    return losses


def recall_losses(use: Functions = REFERENCE) -> dict[str, list[float]]:
    """Return the losses with memory and without: the same symbols, W_hh random or zero."""
    ids, targets, mask = recall_batch(np.random.default_rng(SEED), use["pad_and_mask"])
    return {
        name: train(states(ids, memory, np.random.default_rng(SEED)), targets, mask, use)
        for name, memory in (
            ("with memory", 0.9),
            (f"without: hardly better than guessing, log {V}", 0.0),
        )
    }


def recall_curves(**use: Callable[..., Any]) -> tuple[Figure, str]:
    """Train twice and return the picture of the losses and its alt text.

    Parameters
    ----------
    use : functions
        A learner's own ``output_forward``, ``output_backward``, ``softmax_cross_entropy`` and
        ``pad_and_mask``; the reference's where one is missing.
    """
    losses = recall_losses({**REFERENCE, **use})
    with course_style():
        figure = new_figure(2.9)
        axes = figure.add_subplot()
        for (name, curve), look in zip(losses.items(), ("state", "comparison"), strict=True):
            style = {**LOOKS[look].plot_style(), "marker": "none"}
            axes.plot(curve, **style)
            axes.text(UPDATES, curve[-1] - 0.04, name, ha="right", va="top")
        axes.set(title=TITLE, xlabel="updates of the output layer", ylabel="loss [nats/target]")
        axes.set(xlim=(0, UPDATES), ylim=(0, 1.25))
    with_memory, without = (curve[-1] for curve in losses.values())
    alt = (
        f"Loss over {UPDATES} updates: with memory it falls from {np.log(V):.2f} to "
        f"{with_memory:.2f} nats, without memory it stays at {without:.2f}."
    )
    return figure, alt
