"""What the command line says and returns: sentences and exit codes, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli import app
from autograder.cli import run as cli
from autograder.course import Course
from tests.course.small_course import UNIT, add_extra, edit
from tests.house.typed import Typing

DONE, FAILURES, WRONG_USAGE = 0, 1, 2
EXTRA_NOTEBOOK = "solutions/11_bug_hunt/11_bug_hunt.ipynb"


@pytest.fixture
def in_course(small_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.chdir(small_course.root)
    return small_course


def test_release_then_check_is_done(in_course: Course, typed: Typing) -> None:
    assert typed("release", "1") == (DONE, "01_recurrence: released\n", "")
    assert typed("release", "1") == (DONE, "01_recurrence: unchanged\n", "")
    code, _, err = typed("release", "--check")
    assert (code, err) == (DONE, "")


def test_release_takes_the_ungraded_notebook_along(in_course: Course, typed: Typing) -> None:
    add_extra(in_course)
    code, out, _ = typed("release")
    assert code == DONE and "11_bug_hunt: released\n" in out
    assert typed("release", "11")[:2] == (DONE, "11_bug_hunt: unchanged\n")
    code, out, _ = typed("release", "--check")
    assert code == DONE and "2 of 13 notebooks compared" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("grade", "11"),
        ("feedback", "11"),
        ("report", "11"),
        ("demo", "11"),
        ("check", EXTRA_NOTEBOOK),
    ],
)
def test_grading_an_ungraded_notebook_is_refused_in_a_sentence(
    in_course: Course,
    typed: Typing,
    arguments: tuple[str, ...],
) -> None:
    add_extra(in_course)
    code, _, err = typed(*arguments)
    assert code == WRONG_USAGE
    assert err == (
        "11_bug_hunt is not graded and has no points: "
        "run it in JupyterLab, where its own cells say what is right.\n"
    )


def test_all_units_leave_the_ungraded_notebook_out(in_course: Course) -> None:
    add_extra(in_course)
    assert app.chosen_units(in_course, None) == [UNIT]


def test_release_check_with_drift_fails_and_changes_nothing(
    in_course: Course, typed: Typing
) -> None:
    typed("release")
    placed = in_course.release_notebook(UNIT)
    placed.write_text(placed.read_text() + "\n")
    changed = placed.read_text()
    code, _, err = typed("release", "--check")
    assert code == FAILURES
    assert placed.read_text() == changed
    assert err == (
        "notebooks/01_recurrence/01_recurrence.ipynb differs from its source: "
        "run 'autograder release'\n"
    )


def test_release_stray_file_fails(in_course: Course, typed: Typing) -> None:
    (in_course.source / "notes.txt").write_text("stray")
    assert typed("release").code == FAILURES


def test_release_faulty_source_fails_in_a_sentence(in_course: Course, typed: Typing) -> None:
    edit(in_course.source_notebook(UNIT), lambda notebook: notebook.cells.pop(2))
    code, _, err = typed("release")
    assert code == FAILURES
    assert "says **10 …** in its title, but its cells are worth 4" in err


def test_release_nothing_to_release_is_wrong_usage(in_course: Course, typed: Typing) -> None:
    in_course.source_notebook(UNIT).unlink()
    in_course.source_notebook(UNIT).parent.rmdir()
    assert typed("release").code == WRONG_USAGE


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["release", "recurence"], "'recurence' is not a unit of this course. Did you mean"),
        (["release", "--chek"], "No such option"),
        (["relase"], "No such command"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    in_course: Course,
    typed: Typing,
    arguments: list[str],
    sentence: str,
) -> None:
    code, _, err = typed(*arguments)
    assert code == WRONG_USAGE
    assert sentence in err
    assert "Traceback" not in err


def test_outside_a_course_is_told_in_a_sentence(
    tmp_path: Path, typed: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = typed("release")
    assert code == WRONG_USAGE
    assert err.startswith(f"No course in {tmp_path}")


@pytest.fixture
def disk_on_fire(in_course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody has thought of, in every release."""

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr("autograder.grading.release.release_unit", fail)
    monkeypatch.delitem(os.environ, cli.TRACEBACK_SWITCH, raising=False)


@pytest.mark.usefixtures("disk_on_fire")
def test_unexpected_error_is_one_sentence_and_no_traceback(typed: Typing) -> None:
    code, _, err = typed("release")
    assert code == WRONG_USAGE
    assert "RuntimeError: the disk is on fire" in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("disk_on_fire")
def test_unexpected_error_with_the_switch_shows_where(
    typed: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cli.TRACEBACK_SWITCH, "1")
    with pytest.raises(RuntimeError, match="on fire"):
        typed("release")


def test_module_run_by_name_is_the_command_line() -> None:
    command = [sys.executable, "-m", "autograder.cli", "release", "no-such-unit"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == WRONG_USAGE
    assert "no-such-unit" in done.stderr


def test_user_without_name_and_home_is_given_one_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    homes: list[str] = []
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.setattr(cli, "app", lambda: homes.append(os.environ["HOME"]))
    monkeypatch.setenv("HOME", "before")
    cli.main()
    assert homes == ["/nonexistent"]
