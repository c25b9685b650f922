"""Where the folders of a course are, and that nbgrader is told the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import make_url
from traitlets.config import Config

from autograder.course import MAX_GRADEBOOK_BYTES, Course
from autograder.errors import AutograderError, CourseNotFoundError
from autograder.grading.files import alone_in


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
    assert make_url(coursedir.db_url).database == str(course.gradebook)


ODD_NAMES = [
    "rnn%202026",
    "a?b",
    "a#b",
    "[x]",
    "a$HOME b",
    "a'b\"c",
    "a\\b",
    "a\nb",
    "übung",
    "a:b@c",
]


@pytest.mark.parametrize("name", [*ODD_NAMES, os.fsdecode(b"a\xe9b")], ids=ascii)
def test_gradebook_in_a_folder_of_any_name_is_the_file_there(tmp_path: Path, name: str) -> None:
    course = Course(tmp_path / name)
    course.data.mkdir(parents=True)
    with Gradebook(course.database_url) as gradebook:
        gradebook.add_student("ann")
    assert course.gradebook.is_file()
    assert sorted(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize(("excess", "works"), [(0, True), (1, False)])
def test_gradebook_as_far_down_as_sqlite_allows_works_and_further_is_refused(
    tmp_path: Path, excess: int, works: bool
) -> None:
    size = MAX_GRADEBOOK_BYTES + excess - len(str(Course(tmp_path).gradebook)) - 1
    names = ["d" * 99] * (size // 100)
    course = Course(tmp_path.joinpath(*names, "d" * (size % 100)))
    assert len(str(course.gradebook)) == MAX_GRADEBOOK_BYTES + excess
    if works:
        course.data.mkdir(parents=True)
        Gradebook(course.database_url).close()
        return
    refused = pytest.raises(AutograderError, match="505 bytes, and SQLite opens files of at most")
    with refused, alone_in(course):
        raise AssertionError("it was not refused")
    assert not course.root.exists()


def test_nbgrader_is_refused_where_it_takes_the_path_for_another_folder(tmp_path: Path) -> None:
    for name in ("[x]", "a*b", "a b"):
        (tmp_path / name).mkdir()
    assert Course(tmp_path / "a b").why_not_nbgrader() == ""
    told = Course(tmp_path / "[x]").why_not_nbgrader()
    assert "they take [ ] in its path for a pattern: rename that folder" in told
    assert "they take * in its path" in Course(tmp_path / "a*b").why_not_nbgrader()
