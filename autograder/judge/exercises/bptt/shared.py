"""What several exercises of this unit are drawn with, and asked."""

from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Tolerance, short
from autograder.judge.sizes import ONE_STEP, SIZES, Inputs, apart, at_sizes
from autograder.judge.slopes import by_gradients, measured
from autograder.student.gradients import LATER, SECOND

WHOLE, OTHER = "a whole sequence", "with other numbers"
LAST = "a loss at the last step alone"
WIDE, LONG = "one wide step", "a long sequence"
LONG_T, LONG_D, LONG_H = 400, 32, 24
"""A backward takes some 10 ms; running the forward 14,000 times and more, a minute."""

# float32 rounds numbers near 10 to 1e-6, and sums of dozens of them lose a digit more; the mistakes
# are off by hundredths.
TOLERANCE = Tolerance(relative=1e-5, absolute=2e-5)
SLOW = "Backpropagation costs about two forward passes; differences cost two for every number."


def draw_weights(rng: np.random.Generator, D: int, H: int) -> Inputs:
    """Return weights that leave tanh room to move, so that gradients reach the first step."""
    return {
        "W_xh": 0.7 * rng.normal(size=(D, H)) / np.sqrt(D),
        "W_hh": 1.2 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b_h": 0.3 * rng.normal(size=H),
    }


def draw_upstream(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Return numbers of both signs, none near zero and no two alike."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.2, 1.2, size=shape)


def draw_sequence(rng: np.random.Generator, N: int, T: int, D: int, H: int) -> Inputs:
    """Return a sequence, first state, weights and upstream gradients of these sizes."""
    return {
        "x": rng.normal(size=(N, T, D)),
        "h_0": rng.uniform(-0.9, 0.9, size=(N, H)),
        **draw_weights(rng, D, H),
        "dh": draw_upstream(rng, N, T, H),
    }


def with_directions(rng: np.random.Generator, inputs: Inputs) -> Inputs:
    """Add a way to move each argument of the forward, along which its slope can be measured."""
    moving = [name for name in inputs if name not in ("dh", "dh_t", "k")]
    return {
        **inputs,
        "directions": {name: draw_upstream(rng, *inputs[name].shape) for name in moving},
    }


def draw_long(rng: np.random.Generator) -> Inputs:
    """Return a sequence whose sums over so many steps stay near 1, where float32 is exact enough.

    Its recurrent weights are small enough to forget rounding instead of letting it grow.
    """
    inputs = draw_sequence(rng, 2, LONG_T, LONG_D, LONG_H)
    return {**inputs, "W_hh": inputs["W_hh"] / 2, "dh": inputs["dh"] / 50}


def _last_alone(inputs: Inputs) -> Inputs:
    dh = np.zeros_like(inputs["dh"])
    dh[:, -1] = inputs["dh"][:, -1]
    return {**inputs, "dh": dh}


def sequence_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return the cases of a whole sequence: main ones, then edges."""
    N, T, D, H = apart(rng, 4)
    T = max(T, 4)
    return (
        Case(WHOLE, with_directions(rng, draw_sequence(rng, N, T, D, H))),
        Case(OTHER, draw_sequence(rng, H, N + 2, T, D)),
        Case(LAST, _last_alone(draw_sequence(rng, N, T, D, H))),
        Case(ONE_STEP, draw_sequence(rng, N, 1, D, H), edge=True),
        *at_sizes(lambda n, d, h: draw_sequence(rng, n, T, d, h), N, D, H),
    )


def axes_of(inputs: str, first_state: str, inputs_axes: tuple[str, ...]) -> dict[str, Any]:
    """Return what the axes of a backward's outputs are called, of later calls, too."""
    axes: dict[str, tuple[str, ...]] = {
        inputs: inputs_axes,
        first_state: ("batch", "unit"),
        "dW_xh": ("input", "unit"),
        "dW_hh": ("from unit", "to unit"),
        "db_h": ("unit",),
    }
    return {**and_again(axes), "slopes": ("argument",)}


def and_again(axes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the axes of outputs and of the same outputs of later calls."""
    return {name + call: names for call in ("", SECOND, LATER) for name, names in axes.items()}


SEQUENCE_AXES = axes_of("dx", "dh_0", ("batch", "time", "input"))
GRADIENTS = ("dx", "dh_0", "dW_xh", "dW_hh", "db_h")
MAIN = (WHOLE, OTHER)
STEP, SEQUENCE = "x_t h_prev W_xh W_hh b_h", "x h_0 W_xh W_hh b_h"
SLOPES = {"slopes": by_gradients(SEQUENCE), "own_slopes": measured(h="dh")}


def numeric(weight: float, case: str = WHOLE) -> Criterion:
    """Return the criterion that gradients agree with slopes measured on the own forward."""
    return Criterion(
        "numeric",
        weight,
        "It agrees with slopes measured on your own forward.",
        kind=Kind.CONSISTENT,
        against=("slopes", "own_slopes"),
        carried="Your gradients are the slopes of your own forward, as measured; but that forward "
        "is not the course's. Put its cell back as it was.",
    ).of("slopes", case)


UNCHANGED = "No argument is changed in place, nor the cache."
SEQUENCE_CASES = (*MAIN, LAST, ONE_STEP, *SIZES)
TRY = "_, cache = rnn_forward(x, h_0, W_xh, W_hh, b_h)\n"


def each_of(names: tuple[str, ...], lines: str) -> dict[str, str]:
    """Return the lines that show each gradient of those that come back together."""
    return {name: f"{lines}[{i}]" for i, name in enumerate(names)}


def small_sequences(rng: np.random.Generator) -> list[Inputs]:
    """Return sequences to try."""
    return [
        short(draw_sequence(rng, *sizes)) for sizes in ((1, 2, 1, 1), (1, 2, 2, 2), (2, 2, 2, 2))
    ]
