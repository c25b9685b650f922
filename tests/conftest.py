"""What every folder of tests may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from tests.course.small_course import write_small_course

ROOT = Path(__file__).parents[1]


@pytest.fixture
def repository() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture
def small_course(tmp_path: Path) -> Course:
    """A course of one small unit with a solution of every kind, not yet released."""
    return write_small_course(tmp_path / "a small course")
