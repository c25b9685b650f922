"""Deliveries as platforms make them, and a course to collect them into."""

import io
import json
import stat
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.collecting.choosing import Outcome, Row, Rules
from autograder.grading.collecting.collect import collect
from autograder.grading.collecting.roster import Roster, Student

NAME = "01_recurrence"
#: Gradescope's file about who handed in, and when.
METADATA = """\
submission_301:
  :submitters:
  - :name: Somebody Else
    :sid: '1017'
    :email: other@example.org
  - :name: Ben Lee
    :sid: ''
    :email: ben.lee@example.org
  :created_at: 2026-11-20 10:11:12.123456000 Z
  :results:
    output: |
      :submitters:
      - forged
    tests: [{[{
submission_302:
  :submitters: []
"""


def notebook(text: str = "x = 1", *grade_ids: str) -> bytes:
    """Return a notebook of one cell with `text`, and empty cells of nbgrader's names."""
    cells: list[dict[str, Any]] = [{"cell_type": "code", "metadata": {}, "source": text}]
    for name in grade_ids:
        marks = {"nbgrader": {"grade_id": name}}
        cells.append({"cell_type": "code", "metadata": marks, "source": ""})
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def attempt(time: str, student: str = "s1") -> str:
    """Return how Blackboard calls the notebook of an attempt."""
    return f"hw_{student}_attempt_{time}_{NAME}.ipynb"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip as bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def special(name: str, kind: int = stat.S_IFLNK, content: bytes = b"/etc/passwd") -> bytes:
    """Return a zip with one member that is a link, a device or a pipe."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, content)
    return data.getvalue()


def delivered(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def as_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped(files))
    return path


def class_of(*students: tuple[str, ...]) -> Roster:
    """Return a roster of (id, name, email, lms_user_id)."""
    return Roster([Student(*student) for student in students])


def run(
    course: Course,
    source: Path,
    roster: Roster | None = None,
    due: datetime | None = None,
    unit: str = "",
    **options: bool,
) -> list[Row]:
    """Collect with the usual rules."""
    dates = {} if due is None else {"recurrence": due}
    return collect(course, source, Rules(roster, dates, UTC, unit), **options)


def outcomes(rows: Iterable[Row]) -> dict[str, Outcome]:
    """Return the outcome by student; none may stand there twice."""
    found: dict[str, Outcome] = {}
    for row in rows:
        assert row.student not in found, row
        found[row.student] = row.outcome
    return found


def only(rows: Iterable[Row], outcome: Outcome) -> Row:
    """Return the one row of that outcome."""
    (row,) = [row for row in rows if row.outcome is outcome]
    return row


def submitted(course: Course) -> dict[str, bytes]:
    """Return every file below course/submitted by its path."""
    base = course.submitted
    return {
        path.relative_to(base).as_posix(): path.read_bytes()
        for path in sorted(base.rglob("*"))
        if path.is_file()
    }
