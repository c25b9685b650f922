"""A step of Adam."""

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.clipping.shared import (
    NAMES,
    OTHER,
    Arrays,
    draw,
    draw_shapes,
    stays_apart,
    turned,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from rnn_ref import clipping

SEVERAL, CONSTANTS, NO_GRADIENT = "several steps", "other constants", "some gradients always zero"
SMALL = "very small gradients"


def _away_from_zero(rng: np.random.Generator, shapes: dict[str, tuple[int, ...]]) -> Arrays:
    """Return numbers beside which the usual epsilon is nothing, wherever it stands."""
    return {
        name: rng.choice([-1, 1], size=shape) * rng.uniform(0.3, 2, size=shape)
        for name, shape in shapes.items()
    }


def _adam_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = draw_shapes(rng)

    def case(
        name: str, constants: list[float], silent: tuple[str, ...] = (), size: float = 1.0
    ) -> Case:
        grads = [
            {name: size * g for name, g in _away_from_zero(rng, turned(shapes)).items()}
            for _ in range(5)
        ]
        for step in grads:
            step.update({name: np.zeros_like(step[name]) for name in silent})
        rate = float(rng.uniform(0.1, 0.4))
        params = draw(rng, shapes)
        return Case(
            name,
            {"params": params, "grads": grads, "learning_rate": rate, "constants": constants},
            edge=name == NO_GRADIENT,
        )

    others = [rng.uniform(0.5, 0.8), rng.uniform(0.85, 0.95), rng.uniform(0.1, 0.5)]
    return (
        case(SEVERAL, []),
        case(OTHER, []),
        case(CONSTANTS, [float(value) for value in others]),
        case(SMALL, [], size=1e-8),  # where the usual epsilon shows
        case(NO_GRADIENT, [], tuple(NAMES[int(i)] for i in rng.permutation(len(NAMES))[:2])),
    )


EXERCISE = Exercise(
    name="adam_step",
    title="A step of Adam",
    version=4,
    make_cases=_adam_cases,
    reference={"update": clipping.adam_step},
    trial=Trial(
        lambda _: [
            {
                "params": {"b_h": np.array([1.0])},
                "grads": [{"b_h": np.array([g])} for g in (0.5, -2.0)],
                "learning_rate": 0.1,
                "constants": [],
            }
        ],
        {
            "params_first": 'adam_step(params, grads[0], None, learning_rate)[0]["b_h"]',
            "params": "state, after = None, []\nfor g in grads:\n"
            "    params, state = adam_step(params, g, state, learning_rate)\n"
            '    after.append(params["b_h"])\nnp.array(after)',
        },
    ),
    axes={
        "params_first": ("number",),
        "params_last": ("number",),
        "params": ("time", "number"),
        "params_again": ("number",),
        "params_later": ("number",),
    },
    criteria=(
        Criterion("first", 0.2, "The first step moves every number by learning_rate.").of(
            "params_first", SEVERAL, OTHER
        ),
        Criterion(
            "several", 0.3, "The next steps are right, the averages and the count carried on."
        ).of("params", SEVERAL, OTHER),
        Criterion(
            "constants",
            0.2,
            "With any beta1, beta2 and epsilon it is right; left out, they are as given.",
        ).of("params", CONSTANTS, SMALL),
        Criterion("zero", 0.05, "Where the gradient has always been zero, nothing moves.").of(
            "params", NO_GRADIENT, besides=(SEVERAL, OTHER)
        ),
        Criterion(
            "again",
            0.05,
            "From the same state the same step can be made again.",
            kind=Kind.SAME,
            against=("params_last",),
        ).of("params_again", SEVERAL, OTHER),
        stays_apart(0.05, "params", (SEVERAL, OTHER), "params_last"),
        unchanged(0.1),
        repeatable(0.05),
    ),
)
