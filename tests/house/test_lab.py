"""A learner's copies are made once and never overwritten; JupyterLab starts without the panels."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_config_path
from jupyterlab_server.config import get_page_config

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.release import release_unit
from autograder.lab import copy_missing, lab_command, lab_environment
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
