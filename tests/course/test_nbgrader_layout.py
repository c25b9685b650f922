"""nbgrader, started in the course's folder, finds everything where ``Course`` says it lies."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI

from autograder.course import Course
from autograder.grading.configuration import RELEASE_PREPROCESSORS
from autograder.grading.release import release_unit
from tests.course.small_course import UNIT

READ_AND_OPEN = """
import sys
from autograder.cli.run import _import_no_company
_import_no_company()
import autograder.cli.grading_session, autograder.grading.gradebook, autograder.grading.recording
from autograder.course import Course
from autograder.grading.configuration import course_config
course_config(Course.find())
print("nbgrader.api" in sys.modules, "nbgrader.preprocessors" in sys.modules)
"""


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


def test_grading_reads_its_settings_without_nbgraders_converters(small_course: Course) -> None:
    told = subprocess.run(
        [sys.executable, "-c", READ_AND_OPEN],
        cwd=small_course.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["True", "False"]
