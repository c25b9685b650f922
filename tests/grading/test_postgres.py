"""The gradebook on a real PostgreSQL server: equal rows, and a sentence where it cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course import GRADEBOOK_SETTING, Course
from autograder.demo.run import DEMO_LIMITS, demo_course, set_up
from autograder.grading.database import GradebookUnavailable
from autograder.grading.entries import Entry
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.gradebook_reader import due_dates, known_students
from autograder.grading.marking import mark_unreadable
from autograder.grading.outcome import Graded
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import read_results
from autograder.grading.submissions import Submission
from autograder.grading.template import Template
from autograder.reports.class_report import write_class_report
from autograder.reports.feedback import write_feedback_pages
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.course.grading_folders import (
    NEEDS_SANDBOX,
    course_in,
    gradebook_rows,
    hand_in,
    run_nbgrader,
    twin,
)
from tests.course.postgres import PostgresServer, find_postgres
from tests.reports.made_up_class import mark_by_hand

pytest.importorskip("psycopg", reason="the extra postgresql is not installed")
UNIT, NAME = "recurrence", "01_recurrence"
PROGRAMS = find_postgres()


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    if PROGRAMS is None:
        pytest.skip("no PostgreSQL server on this machine (Debian: apt install postgresql)")
    with PostgresServer(PROGRAMS) as running:
        yield running


@pytest.fixture
def on_server(server: PostgresServer, course: Course) -> Course:
    """A course whose gradebook the server keeps."""
    return replace(course, gradebook_url=server.url)


def grade(course: Course) -> list[Graded]:
    return list(grade_unit(course, UNIT, BubblewrapLauncher(), jobs=2, limits=DEMO_LIMITS))


@NEEDS_SANDBOX
def test_demo_class_has_equal_rows_in_postgresql_and_in_a_file(
    server: PostgresServer, tmp_path: Path
) -> None:
    here = course_in(tmp_path / "file")
    set_up(here, [UNIT])
    grade(here)
    there = replace(twin(here, tmp_path / "server"), gradebook_url=server.url)
    grade(there)
    rows = gradebook_rows(there, UNIT)
    assert len(rows) > 10
    assert rows == gradebook_rows(here, UNIT)
    assert not there.gradebook.exists()
    with UnitGradebook(here, UNIT) as one, UnitGradebook(there, UNIT) as other:
        assert other.scores() == one.scores()
        assert other.comments() == one.comments()


@NEEDS_SANDBOX
def test_postgresql_keeps_manual_marks_and_reports_show_them(on_server: Course) -> None:
    hand_in(on_server, UNIT, "anna", on_server.source_notebook(UNIT).read_bytes())
    grade(on_server)
    assert known_students(on_server) == ["anna"]
    with Gradebook(on_server.nbgrader_options()["db_url"]) as book:
        book.update_or_create_assignment(NAME, duedate="2026-11-20 22:59:00 UTC")
    mark_by_hand(on_server, "anna", 0.5, "Nearly – well argued.")
    assert due_dates(on_server) == {NAME: datetime(2026, 11, 20, 22, 59, tzinfo=UTC)}
    on_server.results.joinpath(UNIT, "anna.json").unlink()
    grade(on_server)
    with UnitGradebook(on_server, UNIT) as book:
        assert book.scores()["anna"]["written_memory"]["score"] == 0.5
    assert write_feedback_pages(on_server, UNIT) == 1
    page = (on_server.feedback / "anna" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Nearly – well argued." in page
    assert write_class_report(on_server, UNIT).html.is_file()


@NEEDS_SANDBOX
def test_gradebook_that_moves_to_postgresql_is_filled_from_the_results(
    server: PostgresServer, tmp_path: Path
) -> None:
    here = course_in(tmp_path / "data")
    set_up(here, [UNIT])
    grade(here)
    there = replace(here, gradebook_url=server.url)
    again: list[str] = []
    limits = DEMO_LIMITS
    done = grade_unit(
        there, UNIT, BubblewrapLauncher(), jobs=2, limits=limits, on_refill=again.extend
    )
    for one in done:  # what cannot be read is read anew each time; nothing else runs
        assert one.result is not None and one.reused == bool(one.result.digest)
    rows = gradebook_rows(here, UNIT)
    assert gradebook_rows(there, UNIT) == rows
    assert again == sorted(rows)


@NEEDS_SANDBOX
def test_postgresql_that_goes_down_ends_the_grading_in_a_sentence_and_keeps_the_rest(
    on_server: Course, server: PostgresServer
) -> None:
    for student in ("anna", "ben"):
        hand_in(on_server, UNIT, student, on_server.source_notebook(UNIT).read_bytes())
    with pytest.raises(GradebookUnavailable, match="what is recorded stays") as caught:
        for _ in grade_unit(on_server, UNIT, BubblewrapLauncher(), jobs=1):
            server.stop()
    assert server.password not in str(caught.value)
    assert len(read_results(on_server, UNIT)) == 1
    server.start()
    grade(on_server)
    assert gradebook_rows(on_server, UNIT).keys() == {"anna", "ben"}


@NEEDS_SANDBOX
def test_two_gradings_at_once_into_one_server_lose_nothing(
    server: PostgresServer, tmp_path: Path
) -> None:
    right = course_in(tmp_path).source_notebook(UNIT).read_bytes()
    courses = [
        replace(course_in(tmp_path / name), gradebook_url=server.url) for name in ("one", "two")
    ]
    for course, students in zip(courses, (("anna", "ben"), ("ben", "cleo")), strict=True):
        for student in students:
            hand_in(course, UNIT, student, right)
    with ThreadPoolExecutor(2) as pool:
        graded = [one for found in pool.map(grade, courses) for one in found]
    assert [(one.submission.student, one.reason) for one in graded if one.result is None] == []
    rows = gradebook_rows(courses[0], UNIT)
    assert rows.keys() == {"anna", "ben", "cleo"}
    assert all(row["check_rnn_forward"] == (3.0, None, False) for row in rows.values())


def test_new_student_whom_two_gradings_record_at_the_same_moment_is_added_once(
    on_server: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = Template.read(UNIT, on_server.release_notebook(UNIT))
    submission = Submission("ben", UNIT, on_server.submitted / "ben")
    entry = Entry(submission, mark_unreadable(template, "no notebook"), readable=False)
    with (
        UnitGradebook(on_server, UNIT) as one,
        UnitGradebook(on_server, UNIT) as other,
        ThreadPoolExecutor(1) as aside,
    ):
        one.register()
        others: list[Future[None]] = []

        def before_the_first_commits() -> None:
            monkeypatch.setattr(one._gradebook.db, "commit", commit)
            others.append(aside.submit(other.record, [entry]))
            assert not wait(others, timeout=1).done  # it has to wait for the first
            commit()

        commit = one._gradebook.db.commit
        monkeypatch.setattr(one._gradebook.db, "commit", before_the_first_commits)
        one.record([entry])
        others[0].result(timeout=60)
    assert known_students(on_server) == ["ben"]
    assert gradebook_rows(on_server, UNIT).keys() == {"ben"}


@NEEDS_SANDBOX
def test_nbgrader_autograde_gives_the_same_rows_in_postgresql(
    on_server: Course, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = on_server.source_notebook(UNIT).read_bytes()
    hand_in(on_server, UNIT, "anna", right)
    grade(on_server)
    hand_in(on_server, UNIT, "ben", right)
    monkeypatch.setenv(GRADEBOOK_SETTING, server.url)
    done = run_nbgrader(on_server, "autograde", NAME, "--student", "ben")
    assert done.returncode == 0, done.stderr[-2000:]
    rows = gradebook_rows(on_server, UNIT)
    assert rows["ben"] == rows["anna"]


def refusal(tmp_path: Path, url: str) -> str:
    course = replace(course_in(tmp_path / "data"), gradebook_url=url)
    with pytest.raises(GradebookUnavailable) as caught:
        UnitGradebook(course, UNIT)
    return str(caught.value)


@pytest.mark.parametrize(
    "url", ["nonsense s3cret", "foo://u:s3cret@h/d", "postgresql://u:s3cret@h:port/d"]
)
def test_gradebook_url_that_is_none_says_how_to_write_one(tmp_path: Path, url: str) -> None:
    told = refusal(tmp_path, url)
    assert GRADEBOOK_SETTING in told and "postgresql://USER" in told and "s3cret" not in told


def test_gradebook_server_that_is_down_is_one_sentence(tmp_path: Path) -> None:
    told = refusal(tmp_path, "postgresql://u:s3cret@127.0.0.1:1/d")
    assert "cannot be used" in told and "refused" in told and "s3cret" not in told


def test_gradebook_server_without_the_database_is_one_sentence(
    server: PostgresServer, tmp_path: Path
) -> None:
    told = refusal(tmp_path, server.url.replace("/postgres?", "/missing?"))
    assert 'database "missing" does not exist' in told and server.password not in told


def test_gradebook_without_the_driver_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert 'pip install "psycopg[binary]"' in refusal(tmp_path, "postgresql://u:s3cret@h/d")


def test_course_takes_its_gradebook_from_the_environment(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(GRADEBOOK_SETTING, "postgres://u:s3cret@h/d")
    course = Course.find(repository)
    assert course.nbgrader_options()["db_url"] == "postgresql+psycopg://u:s3cret@h/d"
    assert "s3cret" not in repr(course)
    assert demo_course(course).nbgrader_options()["db_url"].startswith("sqlite://")
