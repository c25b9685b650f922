"""Late penalties: nbgrader's plugin, as the course has configured it, decides; both ways alike."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from autograder.cli.grading_session import grade_and_report
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.pipeline import grade_unit
from autograder.grading.submissions import TIMESTAMP
from autograder.reports.class_report import write_class_report
from autograder.reports.exports import export_marks, read_marks
from autograder.reports.feedback import write_feedback_pages
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import NEEDS_SANDBOX, gradebook_rows, hand_in
from tests.grading.configured import configure, configured_course, graded_by_nbgrader
from tests.reports.made_up_class import mark_by_hand

pytestmark = NEEDS_SANDBOX
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
    return configured_course(tmp_path)


def deliver(course: Course, student: str, time: str) -> None:
    right = course.source_notebook(UNIT).read_bytes()
    stamp = hand_in(course, UNIT, student, right).with_name(TIMESTAMP)
    stamp.write_text(time, encoding="utf-8")


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


def test_penalty_is_nbgrader_s_own(course: Course, tmp_path: Path) -> None:
    configure(course, ZERO)
    deliver(course, "early", IN_TIME)
    deliver(course, "late", LATE)
    set_due(course)
    grade(course)
    other, _ = graded_by_nbgrader(course, UNIT, tmp_path / "nbgrader", set_due)
    ours = gradebook_rows(course, UNIT)
    assert ours == gradebook_rows(other, UNIT)
    assert {name: row["penalty"] for name, row in ours.items()} == {"early": None, "late": 9.0}


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


def test_due_date_and_mark_by_hand_that_come_later_are_taken_up(course: Course) -> None:
    configure(course, ZERO)
    deliver(course, "late", LATE)
    assert grade(course) == {"late": False}
    assert penalties(course) == {}
    set_due(course)
    mark_by_hand(course, "late", 1.0)
    assert grade(course) == {"late": True}
    assert penalties(course) == {"late": 10.0}
    configure(course)
    grade(course)
    assert penalties(course) == {}


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


EARLY = {
    "utc": "2026-11-20 11:30:00 UTC",
    "cet": "2026-11-20 12:30:00 CET",
    "jst": "2026-11-20 20:30:00 JST",
    "offset": "2026-11-20 13:30:00 +0200",
}
LATER = {
    "minutes": "2026-11-20 12:30 UTC",
    "mark": "\ufeff2026-11-20 12:30:00 UTC",
    "est": "2026-11-20 07:30:00 EST",
}
UNCLEAR = {"cst": "2026-11-20 06:30:00 CST", "order": "20/11/2026 12:30", "empty": "", "sign": "x"}


def test_times_of_every_kind_count_alike_in_both_ways(course: Course, tmp_path: Path) -> None:
    configure(course, ZERO)
    for student, text in {**EARLY, **LATER, **UNCLEAR}.items():
        deliver(course, student, text)
    with UnitGradebook(course, UNIT) as book:
        book.register()
    set_due(course)
    grade(course)
    other, said = graded_by_nbgrader(course, UNIT, tmp_path / "nbgrader", set_due)
    assert "cst: it is neither late nor in time" in said
    assert gradebook_rows(course, UNIT) == gradebook_rows(other, UNIT)
    for place in (course, other):
        marks = read_marks(place, UNIT)
        assert marks.unclear == UNCLEAR.keys()
        assert {s: marks.sum(s).points for s in marks.results} == {
            **dict.fromkeys([*EARLY, *UNCLEAR], 9.0),
            **dict.fromkeys(LATER, 0.0),
        }
        assert {marks.total(s, False) for s in UNCLEAR} == {None}


def test_time_that_is_not_certain_is_told_until_somebody_says_so(course: Course) -> None:
    configure(course, ZERO)
    deliver(course, "cst", UNCLEAR["cst"])
    with UnitGradebook(course, UNIT) as book:
        book.register()
    set_due(course)
    for _ in range(2):
        session = grade_and_report(quiet(), course, UNIT, BubblewrapLauncher(), jobs=1)
        assert [one.submission.student for one in session.failures] == ["cst"]
        (line,) = session.unsettled
        assert line.startswith("cst: it is neither late nor in time")
        assert "CST is the name of several zones" in line
    assert "CST is the name of several zones" in session.report.read_text(encoding="utf-8")
    page = course.feedback.joinpath("cst", NAME, f"{NAME}.html").read_text(encoding="utf-8")
    assert "could not be told for certain" in page
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        assert gradebook.find_submission(NAME, "cst").timestamp is None
    stamp = course.submitted / "cst" / NAME / TIMESTAMP
    for text, points in ((LATE, 0.0), ("?", None), (IN_TIME, 9.0)):
        stamp.write_text(text)
        session = grade_and_report(quiet(), course, UNIT, BubblewrapLauncher(), jobs=1)
        assert bool(session.failures) == (points is None)
        assert read_marks(course, UNIT).sum("cst").waiting == 1.0
        assert read_marks(course, UNIT).total("cst", True) == (9.0 if points is None else points)
        assert bool(read_marks(course, UNIT).unclear) == (points is None)


def quiet() -> Console:
    return Console(file=io.StringIO())
