"""What earns points can be found neither among a case's inputs nor in another seed's cases."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from autograder.judge.compare import equal
from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import MAX_SELF_REPORTED_SHARE, Exercise
from autograder.judge.exercises import exercises_of, units_with_exercises
from tests.judge.judged import SEEDS, drawn

EXERCISES = [e for unit in units_with_exercises() for e in exercises_of(unit)]
VALUES = [(e, c) for e in EXERCISES for c in e.criteria if c.kind is Kind.VALUES]

#: What is given is to come back as it was: it counts as told by student code itself.
GIVEN_BACK = {("output_forward", "cache")}


def arrays_of(value: Any) -> Iterator[np.ndarray]:
    """Yield every array, number and text within inputs; texts as code points."""
    if isinstance(value, str):
        yield np.array([ord(character) for character in value])
    elif isinstance(value, dict):
        for item in value.values():
            yield from arrays_of(item)
        yield from _all_in_one(list(value.values()))
    elif isinstance(value, np.ndarray | int | float):
        yield np.asarray(value)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from arrays_of(item)
        with suppress(TypeError, ValueError):  # of different lengths
            yield np.array(value, dtype=float)


def _all_in_one(values: list[Any]) -> Iterator[np.ndarray]:
    if values and all(isinstance(value, np.ndarray) for value in values):
        yield np.concatenate([value.ravel() for value in values])


def looked_at(exercise: Exercise, criterion: Criterion, seed: int) -> dict[str, np.ndarray]:
    """Return what is expected of a criterion, as far as it crosses from the learner's side."""
    key = drawn(exercise.name, seed)
    return {
        f"{case.name}: {name}": key.expected[case.name].outputs[name]
        for case in key.asked
        if not criterion.cases or case.name in criterion.cases
        for name in criterion.outputs
        if name in key.expected[case.name].outputs and name not in exercise.derived
    }


def is_given(exercise: Exercise, where: str, expected: np.ndarray, seed: int) -> bool:
    """Return whether the very array stands among the inputs of its case, or of any other case."""
    return any(
        array.shape == expected.shape and np.array_equal(expected, array)
        for case in drawn(exercise.name, seed).asked
        for array in arrays_of(dict(case.inputs))
    )


def varies(exercise: Exercise, where: str, criterion: Criterion) -> bool:
    """Return whether it is another one for each seed; a size alone is soon guessed."""
    each = [looked_at(exercise, criterion, seed).get(where) for seed in SEEDS]
    if any(value is None for value in each):
        return True
    plain = [np.unique(value) if np.unique(value).size == 1 else value for value in each]
    return all(not equal(a, b, exercise.tolerance) for a, b in pairwise([*plain, plain[0]]))


@pytest.mark.parametrize(("exercise", "criterion"), VALUES, ids=lambda v: v.name)
def test_criterion_asks_for_something_that_is_not_given(
    exercise: Exercise, criterion: Criterion
) -> None:
    """All that a criterion looks at must be right: one value that is not given is enough."""
    expected = looked_at(exercise, criterion, 0)
    by_case: dict[str, list[bool]] = {}
    for where, value in expected.items():
        given = is_given(exercise, where, value, 0)
        by_case.setdefault(where.split(": ")[0], []).append(given)
    if (exercise.name, criterion.name) in GIVEN_BACK or not expected:
        return
    # Where one right output is enough, no output may be given; else some one must not be.
    decide = any if criterion.any_of else all
    assert not all(decide(each) for each in by_case.values())


@pytest.mark.parametrize(("exercise", "criterion"), VALUES, ids=lambda v: v.name)
def test_criterion_asks_for_something_that_no_other_seed_tells(
    exercise: Exercise, criterion: Criterion
) -> None:
    expected = looked_at(exercise, criterion, 0)
    assert not expected or any(varies(exercise, where, criterion) for where in expected)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_what_is_told_or_given_back_is_worth_little(exercise: Exercise) -> None:
    told = [
        criterion.weight
        for criterion in exercise.criteria
        if criterion.kind is not Kind.VALUES or (exercise.name, criterion.name) in GIVEN_BACK
    ]
    assert sum(told) <= MAX_SELF_REPORTED_SHARE + 1e-9


def test_encode_and_decode_are_not_handed_each_others_answers() -> None:
    for name, answer in (("encode", "ids"), ("decode", "text")):
        key = drawn(name, 0)
        for case in key.asked:
            expected = key.expected[case.name].outputs[answer]
            others = (c for n in ("encode", "decode") for c in drawn(n, 0).asked)
            given = [array for other in others for array in arrays_of(dict(other.inputs))]
            assert expected.size == 1 or not any(np.array_equal(expected, a) for a in given)
