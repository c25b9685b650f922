"""A learner's copies are made once and never overwritten; JupyterLab starts without the panels."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_config_path
from jupyterlab_server.config import get_page_config

from autograder.cli.lab import copy_missing, kept_in_work, lab_command, lab_environment, start_lab
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.release import release_unit
from tests.course.small_course import EXTRA, UNIT, add_extra


@pytest.fixture
def released(small_course: Course) -> Course:
    release_unit(small_course, UNIT)
    return small_course


def test_copy_missing_first_time_copies_the_release(released: Course) -> None:
    copies = copy_missing(released)
    assert copies == [released.work / "01_recurrence" / "01_recurrence.ipynb"]
    assert copies[0].read_bytes() == released.release_notebook(UNIT).read_bytes()


def test_copy_missing_copies_an_ungraded_notebook_too(released: Course) -> None:
    add_extra(released)
    release_unit(released, EXTRA)
    copies = [copy.relative_to(released.work).as_posix() for copy in copy_missing(released)]
    assert copies[-1] == "11_bug_hunt/11_bug_hunt.ipynb"


def test_copy_missing_never_overwrites_work(released: Course) -> None:
    (copy,) = copy_missing(released)
    copy.write_text("an evening's work")
    assert copy_missing(released) == []
    assert copy.read_text() == "an evening's work"


def test_copy_missing_deleted_copy_comes_afresh(released: Course) -> None:
    (copy,) = copy_missing(released)
    copy.unlink()
    assert copy_missing(released) == [copy]


def test_copy_missing_nothing_released_says_what_to_do(small_course: Course) -> None:
    with pytest.raises(AutograderError, match="autograder release"):
        copy_missing(small_course)


def test_lab_command_opens_work_and_passes_options_on(released: Course) -> None:
    command = lab_command(released, ["--no-browser"])
    assert f"--ServerApp.root_dir={released.work}" in command
    assert command[-1] == "--no-browser"


def test_lab_environment_keeps_the_users_own_settings_after_ours() -> None:
    environment = lab_environment(
        {"PATH": "/usr/bin", "HOME": "/h", "JUPYTER_CONFIG_PATH": "/mine"}
    )
    assert environment["HOME"] == "/h"
    programs, *rest = environment["PATH"].split(os.pathsep)
    assert (Path(programs), rest) == (Path(sys.executable).parent, ["/usr/bin"])
    assert environment["JUPYTER_CONFIG_PATH"].endswith(f"{os.pathsep}/mine")


def test_lab_environment_panels_are_off_and_validate_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", lab_environment({})["JUPYTER_CONFIG_PATH"])
    disabled = get_page_config([])["disabledExtensions"]
    assert {"@jupyter/nbgrader:formgrader", "@jupyter/nbgrader:create-assignment"} <= set(disabled)
    assert "@jupyter/nbgrader:validate-assignment" not in disabled
    settings = Path(jupyter_config_path()[0]) / "jupyter_server_config.json"
    servers = json.loads(settings.read_text())["ServerApp"]["jpserver_extensions"]
    assert servers["nbgrader.server_extensions.formgrader"] is False
    assert "nbgrader.server_extensions.validate_assignment" not in servers


KEPT = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and nothing else that says where Jupyter keeps its files."""
    for name in (*KEPT, "MPLCONFIGDIR", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


def test_kept_in_work_is_nothing_where_the_home_takes_it(released: Course, home: Path) -> None:
    assert kept_in_work(released) == {}


@pytest.mark.parametrize("fault", ["closed", "a file", "gone"])
def test_kept_in_work_is_all_where_the_home_does_not_take_it(
    released: Course, home: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault != "closed":
        home.rmdir()
    if fault == "a file":
        home.touch()
    closed = home.parent if fault == "gone" else home
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != closed)
    kept = kept_in_work(released)
    assert set(KEPT) <= kept.keys()
    assert all(Path(folder).is_relative_to(released.work) for folder in kept.values())


def test_lab_with_a_home_that_takes_nothing_starts_with_folders_in_work(
    released: Course, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.rmdir()
    home.touch()
    released.work.mkdir()
    started: list[dict[str, str]] = []
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    monkeypatch.setattr(os, "execve", lambda program, command, env: started.append(env))
    monkeypatch.setattr("autograder.cli.lab.subprocess.call", lambda *a, **k: 0)
    start_lab(released, [])
    assert started[0]["JUPYTER_RUNTIME_DIR"].startswith(str(released.work))
