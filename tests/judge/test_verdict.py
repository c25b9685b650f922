"""From answers to points: partial marks, what student code says of itself, and limits."""

from dataclasses import replace
from types import FunctionType
from typing import Any

import numpy as np
import pytest

from autograder.judge import backend
from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import MAX_SELF_REPORTED_SHARE
from autograder.judge.exercises import find_exercise
from autograder.judge.exercises.recurrence.rnn_forward import LAST, LAST_BEFORE, REVERSED
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes import recurrence as mistakes
from autograder.judge.unjudged import no_answer, not_gradable, out_of_limit
from autograder.judge.verdict import judge
from autograder.student.answers import AGAIN, Answer, Problem
from autograder.student.probes.recurrence import H_BEFORE
from autograder.student.report import Status
from rnn_ref import lstm, recurrence
from tests.judge.bptt_loops import forward_over
from tests.judge.judged import failed

KEY = AnswerKey.draw(find_exercise("rnn_step_forward"), 7)
FORWARD = AnswerKey.draw(find_exercise("rnn_forward"), 7)


def answers(**functions: Any) -> list[Answer]:
    return list(KEY.answers_of({"step": recurrence.rnn_step_forward, **functions}).values())


def wrong_step() -> Any:
    return mistakes.STEP["step_without_bias"].function


def test_partial_marks_are_the_weights_of_what_holds() -> None:
    report = judge(KEY, answers(step=wrong_step()))
    assert failed(report) == {"bias", "together", "sizes"}
    assert report.points == pytest.approx(3 * (0.2 + 0.2 + 0.1 + 0.05))
    assert report.status is Status.PARTIAL


def test_right_values_with_a_changed_argument_lose_that_criterion_alone() -> None:
    assert failed(judge(KEY, answers(step=mistakes.STEP["writes_into_h_prev"].function))) == {
        "unchanged"
    }


def test_second_call_with_other_numbers_loses_repeatable() -> None:
    given = {a.case: a for a in answers()}
    name = KEY.cases[0].name + AGAIN
    given[name] = replace(given[name], outputs={"h_t": given[name].outputs["h_t"] + 1})
    assert failed(judge(KEY, list(given.values()))) == {"repeatable"}


def test_nan_is_wrong_and_said() -> None:
    report = judge(KEY, [replace(a, outputs={"h_t": a.outputs["h_t"] * np.nan}) for a in answers()])
    assert report.points == 0.0
    assert "not finite" in report.criteria[0].detail


def test_wrong_step_repeated_faithfully_keeps_consistency_and_is_told_where_to_look() -> None:
    wrong = wrong_step()
    given = FORWARD.answers_of({"step": wrong, "forward": forward_over(wrong)})
    report = judge(FORWARD, list(given.values()))
    assert "own_step" not in failed(report)
    assert report.points is not None and 0 < report.points <= 0.25 * 3 + 0.1 * 3
    (sentence,) = report.advice
    assert sentence.endswith("look for the mistake in rnn_step_forward.")
    assert not report.mistake  # never pinned on the loop


def test_property_that_looks_past_wrong_outputs_says_of_what_it_is_true() -> None:
    key = AnswerKey.draw(find_exercise("lstm_forward"), 7)

    def cells_twice(*arguments: Any) -> Any:
        _, c, cache = lstm.lstm_forward(*arguments)
        return c, c, cache

    report = judge(key, list(key.answers_of({"forward": cells_twice}).values()))
    told = {result.name: result.sentence for result in report.criteria if result.passed}
    assert told["sizes"].endswith("D = H. (True of c alone.)")
    assert told["first_cell"] == "What follows from c_0 alone is right. (True of c alone.)"
    assert told["cells"] == "All T cell states are right."
    assert all("True of" not in r.sentence for r in report.criteria if not r.passed)


def test_mistake_in_the_loop_is_named_beside_a_wrong_step() -> None:
    given = FORWARD.answers_of(
        {"step": wrong_step(), "forward": mistakes.FORWARD["h_0_at_every_step"].function}
    )
    assert judge(FORWARD, list(given.values())).mistake == "h_0_at_every_step"


def test_exception_is_told_with_the_learners_line() -> None:
    def broken(x_t: Any, h_prev: Any, *weights: Any) -> Any:
        return x_t @ weights[1], None

    report = judge(KEY, answers(step=broken))
    assert "It stopped: x_t is (8, 5) and weights[1] is (2, 2)" in report.headline
    assert report.headline.endswith(": return x_t @ weights[1], None)")
    assert {result.name for result in report.criteria if result.judged} == {"sizes"}  # D = H
    assert report.points == 0.0


# --- the first cause ------------------------------------------------------------------------------


def stopped(answer: Answer, problem: Problem, message: str) -> Answer:
    return replace(answer, outputs={}, problem=problem, message=message)


def headline(**problems: tuple[Problem, str]) -> str:
    """Return what is said first where the cases named end in these problems."""
    given = {answer.case: answer for answer in answers()}
    for place, (problem, message) in problems.items():
        case = PLACES[place]
        given[case] = stopped(given[case], problem, message)
    return judge(KEY, list(given.values())).headline


PLACES = {
    "first": "everything together",
    "main": "the bias alone",
    "edge": "a batch of one",
    "other_edge": "a single unit",
}


