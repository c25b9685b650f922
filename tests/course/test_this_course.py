"""The notebooks of this repository: what is released is what the sources give, and nothing more."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.course import Course
from autograder.grading.release import check_release
from autograder.grading.release_audit import notebooks_in, stray_files


def test_this_course_release_is_in_order(repository: Path) -> None:
    course = Course(repository)
    names = notebooks_in(course.source)
    assert names, "no notebook in solutions/"
    assert [str(finding) for name in names for finding in check_release(course, name)] == []


def test_this_course_has_no_stray_file(repository: Path) -> None:
    assert [str(finding) for finding in stray_files(Course(repository))] == []


def test_difficulty_is_told_on_one_scale_of_three(repository: Path) -> None:
    told = {
        path.parent.name: re.findall(r"difficulty: (\w+)", path.read_text(encoding="utf-8"))
        for path in repository.glob("solutions/*/*.ipynb")
    }
    assert all(len(words) == 1 for words in told.values()), told
    assert {words[0] for words in told.values()} == {"gentle", "moderate", "demanding"}
