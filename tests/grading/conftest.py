"""Grading starts at once, in sandboxes that are open."""

from pathlib import Path

import pytest

from autograder.course import Course
from tests.course.grading_folders import course_in


@pytest.fixture(autouse=True)
def _kept_open(kept_open: None) -> None:
    """Every test of this folder."""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """This repository's course; nothing is handed in."""
    return course_in(tmp_path / "a course")
