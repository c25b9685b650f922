"""Which line of a submission: changes run in the sandbox alone, and only proofs are told."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.grading import located as locating
from autograder.grading.located import Tries, Where, located, pieces_of_cells
from autograder.grading.rebuild import Rebuilt, rebuild
from autograder.grading.unit_grader import UnitGrader
from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.sandbox.job import CellRun, Ending, Job, Run
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.student.answers import answer_case, encode_answers
from autograder.student.wire import WireLimits
from tests.course.grading_folders import NEEDS_SANDBOX, course_in, hand_in
from tests.grading.recurrence_template import TEMPLATE, submitted

STEP = "rnn_step_forward"
RIGHT = "return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h), None"
WRONG = "return np.tanh(x_t @ W_xh - h_prev @ W_hh + b_h), None"
KEY = AnswerKey.draw(find_exercise(STEP), PUBLIC_SEED)


def step(last: str, before: str = "", head: str = "") -> str:
    return f"{head}def {STEP}(x_t, h_prev, W_xh, W_hh, b_h):\n{before}    {last}\n"


def tries_on(text: str, run: Callable[[Job], Run], passes: bool) -> Tries:
    rebuilt = rebuild(TEMPLATE, submitted(**{STEP: text}))
    limits = WireLimits(total_bytes=2**24)
    return Tries(KEY, TEMPLATE, rebuilt, f"check_{STEP}", run, lambda _: passes, limits)


def all_right(job: Job) -> Run:
    """What a submission sends that knows it is tried: right answers, for all but itself."""
    *_, texts, case, _, _ = ast.parse(job.cells[-1].source).body[-1].value.args  # type: ignore[attr-defined]
    name = ast.literal_eval(case)
    inputs = next(one.inputs for one in KEY.cases if one.name == name)
    answer = answer_case(KEY.exercise.probe, KEY.exercise.reference, name, inputs)
    wrong = {output: 0 * value for output, value in answer.outputs.items()}
    sent = [
        replace(answer, case=str(number), outputs=answer.outputs if changes else wrong)
        for number, changes in enumerate(ast.literal_eval(texts))
    ]
    cell = CellRun(job.cells[-1].index, answers=(encode_answers(sent),), finished=True)
    return Run({cell.index: cell}, Ending.DONE, None, "", 0.1, 0.1)


def test_forged_answers_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locating, "BUDGET_S", 1.0)
    assert located(KEY, tries_on(step(WRONG), all_right, passes=True)).lines  # it would be believed
    found = located(KEY, tries_on(step(WRONG), all_right, passes=False))
    assert found.sentence.startswith("No small change was found") and not found.lines


@pytest.mark.parametrize("sent", [(), (b"no bundle",), (b"", b"")])
def test_what_sends_nothing_that_can_be_read_has_no_line(sent: tuple[bytes, ...]) -> None:
    def run(job: Job) -> Run:
        cell = CellRun(job.cells[-1].index, answers=sent, finished=True)
        return Run({cell.index: cell}, Ending.DONE, None, "", 0.1, 0.1)

    assert not located(KEY, tries_on(step(WRONG), run, passes=True)).lines


def test_search_runs_nothing_of_a_students_text_itself(tmp_path: Path) -> None:
    """Defaults, decorators and texts of changes would run where they are defined."""
    mark = tmp_path / "ran"
    head = f"@(lambda f: open({str(mark)!r}, 'w') and f)\n"
    jobs: list[Job] = []

    def run(job: Job) -> Run:
        jobs.append(job)
        return all_right(job)

    assert located(KEY, tries_on(step(WRONG, head=head), run, passes=True)).lines
    assert len(jobs) > 3 and not mark.exists()
    assert all(cell.cases == "public" for job in jobs for cell in job.cells)


def test_pieces_are_the_last_of_their_names_at_their_lines() -> None:
    text = f"%matplotlib inline\n\n{step('return 1')}\n\n# again\n{step(WRONG)}"
    rebuilt = rebuild(TEMPLATE, submitted(**{STEP: text}))
    piece = pieces_of_cells(rebuilt)[STEP]
    assert WRONG in piece.text
    line = piece.line + piece.parsed.root.lineno - 1
    assert text.split("\n")[line - 1].startswith(f"def {STEP}")
    assert line > text[: text.index("again")].count("\n")


@pytest.fixture
def where(tmp_path: Path) -> Callable[[str], Where]:
    """Look for the line in the sandbox."""

    def look(text: str) -> Where:
        course = course_in(tmp_path)
        content = course.source_notebook("recurrence").read_bytes()
        path = hand_in(course, "recurrence", "one", content)
        with UnitGrader(course, "recurrence", 5, BubblewrapLauncher()) as grader:
            cells = [
                replace(cell, source=text) if cell.origin and STEP in cell.origin.defines else cell
                for cell in grader.read(path)[0].cells
            ]
            return grader.where("one", Rebuilt(tuple(cells)), f"check_{STEP}")

    return look


@NEEDS_SANDBOX
def test_line_is_found_past_a_change_that_hangs(where: Callable[[str], Where]) -> None:
    loop = "    i = 0\n    while i != 3:\n        i += 1\n"
    found = where(step(WRONG, before=loop))
    assert found.sentence == "One change in line 5 makes everything right."
    assert found.lines == (f"-    {WRONG}", f"+    {RIGHT}")


@NEEDS_SANDBOX
def test_line_of_a_helper_is_told_with_the_helpers_name(where: Callable[[str], Where]) -> None:
    helper = (
        "def both(x_t, h_prev, W_xh, W_hh):\n    return (x_t @ W_xh) ** 2 + h_prev @ W_hh\n\n\n"
    )
    found = where(helper + step("return np.tanh(both(x_t, h_prev, W_xh, W_hh) + b_h), None"))
    assert found.sentence == "One change in line 2 of the cell with both makes everything right."


@NEEDS_SANDBOX
@pytest.mark.parametrize("text", [step(RIGHT), step("return x_t @ h_prev, None"), "def ("])
def test_no_line_is_looked_for_where_nothing_is_wrong_or_something_stops(
    where: Callable[[str], Where], text: str
) -> None:
    assert where(text) == Where(locating.NO_VALUES)
