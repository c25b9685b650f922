"""Unit 07: a character model on the standard library's own source, trained step by step.

The text is at hand wherever Python is; another version of Python has another text.
"""

import sysconfig
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rnn_ref import fused
from rnn_ref.char_lm import build_vocabulary, encode, make_batches
from rnn_ref.clipping import (
    Arrays,
    Batch,
    FloatArray,
    IntArray,
    LossAndGradients,
    adam_step,
    train_step,
)
from rnn_ref.widgets.one_batch import loss_and_gradients

TrainStep = Callable[
    [LossAndGradients, Arrays, Batch, FloatArray, float, float],
    tuple[Arrays, float, float, FloatArray],
]
"""A function with the signature of ``train_step``: the reference, or a learner's."""

MODULES = "argparse ast bdb cmd copy csv difflib fractions heapq inspect shutil statistics textwrap"
H, N, T = 64, 16, 50
INPUT_SCALE = 0.3  # of the first W_xh


class Text(NamedTuple):
    """What is read: its ids, and how many different characters there are."""

    ids: IntArray
    V: int


class Curves(NamedTuple):
    """Loss [nats a character] and norm of the raw gradient, a number a step."""

    losses: FloatArray
    norms: FloatArray


@cache
def library_source() -> str:
    """Some modules, one after the other, without the few characters that are not ASCII."""
    folder = Path(sysconfig.get_path("stdlib"))
    texts = [(folder / f"{name}.py").read_text(encoding="utf-8") for name in MODULES.split()]
    return "".join(c for c in "".join(texts) if c == "\n" or " " <= c <= "~")


@cache
def library_text() -> Text:
    """The modules' text as ids."""
    char_to_id, _ = build_vocabulary(library_source())
    return Text(encode(library_source(), char_to_id), len(char_to_id))


def first_parameters(V: int, rng: np.random.Generator) -> Arrays:
    """Normal numbers; those of W_hh give it a spectral radius near 1."""
    return {
        "W_xh": INPUT_SCALE * rng.normal(size=(V, H)),
        "W_hh": rng.normal(size=(H, H)) / np.sqrt(H),
        "b_h": np.zeros(H),
        "W_hy": rng.normal(size=(H, V)) / np.sqrt(H),
        "b_y": np.zeros(V),
    }


def fast_loss_and_gradients(
    params: Arrays, batch: Batch, h_0: FloatArray
) -> tuple[float, Arrays, FloatArray]:
    """What ``loss_and_gradients`` of unit 07 returns, by ``rnn_ref.fused``."""
    return loss_and_gradients(params, batch, h_0, fused.rnn_forward, fused.rnn_backward)


def batches(text: Text) -> Iterator[tuple[Batch, bool]]:
    """The text in batches, for ever; with each, whether it is the first of a pass."""
    inputs, targets = make_batches(text.ids, N, T)
    while True:
        for b in range(len(inputs)):
            yield (inputs[b], targets[b]), b == 0


def train(
    seed: int, learning_rate: float, max_norm: float, steps: int, step: TrainStep = train_step
) -> Curves:
    """Train from new parameters; the same seed gives the same start.

    Parameters
    ----------
    step : function
        ``train_step``, or a learner's own.
    """
    text = library_text()
    params = first_parameters(text.V, np.random.default_rng(seed))
    losses, norms = np.empty(steps), np.empty(steps)
    h: FloatArray = np.zeros((N, H))
    for i, (batch, is_first) in zip(range(steps), batches(text), strict=False):
        h_0 = np.zeros((N, H)) if is_first else h
        answer = step(fast_loss_and_gradients, params, batch, h_0, learning_rate, max_norm)
        params, losses[i], norms[i], h = answer
    return Curves(losses, norms)


def step_by_adam(update: Callable[..., Any] = adam_step) -> TrainStep:
    """A ``train_step`` that keeps a state of Adam and steps by it.

    Parameters
    ----------
    update : function
        ``adam_step``, or a learner's own.
    """
    state: Any = None

    def step(
        loss_and_gradients: LossAndGradients,
        params: Arrays,
        batch: Batch,
        h_0: FloatArray,
        learning_rate: float,
        max_norm: float,
    ) -> tuple[Arrays, float, float, FloatArray]:
        nonlocal state
        less, loss, norm, h_T = train_step(loss_and_gradients, params, batch, h_0, 1.0, max_norm)
        clipped = {name: params[name] - less[name] for name in params}  # what a rate of 1 takes off
        params, state = update(params, clipped, state, learning_rate)
        return params, loss, norm, h_T

    return step
