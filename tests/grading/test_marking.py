"""From what a run sent to marks: no verdict is never full marks and never a silent 0."""

from typing import Any

import nbformat
import numpy as np
import pytest
from nbgrader.utils import determine_grade

from autograder.grading.gradebook import automatic_score
from autograder.grading.marking import Marked, make_job, mark, mark_unreadable
from autograder.grading.rebuild import rebuild
from autograder.judge.exercises import exercises_of
from autograder.judge.key import AnswerKey
from autograder.judge.misconceptions import recurrence as mistakes
from autograder.sandbox.job import CellRun, Ending, Output, Run
from autograder.student import wire
from autograder.student.answers import answer_cases, encode_answers
from autograder.student.report import Status
from tests.grading.recurrence_template import TEMPLATE, submitted

KEYS = {e.name: AnswerKey.draw(e, 11) for e in exercises_of("recurrence")}
REBUILT = rebuild(TEMPLATE, submitted())
JOB = make_job("student", TEMPLATE, REBUILT)
CHECKS = {cell.exercise: cell.index for cell in JOB.cells if cell.exercise}


def bundle(exercise: str, **functions: Any) -> bytes:
    key = KEYS[exercise]
    cases = [(case.name, case.inputs) for case in key.cases]
    roles = {**key.exercise.reference, **functions}
    return encode_answers(answer_cases(key.exercise.probe, roles, cases))


def cells(**changes: CellRun | None) -> dict[int, CellRun]:
    """Return what an honest, right run sends; keywords replace or take out single checks."""
    runs = {cell.index: CellRun(cell.index, finished=True) for cell in JOB.cells}
    for name, index in CHECKS.items():
        runs[index] = CellRun(index, answers=(bundle(name),), finished=True)
    for name, run in changes.items():
        runs.pop(CHECKS[name])
        if run is not None:
            runs[CHECKS[name]] = run
    return runs


def marked(runs: dict[int, CellRun], ending: Ending = Ending.DONE, **more: Any) -> Marked:
    return mark(TEMPLATE, REBUILT, Run(runs, ending, None, "detail", 0.1, 0.1, **more), KEYS)


def points(outcome: Marked) -> dict[str, float | None]:
    return {name.removeprefix("check_"): r.points for name, r in outcome.reports.items()}


FULL = {"rnn_step_forward": 3, "rnn_forward": 3, "stack_weights": 1, "rnn_step_stacked": 2}
STEP = CHECKS["rnn_step_forward"]


def test_mark_of_right_answers_is_full() -> None:
    outcome = marked(cells())
    assert points(outcome) == FULL
    assert outcome.flags == ()


def test_mark_of_a_mistake_names_it_and_leaves_the_others_alone() -> None:
    answer = bundle("rnn_step_forward", step=mistakes.step_without_bias)
    outcome = marked(cells(rnn_step_forward=CellRun(STEP, answers=(answer,), finished=True)))
    assert points(outcome) == {**FULL, "rnn_step_forward": 1.65}
    assert outcome.reports["check_rnn_step_forward"].mistake == "step_without_bias"


def test_mark_of_a_check_never_reached_is_not_gradable() -> None:
    runs = cells(stack_weights=None, rnn_step_stacked=None)
    outcome = marked(runs, Ending.WALL)
    assert points(outcome) == {**FULL, "stack_weights": None, "rnn_step_stacked": None}


@pytest.mark.parametrize("ending", [Ending.CPU, Ending.WALL, Ending.MEMORY, Ending.OUTPUT])
def test_mark_of_a_check_that_ran_into_a_limit_is_zero_and_named(ending: Ending) -> None:
    outcome = marked(cells(rnn_step_forward=CellRun(STEP)), ending)
    report = outcome.reports["check_rnn_step_forward"]
    assert (report.status, report.points) == (Status.LIMIT, 0.0)
    assert "limit" in report.headline


def test_mark_of_a_check_that_ended_the_process_is_zero_and_told() -> None:
    report = marked(cells(rnn_step_forward=CellRun(STEP)), Ending.CRASHED).reports[
        "check_rnn_step_forward"
    ]
    assert (report.status, report.points) == (Status.LIMIT, 0.0)
    assert "detail" in report.headline


