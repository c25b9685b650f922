"""Scores for every state."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.outputs.shared import (
    BATCH,
    BIAS_ALONE,
    OTHER,
    SIZES,
    layer_cases,
    small_layers,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.student.probes.outputs import STATES, WEIGHTS
from rnn_ref import outputs


def _forward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    return tuple(
        Case(case.name, {k: v for k, v in case.inputs.items() if k != "dscores"}, case.edge)
        for case in layer_cases(rng)
    )


EXERCISE = Exercise(
    name="output_forward",
    title="Scores for every state",
    version=3,
    reference={"forward": outputs.output_forward},
    make_cases=_forward_cases,
    axes={
        "scores": ("batch", "time", "class"),
        STATES: ("batch", "time", "unit"),
        WEIGHTS: ("unit", "class"),
    },
    criteria=(
        Criterion("scores", 0.45, "Every state gets its scores.").of("scores", BATCH, OTHER),
        Criterion("bias", 0.1, "The bias alone comes out right.").of("scores", BIAS_ALONE),
        Criterion("sizes", 0.2, "It is right at any size.").of("scores", *SIZES),
        Criterion(
            "cache", 0.15, "The cache holds the states and the weights, for the way back."
        ).of((STATES, WEIGHTS), BATCH, OTHER),
        unchanged(0.05),
        repeatable(0.05),
    ),
    trial=Trial(small_layers, {"scores": "output_forward(h, W_hy, b_y)[0]"}),
)
