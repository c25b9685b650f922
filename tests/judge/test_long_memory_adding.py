"""Unit 10's adding problem: wrong and unusual batches that nobody foresaw."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.verdict import judge
from autograder.student.answers import Answer
from rnn_ref.long_memory import adding_batch
from tests.judge.judged import drawn, failed, verdict_on

Function = Callable[..., Any]


def edited(change: Callable[[np.ndarray, np.ndarray, np.random.Generator], Any]) -> Function:
    """A right batch, changed afterwards."""

    def batch(N: int, T: int, rng: np.random.Generator) -> Any:
        x, y = adding_batch(N, T, rng)
        return change(x, y, rng)

    return batch


def summed_anew(change: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Function:
    """A right batch whose numbers are changed, given the numbers and the markers."""

    def batch(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
        x[:, :, 0] = change(x[:, :, 0], x[:, :, 1])
        return x, _summed(x)

    return edited(batch)


def _summed(x: np.ndarray) -> np.ndarray:
    total: np.ndarray = (x[:, :, 0] * x[:, :, 1]).sum(axis=1)
    return total


def _mirrored(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    """The second place follows from the first."""
    first = x[:, : x.shape[1] // 2, 1]
    x[:, x.shape[1] - first.shape[1] :, 1] = first[:, ::-1]
    x[:, first.shape[1] : x.shape[1] - first.shape[1], 1] = 0
    return x, _summed(x)


def _not_finite(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> Any:
    x[0, 0, 0] = np.nan
    return x, y


NOISY = edited(lambda x, y, rng: (x, y + 0.01 * rng.normal(size=y.shape)))
WRONG: dict[str, tuple[Function, set[str]]] = {
    "squared": (summed_anew(lambda numbers, _: numbers**2), {"numbers", "places"}),
    "marked numbers are larger": (
        summed_anew(lambda numbers, marks: np.where(marks == 1, np.sqrt(numbers), numbers)),
        {"numbers", "places"},
    ),
    "markers of two": (
        edited(lambda x, y, rng: (x * [1, 2], y)),
        {"markers", "edges", "places"},
    ),
    "mirrored": (edited(_mirrored), {"places"}),
    "noisy": (NOISY, {"target"}),
    "shuffled": (
        edited(lambda x, y, rng: (x, np.roll(y, 1) if len(y) > 1 else y)),
        {"target"},
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_batch_that_nobody_foresaw_loses_just_what_is_wrong(wrong: str) -> None:
    batch, fails = WRONG[wrong]
    report = verdict_on("adding_batch", batch)
    assert failed(report) == fails
    assert report.mistake == ""


def test_batch_of_rounded_numbers_is_named_by_what_they_are() -> None:
    report = verdict_on("adding_batch", summed_anew(lambda numbers, _: np.round(numbers)))
    assert (failed(report), report.mistake) == ({"numbers", "places"}, "whole_numbers")


def test_batch_wrong_target_is_told_by_how_far_it_is_off() -> None:
    (target,) = [c for c in verdict_on("adding_batch", NOISY).criteria if c.name == "target"]
    assert "numbers in y minus the marked sum differ, first at batch 0" in target.detail


def test_batch_with_nan_is_not_right() -> None:
    report = verdict_on("adding_batch", edited(_not_finite))
    assert {"numbers", "target"} <= failed(report)
    assert "given_rng" not in failed(report) and not report.mistake


@pytest.mark.parametrize(
    "result", [None, 3.0, (np.zeros((2, 3)), np.zeros(2)), ([[1, 2], [3]], [0]), ("x", "y")]
)
def test_batch_of_another_form_earns_nothing_and_is_told_why(result: Any) -> None:
    report = verdict_on("adding_batch", lambda N, T, rng: result)
    assert report.points == 0
    assert report.headline and not any(criterion.judged for criterion in report.criteria)


def test_batch_missing_from_what_arrived_earns_nothing() -> None:
    """The judge does not trust that a batch comes with every answer."""
    key = drawn("adding_batch")
    empty = [Answer(case.name, {"y": np.zeros(3)}) for case in key.cases]
    assert judge(key, empty).points == 0


def _by_rows(first: Function, second: Function, fill: float = 0.0) -> Function:
    """A batch made row by row, in another order than the mistakes draw in."""

    def batch(N: int, T: int, rng: np.random.Generator) -> Any:
        x = np.full((N, T, 2), fill)
        y = np.zeros(N)
        for n in range(N):
            x[n, first(T, rng), 1] = 1
            x[n, second(T, rng), 1] = 1
            x[n, :, 0] = rng.random(T)
            y[n] = x[n, x[n, :, 1] == 1, 0].sum()
        return x, y

    return batch


def _in_first_half(T: int, rng: np.random.Generator) -> int:
    return int(rng.integers(T // 2))


def _in_second_half(T: int, rng: np.random.Generator) -> int:
    return int(rng.integers(T // 2, T))


def _anywhere(T: int, rng: np.random.Generator) -> int:
    return int(rng.integers(T))


@pytest.mark.parametrize(
    ("batch", "mistake"),
    [
        (_by_rows(_in_first_half, _in_second_half), ""),
        (_by_rows(_anywhere, _anywhere), "markers_may_coincide"),
        (
            _by_rows(
                _in_first_half,
                lambda T, rng: T // 2 + (T > 2) * rng.integers(max(T - T // 2 - 1, 1)),
            ),
            "last_step_never_marked",
        ),
        (
            _by_rows(
                lambda T, rng: rng.integers((T + 1) // 2),
                lambda T, rng: rng.integers((T + 1) // 2, T),
            ),
            "first_half_rounded_up",
        ),
        (_by_rows(_in_first_half, _in_second_half, fill=-1.0), "unmarked_are_minus_1"),
        (_by_rows(_in_first_half, lambda T, rng: []), "one_marker"),
    ],
    ids=["right", "anywhere", "last", "ceil", "minus", "one"],
)
def test_batch_mistake_is_named_whatever_the_order_of_the_draws(
    batch: Function, mistake: str
) -> None:
    report = verdict_on("adding_batch", batch)
    assert report.mistake == mistake
    assert (report.points == 2) is (mistake == "")


def test_batch_of_which_the_first_is_not_asked_again_is_not_judged_by_it() -> None:
    """What is missing is not taken for equal."""
    key = drawn("adding_batch")
    answers = key.answers_of(key.exercise.reference)
    for missing in ("next_x", "x_again"):
        sent = dict(answers["a small batch"].outputs)
        del sent[missing]
        changed = {**answers, "a small batch": Answer("a small batch", sent)}
        assert failed(judge(key, list(changed.values()))) == {"given_rng"}


def test_batch_statistics_that_are_sent_count_for_nothing() -> None:
    key = drawn("adding_batch")
    derived = key.exercise.derived.keys()
    sent = [
        Answer(case, {name: value for name, value in answer.outputs.items() if name in derived})
        for case, answer in key.expected.items()
    ]
    assert judge(key, sent).points == 0


@pytest.mark.parametrize("shape", [(3000, 3000), (10**7,), (2, 2, 2, 2), ()])
def test_batch_of_another_shape_is_refused_before_anything_is_computed(shape: Any) -> None:
    key = drawn("adding_batch")
    sent = [Answer(c.name, {"x": np.ones(shape, bool), "y": np.ones(3)}) for c in key.cases]
    report = judge(key, sent)
    assert report.points == 0 and "expected" in report.headline
