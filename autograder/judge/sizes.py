"""Sizes: of a main case so far apart that no axis is mistaken for another; and sizes of one."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Case

Inputs = dict[str, Any]

SQUARE = "as many inputs as units"
BATCH_OF_ONE, ONE_INPUT, ONE_UNIT = "a batch of one", "a single input", "a single unit"
ONE_STEP = "a single time step"
SIZES = (BATCH_OF_ONE, ONE_INPUT, ONE_UNIT, SQUARE)
OF_A_STEP = "It is right at any size: batch, input or unit of one, as many inputs as units."
OF_A_SEQUENCE = "It is right at any size: a step, a batch, an input or a unit of one, D = H."


def apart(rng: np.random.Generator, count: int, least: int = 2) -> list[int]:
    """Return `count` sizes in any order; no two of them differ by less than 2."""
    steps = rng.integers(2, 4, size=count)
    return [int(n) for n in rng.permutation(least + np.cumsum(steps) - steps[0])]


def at_sizes(make: Callable[[int, int, int], Inputs], N: int, D: int, H: int) -> list[Case]:
    """Return what `make` draws for the `SIZES`, at which squeezing and stretching show."""
    sizes = ((1, D, H), (N, 1, H), (N, D, 1), (N, H, H))
    return [Case(name, make(*each), edge=True) for name, each in zip(SIZES, sizes, strict=True)]


def zeroed(inputs: Mapping[str, Any], *names: str) -> Inputs:
    """Return `inputs` with zeros in the place of some of them."""
    return {**inputs, **{name: np.zeros_like(inputs[name]) for name in names}}
