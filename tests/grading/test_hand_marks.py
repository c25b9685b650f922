"""Which answer a mark by hand was given for."""

from __future__ import annotations

from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.hand_marks import HandMark, answers_in
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import read_result, result_path
from autograder.reports.class_report import write_class_report
from autograder.reports.exports import export_marks, read_marks
from autograder.reports.feedback import write_feedback_pages
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import NEEDS_SANDBOX, hand_in, run_nbgrader, solved

UNIT, NAME, STUDENT, CELL = "recurrence", "01_recurrence", "ann", "written_memory"
FIRST, SECOND = "The state carries it.", "Something else entirely."


def ours(course: Course) -> None:
    list(grade_unit(course, UNIT, BubblewrapLauncher(), jobs=1, prove=False))


def theirs(course: Course) -> None:
    done = run_nbgrader(course, "autograde", NAME, "--force")
    assert done.returncode == 0, done.stderr[-2000:]


def deliver(course: Course, **texts: str) -> None:
    hand_in(course, UNIT, STUDENT, solved(course, UNIT, **texts))


def mark(course: Course, score: float, cell: str = CELL) -> None:
    """Give a mark as the Formgrader does."""
    with Gradebook(course.nbgrader_options()["db_url"]) as book:
        grade = book.find_grade(cell, NAME, NAME, STUDENT)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment(CELL, NAME, NAME, STUDENT).manual_comment = "Nearly."
        book.db.commit()


def first_answer_marked(course: Course) -> None:
    """Hand in the first answer, and have it graded and marked."""
    deliver(course, **{CELL: FIRST})
    ours(course)
    mark(course, 0.75)


def second_answer_comes(course: Course) -> None:
    """Hand in the second answer, and have it graded."""
    deliver(course, **{CELL: SECOND})
    ours(course)


def total(course: Course, as_it_stands: bool = False) -> float | None:
    return read_marks(course, UNIT).total(STUDENT, as_it_stands)


def needs_mark(course: Course, cell: str = CELL) -> bool:
    with UnitGradebook(course, UNIT) as book:
        assert book.comments()[STUDENT][CELL] == "Nearly."
        return bool(book.scores()[STUDENT][cell]["needs_manual_grade"])


@NEEDS_SANDBOX
@pytest.mark.parametrize("again", [ours, theirs])
def test_mark_of_a_replaced_answer_is_kept_and_not_final(course: Course, again: Any) -> None:
    first_answer_marked(course)
    assert total(course) == 9.75
    for _ in range(2):  # it stays so until somebody marks it again
        deliver(course, **{CELL: SECOND})
        again(course)
        assert needs_mark(course)
        assert (total(course), total(course, as_it_stands=True)) == (None, 9.75)
    (table,) = export_marks(course, [UNIT], "csv").paths
    assert '"ann","","",""' in table.read_text(encoding="utf-8-sig")
    mark(course, 0.75)
    again(course)
    assert not needs_mark(course)
    assert total(course) == 9.75


@NEEDS_SANDBOX
@pytest.mark.parametrize("again", [ours, theirs])
def test_mark_of_an_answer_that_stays_is_not_disturbed(course: Course, again: Any) -> None:
    first_answer_marked(course)
    blanks = f"\r\n {FIRST.replace(' ', chr(10))}  \r\n"
    deliver(course, **{CELL: blanks, "stack_weights": "stack_weights = None"})
    again(course)
    assert not needs_mark(course)
    assert total(course) == 8.75


@NEEDS_SANDBOX
def test_mark_of_a_check_belongs_to_the_code(course: Course) -> None:
    deliver(course, stack_weights="stack_weights = None")
    ours(course)
    mark(course, 0.5, "check_stack_weights")
    mark(course, 1.0)
    deliver(course, stack_weights="stack_weights = None  \r\n\r\n")
    ours(course)
    assert total(course) == 9.5
    deliver(course)
    ours(course)
    assert needs_mark(course, "check_stack_weights") and not needs_mark(course)
    assert (total(course), total(course, as_it_stands=True)) == (None, 9.5)


@NEEDS_SANDBOX
def test_mark_fits_again_when_the_answer_comes_back(course: Course) -> None:
    first_answer_marked(course)
    for text, expected in ((SECOND, None), (FIRST, 9.75)):
        deliver(course, **{CELL: text})
        ours(course)
        assert total(course) == expected


@NEEDS_SANDBOX
def test_mark_changed_by_a_program_that_leaves_the_flag_is_one_given_anew(course: Course) -> None:
    first_answer_marked(course)
    second_answer_comes(course)
    with Gradebook(course.nbgrader_options()["db_url"]) as book:
        book.find_grade(CELL, NAME, NAME, STUDENT).manual_score = 0.5
        book.db.commit()
    assert total(course) == 9.5


@NEEDS_SANDBOX
def test_mark_with_a_lost_result_is_compared_with_the_notebook_that_was_seen(
    course: Course,
) -> None:
    first_answer_marked(course)
    result_path(course, UNIT, STUDENT).unlink()
    ours(course)
    assert total(course) == 9.75
    result_path(course, UNIT, STUDENT).unlink()
    second_answer_comes(course)
    assert total(course) is None


@NEEDS_SANDBOX
def test_replaced_answer_is_told_on_the_pages(course: Course) -> None:
    first_answer_marked(course)
    second_answer_comes(course)
    report = write_class_report(course, UNIT)
    told = f"The mark by hand of {CELL} was given for an earlier answer"
    assert told in report.html.read_text(encoding="utf-8")
    assert told in report.csv.read_text(encoding="utf-8-sig")
    write_feedback_pages(course, UNIT)
    page = course.feedback.joinpath(STUDENT, NAME, f"{NAME}.html").read_text(encoding="utf-8")
    assert "0.75 of 1, given for an earlier answer" in page


def test_kept_result_of_an_earlier_version_is_read(course: Course) -> None:
    path = result_path(course, UNIT, STUDENT)
    path.parent.mkdir(parents=True)
    path.write_text(
        '{"student": "ann", "unit": "recurrence", "digest": "", "reports": {}, "flags": []}'
    )
    found = read_result(course, UNIT, STUDENT)
    assert found is not None and (found.by_hand, found.outdated) == ({}, frozenset())


def test_answers_are_told_apart_by_their_words_alone() -> None:
    def notebook(text: str, code: str) -> dict[str, Any]:
        def cell(kind: str, source: str, **marks: Any) -> dict[str, Any]:
            return {"cell_type": kind, "source": source, "metadata": {"nbgrader": marks}}

        return {
            "cells": [
                cell("code", code, grade_id="f", solution=True, grade=False),
                cell("code", "check()", grade_id="check_f", grade=True, locked=True),
                cell("markdown", text, grade_id="w", solution=True, grade=True),
            ]
        }

    first = answers_in(notebook("a b", "if x:\n    y"))
    assert first.keys() == {"check_f", "w"}
    assert answers_in(notebook(" a\r\n\tb ", "if x:  \r\n\r\n    y\n")) == first
    other = answers_in(notebook("ab", "if x:\n  y"))
    assert {name for name in first if first[name] != other[name]} == {"check_f", "w"}


def test_hand_mark_is_a_score_and_an_answer() -> None:
    assert HandMark(0.5, "x") == HandMark(**vars(HandMark(0.5, "x")))
