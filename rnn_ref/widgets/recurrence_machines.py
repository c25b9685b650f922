"""Four small RNNs for the pictures of unit 01, three of them set by hand, and how to run them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.errors import InputError
from rnn_ref.recurrence import FloatArray, rnn_step_forward
from rnn_ref.widgets.learners import tried

Step = Callable[..., tuple[Any, Any]]
"""A function with the signature of ``rnn_step_forward``: the reference, or a learner's."""

MOST_INPUTS = 10  # more columns do not fit into 6.5 inches with readable numbers
LARGEST_INPUT = 9.0
COUNTER_UNIT = 0.01  # what one counted 1 adds to the counter's state


@dataclass(frozen=True)
class Machine:
    """An RNN with one input number a step (D = 1), and how to read its state."""

    W_xh: FloatArray  # (1, H)
    W_hh: FloatArray  # (H, H)
    b_h: FloatArray  # (H,)
    inputs: tuple[float, ...]
    full_colour: float
    """The state's size at which the heat map has its full colour."""
    read: Callable[[FloatArray], str]
    """One sentence about a state of shape (H,)."""

    @property
    def H(self) -> int:  # noqa: N802
        return len(self.b_h)

    def without_memory(self) -> "Machine":
        """The same machine with W_hh = 0: nothing is carried from step to step."""
        return Machine(self.W_xh, 0 * self.W_hh, self.b_h, self.inputs, self.full_colour, self.read)


class Run(NamedTuple):
    """States after every step and, if the learner's function could not be used, why."""

    h: FloatArray
    """Shape (T + 1, H); ``h[0]`` is the state before the first step."""
    note: str


def run(machine: Machine, inputs: Sequence[float], step: Step = rnn_step_forward) -> Run:
    """Carry a state of zeros through the inputs.

    A learner's step may be unfinished or wrong. If it stops, or returns no state of shape (1, H),
    the reference takes over and the note says so; wrong numbers are shown as they are.
    """
    return Run(
        *tried(lambda own: _states(machine, inputs, own), step, rnn_step_forward, detailed=True)
    )


def _states(machine: Machine, inputs: Sequence[float], step: Step) -> FloatArray:
    h_t: FloatArray = np.zeros((1, machine.H))
    states = [h_t]
    for value in inputs:
        x_t = np.array([[value]])
        result, _ = step(
            x_t, h_t.copy(), machine.W_xh.copy(), machine.W_hh.copy(), machine.b_h.copy()
        )
        h_t = np.asarray(result, dtype=float)
        if h_t.shape != (1, machine.H):
            raise InputError(f"h_t has shape {h_t.shape}; expected (1, {machine.H}) = (N, H)")
        states.append(h_t)
    return np.concatenate(states)


def parse_inputs(text: str) -> tuple[float, ...]:
    """Numbers from a text such as ``"0 0 1"`` or ``"0, 0.5, -1"``.

    Raises
    ------
    InputError
        If there is none, one too many, one too large, or something else than a number.
    """
    rule = f"Give 1 to {MOST_INPUTS} numbers from -{LARGEST_INPUT:g} to {LARGEST_INPUT:g}, "
    rule += "with spaces between them, for example 0 0 1 0."
    try:
        numbers = tuple(float(word) for word in text.replace(",", " ").split())
    except ValueError:
        raise InputError(rule) from None
    # Written so that NaN, which no comparison holds for, is refused too.
    if not (1 <= len(numbers) <= MOST_INPUTS and all(abs(x) <= LARGEST_INPUT for x in numbers)):
        raise InputError(rule)
    return numbers


def _read_latch(h: FloatArray) -> str:
    return "Above 0: a 1 has been seen." if h[0] > 0 else "Not above 0: no 1 has been seen yet."


def _read_counter(h: FloatArray) -> str:
    count = h[0] / COUNTER_UNIT
    return f"The state is {h[0]:.4f}; divided by {COUNTER_UNIT}, the count is {count:.2f}."


def _read_random(h: FloatArray) -> str:
    return f"The number farthest from 0 is {h[np.abs(h).argmax()]:.2f}."


def _read_fading(h: FloatArray) -> str:
    return f"Of the 1 that was read first, {h[0]:.3f} is left."


def _random_machine() -> Machine:
    # Seed and scale were chosen by eye: an echo that changes sign and has not died after 8 steps.
    rng = np.random.default_rng(3)
    return Machine(
        W_xh=rng.normal(size=(1, 4)),
        W_hh=0.7 * rng.normal(size=(4, 4)),
        b_h=np.zeros(4),
        inputs=(1, 0, 0, 0, 0, 0, 0, 0),
        full_colour=1.0,
        read=_read_random,
    )


MACHINES: Mapping[str, Machine] = MappingProxyType(
    {
        "latch": Machine(
            W_xh=np.array([[6.0]]),
            W_hh=np.array([[3.0]]),
            b_h=np.array([-1.0]),
            inputs=(0, 0, 1, 0, 0, 1, 0, 0),
            full_colour=1.0,
            read=_read_latch,
        ),
        "counter": Machine(
            W_xh=np.array([[COUNTER_UNIT]]),
            W_hh=np.array([[1.0]]),
            b_h=np.array([0.0]),
            inputs=(1, 0, 1, 1, 0, 0, 1, 0),
            full_colour=MOST_INPUTS * COUNTER_UNIT,
            read=_read_counter,
        ),
        "fading": Machine(
            W_xh=np.array([[1.0]]),
            W_hh=np.array([[0.5]]),
            b_h=np.array([0.0]),
            inputs=(1, 0, 0, 0, 0, 0, 0, 0),
            full_colour=1.0,
            read=_read_fading,
        ),
        "random": _random_machine(),
    }
)
