"""Answers of a size that cannot be right are taken out before anything is computed with them."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.judge import recognition
from autograder.judge.exercise import PUBLIC_SEED, Exercise
from autograder.judge.exercises import exercises_of, units_with_exercises
from autograder.judge.fitting import MOST_NUMBERS, fitting
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.answers import Answer, Problem

EVERY = [exercise for unit in units_with_exercises() for exercise in exercises_of(unit)]
SHAPES = [(), (0,), (0, 3), (2, 2), (1, 1, 1, 2), (500,)]


def filled(shape: tuple[int, ...], kind: type, number: int) -> np.ndarray:
    values = (1, 2, np.nan, np.inf) if issubclass(kind, np.floating) else (0, 1, 2)
    return np.full(shape, values[number % len(values)], kind)


def key_of(exercise: Exercise) -> AnswerKey:
    return AnswerKey.draw(exercise, PUBLIC_SEED)


@pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
def test_arrays_of_any_axes_fail_the_exercise_and_not_the_judge(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "MAX_SEARCH_S", 0.05)  # what is found in time is no matter
    key = key_of(exercise)
    for first in range(len(SHAPES)):
        answers = []
        for number, right in enumerate(key.expected.values(), first):
            shapes = [SHAPES[(number + n) % len(SHAPES)] for n in range(len(right.outputs))]
            kinds = [np.float16, np.int64, np.float64, np.uint8]
            outputs = {
                name: filled(shape, kinds[(number + n) % 4], first + n)
                for n, (name, shape) in enumerate(zip(right.outputs, shapes, strict=True))
            }
            answers.append(Answer(right.case, outputs))
        report = judge(key, answers)
        assert report.points is not None and report.points < exercise.points


def test_fitting_of_a_huge_array_tells_its_shape_and_leaves_it_out() -> None:
    key = key_of(EVERY[3])
    right = next(iter(key.expected.values()))
    name = next(iter(right.outputs))
    huge = replace(right, outputs={**right.outputs, name: np.ones((MOST_NUMBERS, 2), np.uint8)})
    found = fitting(key, huge)
    assert name not in found.outputs and found.problem is Problem.FORM
    assert f"{name} has shape ({MOST_NUMBERS}, 2)" in found.message


def test_fitting_leaves_right_answers_and_small_wrong_ones_as_they_are() -> None:
    key = key_of(EVERY[3])
    for right in key.expected.values():
        assert fitting(key, right) == right
        wrong = replace(right, outputs={name: np.ones((7, 7)) for name in right.outputs})
        assert fitting(key, wrong).outputs.keys() == right.outputs.keys()


def test_fitting_leaves_out_what_nobody_asked_for() -> None:
    key = key_of(EVERY[3])
    right = next(iter(key.expected.values()))
    more = replace(right, outputs={**right.outputs, "own_reward": np.ones(3)})
    assert fitting(key, more) == right
    assert fitting(key, replace(right, case="no such case")).outputs == {}
