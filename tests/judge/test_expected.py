"""What is expected can be found neither among a case's inputs nor in another seed's cases."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercise import Criterion, Exercise, Kind
from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.judge.key import AnswerKey

SEEDS = (0, 1, 2)
EXERCISES = [e for unit in units_with_exercises() for e in exercises_of(unit)]
VALUES = [(e, c) for e in EXERCISES for c in e.criteria if c.kind is Kind.VALUES]

#: Where what is given is to come back: a short gradient as it is, sequences of one length stacked.
GIVEN_BACK = {
    ("clip_by_global_norm", "short"),
    ("pad_and_mask", "padded"),
    ("pad_and_mask", "corners"),
}


@cache
def drawn_key(name: str, seed: int) -> AnswerKey:
    return AnswerKey.draw(find_exercise(name), seed)


def arrays_of(value: Any) -> Iterator[np.ndarray]:
    """Yield every array, number and text within inputs; texts as code points."""
    if isinstance(value, str):
        yield np.array([ord(character) for character in value])
    elif isinstance(value, dict):
        for item in value.values():
            yield from arrays_of(item)
    elif isinstance(value, np.ndarray | int | float):
        yield np.asarray(value)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from arrays_of(item)
        with suppress(TypeError, ValueError):  # of different lengths
            yield np.array(value, dtype=float)


def looked_at(exercise: Exercise, criterion: Criterion, seed: int) -> dict[str, np.ndarray]:
    """Return what is expected of a criterion, as far as it crosses from the learner's side."""
    key = drawn_key(exercise.name, seed)
    return {
        f"{case.name}: {name}": key.expected[case.name].outputs[name]
        for case in key.asked
        if not criterion.cases or case.name in criterion.cases
        for name in criterion.outputs
        if name in key.expected[case.name].outputs and name not in exercise.derived
    }


@pytest.mark.parametrize(("exercise", "criterion"), VALUES, ids=lambda v: v.name)
def test_expected_value_is_not_among_the_inputs(exercise: Exercise, criterion: Criterion) -> None:
    if (exercise.name, criterion.name) in GIVEN_BACK:
        pytest.skip("what is given is to come back")
    cases = {case.name: case for case in drawn_key(exercise.name, 0).asked}
    for where, expected in looked_at(exercise, criterion, 0).items():
        given = list(arrays_of(dict(cases[where.split(": ")[0]].inputs)))
        if len(np.unique(expected)) > 2:  # a few zeros and ones are anywhere
            assert not any(np.array_equal(expected, array) for array in given), where


@pytest.mark.parametrize(("exercise", "criterion"), VALUES, ids=lambda v: v.name)
def test_expected_values_differ_from_seed_to_seed(exercise: Exercise, criterion: Criterion) -> None:
    first, *others = (looked_at(exercise, criterion, seed) for seed in SEEDS)
    assert not first or any(
        not np.array_equal(first[name], other[name]) for other in others for name in first
    )
