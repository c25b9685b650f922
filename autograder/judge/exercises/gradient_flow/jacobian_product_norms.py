"""The same with tanh."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.gradient_flow.shared import FADED, draw_sizes, gaussian
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import Inputs
from rnn_ref import gradient_flow


def _jacobian_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    H, T = draw_sizes(rng)

    def inputs(T: int, H: int, spread: float, size: float = 1.5) -> Inputs:
        states = np.tanh(spread * rng.normal(size=(T, H)))
        return {"h": states, "W_hh": size * gaussian(rng, H)}

    return (
        Case("a sequence", inputs(T, H, 0.8)),
        Case("other numbers", inputs(T + 4, H + 2, 0.8)),
        Case("states near zero", inputs(T, H, 4e-4)),
        Case("states near -1 and 1", inputs(T, H, 2.0, 4.0)),
        Case("a long sequence", inputs(60, H, 0.5), edge=True),
        Case("a single state", inputs(1, H, 0.8), edge=True),
        Case("two states", inputs(2, H, 0.8), edge=True),
        Case("one unit", inputs(T, 1, 0.8), edge=True),
    )


EXERCISE = Exercise(
    name="jacobian_product_norms",
    title="The same with tanh",
    version=4,
    reference={"norms": gradient_flow.jacobian_product_norms},
    make_cases=_jacobian_cases,
    axes={"norms": ("lag",)},
    criteria=(
        Criterion(
            "norms", 0.35, "Entry k is the spectral norm of the product of the last k steps."
        ).of("norms", "a sequence", "other numbers"),
        Criterion(
            "linear",
            0.15,
            "Near zero, where tanh does nothing, it gives the norms of powers of W_hh.",
        ).of("norms", "states near zero"),
        Criterion(
            "saturated",
            0.15,
            "Where states are near -1 or 1 and tanh lets little through, it is right.",
        ).of("norms", "states near -1 and 1"),
        Criterion("long", 0.1, "A long sequence comes out right.").of("norms", "a long sequence"),
        Criterion("sizes", 0.15, "One state, two states, one unit: all come out right.").of(
            "norms", "a single state", "two states", "one unit"
        ),
        unchanged(0.1),
    ),
    trial=Trial(
        lambda rng: [
            short({"h": np.tanh(rng.normal(size=(3, H))), "W_hh": rng.normal(size=(H, H))})
            for H in (1, 2)
        ],
        {"norms": "jacobian_product_norms(h, W_hh)"},
    ),
    tolerance=FADED,
)
