"""An error is paid for once: by the function it is in, not by one that calls it."""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from autograder.judge import answers
from autograder.judge.answers import answers_of_unit
from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.student.report import Status
from tests.judge.judged import verdict

Function = Callable[..., Any]
OURS_USED = "Your {} is right: with a function of ours in the place of your"


def not_written(*arguments: Any) -> Any:
    raise NotImplementedError("later")


def without_return(*arguments: Any) -> None:
    """Return nothing."""


def not_defined(*arguments: Any) -> Any:
    return undefined_name  # type: ignore[name-defined]  # noqa: F821


def wrong(earlier: str) -> Function:
    """Return the first mistake of an exercise that gives other numbers."""
    return find_exercise(earlier).mistakes[0].function


BROKEN: dict[str, Callable[[str], Function]] = {
    "wrong": wrong,
    "not written": lambda earlier: not_written,
    "without return": lambda earlier: without_return,
    "not defined": lambda earlier: not_defined,
}


def names_in(function: Any) -> set[str]:
    return set(inspect.unwrap(function).__code__.co_names)


def beside_each_other() -> list[tuple[str, str]]:
    """Return exercises, each with one of the same unit that it or its probe calls."""
    found = []
    for unit in units_with_exercises():
        names = {exercise.name for exercise in exercises_of(unit)}
        for exercise in exercises_of(unit):
            called = names_in(answers_of_unit(unit)[exercise.name])
            called |= {function.__name__ for function in exercise.reference.values()}
            found += [(exercise.name, one) for one in sorted(called & names - {exercise.name})]
    return found


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize(("name", "earlier"), beside_each_other())
def test_right_function_loses_nothing_by_an_earlier_one_of_its_unit(
    name: str, earlier: str, broken: str
) -> None:
    exercise, space = find_exercise(name), dict[str, Any]()
    exec(inspect.getsource(importlib.import_module(f"{answers.__name__}.{exercise.unit}")), space)
    space[earlier] = BROKEN[broken](earlier)
    functions = {role: space.get(f.__name__, f) for role, f in exercise.reference.items()}
    report = verdict(name, **functions)
    assert (report.points, report.mistake) == (exercise.points, "")
    assert report.status is Status.PASSED
    assert report.headline.startswith((OURS_USED.format(name), "It does all that is asked"))


@pytest.mark.parametrize(
    ("name", "earlier", "mistake"),
    [
        ("rnn_forward", "rnn_step_forward", "h_0_at_every_step"),
        ("sample", "softmax_temperature", "state_not_carried"),
        ("rnn_backward", "rnn_step_backward", "carry_ignored"),
        ("per_step_weight_gradient", "rnn_step_backward", "all_losses_from_here_on"),
        ("truncated_bptt", "rnn_step_backward", "dh_0_of_the_last_chunk"),
        ("clip_by_global_norm", "global_norm", "always_rescales"),
        ("lstm_forward", "lstm_step_forward", "c_not_carried"),
        ("lstm_backward", "lstm_step_backward", "dh_not_carried"),
    ],
)
def test_wrong_function_over_a_wrong_one_is_named_by_its_own_mistake(
    name: str, earlier: str, mistake: str
) -> None:
    exercise, part = find_exercise(name), wrong(earlier)
    (own,) = (one for one in exercise.mistakes if one.name == mistake)
    roles = {role: part for role, f in exercise.reference.items() if f.__name__ == earlier}
    report = verdict(name, **roles, **{exercise.role: own.function_with({earlier: part})})
    assert report.mistake == mistake, report
    assert report.mistake_sentence.startswith("With ours in the place of your ")
    assert earlier in report.mistake_sentence.partition(", your numbers are ")[0]
    assert report.points is not None and report.points < report.max_points
