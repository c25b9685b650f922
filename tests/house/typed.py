"""Grading commands typed in a course with its data elsewhere."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import demo_session
from autograder.cli import run as cli
from autograder.course import Course
from tests.course.grading_folders import course_in

UNIT = "recurrence"


def course_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """This repository's course with its data elsewhere, for every command of a test."""
    place = course_in(tmp_path / "data")
    monkeypatch.setattr(Course, "find", classmethod(lambda cls, *args, **options: place))
    monkeypatch.setattr(demo_session, "demo_course", lambda course: place)
    return place


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output
