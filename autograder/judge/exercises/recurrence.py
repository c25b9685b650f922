"""Unit 01: one step of the recurrence, the unrolled network, the stacked form."""

from typing import Any

import numpy as np

from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Tolerance, Trial, short
from autograder.judge.hints.recurrence import HINTS
from autograder.judge.mistakes import recurrence as mistakes
from autograder.judge.variants import recurrence as variants
from rnn_ref import recurrence

UNIT = "recurrence"
SQUARE = "as many inputs as units"
# Of large numbers the sum has terms near 150, which float32 rounds to 1e-5 each; 5e-6 of it is the
# most that is left behind tanh in ten thousand drawings.
STEP_TOLERANCE = Tolerance(relative=1e-5, absolute=2e-5)


def _sizes(rng: np.random.Generator, count: int) -> list[int]:
    """Return `count` different sizes, so that no two axes can be mistaken for each other."""
    return [int(n) for n in rng.permutation(np.arange(2, 2 + 2 * count))[:count]]


def _weights(rng: np.random.Generator, D: int, H: int) -> dict[str, np.ndarray]:
    return {
        "W_xh": rng.normal(size=(D, H)),
        "W_hh": rng.normal(size=(H, H)),
        "b_h": rng.normal(size=H),
    }


def _step_inputs(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, np.ndarray]:
    states = {"x_t": rng.normal(size=(N, D)), "h_prev": rng.uniform(-1, 1, size=(N, H))}
    return {**states, **_weights(rng, D, H)}


def _zeroed(inputs: dict[str, np.ndarray], *names: str) -> dict[str, np.ndarray]:
    return {**inputs, **{name: np.zeros_like(inputs[name]) for name in names}}


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = _sizes(rng, 3)
    inputs = _step_inputs(rng, N, D, H)
    saturated = {name: 4 * value for name, value in _step_inputs(rng, N, D, H).items()}
    return (
        Case("everything together", inputs),
        Case("with large numbers", saturated),
        Case("the input alone", _zeroed(inputs, "h_prev", "b_h")),
        Case("the previous state alone", _zeroed(inputs, "x_t", "b_h")),
        Case("the bias alone", _zeroed(inputs, "x_t", "h_prev")),
        Case("a batch of one", _step_inputs(rng, 1, D, H)),
        Case(SQUARE, _step_inputs(rng, H, H, H)),
    )


def _forward_inputs(
    rng: np.random.Generator, N: int, T: int, D: int, H: int
) -> dict[str, np.ndarray]:
    states = {"x": rng.normal(size=(N, T, D)), "h_0": rng.uniform(-1, 1, size=(N, H))}
    weights = _weights(rng, D, H)
    return {**states, **weights, "W_hh": weights["W_hh"] / np.sqrt(H)}


def _forward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D, H = _sizes(rng, 4)
    T = max(T, 3)
    inputs = _forward_inputs(rng, N, T, D, H)
    return (
        Case("a whole sequence", inputs),
        Case("with other numbers", _forward_inputs(rng, N, T, D, H)),
        Case("the same inputs in reverse order", {**inputs, "x": inputs["x"][:, ::-1].copy()}),
        Case("a single time step", _forward_inputs(rng, N, 1, D, H)),
        Case("a batch of one", _forward_inputs(rng, 1, T, D, H)),
        Case("no input but the first state", _zeroed(inputs, "x", "b_h")),
    )


_FORWARD_CASES = (
    "a whole sequence",
    "with other numbers",
    "the same inputs in reverse order",
    "a single time step",
    "a batch of one",
    "no input but the first state",
)


def _stack_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    D, H = _sizes(rng, 2)
    shapes = {"different sizes": (D, H), "with other numbers": (D, H), SQUARE: (H, H)}
    return tuple(
        Case(name, {key: value for key, value in _weights(rng, *shape).items() if key != "b_h"})
        for name, shape in shapes.items()
    )


def _stacked_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = _sizes(rng, 3)
    shapes = {
        "everything together": (N, D, H),
        "with other numbers": (N, D, H),
        "a batch of one": (1, D, H),
        SQUARE: (N, H, H),
    }
    return tuple(
        Case(name, _with_stacked(_step_inputs(rng, *shape))) for name, shape in shapes.items()
    )


def _with_stacked(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "W": recurrence.stack_weights(inputs["W_xh"], inputs["W_hh"])}


_UNCHANGED = "No argument is changed in place."
_REPEATABLE = "A second call gives the same."

