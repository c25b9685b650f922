"""What several exercises of this unit are drawn with, and asked."""

import numpy as np

from autograder.judge.exercise import Case, short
from autograder.judge.sizes import Inputs, apart

BATCH, OTHER, BIAS_ALONE = "a whole batch", "with other numbers", "the bias alone"
SQUARE = "as many classes as units"
ONE_UNIT, ONE_CLASS = "a single unit", "a single class"
ONE_ROW, ONE_COLUMN = "a single sequence", "a single step"
ONE_STEP = "one sequence of one step"


def _layer(rng: np.random.Generator, N: int, T: int, H: int, V: int) -> Inputs:
    return {
        "h": rng.uniform(-1, 1, size=(N, T, H)),
        "W_hy": rng.normal(size=(H, V)),
        "b_y": rng.normal(size=V),
        "dscores": rng.normal(size=(N, T, V)),
    }


def layer_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return the cases of both ways through the layer."""
    N, T, H, V = apart(rng, 4)
    inputs = _layer(rng, N, T, H, V)
    return (
        Case(BATCH, inputs),
        Case(OTHER, _layer(rng, H, N, V, T)),
        Case(BIAS_ALONE, {**inputs, "h": np.zeros_like(inputs["h"])}),
        Case(SQUARE, _layer(rng, N, T, H, H), edge=True),
        Case(ONE_ROW, _layer(rng, 1, T, H, V), edge=True),
        Case(ONE_COLUMN, _layer(rng, N, 1, H, V), edge=True),
        Case(ONE_STEP, _layer(rng, 1, 1, H, V), edge=True),
        Case(ONE_UNIT, _layer(rng, N, T, 1, V), edge=True),
        Case(ONE_CLASS, _layer(rng, N, T, H, 1), edge=True),
    )


def small_layers(rng: np.random.Generator) -> list[Inputs]:
    """Return small layers, as many as show one slip each: batch, steps, units and classes."""
    sizes = ((1, 1, 1, 1), (1, 2, 1, 1), (1, 2, 1, 2), (2, 1, 1, 1), (1, 2, 2, 1))
    return [short(_layer(rng, *four)) for four in sizes]


SIZES = (SQUARE, ONE_ROW, ONE_COLUMN, ONE_STEP, ONE_UNIT, ONE_CLASS)
