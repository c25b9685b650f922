"""Late penalties: nbgrader's plugin, as the course has configured it, decides; both ways alike."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course import CONFIG_NAME, Course
from autograder.errors import AutograderError
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.pipeline import grade_unit
from autograder.grading.submissions import TIMESTAMP
from autograder.reports.class_report import write_class_report
from autograder.reports.exports import export_marks
from autograder.reports.feedback import write_feedback_pages
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import (
    NEEDS_SANDBOX,
    ROOT,
    course_in,
    gradebook_rows,
    hand_in,
    run_nbgrader,
    twin,
)

UNIT, NAME = "recurrence", "01_recurrence"
DUE = "2026-11-20 12:00:00 UTC"
IN_TIME, LATE = "2026-11-20 11:59:59 UTC", "2026-11-21 13:00:00 UTC"
ZERO = "c.LateSubmissionPlugin.penalty_method = 'zero'"
A_POINT_A_DAY = """
from nbgrader.plugins import BasePlugin

class APointADay(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late // 86400

c.AssignLatePenalties.plugin_class = APointADay
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of its own, so that its configuration can be another one."""
    root = tmp_path / "root"
    root.mkdir()
    for folder in ("solutions", "notebooks"):
        (root / folder).symlink_to(ROOT / folder)
    made = replace(course_in(tmp_path / "data"), root=root)
    configure(made)
    return made


def configure(course: Course, *lines: str) -> None:
    text = (ROOT / CONFIG_NAME).read_text(encoding="utf-8")
    course.root.joinpath(CONFIG_NAME).write_text("\n".join([text, *lines]), encoding="utf-8")


def deliver(course: Course, student: str, time: str) -> None:
    right = course.source_notebook(UNIT).read_bytes()
    hand_in(course, UNIT, student, right).with_name(TIMESTAMP).write_text(time)


def set_due(course: Course) -> None:
    with Gradebook(course.nbgrader_options()["db_url"]) as book:
        book.update_or_create_assignment(NAME, duedate=DUE)


def grade(course: Course) -> dict[str, bool]:
    """Grade, and return whose result was taken over from an earlier time."""
    done = grade_unit(course, UNIT, BubblewrapLauncher(), jobs=1, prove=False)
    return {one.submission.student: one.reused for one in done}


def penalties(course: Course) -> dict[str, float]:
    with UnitGradebook(course, UNIT) as book:
        return book.penalties()


def table_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@NEEDS_SANDBOX
def test_penalty_is_nbgrader_s_own(course: Course, tmp_path: Path) -> None:
    configure(course, ZERO)
    deliver(course, "early", IN_TIME)
    deliver(course, "late", LATE)
    set_due(course)
    grade(course)
    other = replace(twin(course, tmp_path / "nbgrader"), root=course.root)
    with UnitGradebook(other, UNIT) as book:
        book.register()
    set_due(other)
    done = run_nbgrader(other, "autograde", NAME)
    assert done.returncode == 0, done.stderr[-2000:]
    ours = gradebook_rows(course, UNIT)
    assert ours == gradebook_rows(other, UNIT)
    assert {name: row["penalty"] for name, row in ours.items()} == {"early": None, "late": 9.0}


@NEEDS_SANDBOX
def test_penalty_is_subtracted_and_told_wherever_points_are(course: Course) -> None:
    configure(course, A_POINT_A_DAY)
    deliver(course, "early", IN_TIME)
    deliver(course, "late", LATE)
    set_due(course)
    grade(course)
    write_feedback_pages(course, UNIT)
    page = course.feedback.joinpath("late", NAME, f"{NAME}.html").read_text(encoding="utf-8")
    assert "1 point was taken off because this came in late; 8 are left." in page
    assert "<dd>8 <small>of 10</small></dd>" in page
    other = course.feedback.joinpath("early", NAME, f"{NAME}.html").read_text(encoding="utf-8")
    assert "came in late" not in other
    report = write_class_report(course, UNIT)
    rows = {row["student"]: row for row in table_rows(report.csv)}
    assert [(rows[s]["late penalty"], rows[s]["total"]) for s in ("early", "late")] == [
        ("0", "9"),
        ("1", "8"),
    ]
    assert "late: −1" in report.html.read_text(encoding="utf-8")
    (table,) = export_marks(course, [UNIT], "csv", as_it_stands=True).paths
    marks = {row["student"]: row[NAME] for row in table_rows(table)}
    assert marks == {"early": "9", "late": "8"}


@NEEDS_SANDBOX
def test_due_date_and_mark_by_hand_that_come_later_are_taken_up(course: Course) -> None:
    configure(course, ZERO)
    deliver(course, "late", LATE)
    assert grade(course) == {"late": False}
    assert penalties(course) == {}
    set_due(course)
    with Gradebook(course.nbgrader_options()["db_url"]) as book:
        book.find_grade("written_memory", NAME, NAME, "late").manual_score = 1.0
        book.db.commit()
    assert grade(course) == {"late": True}
    assert penalties(course) == {"late": 10.0}
    configure(course)
    grade(course)
    assert penalties(course) == {}


@NEEDS_SANDBOX
@pytest.mark.parametrize(
    "lines",
    [
        "c.AssignLatePenalties.plugin_class = 'no_such_module.Plugin'",
        A_POINT_A_DAY.replace("86400", "0"),
    ],
)
def test_plugin_that_cannot_be_used_is_one_sentence(course: Course, lines: str) -> None:
    deliver(course, "late", LATE)
    grade(course)
    set_due(course)
    configure(course, lines)
    with pytest.raises(AutograderError, match="plugin for late penalties that"):
        grade(course)
    configure(course)
    assert grade(course) == {"late": True}


@NEEDS_SANDBOX
def test_plugin_that_fails_at_a_first_grading_is_told_for_whom_it_failed(course: Course) -> None:
    configure(course, A_POINT_A_DAY.replace("86400", "0"))
    deliver(course, "early", IN_TIME)
    deliver(course, "late", LATE)
    with UnitGradebook(course, UNIT) as book:
        book.register()
    set_due(course)
    done = grade_unit(course, UNIT, BubblewrapLauncher(), jobs=1, prove=False)
    reasons = {one.submission.student: one.reason for one in done}
    assert not reasons["early"]
    assert reasons["late"].startswith("The plugin for late penalties")
    assert "please report" not in reasons["late"]
