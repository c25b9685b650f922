"""nbgrader, started in the course's folder, finds everything where ``Course`` says it lies."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path

import pytest
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI

from autograder.course import Course
from autograder.grading.release import RELEASE_PREPROCESSORS, release_unit
from tests.course.small_course import UNIT


@pytest.fixture
def nbgrader(small_course: Course, monkeypatch: pytest.MonkeyPatch) -> NbGrader:
    """nbgrader as it is when it has read the course's nbgrader_config.py."""
    release_unit(small_course, UNIT)
    for student in ("s01", "s05"):
        handed_in = small_course.submitted / student / "01_recurrence"
        handed_in.mkdir(parents=True)
        shutil.copy(small_course.release_notebook(UNIT), handed_in)
    monkeypatch.chdir(small_course.root)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # for alembic
    application = NbGrader()
    application.log_level = logging.CRITICAL
    application.initialize([])
    return application


def test_nbgrader_finds_source_release_and_submissions(nbgrader: NbGrader) -> None:
    api = NbGraderAPI(nbgrader.coursedir, parent=nbgrader)
    assert api.get_source_assignments() == {"01_recurrence"}
    assert api.get_submitted_students("01_recurrence") == {"s01", "s05"}
    assignment = api.get_assignment("01_recurrence")
    assert assignment["source_path"] == "solutions/01_recurrence"
    assert assignment["release_path"] == "notebooks/01_recurrence"


def test_nbgrader_puts_the_gradebook_where_the_course_has_it(
    nbgrader: NbGrader, small_course: Course
) -> None:
    assert nbgrader.coursedir.db_url == small_course.database_url
    assert small_course.data.is_dir()


def test_nbgrader_releases_through_our_preprocessors(nbgrader: NbGrader) -> None:
    assert nbgrader.config.GenerateAssignment.preprocessors == list(RELEASE_PREPROCESSORS)
