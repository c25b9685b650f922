"""Unit 10: what ``data/make_long_memory.py`` has saved, and the states of the saved model."""

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.char_lm import encode
from rnn_ref.widgets.long_memory_codes import states_over
from rnn_ref.widgets.long_memory_text import (
    CHAR_TO_ID,
    LABELS,
    BoolArray,
    labelled_passage,
)
from rnn_ref.widgets.long_memory_training import Arrays, FloatArray, first_weights

CHOSEN_ON = tuple(range(120, 1700, 200))
"""Passages of the training text, for choosing a unit; and of the held-out text, to judge it."""
JUDGED_ON = tuple(range(110, 1700, 200))


def _load(name: str) -> dict[str, Any]:
    with (
        files("rnn_ref").joinpath(f"data/{name}").open("rb") as file,
        np.load(file, allow_pickle=False) as saved,
    ):
        return dict(saved)


@cache
def load_results() -> dict[str, Any]:
    """Curves, bits and times of the saved runs, as ``make_long_memory.py`` names them."""
    return _load("long_memory_curves.npz")


@cache
def load_model() -> Arrays:
    """The saved character model, in single precision."""
    weights = _load("long_memory_weights.npz")
    return {name: array.astype(np.float32) for name, array in weights.items()}


class Reading(NamedTuple):
    """What the saved model's units did on text, one half of it trained on, the other held out."""

    text: str
    """L characters: the first half belongs to the training text."""
    h: FloatArray
    """The state after each, shape (L, H)."""
    labels: dict[str, BoolArray]
    """Whether each is quoted text, comment, indentation; shape (L,)."""


@cache
def read_both_halves(trained: bool = True) -> Reading:
    """Let the saved model read the passages, eight it was trained on and eight held out.

    Parameters
    ----------
    trained : bool
        False for a model of the same size with random weights.
    """
    model = load_model()
    texts: list[str] = []
    states: list[FloatArray] = []
    if not trained:
        H, V = model["W_hy"].shape
        model = first_weights("LSTM", V, H, V, np.random.default_rng(10))
    labels: dict[str, list[BoolArray]] = {label: [] for label in LABELS}
    for numbers in (CHOSEN_ON, JUDGED_ON):
        for number in numbers:
            text, masks = labelled_passage(number)
            texts.append(text)
            for label, mask in masks.items():
                labels[label].append(mask)
        ids = encode("".join(texts[-len(numbers) :]), CHAR_TO_ID)
        states.append(states_over(model, ids))
    joined = {label: np.concatenate(parts) for label, parts in labels.items()}
    return Reading("".join(texts), np.concatenate(states), joined)
