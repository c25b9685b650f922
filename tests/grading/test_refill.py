"""Gradebook and kept results belong together: what one has lost is written again, and told."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from autograder.cli.grading_session import grade_and_report
from autograder.course import Course
from autograder.grading.autograded import autograded_path
from autograder.grading.pipeline import grade_unit
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import NEEDS_SANDBOX, course_in, gradebook_rows, hand_in

pytestmark = NEEDS_SANDBOX
UNIT, NAME = "recurrence", "01_recurrence"
BROKEN = b"{"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A graded class: right, not begun, and nothing that can be read."""
    course = course_in(tmp_path_factory.mktemp("graded"))
    hand_in(course, UNIT, "ann", course.source_notebook(UNIT).read_bytes())
    hand_in(course, UNIT, "ben", course.release_notebook(UNIT).read_bytes())
    hand_in(course, UNIT, "eve", BROKEN)
    grade(course)
    return course


@pytest.fixture
def course(graded: Course, tmp_path: Path) -> Course:
    copy = course_in(tmp_path / "data")
    shutil.copytree(graded.data, copy.data)
    return copy


def grade(course: Course) -> tuple[list[str], set[str]]:
    """Grade; return whose marks were written again, and who ran."""
    again: list[str] = []
    done = grade_unit(
        course, UNIT, BubblewrapLauncher(), jobs=1, prove=False, on_refill=again.extend
    )
    return again, {one.submission.student for one in done if not one.reused}


def open_book(course: Course) -> Gradebook:
    return Gradebook(course.nbgrader_options()["db_url"])


def delete_file(course: Course) -> None:
    course.gradebook.unlink()


def remove_student(course: Course) -> None:
    with open_book(course) as book:
        book.remove_student("ann")


def remove_submission(course: Course) -> None:
    with open_book(course) as book:
        book.remove_submission(NAME, "ann")


def remove_unit(course: Course) -> None:
    with open_book(course) as book:
        book.remove_assignment(NAME)


def lose_a_mark(course: Course) -> None:
    with open_book(course) as book:
        book.find_grade("check_rnn_forward", NAME, NAME, "ann").auto_score = 1.0
        book.db.commit()


@pytest.mark.parametrize(
    ("lose", "whose"),
    [
        (delete_file, ["ann", "ben", "eve"]),
        (remove_student, ["ann"]),
        (remove_submission, ["ann"]),
        (remove_unit, ["ann", "ben", "eve"]),
        (lose_a_mark, ["ann"]),
    ],
)
def test_what_the_gradebook_lost_is_written_again_without_a_run(
    course: Course, lose: Callable[[Course], None], whose: list[str]
) -> None:
    before = gradebook_rows(course, UNIT)
    lose(course)
    again, ran = grade(course)
    assert (again, ran) == (whose, {"eve"})  # what cannot be read is read anew each time
    assert gradebook_rows(course, UNIT) == before
    assert grade(course) == ([], {"eve"})


def test_what_cannot_be_written_from_the_results_runs_again(course: Course) -> None:
    before = gradebook_rows(course, UNIT)
    autograded_path(course, UNIT, "ann").unlink()
    assert grade(course) == ([], {"ann", "eve"})
    delete_file(course)
    place = autograded_path(course, UNIT, "ben")
    place.unlink()
    place.write_text("{")
    again, ran = grade(course)
    assert (again, ran) == (["ann", "eve"], {"ben", "eve"})
    assert gradebook_rows(course, UNIT) == before


def test_student_who_was_taken_out_everywhere_stays_out(course: Course) -> None:
    remove_student(course)
    shutil.rmtree(course.submitted / "ann")
    assert grade(course)[0] == []
    delete_file(course)
    assert grade(course)[0] == ["ann", "ben", "eve"]  # lost, not taken out


def test_refilled_gradebook_is_told_and_penalties_are_taken_again(course: Course) -> None:
    remove_student(course)
    out = io.StringIO()
    console = Console(file=out, width=200, soft_wrap=True)
    session = grade_and_report(console, course, UNIT, BubblewrapLauncher(), jobs=1)
    assert (
        "1 written into the gradebook again, which did not have their marks: ann;" in out.getvalue()
    )
    assert session.refilled == ["ann"]


def test_gradebook_elsewhere_is_filled_from_the_results(course: Course, tmp_path: Path) -> None:
    before = gradebook_rows(course, UNIT)
    moved = replace(course, gradebook_url=f"sqlite:///{tmp_path / 'elsewhere.db'}")
    assert grade(moved) == (["ann", "ben", "eve"], {"eve"})
    assert gradebook_rows(moved, UNIT) == before
