"""A real ragged batch: Python's keywords. What can be read out of a memory that nobody trained.

The task: read a keyword letter by letter, and name the next one each time, "end" after the last. No
weight of the recurrence is trained, so nothing but this unit's functions is needed.
"""

import keyword
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from rnn_ref import outputs
from rnn_ref.outputs import BoolArray, FloatArray, IntArray
from rnn_ref.plotting import FAINT, LOOKS, MUTED, course_style, new_figure
from rnn_ref.recurrence import rnn_forward
from rnn_ref.widgets.diagrams import sheet
from rnn_ref.widgets.outputs_batch import cell

WORDS = tuple(sorted(word.lower() for word in keyword.kwlist))
END = "·"
LETTERS = sorted({*"".join(WORDS), END})
V, H = len(LETTERS), 96
SHOWN = ("if", "not", "import", "nonlocal")
UPDATES, LEARNING_RATE = 400, 1.0
SEED = 2
TITLE = "Only who remembers the beginning of a word can spell the rest"
Functions = Mapping[str, Callable[..., Any]]
REFERENCE: Functions = {
    name: getattr(outputs, name)
    for name in ("output_forward", "output_backward", "softmax_cross_entropy", "pad_and_mask")
}


def keyword_batch(
    pad: Callable[..., Any] = outputs.pad_and_mask,
) -> tuple[IntArray, IntArray, BoolArray]:
    """Return ids (N, T) of the letters, ids (N, T) of those that follow, and the mask (N, T)."""
    ids, mask = pad([_ids(word) for word in WORDS])
    targets, _ = pad([_ids(word[1:] + END) for word in WORDS])
    return ids, targets, np.asarray(mask, dtype=bool)


def _ids(word: str) -> IntArray:
    return np.array([LETTERS.index(letter) for letter in word])


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


def keyword_losses(use: Functions = REFERENCE) -> dict[str, list[float]]:
    """Return the losses with memory and without: the same words, W_hh random or zero."""
    ids, targets, mask = keyword_batch(use["pad_and_mask"])
    return {
        name: train(states(ids, memory, np.random.default_rng(SEED)), targets, mask, use)
        for name, memory in (("with memory", 0.9), ("without: the latest letter alone", 0.0))
    }


def keyword_picture() -> tuple[Figure, str]:
    """Return a picture of some of the keywords as rows of one array, and its alt text."""
    T, left, top = max(map(len, WORDS)), -1.15, 1.1
    bottom = -1.1 * len(SHOWN) + 0.5
    with course_style():
        title = "Two to eight letters in one array: dotted places do not count"
        figure, axes = sheet(left, T - 0.4, bottom, top, title)
        for n, word in enumerate(SHOWN):
            y, after = -1.1 * n, f"{word[1:]}{END}"
            axes.text(left + 0.08, y + 0.25, "read", va="center", color=MUTED)
            axes.text(left + 0.08, y - 0.25, "next", va="center", color=MUTED)
            for t in range(T):
                is_real = t < len(word)
                cell(axes, t, y, LOOKS["input"] if is_real else None, word[t : t + 1])
                target = after[t : t + 1].replace(END, "end")
                cell(axes, t, y - 0.5, LOOKS["output"] if is_real else None, target)
    real, places = sum(map(len, WORDS)), len(WORDS) * T
    alt = (
        f"{len(SHOWN)} of the {len(WORDS)} keywords as rows of letters, below each letter the "
        f"right next one. Of all {places} places of the batch {real} are real."
    )
    return figure, alt


def keyword_curves(**use: Callable[..., Any]) -> tuple[Figure, str]:
    """Train twice and return the picture of the losses and its alt text.

    Parameters
    ----------
    use : functions
        A learner's own ``output_forward``, ``output_backward``, ``softmax_cross_entropy`` and
        ``pad_and_mask``; the reference's where one is missing.
    """
    losses = keyword_losses({**REFERENCE, **use})
    with course_style():
        figure = new_figure(2.9)
        axes = figure.add_subplot()
        for (name, curve), look in zip(losses.items(), ("state", "comparison"), strict=True):
            style = {**LOOKS[look].plot_style(), "marker": "none"}
            axes.plot(curve, **style)
            axes.text(UPDATES, curve[-1] + 0.06, name, ha="right", va="bottom")
        axes.set(title=TITLE, xlabel="updates of the output layer", ylabel="loss [nats/target]")
        axes.set(xlim=(0, UPDATES), ylim=(0, 1.1 * np.log(V)))
        axes.axhline(np.log(V), color=FAINT, linestyle=":")
    with_memory, without = (curve[-1] for curve in losses.values())
    alt = (
        f"Loss over {UPDATES} updates: with memory it falls from {np.log(V):.2f} to "
        f"{with_memory:.2f} nats, without memory to {without:.2f}."
    )
    return figure, alt