def test_mark_when_the_sandbox_failed_is_nobodys_zero() -> None:
    assert set(points(marked(cells(), Ending.SETUP)).values()) == {None}


def test_mark_of_a_check_that_handed_nothing_out_is_not_gradable() -> None:
    outcome = marked(cells(rnn_step_forward=CellRun(STEP, finished=True)))
    assert points(outcome)["rnn_step_forward"] is None


def test_mark_of_a_check_that_could_not_start_tells_the_first_error_before_it() -> None:
    failed = CellRun(STEP, finished=True, error_name="NameError", error_text="no step")
    runs = cells(rnn_step_forward=failed)
    stub = STEP - 1
    runs[stub] = CellRun(stub, finished=True, error_name="SyntaxError", error_text="line 3")
    report = marked(runs).reports["check_rnn_step_forward"]
    assert report.points == 0.0
    assert "NameError: no step" in report.headline
    assert "SyntaxError: line 3" in report.headline


@pytest.mark.parametrize(
    "answers",
    [
        (b"",),
        (b"not answers",),
        (wire.encode([{"points": 3}]),),
        (wire.encode(np.zeros(3)),),
        (bundle("rnn_step_forward"), bundle("rnn_step_forward")),
    ],
)
def test_mark_of_malformed_or_doubled_answers_is_zero_and_flagged(
    answers: tuple[bytes, ...],
) -> None:
    outcome = marked(cells(rnn_step_forward=CellRun(STEP, answers=answers, finished=True)))
    assert points(outcome) == {**FULL, "rnn_step_forward": 0.0}
    assert any("rnn_step_forward" in flag for flag in outcome.flags)


def test_mark_of_answers_to_another_exercise_earns_nothing() -> None:
    answers = (bundle("rnn_forward"),)
    outcome = marked(cells(rnn_step_forward=CellRun(STEP, answers=answers, finished=True)))
    assert points(outcome)["rnn_step_forward"] == 0.0


def test_mark_flags_what_was_irregular_and_how_it_ended() -> None:
    outcome = marked(cells(), Ending.CPU, irregular=("an odd frame",))
    assert "an odd frame" in outcome.flags
    assert any("ended early" in flag for flag in outcome.flags)


def test_mark_flags_the_import_of_what_is_not_there() -> None:
    runs = cells()
    text = "rnn_ref.recurrence … is not there while your notebook is graded."
    runs[1] = CellRun(1, finished=True, error_name="ModuleNotFoundError", error_text=text)
    assert any("cannot get" in flag for flag in marked(runs).flags)


def test_notebook_is_valid_and_nbgrader_reads_the_same_scores_from_it() -> None:
    wrong = bundle("rnn_forward", forward=mistakes.h_0_ignored)
    forward = CHECKS["rnn_forward"]
    runs = cells(
        rnn_forward=CellRun(forward, answers=(wrong,), finished=True),
        stack_weights=None,
    )
    hostile = (
        Output("result", "text/plain", "1000"),
        Output("stderr", "text/plain", "noise"),
        Output("display", "image/png", b"\x89PNG"),
        Output("error", "text/plain", "Boom\nat line 1"),
    )
    runs[STEP] = CellRun(STEP, hostile, (bundle("rnn_step_forward"),), finished=True)
    runs[1] = CellRun(1, hostile, finished=True)
    outcome = marked(runs, Ending.WALL)
    notebook = nbformat.from_dict(outcome.notebook)
    nbformat.validate(notebook)
    graded = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
    for name, report in outcome.reports.items():
        assert determine_grade(graded[name]) == (report.points or 0.0, report.max_points)
        assert automatic_score(graded[name]) == report.points
    assert "1000" not in str(graded["check_rnn_step_forward"].outputs)


def test_mark_of_the_unreadable_leaves_every_exercise_to_the_instructor() -> None:
    outcome = mark_unreadable(TEMPLATE, "the file is not JSON")
    assert set(points(outcome).values()) == {None}
    assert "not JSON" in outcome.reports["check_stack_weights"].headline
    nbformat.validate(nbformat.from_dict(outcome.notebook))
