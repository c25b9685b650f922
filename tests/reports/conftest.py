"""A course to report on, and a server that hears what pages ask for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.gradebook import UnitGradebook
from autograder.reports.outline import Outline, read_outline
from tests.reports.canaries import Listener
from tests.reports.made_up_class import UNIT, write_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course whose unit is released and of which nothing is graded."""
    return write_course(tmp_path / "a course")


@pytest.fixture
def outline(course: Course) -> Outline:
    return read_outline(course, UNIT)


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook that knows the unit and no submission: made once, for that takes seconds."""
    course = write_course(tmp_path_factory.mktemp("gradebook") / "a course")
    with UnitGradebook(course, UNIT) as gradebook:
        gradebook.register()
    return course.gradebook


@pytest.fixture
def graded_course(course: Course, empty_gradebook: Path) -> Course:
    """A course with a gradebook, for `record` to put results in."""
    course.data.mkdir()
    shutil.copy(empty_gradebook, course.gradebook)
    return course


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server of this machine that hears every request a page makes to it."""
    with Listener() as listening:
        yield listening
