"""Unit 10: what ``data/make_long_memory.py`` has saved, and the states of the saved model."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.char_lm import encode
from rnn_ref.widgets.long_memory_codes import states_over
from rnn_ref.widgets.long_memory_text import (
    CHAR_TO_ID,
    LABELS,
    PARTS,
    BoolArray,
    excerpts,
)
from rnn_ref.widgets.long_memory_training import Arrays, FloatArray, first_weights
from rnn_ref.widgets.saved import load

EXCERPTS, OF_EACH = 8, 2000
"""Pieces of each part that the units are looked at on, and their characters."""


@cache
def load_results() -> dict[str, Any]:
    """Curves, bits and times of the saved runs, as ``make_long_memory.py`` names them.

    Bits have a row for the passages, and one for the final modules.
    """
    return load("long_memory_curves")


@cache
def load_model() -> Arrays:
    """The saved character model, in single precision."""
    weights = load("long_memory_weights")
    return {name: array.astype(np.float32) for name, array in weights.items()}


class Reading(NamedTuple):
    """What the saved model's units did on text, one half of it trained on, the other not."""

    text: str
    """L characters: the first half belongs to the training text."""
    h: FloatArray
    """The state after each, shape (L, H)."""
    labels: dict[str, BoolArray]
    """Whether each is quoted text, comment, indentation; shape (L,)."""


@cache
def read_both_halves(trained: bool = True) -> Reading:
    """Let the saved model read eight excerpts of training text, then eight of choosing text.

    No weight was trained on choosing text; passages and final modules stay out of it.

    Parameters
    ----------
    trained : bool
        False for a model of the same size with random weights.
    """
    model = load_model()
    if not trained:
        H, V = model["W_hy"].shape
        model = first_weights("LSTM", V, H, V, np.random.default_rng(10))
    halves = [excerpts(names, EXCERPTS, OF_EACH) for names in (PARTS.training, PARTS.choosing)]
    states = [states_over(model, encode(text, CHAR_TO_ID)) for text, _ in halves]
    labels = {label: np.concatenate([masks[label] for _, masks in halves]) for label in LABELS}
    return Reading("".join(text for text, _ in halves), np.concatenate(states), labels)
