"""One matrix for both."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.recurrence.shared import DIFFERENT, OTHER, draw_weights
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import ONE_INPUT, ONE_UNIT, SQUARE, apart
from rnn_ref import recurrence


def _stack_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    D, H = apart(rng, 2)
    shapes = {DIFFERENT: (D, H), OTHER: (D, H), ONE_INPUT: (1, H), ONE_UNIT: (D, 1), SQUARE: (H, H)}
    return tuple(
        Case(name, _without_bias(draw_weights(rng, *shape)), edge=name not in (DIFFERENT, OTHER))
        for name, shape in shapes.items()
    )


def _without_bias(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: value for name, value in weights.items() if name != "b_h"}


EXERCISE = Exercise(
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
        lambda rng: [short(draw_weights(rng, *sizes)) for sizes in ((1, 1), (1, 2))],
        {"W": "stack_weights(W_xh, W_hh)"},
    ),
)
