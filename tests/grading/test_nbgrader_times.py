"""nbgrader's own programs read times as we do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import nbgrader.coursedir
import nbgrader.utils
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

import autograder.grading.database  # nbgrader would call alembic as a program, found on PATH
import autograder.grading.nbgrader_times
from autograder.course import Course
from tests.course.grading_folders import course_in, run_nbgrader

AT_2130 = datetime(2026, 7, 20, 21, 30)  # as nbgrader keeps it
assert autograder.grading.nbgrader_times and autograder.grading.database


@pytest.mark.parametrize(
    "entered",
    [
        "2026-07-20 23:30:00 CEST",
        "2026-07-20T23:30:00 +0200",  # what the Formgrader makes of a due date
        "2026-07-20 21:30",  # nbgrader promises UTC
        datetime(2026, 7, 20, 21, 30),
        datetime(2026, 7, 20, 21, 30, tzinfo=UTC),
    ],
)
def test_due_date_is_what_was_entered(entered: str | datetime) -> None:
    assert nbgrader.utils.parse_utc(entered) == AT_2130
    assert nbgrader.coursedir.parse_utc(entered) == AT_2130
    with Gradebook("sqlite://") as book:
        assert book.add_assignment("unit", duedate=entered).duedate == AT_2130


def test_due_date_that_is_not_certain_is_refused() -> None:
    assert nbgrader.utils.parse_utc(None) is None
    for text in ("2026-07-20 23:30:00 CST", "tomorrow", "7/8/2026 10:00"):
        with pytest.raises(ValueError, match=r"zones|no date and time"):
            nbgrader.utils.parse_utc(text)


@pytest.mark.parametrize(
    ("data", "time"),
    [
        ("2026-07-20 23:30:00 CEST".encode("utf-16"), AT_2130),
        ("\ufeff2026-07-20 21:30 UTC".encode(), AT_2130),
        (b"2026-07-20 21:30 PST", None),
        (b"2026-07-20 21:30", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_timestamp_is_read_as_ours(tmp_path: Path, data: bytes, time: datetime | None) -> None:
    (tmp_path / "timestamp.txt").write_bytes(data)
    assert CourseDirectory().get_existing_timestamp(str(tmp_path)) == time


def test_nbgrader_s_command_line_reads_due_dates_so(tmp_path: Path) -> None:
    course: Course = course_in(tmp_path)
    options = ["db", "assignment", "add", "01_recurrence", "--duedate"]
    done = run_nbgrader(course, *options, "2026-07-20 23:30:00 CEST")
    assert done.returncode == 0, done.stderr[-2000:]
    with Gradebook(course.nbgrader_options()["db_url"]) as book:
        assert book.find_assignment("01_recurrence").duedate == AT_2130
