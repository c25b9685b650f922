"""`nbgrader collect` in the course's folder: from the exchange comes what is the sender's own."""

from __future__ import annotations

import getpass
import logging
import os
import sys
from pathlib import Path

import pytest
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory

from autograder.course import Course
from autograder.grading.release import release_unit
from tests.course.small_course import UNIT

NAME = "01_recurrence"
ME, OTHER = getpass.getuser(), "somebody-else"
EARLY, LATE = "2026-11-01 10:00:00.000000 UTC", "2026-11-02 10:00:00.000000 UTC"


@pytest.fixture
def inbound(small_course: Course, tmp_path: Path) -> Path:
    release_unit(small_course, UNIT)
    folder = tmp_path / "exchange" / "rnn" / "inbound"
    folder.mkdir(parents=True)
    return folder


def hand_in(inbound: Path, student: str, time: str, text: str) -> None:
    folder = inbound / f"{student}+{NAME}+{time}+random"
    folder.mkdir()
    (folder / f"{NAME}.ipynb").write_text(text)
    (folder / "timestamp.txt").write_text(time)


def collected(
    course: Course, inbound: Path, patch: pytest.MonkeyPatch, **more: bool
) -> dict[str, str]:
    """Collect as nbgrader does here, and return what was collected, by student."""
    patch.chdir(course.root)
    patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # for alembic
    application = NbGrader()
    application.log_level = logging.CRITICAL
    application.initialize([])
    config = application.config
    config.Exchange.root = str(inbound.parents[1])
    NbGraderAPI(CourseDirectory(config=config), config=config)  # makes the gradebook
    config.CourseDirectory.update(course_id="rnn", assignment_id=NAME)
    config.ExchangeCollect.update(more)
    coursedir = CourseDirectory(config=config)
    ExchangeFactory(config=config).Collect(coursedir=coursedir, config=config).start()
    found = course.submitted.glob(f"*/{NAME}/{NAME}.ipynb")
    return {path.parents[1].name: path.read_text() for path in found}


def test_collect_what_is_under_anothers_name_is_left_out_and_told(
    small_course: Course,
    inbound: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hand_in(inbound, ME, EARLY, "mine")
    hand_in(inbound, OTHER, LATE, "mine under another name")
    assert collected(small_course, inbound, monkeypatch) == {ME: "mine"}
    assert f"it says that it is from {OTHER}, and belongs to {ME}" in caplog.text


def test_collect_senders_own_is_taken_though_a_newer_one_is_anothers(
    small_course: Course, inbound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(inbound, ME, EARLY, "mine")
    hand_in(inbound, ME, LATE, "another's under my name")
    newer = next(inbound.glob(f"*{LATE}*"))
    owner = Path.owner
    monkeypatch.setattr(Path, "owner", lambda p: OTHER if p == newer else owner(p))
    assert collected(small_course, inbound, monkeypatch) == {ME: "mine"}


def test_collect_of_an_account_that_all_share_takes_everything_if_told_so(
    small_course: Course, inbound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(inbound, ME, EARLY, "mine")
    hand_in(inbound, OTHER, EARLY, "theirs")
    found = collected(small_course, inbound, monkeypatch, check_owner=False)
    assert found == {ME: "mine", OTHER: "theirs"}
