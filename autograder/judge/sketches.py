"""Arrays as a few numbers each: enough to tell mistakes apart, too few to be an answer.

A table of what a thousand mistakes answer would be as large as all their arrays. What is compared
is a sketch instead: the shape, numbers from all over the array, and weighted means of all of them,
which no change of a single number leaves as they are. Within a tolerance two arrays are as equal as
their sketches.
"""

from dataclasses import replace

import numpy as np

from autograder.judge.exercise import Exercise
from autograder.student.answers import Answer

WHOLE = 24
"""An array of at most so many numbers stays whole."""
SAMPLED, MEANS = 16, 4
_GOLDEN = 0.6180339887
"""Multiples of it lie evenly between 0 and 1, and in no step with the size of an axis."""


def sketched(exercise: Exercise, answer: Answer) -> Answer:
    """Return `answer` with its large outputs as sketches, but for counts and refusals."""
    whole = exercise.chances.keys() | exercise.calls.keys()
    outputs = {
        name: array if name in whole or array.size <= WHOLE else _sketch(array)
        for name, array in answer.outputs.items()
    }
    return replace(answer, outputs=outputs)


def _sketch(array: np.ndarray) -> np.ndarray:
    """Return a row of numbers: whole ones of whole ones, none finite of none that is."""
    flat = array.astype(np.float64).ravel()
    places = np.arange(flat.size)
    sample = flat[(np.arange(SAMPLED) * _GOLDEN % 1 * flat.size).astype(int)]
    with np.errstate(all="ignore"):
        if (flat == np.rint(flat)).all():
            sums = [np.sum(flat * (1 + places % (5 + 2 * i))) for i in range(MEANS)]
        else:
            sums = [np.mean(flat * np.cos((1 + 0.7 * i) * places + i)) for i in range(MEANS)]
    shape = np.array(array.shape) if np.isfinite(flat).any() else np.full(array.ndim, np.nan)
    return np.concatenate([shape, sample, sums])[None]