EXERCISES = (
    Exercise(
        name="rnn_step_forward",
        unit=UNIT,
        title="One step of the recurrence",
        points=3,
        version=2,
        reference={"step": recurrence.rnn_step_forward},
        make_cases=_step_cases,
        axes={"h_t": ("batch", "unit")},
        criteria=(
            Criterion("input", 0.2, "The input acts through W_xh.", ("h_t",), ("the input alone",)),
            Criterion(
                "state",
                0.2,
                "The previous state acts through W_hh.",
                ("h_t",),
                ("the previous state alone",),
            ),
            Criterion("bias", 0.1, "The bias shifts the sum.", ("h_t",), ("the bias alone",)),
            Criterion(
                "together",
                0.25,
                "All three act together, squashed once by tanh.",
                ("h_t",),
                ("everything together", "with large numbers"),
            ),
            Criterion(
                "sizes",
                0.1,
                "Any batch and any sizes work.",
                ("h_t",),
                ("a batch of one", SQUARE),
            ),
            Criterion("unchanged", 0.1, _UNCHANGED, kind=Kind.UNCHANGED),
            Criterion("repeatable", 0.05, _REPEATABLE, kind=Kind.REPEATABLE),
        ),
        mistakes=tuple(mistakes.STEP),
        variants=tuple(variants.STEP),
        hints=HINTS["rnn_step_forward"],
        trial=Trial(
            lambda rng: [short(_step_inputs(rng, *sizes)) for sizes in ((1, 1, 1), (1, 2, 2))],
            {"h_t": "rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h)[0]"},
        ),
        tolerance=STEP_TOLERANCE,
    ),
    Exercise(
        name="rnn_forward",
        unit=UNIT,
        title="The unrolled network",
        points=3,
        version=1,
        reference={"step": recurrence.rnn_step_forward, "forward": recurrence.rnn_forward},
        stand_ins=("rnn_step_forward",),
        stand_in_cases=_FORWARD_CASES,
        make_cases=_forward_cases,
        axes={
            "h": ("batch", "time", "unit"),
            "h_second_half": ("batch", "time", "unit"),
        },
        criteria=(
            Criterion(
                "states",
                0.35,
                "All T states are right.",
                ("h",),
                ("a whole sequence", "with other numbers"),
            ),
            Criterion(
                "first_state",
                0.15,
                "The first state h_0 is where it starts.",
                ("h",),
                ("no input but the first state",),
            ),
            Criterion(
                "order",
                0.1,
                "The order of the inputs matters.",
                ("h",),
                ("the same inputs in reverse order",),
            ),
            Criterion(
                "sizes",
                0.1,
                "A single step and a batch of one work.",
                ("h",),
                ("a single time step", "a batch of one"),
            ),
            Criterion(
                "halves",
                0.1,
                "Two halves, the state handed on, give the same as the whole.",
                ("h_second_half",),
                ("a whole sequence",),
            ),
            Criterion(
                "own_step",
                0.15,
                "It repeats the step, your own rnn_step_forward, once for each input.",
                ("h",),
                ("a whole sequence",),
                Kind.CONSISTENT,
                against=("h", "own_h"),
                carried="Your loop gives what your own rnn_step_forward gives, step after step: "
                "look for the mistake in rnn_step_forward.",
            ),
            Criterion("unchanged", 0.05, _UNCHANGED, kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.FORWARD),
        variants=tuple(variants.FORWARD),
        hints=HINTS["rnn_forward"],
        trial=Trial(
            lambda rng: [
                short(_forward_inputs(rng, 1, *sizes)) for sizes in ((2, 1, 1), (3, 2, 2))
            ],
            {"h": "rnn_forward(x, h_0, W_xh, W_hh, b_h)[0]"},
        ),
    ),
    Exercise(
        name="stack_weights",
        unit=UNIT,
        title="One matrix for both",
        points=1,
        version=1,
        reference={"stack": recurrence.stack_weights},
        make_cases=_stack_cases,
        axes={"W": ("row", "unit")},
        criteria=(
            Criterion(
                "stacked",
                0.75,
                "The rows of W_hh stand above the rows of W_xh.",
                ("W",),
                ("different sizes", "with other numbers"),
            ),
            Criterion("square", 0.15, "It does so when D equals H, too.", ("W",), (SQUARE,)),
            Criterion("unchanged", 0.1, _UNCHANGED, kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.STACK),
        variants=tuple(variants.STACK),
        hints=HINTS["stack_weights"],
        trial=Trial(
            lambda rng: [short(_weights(rng, *sizes)) for sizes in ((1, 1), (1, 2))],
            {"W": "stack_weights(W_xh, W_hh)"},
        ),
    ),
    Exercise(
        name="rnn_step_stacked",
        unit=UNIT,
        title="The same step with one matrix",
        points=2,
        version=1,
        reference={
            "step": recurrence.rnn_step_forward,
            "stack": recurrence.stack_weights,
            "stacked": recurrence.rnn_step_stacked,
        },
        make_cases=_stacked_cases,
        axes={
            "h_t": ("batch", "unit"),
        },
        criteria=(
            Criterion(
                "values",
                0.6,
                "With a given W it makes the same step.",
                ("h_t",),
                ("everything together", "with other numbers"),
            ),
            Criterion(
                "sizes",
                0.15,
                "Any batch and any sizes work.",
                ("h_t",),
                ("a batch of one", SQUARE),
            ),
            Criterion(
                "own_parts",
                0.2,
                "It makes the step of your own rnn_step_forward, with your own stack_weights.",
                ("h_t",),
                (),
                Kind.CONSISTENT,
                against=("own_stacked", "own_step"),
            ),
            Criterion("unchanged", 0.05, _UNCHANGED, kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.STACKED),
        variants=tuple(variants.STACKED),
        hints=HINTS["rnn_step_stacked"],
        trial=Trial(
            lambda rng: [
                _with_stacked(short(_step_inputs(rng, *sizes))) for sizes in ((1, 1, 1), (1, 2, 2))
            ],
            {"h_t": "rnn_step_stacked(x_t, h_prev, W, b_h)"},
        ),
    ),
)
