"""A small RNN learns a text while one looks on; units 03 to 05 show it.

Every part of a training may be a learner's own function; the reference's stands in for the others.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from rnn_ref import bptt, char_lm, clipping, recurrence
from rnn_ref.errors import InputError
from rnn_ref.widgets.long_memory_text import MODULES, module_text
from rnn_ref.widgets.one_batch import loss_and_gradients
from rnn_ref.widgets.sampling_model import DemoModel

H, N, T = 96, 16, 25
RATE, LARGEST_GRADIENT = 0.01, 1.0
FEWEST, MOST = 2_000, 40_000  # characters: enough to learn from, and ten passes in ten seconds
SEED = 0

REFERENCE: dict[str, Callable[..., Any]] = {
    "build_vocabulary": char_lm.build_vocabulary,
    "encode": char_lm.encode,
    "one_hot": char_lm.one_hot,
    "make_batches": char_lm.make_batches,
    "rnn_forward": recurrence.rnn_forward,
    "rnn_backward": bptt.rnn_backward,
}


class Moment(NamedTuple):
    """The training after some passes through the text."""

    passes: int
    losses: list[float]
    """Of all batches so far, nats a character."""
    loss: float
    """Mean of the latest pass; before the first one, that of the first batch."""
    model: DemoModel

    @property
    def perplexity(self) -> float:
        """How many equally likely characters would be as hard to choose among."""
        return float(np.exp(self.loss))


def text_of(choice: str) -> str:
    """Return the source of a module of the standard library, or the text that was handed in.

    Raises
    ------
    InputError
        If it is neither a module's name nor long enough to learn from.
    """
    text = module_text(choice) if choice in MODULES else choice
    if len(text) < FEWEST:
        raise InputError(
            f"{choice[:30]!r} has {len(text)} characters; expected a text of {FEWEST} or more, or "
            f"the name of a module such as {', '.join(MODULES[1:4])}."
        )
    return text[:MOST]


def learn(choice: str, passes: int = 10, **use: Callable[..., Any]) -> Iterator[Moment]:
    """Train on a text and yield how it stands, before the first pass and after each.

    Parameters
    ----------
    choice : str
        A text, or a module's name.
    passes : int
        How often the text is read.
    use : functions
        A learner's own, by their names in ``REFERENCE``.
    """
    parts, text = {**REFERENCE, **use}, text_of(choice)
    char_to_id, id_to_char = parts["build_vocabulary"](text)
    inputs, targets = parts["make_batches"](parts["encode"](text, char_to_id), N, T)
    params, state = first_parameters(len(char_to_id), np.random.default_rng(SEED)), None
    losses: list[float] = []
    steps = passes * len(inputs)
    own = [parts[name] for name in ("rnn_forward", "rnn_backward", "one_hot")]
    loss, *_ = loss_and_gradients(params, (inputs[0], targets[0]), np.zeros((N, H)), *own)
    yield Moment(0, losses, loss, DemoModel(params, char_to_id, id_to_char, loss))
    for number in range(1, passes + 1):
        h: Any = np.zeros((N, H))
        for batch in zip(inputs, targets, strict=True):
            loss, grads, h = loss_and_gradients(params, batch, h, *own)
            grads, _ = clipping.clip_by_global_norm(grads, LARGEST_GRADIENT)
            rate = RATE * (1 - 0.9 * len(losses) / steps)
            params, state = clipping.adam_step(params, grads, state, rate)
            losses.append(loss)
        loss = float(np.mean(losses[-len(inputs) :]))
        yield Moment(number, losses, loss, DemoModel(params, char_to_id, id_to_char, loss))


def first_parameters(V: int, rng: np.random.Generator) -> dict[str, Any]:
    """Small random weights; the recurrent ones orthogonal, so that early gradients last."""
    return {
        "W_xh": 0.3 * rng.normal(size=(V, H)),
        "W_hh": np.linalg.qr(rng.normal(size=(H, H)))[0],
        "b_h": np.zeros(H),
        "W_hy": 0.5 * rng.normal(size=(H, V)) / np.sqrt(H),
        "b_y": np.zeros(V),
    }


def beginning_of(text: str) -> str:
    """Return what samples go on from: the first line of a text, or as much as fits."""
    return text.strip().split("\n")[0][:24]
