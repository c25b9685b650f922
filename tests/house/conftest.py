"""Checkouts and programs for the tests of the set-up; a course and commands typed in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
from autograder.cli import demo_session
from autograder.cli import run as cli
from autograder.course import Course
from tests.course.grading_folders import course_in
from tests.house.typed import Ended, Typing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout that bootstrap takes for its own."""
    root = tmp_path / "a folder"
    root.mkdir()
    for name in bootstrap.STAMPED_FILES:
        (root / name).write_text(f"{name}, first version")
    monkeypatch.setattr(bootstrap, "ROOT", root)
    monkeypatch.setattr(bootstrap, "VENV", root / ".venv")
    monkeypatch.setattr(bootstrap, "STAMP", root / ".venv" / "unrolled.stamp")
    return root


@pytest.fixture
def complete(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with an environment whose set-up has ended (its packages are taken for granted)."""
    make_environment(folder)
    bootstrap.STAMP.write_text(bootstrap.expected_stamp())
    monkeypatch.setattr(bootstrap, "works", lambda module: bootstrap.venv_python().exists())
    return folder


def make_environment(folder: Path) -> None:
    command = [sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")]
    subprocess.run(command, check=True)
    config = folder / ".venv" / "pyvenv.cfg"
    config.write_text(config.read_text().replace(" --without-pip", ""))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replaces the steps that take long; what was done is in the list."""
    done: list[str] = []
    for name in ("create_environment", "install_packages", "ensure_sandbox"):
        monkeypatch.setattr(bootstrap, name, lambda name=name: done.append(name))
    return done


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """This repository's course with its data elsewhere, for every command of a test."""
    place = course_in(tmp_path / "data")
    monkeypatch.setattr(Course, "find", classmethod(lambda cls, *args, **options: place))
    monkeypatch.setattr(demo_session, "demo_course", lambda course: place)
    return place


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typing:
    """Runs the command line as its program does, whatever goes wrong."""

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", ["autograder", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert isinstance(end.value.code, int)
        return Ended(end.value.code, *capsys.readouterr())

    return run
