"""The set-up: what it decides, what it says, and that it never asks. Nothing is downloaded here."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import bootstrap
from tests.house.programs import put_on_path


@pytest.mark.parametrize("name", ["a$b", "a{b}", f"a{os.pathsep}b", "a\nb"])
def test_set_up_in_a_path_that_no_tool_can_use_is_refused_first(
    folder: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", folder / name)
    monkeypatch.setattr(bootstrap, "is_current", lambda: False)
    with pytest.raises(bootstrap.SetupError, match="rename that folder"):
        bootstrap.set_up()
    assert steps == []


def test_set_up_complete_does_nothing_and_says_nothing(
    complete: Path, steps: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main() == 0
    assert steps == []
    assert capsys.readouterr().out == ""


def move_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = folder.rename(folder.with_name("moved"))
    monkeypatch.setattr(bootstrap, "ROOT", moved)
    monkeypatch.setattr(bootstrap, "VENV", moved / ".venv")
    monkeypatch.setattr(bootstrap, "STAMP", moved / ".venv" / "unrolled.stamp")


ANEW = ["create_environment", "install_packages", "ensure_sandbox"]
#: What has happened to a complete set-up, and what is done then.
SINCE: dict[str, tuple[Callable[[Path, pytest.MonkeyPatch], object], list[str]]] = {
    **{
        f"{name} changed": (lambda at, _, name=name: (at / name).write_text("second"), ANEW[1:])
        for name in bootstrap.STAMPED_FILES
    },
    "interrupted": (lambda at, _: bootstrap.STAMP.unlink(), ANEW[1:]),
    "moved": (move_away, ANEW),
    "Python gone": (lambda at, _: bootstrap.venv_python().unlink(), ANEW),
}


@pytest.mark.parametrize("since", SINCE)
def test_set_up_does_again_what_no_longer_holds(
    complete: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch, since: str
) -> None:
    happened, done = SINCE[since]
    happened(complete, monkeypatch)
    assert bootstrap.main() == 0
    assert steps == done


def test_set_up_first_time_creates_and_installs(folder: Path, steps: list[str]) -> None:
    assert bootstrap.main() == 0
    assert steps == ANEW


def test_set_up_folder_of_somebody_else_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert bootstrap.main() == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{folder} belongs to ") and said.count("\n") == 1


def test_run_failing_shows_the_last_lines_and_the_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = "import sys; print(*range(100), sep='\\n'); sys.exit(1)"
    with pytest.raises(bootstrap.SetupError, match="It failed"):
        bootstrap.run([sys.executable, "-c", program], "It failed.")
    shown = capsys.readouterr().err.split()
    assert shown == [str(number) for number in range(85, 100)]


def test_run_succeeding_is_quiet(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    bootstrap.run([sys.executable, "-c", "print('noise')"], "It failed.")
    assert capfd.readouterr() == ("", "")


def test_succeeds_program_missing_is_no_success() -> None:
    assert not bootstrap.succeeds(["no-such-program-anywhere"])


def test_bootstrap_keeps_to_the_syntax_of_python_3_6(repository: Path) -> None:
    ast.parse((repository / "bootstrap.py").read_text(), feature_version=(3, 6))


def test_newer_python_passes_over_one_that_refuses_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(tmp_path / "bin", "python3.13", "exit 127")
    works = put_on_path(tmp_path / "bin", "python3.12", "exit 0")
    put_on_path(tmp_path / "bin", "python3.11", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert bootstrap.newer_python() == str(works)


def test_main_python_too_old_and_no_other_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 10, "final", 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.main() == 2
    assert capsys.readouterr().err.startswith("This is Python 3.8, and the course needs 3.11")


def test_main_python_too_old_hands_over_to_a_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(tmp_path / "bin", "python3.12", f'echo "$@" >> "{tmp_path}/called"')
    monkeypatch.setattr(sys, "version_info", (3, 8, 10, "final", 0))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    assert bootstrap.main() == 0
    assert (tmp_path / "called").read_text().splitlines()[-1] == f"-I {bootstrap.__file__}"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Linux machine with apt-get and no bubblewrap; apt-get's calls are written to a file."""
    put_on_path(tmp_path / "bin", "apt-get", f'echo "$@" >> "{tmp_path}/called"')
    put_on_path(tmp_path / "bin", "env", 'shift; exec "$@"')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "platform", "linux")
    return tmp_path


def test_ensure_sandbox_as_root_installs_without_asking(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    bootstrap.ensure_sandbox()
    assert (machine / "called").read_text().splitlines() == [
        "-qq update",
        "-qq install -y --no-install-recommends bubblewrap",
    ]


@pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no sudo", "sudo wants a password"])
def test_ensure_sandbox_not_permitted_says_what_to_install(
    machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sudo: str | None,
) -> None:
    if sudo:
        put_on_path(machine / "bin", "sudo", sudo)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    bootstrap.ensure_sandbox()
    assert "sudo apt-get install bubblewrap" in capsys.readouterr().out
    assert not (machine / "called").exists()


def test_ensure_sandbox_there_already_is_silent(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_on_path(machine / "bin", "bwrap", "exit 0")
    bootstrap.ensure_sandbox()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_ensure_sandbox_elsewhere_says_that_grading_needs_linux(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], system: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    bootstrap.ensure_sandbox()
    assert "grading a class needs Linux" in capsys.readouterr().out


def test_ensure_venv_module_missing_and_not_permitted_names_the_package(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    package = "python{}.{}-venv".format(*sys.version_info)
    with pytest.raises(bootstrap.SetupError, match=package):
        bootstrap.ensure_venv_module()


def test_step_that_met_a_full_disk_is_told_as_that_and_not_as_the_network(folder: Path) -> None:
    said = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    with pytest.raises(bootstrap.SetupError, match="is full"):
        bootstrap.run([sys.executable, "-c", f"import sys; sys.exit({said!r})"], "The network?")
