"""Unit 01: one step of the recurrence, the unrolled network, the stacked form."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.derived import Derive
from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Tolerance, Trial, short
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.judge.sizes import (
    OF_A_SEQUENCE,
    OF_A_STEP,
    ONE_INPUT,
    ONE_STEP,
    ONE_UNIT,
    SIZES,
    SQUARE,
    Inputs,
    apart,
    at_sizes,
    zeroed,
)
from autograder.student.probes.recurrence import H_BEFORE, SECOND_HALF
from rnn_ref import recurrence

WHOLE, OTHER = "a whole sequence", "with other numbers"
TOGETHER, LARGE, DIFFERENT = "everything together", "with large numbers", "different sizes"
REVERSED, FROM_H_0 = "the same inputs in reverse order", "no input but the first state"

#: Derived of all states: what depends on the order of the inputs, on the first state; the second
#: half.
LAST, LAST_BEFORE = "the last state", "that after the same inputs in their first order"
FIRST, FIRST_BEFORE = "the state after one step", "that from another h_0"
SAME_HALF = "h_later"

# Of large numbers the sum has terms near 150, which float32 rounds to 1e-5 each; 5e-6 of it is the
# most that is left behind tanh in ten thousand drawings.
STEP_TOLERANCE = Tolerance(relative=1e-5, absolute=2e-5)


def _weights(rng: np.random.Generator, D: int, H: int) -> dict[str, np.ndarray]:
    return {
        "W_xh": rng.normal(size=(D, H)),
        "W_hh": rng.normal(size=(H, H)),
        "b_h": rng.normal(size=H),
    }


def _step_inputs(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, np.ndarray]:
    states = {"x_t": rng.normal(size=(N, D)), "h_prev": rng.uniform(-1, 1, size=(N, H))}
    return {**states, **_weights(rng, D, H)}


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)
    inputs = _step_inputs(rng, N, D, H)
    saturated = {name: 4 * value for name, value in _step_inputs(rng, N, D, H).items()}
    return (
        Case(TOGETHER, inputs),
        Case(DIFFERENT, _step_inputs(rng, H, N, D)),
        Case(LARGE, saturated),
        Case("the input alone", zeroed(inputs, "h_prev", "b_h")),
        Case("the previous state alone", zeroed(inputs, "x_t", "b_h")),
        Case("the bias alone", zeroed(inputs, "x_t", "h_prev")),
        *at_sizes(lambda *sizes: _step_inputs(rng, *sizes), N, D, H),
    )


def _forward_inputs(
    rng: np.random.Generator, N: int, T: int, D: int, H: int
) -> dict[str, np.ndarray]:
    states = {"x": rng.normal(size=(N, T, D)), "h_0": rng.uniform(-1, 1, size=(N, H))}
    weights = _weights(rng, D, H)
    return {**states, **weights, "W_hh": weights["W_hh"] / np.sqrt(H)}


def _forward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D, H = apart(rng, 4)
    T = max(T, 3)
    inputs = _forward_inputs(rng, N, T, D, H)
    quiet = inputs["x"] / 4  # far from where tanh is flat
    backwards = {**inputs, "x": quiet[:, ::-1].copy(), "x_before": quiet}
    lasting = inputs["W_hh"] * 1.5 / np.abs(np.linalg.eigvals(inputs["W_hh"])).max()
    other = {"W_hh": lasting, "h_0_before": -inputs["h_0"]}  # the last state is not nearly 0
    edges = (
        Case(ONE_STEP, _forward_inputs(rng, N, 1, D, H), edge=True),
        *at_sizes(lambda n, d, h: _forward_inputs(rng, n, T, d, h), N, D, H),
    )
    return (
        Case(WHOLE, inputs),
        Case(OTHER, _forward_inputs(rng, H, N + 1, T, D)),
        Case(REVERSED, backwards),
        Case(FROM_H_0, {**zeroed(inputs, "x", "b_h"), **other}),
        *edges,
    )


def _state(output: str, t: int, moved: str) -> Derive:
    """Return how one state follows from all of them, where a case asks for another call, too."""

    def state(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
        h = outputs.get(output)
        return None if moved not in inputs or h is None or h.ndim != 3 else h[:, t]

    return state


def _same_half(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
    h = outputs.get("h")
    return None if h is None or h.ndim != 3 else h[:, inputs["x"].shape[1] // 2 :]


_FORWARD_DERIVED = {
    LAST: _state("h", -1, "x_before"),
    LAST_BEFORE: _state(H_BEFORE, -1, "x_before"),
    FIRST: _state("h", 0, "h_0_before"),
    FIRST_BEFORE: _state(H_BEFORE, 0, "h_0_before"),
    SAME_HALF: _same_half,
}

_FORWARD_MAIN = (WHOLE, OTHER, REVERSED, FROM_H_0)
_FORWARD_SIZES = (ONE_STEP, *SIZES)


def _stack_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    D, H = apart(rng, 2)
    shapes = {DIFFERENT: (D, H), OTHER: (D, H), ONE_INPUT: (1, H), ONE_UNIT: (D, 1), SQUARE: (H, H)}
    return tuple(
        Case(name, _without_bias(_weights(rng, *shape)), edge=name not in (DIFFERENT, OTHER))
        for name, shape in shapes.items()
    )


def _without_bias(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: value for name, value in weights.items() if name != "b_h"}


def _stacked_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)

    def inputs(*sizes: int) -> Inputs:
        return _with_stacked(_step_inputs(rng, *sizes))

    return (
        Case(TOGETHER, inputs(N, D, H)),
        Case(OTHER, inputs(N, D, H)),
        Case(DIFFERENT, inputs(H, N, D)),
        *at_sizes(inputs, N, D, H),
    )


def _with_stacked(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "W": recurrence.stack_weights(inputs["W_xh"], inputs["W_hh"])}


EXERCISES = (
    Exercise(
        name="rnn_step_forward",
        title="One step of the recurrence",
        version=3,
        reference={"step": recurrence.rnn_step_forward},
        make_cases=_step_cases,
        axes={"h_t": ("batch", "unit")},
        criteria=(
            Criterion("input", 0.2, "With the input alone, h_t is right.").of(
                "h_t", "the input alone"
            ),
            Criterion("state", 0.2, "With the previous state alone, h_t is right.").of(
                "h_t", "the previous state alone"
            ),
            Criterion("bias", 0.1, "With the bias alone, h_t is right.").of(
                "h_t", "the bias alone"
            ),
            Criterion("together", 0.25, "With all three, h_t is right.").of(
                "h_t", TOGETHER, DIFFERENT, LARGE
            ),
            Criterion("sizes", 0.1, OF_A_STEP).of("h_t", *SIZES),
            unchanged(0.1),
            repeatable(0.05),
        ),
        trial=Trial(
            lambda rng: [short(_step_inputs(rng, *sizes)) for sizes in ((1, 1, 1), (1, 2, 2))],
            {"h_t": "rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h)[0]"},
        ),
        tolerance=STEP_TOLERANCE,
    ),
    Exercise(
        name="rnn_forward",
        title="The unrolled network",
        version=5,
        reference={"step": recurrence.rnn_step_forward, "forward": recurrence.rnn_forward},
        stand_ins=("rnn_step_forward",),
        stand_in_cases=(*_FORWARD_MAIN, *_FORWARD_SIZES),
        make_cases=_forward_cases,
        derived=_FORWARD_DERIVED,
        axes={
            "h": ("batch", "time", "unit"),
            **dict.fromkeys((SECOND_HALF, SAME_HALF), ("batch", "time", "unit")),
            **dict.fromkeys((LAST, LAST_BEFORE, FIRST, FIRST_BEFORE), ("batch", "unit")),
        },
        criteria=(
            Criterion("states", 0.5, "All T states are right.").of("h", WHOLE, OTHER, REVERSED),
            Criterion("from_h_0", 0.1, "What follows from h_0 alone is right.").of("h", FROM_H_0),
            Criterion(
                "first_state",
                0.05,
                "The first state h_0 is where it starts.",
                kind=Kind.DIFFERENT,
                against=(FIRST_BEFORE,),
            ).of(FIRST, FROM_H_0),
            Criterion(
                "order",
                0.05,
                "The order of the inputs matters.",
                kind=Kind.DIFFERENT,
                against=(LAST_BEFORE,),
            ).of(LAST, REVERSED),
            Criterion(
                "sizes",
                0.15,
                OF_A_SEQUENCE,
            ).of("h", *_FORWARD_SIZES),
            Criterion(
                "halves",
                0.05,
                "Two halves, the state handed on, give the same as the whole.",
                kind=Kind.SAME,
                against=(SAME_HALF,),
            ).of(SECOND_HALF, WHOLE),
            Criterion(
                "own_step",
                0.05,
                "The states are those of your own rnn_step_forward, once for each input.",
                kind=Kind.CONSISTENT,
                against=("h", "own_h"),
                carried="Your loop gives what your own rnn_step_forward gives, step after step: "
                "look for the mistake in rnn_step_forward.",
            ).of("h", WHOLE),
            unchanged(0.05),
        ),
        trial=Trial(
            lambda rng: [
                short(_forward_inputs(rng, 1, *sizes)) for sizes in ((2, 1, 1), (3, 2, 2))
            ],
            {"h": "rnn_forward(x, h_0, W_xh, W_hh, b_h)[0]"},
        ),
    ),
    Exercise(
        name="stack_weights",
        title="One matrix for both",
        version=3,
        reference={"stack": recurrence.stack_weights},
        make_cases=_stack_cases,
        axes={"W": ("row", "unit")},
        criteria=(
            Criterion("stacked", 0.75, "The rows of W_hh stand above the rows of W_xh.").of(
                "W", DIFFERENT, OTHER
            ),
            Criterion(
                "sizes",
                0.15,
                "It is right at any size: an input or a unit of one, as many inputs as units.",
            ).of("W", ONE_INPUT, ONE_UNIT, SQUARE),
            unchanged(0.1),
        ),
        trial=Trial(
            lambda rng: [short(_weights(rng, *sizes)) for sizes in ((1, 1), (1, 2))],
            {"W": "stack_weights(W_xh, W_hh)"},
        ),
    ),
    Exercise(
        name="rnn_step_stacked",
        title="The same step with one matrix",
        version=3,
        reference={
            "step": recurrence.rnn_step_forward,
            "stack": recurrence.stack_weights,
            "stacked": recurrence.rnn_step_stacked,
        },
        make_cases=_stacked_cases,
        axes={"h_t": ("batch", "unit")},
        criteria=(
            Criterion("values", 0.6, "With a given W it makes the same step.").of(
                "h_t", TOGETHER, OTHER, DIFFERENT
            ),
            Criterion("sizes", 0.15, OF_A_STEP).of("h_t", *SIZES),
            Criterion(
                "own_parts",
                0.2,
                "It makes the step of your own rnn_step_forward, with your own stack_weights.",
                kind=Kind.CONSISTENT,
                against=("own_stacked", "own_step"),
            ).of("h_t"),
            unchanged(0.05),
        ),
        trial=Trial(
            lambda rng: [
                _with_stacked(short(_step_inputs(rng, *sizes))) for sizes in ((1, 1, 1), (1, 2, 2))
            ],
            {"h_t": "rnn_step_stacked(x_t, h_prev, W, b_h)"},
        ),
    ),
)
