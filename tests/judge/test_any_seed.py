"""Grading draws its own seed: whichever it is, what is right must earn all."""

import pytest

from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.judge.key import AnswerKey
from autograder.judge.variants.recurrence import step_in_float32
from autograder.judge.verdict import judge
from autograder.student.report import Status

SEEDS = range(100, 112)  # a fault in one drawing out of three escapes all of them once in 130
EXERCISES = [e for unit in units_with_exercises() for e in exercises_of(unit)]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_reference_any_seed_earns_all_points(exercise: Exercise) -> None:
    for seed in SEEDS:
        key = AnswerKey.draw(exercise, seed)
        report = judge(key, list(key.expected.values()))
        assert report.status is Status.PASSED, (seed, report)


@pytest.mark.parametrize("seed", [162, 223, 255, 261, 279, 373])  # the first that were too strict
def test_step_in_float32_of_large_numbers_earns_all_points(seed: int) -> None:
    key = AnswerKey.draw(find_exercise("rnn_step_forward"), seed)
    answers = key.answers_of({"step": step_in_float32})
    assert judge(key, list(answers.values())).status is Status.PASSED
