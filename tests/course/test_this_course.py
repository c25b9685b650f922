"""The notebooks of this repository: what is released is what the sources give, and nothing more."""

from __future__ import annotations

from pathlib import Path

from autograder.course import Course
from autograder.grading.release import check_release
from autograder.grading.release_audit import stray_files, units_in


def test_this_course_release_is_in_order(repository: Path) -> None:
    course = Course(repository)
    units = units_in(course.source)
    assert units, "no unit in solutions/"
    assert [str(finding) for unit in units for finding in check_release(course, unit)] == []


def test_this_course_has_no_stray_file(repository: Path) -> None:
    assert [str(finding) for finding in stray_files(Course(repository))] == []
