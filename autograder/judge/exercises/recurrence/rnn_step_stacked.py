"""The same step with one matrix."""

from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.recurrence.shared import DIFFERENT, OTHER, TOGETHER, draw_step
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import OF_A_STEP, SIZES, Inputs, apart, at_sizes
from rnn_ref import recurrence


def _stacked_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)

    def inputs(*sizes: int) -> Inputs:
        return _with_stacked(draw_step(rng, *sizes))

    return (
        Case(TOGETHER, inputs(N, D, H)),
        Case(OTHER, inputs(N, D, H)),
        Case(DIFFERENT, inputs(H, N, D)),
        *at_sizes(inputs, N, D, H),
    )


def _with_stacked(inputs: dict[str, Any]) -> dict[str, Any]:
    return {**inputs, "W": recurrence.stack_weights(inputs["W_xh"], inputs["W_hh"])}


EXERCISE = Exercise(
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
            _with_stacked(short(draw_step(rng, *sizes))) for sizes in ((1, 1, 1), (1, 2, 2))
        ],
        {"h_t": "rnn_step_stacked(x_t, h_prev, W, b_h)"},
    ),
)
