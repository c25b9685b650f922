"""From answers to points: partial marks, what student code says of itself, and limits."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercise import MAX_SELF_REPORTED_SHARE, Criterion, Kind
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes import recurrence as mistakes
from autograder.judge.verdict import judge, no_answer, not_gradable, out_of_limit
from autograder.student.answers import AGAIN, Answer, Problem
from autograder.student.report import Report, Status
from rnn_ref import recurrence

KEY = AnswerKey.draw(find_exercise("rnn_step_forward"), 7)
FORWARD = AnswerKey.draw(find_exercise("rnn_forward"), 7)


def answers(**functions: Any) -> list[Answer]:
    return list(KEY.answers_of({"step": recurrence.rnn_step_forward, **functions}).values())


def failed(report: Report) -> set[str]:
    return {result.name for result in report.criteria if not result.passed}


def loop_over(step: Any) -> Any:
    def rnn_forward(x: Any, h_0: Any, *weights: Any) -> Any:
        states = []
        for t in range(x.shape[1]):
            h_0, _ = step(x[:, t], h_0, *weights)
            states.append(h_0)
        return np.stack(states, axis=1), None

    return rnn_forward


def test_partial_marks_are_the_weights_of_what_holds() -> None:
    report = judge(KEY, answers(step=mistakes.step_without_bias))
    assert failed(report) == {"bias", "together", "sizes"}
    assert report.points == pytest.approx(3 * (0.2 + 0.2 + 0.1 + 0.05))
    assert report.status is Status.PARTIAL


def test_right_values_with_a_changed_argument_lose_that_criterion_alone() -> None:
    assert failed(judge(KEY, answers(step=mistakes.writes_into_h_prev))) == {"unchanged"}


def test_second_call_with_other_numbers_loses_repeatable() -> None:
    given = {a.case: a for a in answers()}
    name = KEY.cases[0].name + AGAIN
    given[name] = replace(given[name], outputs={"h_t": given[name].outputs["h_t"] + 1})
    assert failed(judge(KEY, list(given.values()))) == {"repeatable"}


def test_nan_is_wrong_and_said() -> None:
    report = judge(KEY, [replace(a, outputs={"h_t": a.outputs["h_t"] * np.nan}) for a in answers()])
    assert report.points == 0.0
    assert "not finite" in report.criteria[0].detail


def test_wrong_step_repeated_faithfully_keeps_consistency_and_is_advised() -> None:
    wrong = mistakes.step_without_bias
    given = FORWARD.answers_of({"step": wrong, "forward": loop_over(wrong)})
    report = judge(FORWARD, list(given.values()))
    assert "own_step" not in failed(report)
    assert report.points is not None and 0 < report.points <= 0.25 * 3 + 0.15 * 3
    assert any("repair rnn_step_forward first" in sentence for sentence in report.advice)


def test_right_loop_beside_an_unfinished_step_earns_all() -> None:
    def stub(*arguments: Any) -> Any:
        raise NotImplementedError("rnn_step_forward: not written yet")

    forward = loop_over(recurrence.rnn_step_forward)
    given = FORWARD.answers_of({"step": stub, "forward": forward})
    assert judge(FORWARD, list(given.values())).points == 3


def test_mistake_in_the_loop_is_named_beside_a_wrong_step() -> None:
    given = FORWARD.answers_of(
        {"step": mistakes.step_without_bias, "forward": mistakes.h_0_at_every_step}
    )
    assert judge(FORWARD, list(given.values())).mistake == "h_0_at_every_step"


def test_exception_is_told_with_the_learners_line() -> None:
    def broken(x_t: Any, h_prev: Any, *weights: Any) -> Any:
        return x_t @ weights[1], None

    report = judge(KEY, answers(step=broken))
    assert "It stopped: x_t is (4, 3) and weights[1] is (5, 5)" in report.headline
    assert report.headline.endswith(": return x_t @ weights[1], None)")
    assert {result.name for result in report.criteria if result.judged} == {"sizes"}  # D = H
    assert report.points == 0.0


def test_answer_out_of_time_is_a_limit_and_earns_nothing() -> None:
    given = answers()
    given[2] = replace(given[2], outputs={}, problem=Problem.LIMIT)
    report = judge(KEY, given)
    assert (report.status, report.points) == (Status.LIMIT, 0.0)


def test_not_gradable_has_no_points_and_the_others_have_none_or_zero() -> None:
    exercise = KEY.exercise
    assert not_gradable(exercise, "reason").points is None
    assert no_answer(exercise, "reason").points == 0.0
    assert "memory limit" in out_of_limit(exercise, "memory").headline
    assert "killed" in out_of_limit(exercise, "", "It was killed.").headline


def test_exercise_that_pays_too_much_for_what_code_says_of_itself_is_refused() -> None:
    told = Criterion("told", MAX_SELF_REPORTED_SHARE + 0.05, "", kind=Kind.UNCHANGED)
    rest = Criterion("rest", 1 - told.weight, "", ("h_t",))
    with pytest.raises(ValueError, match="says of itself"):
        replace(KEY.exercise, criteria=(told, rest))


def test_exercise_whose_weights_do_not_sum_to_one_is_refused() -> None:
    with pytest.raises(ValueError, match="sum to"):
        replace(KEY.exercise, criteria=KEY.exercise.criteria[1:])