def test_first_cause_of_the_main_cases_comes_in_the_order_of_causes() -> None:
    crash, form = (Problem.EXCEPTION, "It stopped: a."), (Problem.FORM, "It returned b.")
    unfinished = (Problem.UNFINISHED, "c")
    assert headline(first=form, main=crash) == "The bias alone: it stopped: a."
    assert headline(first=crash, main=unfinished) == "The bias alone: Not written yet (c)."
    assert headline(first=crash, main=form) == "It stopped: a."


def test_first_cause_at_an_edge_comes_behind_the_main_cases() -> None:
    crash, form = (Problem.EXCEPTION, "It stopped: a."), (Problem.FORM, "It returned b.")
    assert headline(edge=crash, main=form) == "The bias alone: it returned b."
    assert headline(edge=form, other_edge=crash) == "A single unit: it stopped: a."


def test_first_cause_is_a_wrong_value_where_a_crash_came_at_an_edge_alone() -> None:
    given = {answer.case: answer for answer in answers(step=wrong_step())}
    edge = PLACES["edge"]
    given[edge] = stopped(given[edge], Problem.EXCEPTION, "It stopped: a.")
    report = judge(KEY, list(given.values()))
    assert report.headline.startswith("The bias alone: ")
    assert "numbers in h_t differ" in report.headline


def test_crash_at_an_edge_leaves_unchanged_judged_by_the_calls_that_came_to_an_end() -> None:
    given = {answer.case: answer for answer in answers()}
    given[PLACES["edge"]] = stopped(given[PLACES["edge"]], Problem.EXCEPTION, "It stopped: a.")
    assert failed(judge(KEY, list(given.values()))) == {"sizes"}
    changed = replace(given[PLACES["main"]], changed=("h_prev",))
    given[PLACES["main"]] = changed
    assert failed(judge(KEY, list(given.values()))) == {"sizes", "unchanged"}


def test_unchanged_is_not_judged_where_a_main_case_came_to_no_end() -> None:
    given = {answer.case: answer for answer in answers()}
    given[PLACES["main"]] = stopped(given[PLACES["main"]], Problem.EXCEPTION, "It stopped: a.")
    report = judge(KEY, list(given.values()))
    assert [r.judged for r in report.criteria if r.name == "unchanged"] == [False]


def test_each_self_reported_kind_has_its_own_question() -> None:
    """What differs must differ, what is the same must be the same, and neither is a value."""
    given = {case.name: FORWARD.expected[case.name] for case in FORWARD.asked}
    first = FORWARD.cases[0].name
    given[first + AGAIN] = given[first]
    assert failed(judge(FORWARD, list(given.values()))) == set()
    turned = given[REVERSED]
    outputs = {**turned.outputs, H_BEFORE: turned.outputs["h"]}
    given[REVERSED] = replace(turned, outputs=outputs)
    report = judge(FORWARD, list(given.values()))
    assert failed(report) == {"order"}
    assert report.headline == f"{REVERSED.capitalize()}: {LAST} is the same as {LAST_BEFORE}."


def test_outputs_that_did_not_come_leave_what_looks_at_them_not_judged() -> None:
    given = {case.name: FORWARD.expected[case.name] for case in FORWARD.asked}
    given[REVERSED] = replace(
        given[REVERSED],
        outputs={n: v for n, v in given[REVERSED].outputs.items() if n != H_BEFORE},
        problem=Problem.FORM,
        message="h has two axes.",
    )
    order = next(r for r in judge(FORWARD, list(given.values())).criteria if r.name == "order")
    assert (order.passed, order.judged, order.points) == (False, False, 0.0)


def test_switched_off_nothing_is_credited_and_the_experiment_is_still_told() -> None:
    def stub(*arguments: Any) -> Any:
        raise NotImplementedError("rnn_step_forward: not written yet")

    def rnn_forward(x: Any, h_0: Any, *weights: Any) -> Any:
        states = []
        for t in range(x.shape[1]):
            h_0, _ = rnn_step_forward(x[:, t], h_0, *weights)  # noqa: F821  of this space
            states.append(h_0)
        return np.stack(states, axis=1), None

    function = FunctionType(
        rnn_forward.__code__, {"np": np, "range": range, "rnn_step_forward": stub}
    )
    given = list(FORWARD.answers_of({"step": stub, "forward": function}).values())
    once, again = judge(FORWARD, given), judge(FORWARD, given, carry=False)
    assert (once.points, again.points) == (3, 0)
    assert once.headline.startswith("Your rnn_forward is right: with a function of ours")
    assert again.headline == "Not written yet (rnn_step_forward: not written yet)."
    assert again.advice[0] == once.headline
    told = {result.name: result.sentence for result in once.criteria}
    assert told["states"] == "All T states are right. (With our rnn_step_forward.)"


# --- limits and what has no verdict ---------------------------------------------------------------


def test_answer_out_of_time_is_a_limit_and_earns_nothing() -> None:
    given = answers()
    given[2] = replace(given[2], outputs={}, problem=Problem.LIMIT)
    report = judge(KEY, given)
    assert (report.status, report.points) == (Status.LIMIT, 0.0)


@pytest.mark.parametrize(
    ("limit", "told"), [(backend.OutOfTime, "time limit"), (backend.OutOfMemory, "memory limit")]
)
def test_limit_that_strikes_between_two_calls_is_told_as_one(
    limit: type[BaseException], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def struck(*_: object) -> None:
        raise limit

    monkeypatch.setattr(AnswerKey, "answers_of", struck)
    report = backend.JudgeBackend().check("rnn_step_forward", {})
    assert (report.status, report.points) == (Status.LIMIT, 0.0)
    assert told in report.headline


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
