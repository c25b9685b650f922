"""Where the folders of a course are, and that nbgrader is told the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.errors import CourseNotFoundError


def test_find_from_below_goes_up_to_the_course(small_course: Course) -> None:
    assert Course.find(small_course.source_notebook("recurrence")) == small_course


def test_find_outside_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(CourseNotFoundError, match=r"holds nbgrader_config\.py and solutions/"):
        Course.find(tmp_path)


def test_find_without_start_uses_the_working_directory(
    small_course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_course.source)
    assert Course.find() == small_course


def test_data_relative_or_left_out_lies_under_the_root(tmp_path: Path) -> None:
    assert Course(tmp_path).gradebook == tmp_path / "course" / "gradebook.db"
    assert Course(tmp_path, Path("autumn")).submitted == tmp_path / "autumn" / "submitted"


@pytest.mark.parametrize("data", ["inside", "outside"])
def test_nbgrader_options_lead_to_the_same_folders(tmp_path: Path, data: str) -> None:
    root = tmp_path / "a course"
    course = Course(root, tmp_path / "data" if data == "outside" else Path("course"))
    config = Config()
    config.CourseDirectory.update(course.nbgrader_options())
    coursedir = CourseDirectory(config=config)
    place = coursedir.format_path(coursedir.submitted_directory, "s01", "01_recurrence")
    assert Path(place) == course.submitted / "s01" / "01_recurrence"
    assert coursedir.db_url == f"sqlite:///{course.gradebook}"
