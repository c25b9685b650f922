"""The length of a gradient."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.clipping.shared import (
    ALL,
    ALONE,
    OTHER,
    OTHER_SHAPES,
    UNUSABLE,
    draw,
    draw_shapes,
    draw_trials,
    two,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from rnn_ref import clipping


def _norm_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = draw_shapes(rng)
    odd = {"scale": (1,), "kernel": (2, 3, 4), "row": (1, 5)}
    return (
        Case(ALL, {"grads": draw(rng, shapes)}),
        Case(OTHER, {"grads": draw(rng, draw_shapes(rng))}),
        Case(ALONE, {"grads": {"b": rng.normal(size=4)}}),
        Case(OTHER_SHAPES, {"grads": draw(rng, odd)}),
        Case(UNUSABLE, {"trials": draw_trials(rng, shapes)}, edge=True),
    )


EXERCISE = Exercise(
    name="global_norm",
    title="The length of a gradient",
    version=3,
    make_cases=_norm_cases,
    reference={"norm": clipping.global_norm},
    trial=Trial(
        lambda _: [{"grads": {"b_h": np.array([3.0, -4.0])}}, {"grads": two(3.0, -4.0)}],
        {"norm": "global_norm(grads)"},
    ),
    axes={"norm": (), "norms": ("gradient",)},
    criteria=(
        Criterion(
            "norm", 0.5, "All numbers of all arrays count together, as in one long vector."
        ).of("norm", ALL, OTHER),
        Criterion("alone", 0.1, "An array alone comes out right.").of("norm", ALONE),
        Criterion("shapes", 0.1, "Other names and any number of axes come out right.").of(
            "norm", OTHER_SHAPES
        ),
        Criterion(
            "unusable",
            0.15,
            "Every norm is right: 0 of a zero gradient, inf or nan where they occur.",
        ).of("norms", UNUSABLE),
        unchanged(0.1),
        repeatable(0.05),
    ),
)
