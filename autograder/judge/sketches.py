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


def sketched(exercise: Exercise, answer: Answer) -> Answer:
    """Return `answer` with its large outputs as sketches, but for counts and refusals."""
    whole = exercise.chances.keys() | exercise.calls.keys()
    outputs = {
        name: array if name in whole or array.size <= WHOLE else _sketch(array)
        for name, array in answer.outputs.items()
    }
    return replace(answer, outputs=outputs)


def _sketch(array: np.ndarray) -> np.ndarray:
    """Return a row of numbers; no learner's array has that shape by chance and stays whole."""
    with np.errstate(all="ignore"):
        flat = array.astype(np.float64).ravel()
        # Strides that share no factor with sizes of axes: not always the same unit.
        sample = flat[(np.arange(SAMPLED) * 0.6180339887 % 1 * flat.size).astype(int)]
        plain = np.nan_to_num(flat, nan=7.5, posinf=7.0, neginf=-7.0)
        places = np.arange(flat.size)
        means = [np.mean(plain * np.cos((1 + 0.7 * i) * places + i)) for i in range(MEANS)]
    return np.concatenate([array.shape, sample, means])[None]
