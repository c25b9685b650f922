"""How commands end when something outside goes wrong: in a sentence, without SQL or a traceback."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from autograder.cli import grading
from autograder.cli import run as cli
from autograder.cli.terminal import told_once
from autograder.course import Course
from autograder.places import said, sentence_on
from tests.course.grading_folders import NEEDS_SANDBOX, hand_in
from tests.house.typed import UNIT, Typing

ROOT = Path(__file__).parents[2]


def not_a_database(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def another_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE assignment (x TEXT)")
    database.close()


def half_a_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        for number in range(60):
            database.execute(f"CREATE TABLE t{number} (x TEXT)")
    database.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@NEEDS_SANDBOX
@pytest.mark.parametrize("damage", [not_a_database, another_database, half_a_database])
def test_damaged_gradebook_is_told_without_sql(
    course: Course, typed: Typing, damage: Callable[[Path], None]
) -> None:
    hand_in(course, UNIT, "one", course.release_notebook(UNIT).read_bytes())
    damage(course.gradebook)
    code, _, told = typed("grade", "1")
    assert code == cli.WRONG_USAGE
    assert told.startswith(f"The gradebook {course.gradebook} is damaged (")
    assert "Put a backup in its place, or move it away" in told
    assert "SELECT" not in told and "sqlalche.me" not in told and told.count("\n") == 1


def test_error_of_a_database_is_said_without_its_statement() -> None:
    error = OperationalError(
        "SELECT secret FROM grade", {}, sqlite3.OperationalError("no luck\nat all")
    )
    assert said(error) == "no luck"
    assert said(RuntimeError(f"rolled back: {error}")).startswith("rolled back: (sqlite3.")
    assert "SELECT" not in said(RuntimeError(f"rolled back: {error}"))
    assert sentence_on(DBAPIError("SELECT", {}, Exception("other"))) == ""


def test_ctrl_c_ends_a_command_in_a_sentence(
    course: Course, typed: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grading, "units_at_hand", press)
    code, out, err = typed("grade")
    assert (code, out, err.strip()) == (cli.WRONG_USAGE, "", cli.INTERRUPTED)


def test_trouble_of_many_is_told_once_with_their_names() -> None:
    many = [(f"s{number}", "The disk is full.") for number in range(15)]
    lines = list(told_once([*many, ("other", "Something else.")]))
    names = ", ".join(f"s{number}" for number in range(12))
    assert lines == [f"{names} and 3 more: The disk is full.", "other: Something else."]


@pytest.mark.parametrize("target", ["grade", "lab", "formgrader", "book"])
@pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 0), (2, 0), (3, 2)])
def test_make_adds_no_error_of_its_own_to_what_a_command_has_said(
    tmp_path: Path, target: str, code: int, ends: int
) -> None:
    for name in ("autograder", "jupyter"):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    settings = [f"BIN={tmp_path}", "PYTHON=true", "PWD="]
    done = subprocess.run(
        ["make", *settings, target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == ends, done.stderr
    assert ("***" in done.stderr) == (ends != 0)
