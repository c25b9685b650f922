"""A gradient on its way back."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.gradient_flow.shared import (
    FADED,
    draw_sizes,
    gaussian,
    negative,
    turning,
)
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import Inputs
from rnn_ref import gradient_flow


def _shear(rng: np.random.Generator) -> np.ndarray:
    """Return a matrix whose powers grow first and then fade: its eigenvalues are below 1."""
    a, b = rng.uniform(0.6, 0.7, 2)
    return np.array([[a, rng.uniform(4, 6)], [0.0, b]])


def _linear_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    H, T = draw_sizes(rng)

    def inputs(W: np.ndarray, T: int) -> Inputs:
        return {"W": W, "g": rng.normal(size=len(W)), "T": T}

    return (
        Case("a Gaussian matrix", inputs(gaussian(rng, H), T)),
        Case("other numbers", inputs(gaussian(rng, H + 2), T + 4)),
        Case("complex eigenvalues", inputs(turning(rng, H), T)),
        Case("a negative eigenvalue", inputs(negative(rng, H), T)),
        Case("growing first, then fading", inputs(_shear(rng), 40)),
        Case("nothing above the diagonal", inputs(np.tril(rng.normal(size=(H, H)), -1), T)),
        Case("the last state alone", inputs(gaussian(rng, H), 1), edge=True),
        Case("one unit", inputs(-rng.uniform(0.5, 1.5, (1, 1)), T), edge=True),
    )


EXERCISE = Exercise(
    name="linear_gradient_norms",
    title="A gradient on its way back",
    version=3,
    reference={"norms": gradient_flow.linear_gradient_norms},
    make_cases=_linear_cases,
    axes={"norms": ("lag",)},
    criteria=(
        Criterion(
            "powers",
            0.4,
            "Entry k is the length after k steps back, each a product with W transposed.",
        ).of("norms", "a Gaussian matrix", "other numbers"),
        Criterion(
            "eigenvalues", 0.2, "With complex and negative eigenvalues it comes out right."
        ).of("norms", "complex eigenvalues", "a negative eigenvalue"),
        Criterion(
            "transient",
            0.2,
            "Of a gradient that grows first and fades later the lengths are right.",
        ).of("norms", "growing first, then fading", "nothing above the diagonal"),
        Criterion("sizes", 0.1, "A single state and a single unit come out right.").of(
            "norms", "the last state alone", "one unit"
        ),
        unchanged(0.1),
    ),
    trial=Trial(
        lambda rng: [
            {"T": 3, **short({"W": rng.normal(size=(H, H)), "g": rng.normal(size=H)})}
            for H in (1, 2)
        ],
        {"norms": "linear_gradient_norms(W, g, T)"},
    ),
    tolerance=FADED,
)
