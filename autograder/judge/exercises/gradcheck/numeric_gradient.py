"""A gradient from values alone."""

from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import ANY_SHAPE, Case, Exercise, Tolerance, Trial, short
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import apart
from rnn_ref import gradcheck


def _number_out(rng: np.random.Generator, *shape: int) -> dict[str, Any]:
    """Return the inputs for a function that returns one number."""
    x, w = rng.normal(size=(2, *shape))
    return {"x": np.asarray(x), "w": np.asarray(1 + w)}


def _array_out(rng: np.random.Generator, *shape: int) -> dict[str, Any]:
    """Return the inputs for a function that returns an array, and the weights df."""
    x, out = rng.normal(size=shape), apart(rng, 2)
    A = rng.normal(size=(*out, x.size)) / np.sqrt(x.size)
    return {"x": x, "A": A, "df": rng.normal(size=out)}


def _gradient_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    several = _number_out(rng, 4)
    signs = rng.permutation([-1, 1, -1, 1])
    waves = rng.uniform(0.8e5, 1.2e5, size=3)  # on which a step of 1e-5 shows
    return (
        Case("several numbers", several),
        Case("with other numbers", _number_out(rng, 4)),
        Case("a matrix", _number_out(rng, *apart(rng, 2))),
        Case("a large step", {**_number_out(rng, 4), "h": float(rng.uniform(0.3, 0.6))}),
        Case("the step that is given", {**_number_out(rng, 3), "waves": waves}, edge=True),
        Case("an array out, with df", _array_out(rng, 5)),
        Case("a matrix in, an array out", _array_out(rng, *apart(rng, 2))),
        Case("three axes", _number_out(rng, *apart(rng, 3, least=4))),
        Case("a single number, of shape ()", _number_out(rng), edge=True),
        Case("a single entry, of shape (1,)", _number_out(rng, 1), edge=True),
        Case("at zero", {**several, "x": np.zeros(4)}, edge=True),
        Case("whole numbers", {**several, "x": signs * rng.integers(1, 4, size=4)}, edge=True),
        # No criterion looks at it; beside a step of 1e-5 what is made of df and f tells little.
        Case(
            "a large step, an array out", {**_array_out(rng, 3), "h": float(rng.uniform(0.3, 0.6))}
        ),
    )


_TRY = "f = lambda z: np.tanh(A @ z)\n"


def _small_gradients(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return one number and two, then a step so large that it shows where f is looked at."""
    made = []
    for h, n, outs in ((1e-5, 1, 1), (1e-5, 1, 2), (0.5, 1, 1), (0.5, 2, 2)):
        drawn = {"x": rng.uniform(-1, 1, n), "A": rng.uniform(-1, 1, (outs, n))}
        made.append({**short({**drawn, "df": rng.normal(size=outs)}), "h": h})
    return made


EXERCISE = Exercise(
    name="numeric_gradient",
    title="A gradient from values alone",
    version=6,
    reference={"gradient": gradcheck.numeric_gradient},
    make_cases=_gradient_cases,
    axes={"gradient": ANY_SHAPE},
    criteria=(
        Criterion("slopes", 0.3, "Each entry holds the slope when that entry alone moves.").of(
            "gradient", "several numbers", "with other numbers", "a matrix"
        ),
        Criterion(
            "central", 0.2, "Each slope is that between both sides, as far away as the step h says."
        ).of("gradient", "a large step", "the step that is given"),
        Criterion(
            "upstream",
            0.2,
            "If f returns an array, each entry holds the slope of the sum that df weighs.",
        ).of("gradient", "an array out, with df", "a matrix in, an array out"),
        Criterion("shapes", 0.1, "At any shape it comes out right, and in the shape of x.").of(
            "gradient",
            "three axes",
            "a single number, of shape ()",
            "a single entry, of shape (1,)",
        ),
        Criterion("zeros", 0.1, "It comes out right at zero, and where x holds whole numbers.").of(
            "gradient", "at zero", "whole numbers"
        ),
        unchanged(0.1, "x is left as it was."),
    ),
    trial=Trial(_small_gradients, {"gradient": f"{_TRY}numeric_gradient(f, x, df, h)"}),
    # A step to one side is off by h/2 |f''|, some 1e-5: right here, and wrong for a large step.
    tolerance=Tolerance(relative=1e-4, absolute=1e-4),
)
