"""From what a run sent to marks: no verdict is never full marks and never a silent 0."""

from typing import Any

import nbformat
import numpy as np
import pytest
from nbgrader.utils import determine_grade

from autograder.grading.entries import automatic_score
from autograder.grading.marked_notebook import MAX_TEXT_CHARACTERS, NO_PICTURE, as_written
from autograder.grading.marking import Marked, mark_unreadable
from autograder.grading.rebuild import rebuild
from autograder.grading.submitted_cells import SubmittedCell
from autograder.judge.exercises import exercises_of
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes import recurrence as mistakes
from autograder.sandbox.job import CellRun, Ending, Output, Run
from autograder.student import wire
from autograder.student.answers import answer_cases, encode_answers
from autograder.student.report import Status
from tests.grading.one_run import job_of, mark
from tests.grading.recurrence_template import TEMPLATE, submitted

KEYS = {e.name: AnswerKey.draw(e, 11) for e in exercises_of("recurrence")}
REBUILT = rebuild(TEMPLATE, submitted())
JOB = job_of(TEMPLATE, REBUILT)
CHECKS = {cell.exercise: cell.index for cell in JOB.cells if cell.exercise}
STEP = CHECKS["rnn_step_forward"]
FULL = {"rnn_step_forward": 3, "rnn_forward": 3, "stack_weights": 1, "rnn_step_stacked": 2}


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


def step_sent(*answers: bytes) -> Marked:
    """Return the marks of a right run whose first check has sent `answers`."""
    return marked(cells(rnn_step_forward=CellRun(STEP, answers=answers, finished=True)))


def points(outcome: Marked) -> dict[str, float | None]:
    return {name.removeprefix("check_"): r.points for name, r in outcome.reports.items()}


def test_mark_of_right_answers_is_full() -> None:
    outcome = marked(cells())
    assert points(outcome) == FULL
    assert outcome.flags == ()


def test_mark_of_a_mistake_names_it_and_leaves_the_others_alone() -> None:
    answer = bundle("rnn_step_forward", step=mistakes.STEP["step_without_bias"].function)
    outcome = step_sent(answer)
    assert points(outcome) == {**FULL, "rnn_step_forward": 1.65}
    assert outcome.reports["check_rnn_step_forward"].mistake == "step_without_bias"


def test_mark_of_a_check_never_reached_is_not_gradable() -> None:
    runs = cells(stack_weights=None, rnn_step_stacked=None)
    outcome = marked(runs, Ending.WALL)
    assert points(outcome) == {**FULL, "stack_weights": None, "rnn_step_stacked": None}


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        *((ending, "limit") for ending in (Ending.CPU, Ending.WALL, Ending.MEMORY, Ending.OUTPUT)),
        (Ending.CRASHED, "detail"),
    ],
)
def test_mark_of_a_check_that_ended_the_process_is_zero_and_told(ending: Ending, told: str) -> None:
    outcome = marked(cells(rnn_step_forward=CellRun(STEP)), ending)
    report = outcome.reports["check_rnn_step_forward"]
    assert (report.status, report.points) == (Status.LIMIT, 0.0)
    assert told in report.headline


def test_mark_when_the_sandbox_failed_is_nobodys_zero() -> None:
    assert set(points(marked(cells(), Ending.SETUP)).values()) == {None}


def test_mark_of_a_check_that_handed_nothing_out_is_not_gradable() -> None:
    assert points(step_sent())["rnn_step_forward"] is None


def test_mark_of_a_check_whose_function_is_not_there_tells_what_stopped_its_cell() -> None:
    failed = CellRun(STEP, finished=True, error_name="NameError", error_text="no step")
    runs = cells(rnn_step_forward=failed)
    stub = STEP - 1
    runs[stub] = CellRun(stub, finished=True, error_name="SyntaxError", error_text="line 3")
    report = marked(runs).reports["check_rnn_step_forward"]
    assert report.points == 0.0
    assert report.headline == (
        "rnn_step_forward is not there, for its cell stopped: SyntaxError: line 3."
    )


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
    outcome = step_sent(*answers)
    assert points(outcome) == {**FULL, "rnn_step_forward": 0.0}
    assert any("rnn_step_forward" in flag for flag in outcome.flags)


def test_mark_of_answers_to_another_exercise_earns_nothing() -> None:
    assert points(step_sent(bundle("rnn_forward")))["rnn_step_forward"] == 0.0


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
    wrong = bundle("rnn_forward", forward=mistakes.FORWARD["h_0_ignored"].function)
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


def shown(*own: SubmittedCell) -> list[dict[str, Any]]:
    """Return the cells that an autograded notebook has before the released ones."""
    rebuilt = rebuild(TEMPLATE, [*own, *submitted()])
    run = Run({}, Ending.WALL, None, "", 0.1, 0.1)
    notebook = mark(TEMPLATE, rebuilt, run, KEYS).notebook
    nbformat.validate(nbformat.from_dict(notebook))
    return list(notebook["cells"][: len(own)])


def test_notebook_shows_texts_made_safe_and_keeps_what_was_typed() -> None:
    markdown, raw = shown(
        SubmittedCell("markdown", "<script>x</script> $x<y$", "", ""),
        SubmittedCell("raw", "<script>y</script>", "", ""),
    )
    for cell in (markdown, raw):
        assert cell["cell_type"] == "markdown"
        assert "<script" not in cell["source"]
        assert "attachments" not in cell
    assert as_written(markdown) == "<script>x</script> $x<y$"
    assert as_written(raw) == "<script>y</script>"


def test_notebook_keeps_released_texts_as_they_are() -> None:
    notebook = marked(cells()).notebook
    texts = {cell.cell_id: cell.source for cell in TEMPLATE.cells if cell.kind == "markdown"}
    assert texts
    assert {c["id"]: c["source"] for c in notebook["cells"] if c["id"] in texts} == texts


def test_notebook_shows_no_more_of_a_students_texts_than_can_be_read() -> None:
    many = [SubmittedCell("markdown", "*a " * 6_000, "", "")] * 60
    assert sum(len(cell["source"]) for cell in shown(*many)) < 10 * MAX_TEXT_CHARACTERS
    last = shown(*many)[-1]
    assert "more" in last["source"]
    assert as_written(last) == many[0].source


def test_picture_that_is_none_is_said_instead_of_shown() -> None:
    runs = cells()
    runs[1] = CellRun(1, (Output("display", "image/png", b"\x89PNG\r\n\x1a\nx"),), finished=True)
    outputs = marked(runs).notebook["cells"][1]["outputs"]
    assert outputs[0]["data"] == {"text/plain": NO_PICTURE}


def test_texts_of_errors_reach_the_instructor_in_one_visible_line() -> None:
    failed = CellRun(STEP, finished=True, error_name="E\x1b[2J", error_text="a\nb\u202e\x07")
    outcome = marked(cells(rnn_step_forward=failed))
    assert outcome.reports["check_rnn_step_forward"].headline.isprintable()
