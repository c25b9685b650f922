"""Answers that no honest check sends are judged like wrong ones, and as fast; giving up earns 0."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.judge import doubts, recognition
from autograder.judge.answers import bptt as bptt_answers
from autograder.judge.answers import lstm_gradients as lstm_answers
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.judge.verdict import judge
from autograder.student.answers import Answer
from autograder.student.report import Status
from tests.judge.judged import drawn, verdict

EXERCISES = [e for unit in units_with_exercises() for e in exercises_of(unit)]
Make = Callable[[np.ndarray], np.ndarray]

ODD: dict[str, Make] = {
    "one number": lambda array: np.array(3),
    "empty": lambda array: np.zeros(0),
    "six axes": lambda array: np.zeros((1,) * 6),
    "an axis more": lambda array: array[..., None],
    "not a number": lambda array: np.full(array.shape, np.nan),
    "truth values": lambda array: np.ones(array.shape, dtype=bool),
    "halves": lambda array: np.full(array.shape, 0.5, dtype=np.float16),
    "below 0": lambda array: np.full(array.shape, -7, dtype=np.int8),
    "huge numbers": lambda array: np.full(array.shape, 2**64 - 1, dtype=np.uint64),
    "a large array": lambda array: np.zeros((1400, 1400), dtype=np.uint8),
}


@cache
def right_answers(name: str) -> list[Answer]:
    key = drawn(name)
    return list(key.answers_of(key.exercise.reference).values())


def forged(name: str, make: Make, keep: Callable[[str], bool] = lambda name: False) -> list[Answer]:
    """Return the right answers with every output but those kept made anew."""
    return [
        replace(answer, outputs={n: v if keep(n) else make(v) for n, v in answer.outputs.items()})
        for answer in right_answers(name)
    ]


@pytest.fixture(autouse=True)
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """What odd numbers are like is looked for elsewhere."""
    monkeypatch.setattr(recognition, "MAX_SEARCH_S", 0.0)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_odd_outputs_are_judged_as_wrong(exercise: Exercise, odd: str) -> None:
    report = judge(drawn(exercise.name), forged(exercise.name, ODD[odd]))
    assert report.points is not None
    assert report.points <= 0.25 * exercise.points + 1e-9


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_one_odd_output_among_right_ones_is_judged(exercise: Exercise) -> None:
    names = {n for a in drawn(exercise.name).expected.values() for n in a.outputs}
    for i, spoilt in enumerate(sorted(names - exercise.derived.keys())):
        make = [ODD["one number"], ODD["an axis more"], ODD["huge numbers"]][i % 3]
        answers = forged(exercise.name, make, lambda name, spoilt=spoilt: name != spoilt)
        assert judge(drawn(exercise.name), answers).points is not None


def test_large_output_is_refused_before_anything_is_made_of_it() -> None:
    key = drawn("sample")
    (answer,) = [a for a in forged("sample", ODD["a large array"]) if a.case == "many texts"]
    small = doubts.fitted(key, answer)
    assert small.outputs == {}
    assert "has shape (1400, 1400)" in small.message


def test_output_that_is_not_due_is_left_aside() -> None:
    key = drawn("rnn_step_forward")
    answer = Answer(key.asked[0].name, {"h_t": np.zeros(3), "verdict": np.ones(3)})
    assert doubts.fitted(key, answer).outputs.keys() == {"h_t"}


# --- giving up ----------------------------------------------------------------------------------


def raises(*_: Any) -> Any:
    raise ValueError("too large for me")


def zeros(*gradients: Any) -> Any:
    return tuple(np.zeros_like(gradient) for gradient in gradients)


LARGE = [
    ("rnn_step_backward", bptt_answers, lambda dh_t, cache: dh_t.size > 100),
    ("rnn_backward", bptt_answers, lambda dh, cache: dh.shape[1] > 100),
    ("truncated_bptt", bptt_answers, lambda dh, cache, k: dh.shape[1] > 100),
    ("lstm_step_backward", lstm_answers, lambda dh_t, dc_t, cache: dh_t.size > 100),
    ("lstm_backward", lstm_answers, lambda dh, cache: dh.shape[1] > 100),
]


@pytest.mark.parametrize("instead", [raises, lambda *_: None, zeros])
@pytest.mark.parametrize(("name", "answers", "is_large"), LARGE, ids=[one[0] for one in LARGE])
def test_backward_that_gives_up_on_size_earns_what_runs_out_of_time_does(
    name: str, answers: Any, is_large: Callable[..., bool], instead: Callable[..., Any]
) -> None:
    right = getattr(answers, name)

    def gives_up(*arguments: Any) -> Any:
        gradients = right(*arguments)
        return instead(*gradients) if is_large(*arguments) else gradients

    report = verdict(name, **{find_exercise(name).role: gives_up})
    assert (report.points, report.status) == (0, Status.LIMIT)
    assert "Small cases are right, but that does not show a gradient." in report.headline


def test_backward_that_is_wrong_everywhere_keeps_what_is_right() -> None:
    def turned(dh: Any, cache: Any) -> Any:
        dx, *others = bptt_answers.rnn_backward(dh, cache)
        return (dx[:, ::-1], *others)

    report = verdict("rnn_backward", backward=turned)
    assert report.status is Status.PARTIAL


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_large_cases_differ_in_size_alone(exercise: Exercise) -> None:
    """Who goes wrong at a size of one is not taken for somebody who gives up."""
    for case in drawn(exercise.name).asked:
        if case.name in exercise.large_cases:
            shapes = [v.shape for v in case.inputs.values() if isinstance(v, np.ndarray)]
            assert min(size for shape in shapes for size in shape) > 1
