"""A step of gradient descent."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.clipping.shared import (
    ALL,
    ALONE,
    OTHER,
    axes_of,
    draw,
    draw_shapes,
    each_of,
    stays_apart,
    turned,
    two,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from rnn_ref import clipping


def _sgd_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = draw_shapes(rng)

    def case(name: str, shapes: dict[str, tuple[int, ...]], rate: float) -> Case:
        params, grads = draw(rng, shapes), draw(rng, turned(shapes))
        return Case(name, {"params": params, "grads": grads, "learning_rate": float(rate)})

    return (
        case(ALL, shapes, rng.uniform(0.1, 0.4)),
        case(OTHER, shapes, rng.uniform(1.5, 3)),
        case(ALONE, {"b_h": (4,)}, rng.uniform(0.1, 0.4)),
    )


EXERCISE = Exercise(
    name="sgd_step",
    title="A step of gradient descent",
    version=4,
    make_cases=_sgd_cases,
    reference={"update": clipping.sgd_step},
    trial=Trial(
        lambda _: [{"params": two(1.0, -2.0), "grads": two(0.5, 4.0), "learning_rate": 0.1}],
        {
            "params_W_xh": 'sgd_step(params, grads, learning_rate)["W_xh"]',
            "params_b_h": 'sgd_step(params, grads, learning_rate)["b_h"]',
        },
    ),
    axes={**axes_of("params"), "params": ("number",), "params_later": ("number",)},
    criteria=(
        Criterion(
            "values", 0.65, "Each parameter moves against its gradient, by learning_rate times it."
        ).of(each_of("params"), ALL, OTHER),
        Criterion("sizes", 0.1, "An array alone comes out right.").of("params_b_h", ALONE),
        stays_apart(0.1, "params", (ALL, OTHER)),
        unchanged(0.1),
        repeatable(0.05),
    ),
)
