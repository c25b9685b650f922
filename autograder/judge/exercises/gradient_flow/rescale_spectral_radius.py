"""A matrix with a given spectral radius."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.gradient_flow.shared import draw_sizes, negative, turning
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import Inputs
from rnn_ref import gradient_flow

TINY = 1e-4


def _led_by_a_pair(rng: np.random.Generator, H: int, rows: np.ndarray | float = 1.0) -> np.ndarray:
    """Return a Gaussian matrix times `rows` in which each shortcut to the longest eigenvalue shows.

    It is one of a complex pair, to the left of 0, and longer than any real part. With an inverse,
    another one lies to the right: the largest real part is a number to divide by.
    """
    while True:
        W: np.ndarray = rows * rng.normal(size=(H, H))
        eigenvalues = np.linalg.eigvals(W)
        longest = eigenvalues[np.abs(eigenvalues).argmax()]
        right = np.ndim(rows) > 0 or eigenvalues.real.max() > 0.1 * abs(longest)
        if right and longest.real < 0 and abs(longest) > 1.05 * np.abs(eigenvalues.real).max():
            return W


def _rescale_calls(inputs: Mapping[str, Any]) -> list[str]:
    """Return how each call reads; a matrix that is triangular with zeros has radius 0."""

    def kind(W: np.ndarray) -> str:
        if not W.any():
            return "a matrix of zeros"
        above, below = np.triu(W, 1), np.tril(W, -1)
        if np.array_equal(W, above) or np.array_equal(W, below):
            where = "above" if above.any() else "below"
            return f"numbers {where} the diagonal and zeros elsewhere"
        return "another matrix" if np.abs(W).max() > TINY else "tiny numbers"

    return [f"`rescale_spectral_radius(W, rho)` of {kind(W)}" for W in inputs["tried"]]


def _rescale_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    H, _ = draw_sizes(rng)

    def inputs(W: np.ndarray) -> Inputs:
        return {"W": W, "rho": float(rng.uniform(0.5, 0.9) if rng.random() < 0.5 else 1.3)}

    singular = rng.permutation(np.arange(H) > 0)[:, None]  # with a row of zeros
    triangular = np.triu(rng.normal(size=(H, H)))
    leading = np.abs(np.diag(triangular)).argmax()
    np.fill_diagonal(triangular, np.abs(np.diag(triangular)))
    triangular[leading, leading] = -1 - abs(triangular[leading, leading])
    without = rng.normal(size=(H, H))
    of_radius_0 = [np.zeros((H, H)), np.triu(without, 1), np.tril(without, -1)]
    tiny = rng.uniform(0.5, 1, size=(H, H))  # its radius is above its largest entry
    tiny *= 10 ** -rng.uniform(0, 1) * TINY / np.abs(np.linalg.eigvals(tiny)).max()
    others = [_led_by_a_pair(rng, H) for _ in range(rng.integers(2, 5))]
    tried = [*of_radius_0, tiny, *others]
    tried = [tried[i] for i in rng.permutation(len(tried))]
    return (
        Case("a Gaussian matrix", inputs(_led_by_a_pair(rng, H))),
        Case("other numbers", inputs(0.1 * _led_by_a_pair(rng, H))),  # to be made larger
        Case("complex eigenvalues", inputs(turning(rng, H))),
        Case("a negative eigenvalue", inputs(negative(rng, H))),
        Case("a matrix without an inverse", inputs(_led_by_a_pair(rng, H, singular)), edge=True),
        Case("a triangular matrix", inputs(triangular)),
        Case("one unit", inputs(-rng.uniform(2, 3, (1, 1))), edge=True),
        Case("matrices of radius 0", {**inputs(_led_by_a_pair(rng, H)), "tried": tried}, edge=True),
    )


EXERCISE = Exercise(
    name="rescale_spectral_radius",
    title="A matrix with a given spectral radius",
    version=7,
    reference={"rescale": gradient_flow.rescale_spectral_radius},
    make_cases=_rescale_cases,
    axes={"scaled": ("row", "column"), "refusals": ("matrix",)},
    calls={"refusals": _rescale_calls},
    criteria=(
        Criterion("radius", 0.3, "The largest absolute value of the eigenvalues becomes rho.").of(
            "scaled", "a Gaussian matrix", "other numbers"
        ),
        Criterion(
            "complex", 0.15, "With complex eigenvalues it is right: their absolute value counts."
        ).of("scaled", "complex eigenvalues"),
        Criterion("negative", 0.15, "So it is with negative ones.").of(
            "scaled", "a negative eigenvalue", "one unit"
        ),
        Criterion(
            "singular", 0.1, "Triangular matrices and those without an inverse come out right."
        ).of("scaled", "a matrix without an inverse", "a triangular matrix"),
        Criterion(
            "refuses",
            0.2,
            "A matrix whose eigenvalues are all 0 raises a ValueError; others do not.",
        ).of("refusals", "matrices of radius 0"),
        unchanged(0.1),
    ),
    trial=Trial(
        lambda _: [
            {"W": np.array(W), "rho": 1.5}
            for W in ([[-2.0]], [[0.5, 2.0], [0.0, -1.0]], [[0.0, 2.0], [-2.0, 0.0]])
        ],
        {"scaled": "rescale_spectral_radius(W, rho)"},
    ),
)
