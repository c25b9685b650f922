"""Sizes of a main case, so far apart that no axis and no count can be mistaken for another."""

import numpy as np


def apart(rng: np.random.Generator, count: int, least: int = 2) -> list[int]:
    """Return `count` sizes in any order; no two of them differ by less than 2."""
    steps = rng.integers(2, 4, size=count)
    return [int(n) for n in rng.permutation(least + np.cumsum(steps) - steps[0])]
