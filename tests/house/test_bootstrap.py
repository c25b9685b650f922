"""The set-up: what it decides, what it says, and that it never asks. Nothing is downloaded here."""

from __future__ import annotations

import ast
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap


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


@pytest.mark.parametrize("name", bootstrap.STAMPED_FILES)
def test_set_up_after_a_change_installs_into_the_same_environment(
    complete: Path, steps: list[str], name: str
) -> None:
    (complete / name).write_text("second version")
    assert bootstrap.main() == 0
    assert steps == ["install_packages", "ensure_sandbox"]


def test_set_up_interrupted_before_installs_again(complete: Path, steps: list[str]) -> None:
    bootstrap.STAMP.unlink()
    assert bootstrap.main() == 0
    assert steps == ["install_packages", "ensure_sandbox"]


def test_set_up_first_time_creates_and_installs(folder: Path, steps: list[str]) -> None:
    assert bootstrap.main() == 0
    assert steps == ["create_environment", "install_packages", "ensure_sandbox"]


def test_set_up_after_a_move_creates_anew(
    complete: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = complete.rename(complete.with_name("moved"))
    monkeypatch.setattr(bootstrap, "ROOT", moved)
    monkeypatch.setattr(bootstrap, "VENV", moved / ".venv")
    monkeypatch.setattr(bootstrap, "STAMP", moved / ".venv" / "unrolled.stamp")
    assert bootstrap.main() == 0
    assert steps[0] == "create_environment"


def test_set_up_python_gone_creates_anew(complete: Path, steps: list[str]) -> None:
    bootstrap.venv_python().unlink()
    assert bootstrap.main() == 0
    assert steps[0] == "create_environment"


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


def put_on_path(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


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


def settings_of_our_pip(
    home: Path, settings: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Return what of pip's settings reaches the project's own, given those in a home's file."""
    file = home / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text(settings)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("PIP_CONFIG_FILE", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    found = bootstrap.pip_environment([sys.executable, "-I", "-m", "pip"])
    return {name: value for name, value in found.items() if name.startswith("PIP_")}


def variable_of(setting: str) -> str:
    return f"PIP_{setting.upper().replace('-', '_')}"


@pytest.mark.parametrize("section", ["global", "install"])
@pytest.mark.parametrize("setting", bootstrap.PIP_ELSEWHERE)
def test_setting_in_a_file_that_puts_packages_elsewhere_does_not_reach_our_pip(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, setting: str
) -> None:
    value = sys.executable if setting == "python" else "1"
    text = f"[{section}]\n{setting} = {value}\nproxy = http://p:1\n"
    found = settings_of_our_pip(tmp_path, text, monkeypatch)
    assert variable_of(setting) not in found
    assert found["PIP_PROXY"] == "http://p:1"


@pytest.mark.parametrize("setting", bootstrap.PIP_ELSEWHERE)
def test_variable_that_puts_packages_elsewhere_does_not_reach_our_pip(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(variable_of(setting), sys.executable if setting == "python" else "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment/simple")
    text = "[global]\nindex-url = https://file/simple\n"
    found = settings_of_our_pip(tmp_path, text, monkeypatch)
    assert variable_of(setting) not in found
    assert found["PIP_INDEX_URL"] == "https://environment/simple"
    assert found["PIP_CONFIG_FILE"] == os.devnull


def test_setting_that_says_where_packages_come_from_reaches_our_pip(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    text = (
        "[global]\nindex-url = https://a/simple\nfind-links =\n    https://b\n    https://c\n"
        "[install]\nindex-url = https://d/simple\n[download]\nno-deps = 1\n"
    )
    found = settings_of_our_pip(tmp_path, text, monkeypatch)
    assert found["PIP_INDEX_URL"] == "https://d/simple"
    assert found["PIP_FIND_LINKS"].split() == ["https://b", "https://c"]
    assert "PIP_NO_DEPS" not in found


@pytest.mark.parametrize("name", bootstrap.OTHER_PYTHONS)
def test_make_hands_on_no_setting_for_another_python(repository: Path, name: str) -> None:
    text = (repository / "Makefile").read_text()
    unexported = re.findall(r"^unexport (.*)$", text, re.MULTILINE)
    assert name in " ".join(unexported).split()


@pytest.mark.parametrize("place", ["plain", "with a blank", "with 'quotes'", "$HOME", "ümlaut"])
@pytest.mark.parametrize("by_shell", [False, True])
def test_command_starts_whatever_is_set_for_another_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, by_shell: bool
) -> None:
    venv = tmp_path / place / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    python, script = venv / "bin" / "python", venv / "bin" / "command"
    shell = f"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n"
    body = "import sys, decimal\nprint(sys.argv[1:], sys.prefix)\n"
    script.write_text((shell if by_shell else f"#!{python}\n") + body)
    script.chmod(0o755)
    other = put_on_path(venv / "bin", "other", "echo other")
    for _ in range(2):
        bootstrap.shield_commands()
    (tmp_path / "decimal.py").write_text("raise RuntimeError('shadow')")
    settings = dict.fromkeys(bootstrap.OTHER_PYTHONS, str(tmp_path))
    done = subprocess.run(
        [str(script), "a b", "$c"],
        env=os.environ | settings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (f"['a b', '$c'] {venv}", "")
    assert other.read_text() == "#!/bin/sh\necho other\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's sandbox reads it as somebody else")
@pytest.mark.parametrize("umask", [0o077, 0o027])
def test_set_up_by_root_opens_what_a_narrow_umask_closed(
    complete: Path, steps: list[str], umask: int
) -> None:
    paths = [bootstrap.VENV, *bootstrap.VENV.rglob("*")]
    for path in paths:
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~umask)
    assert bootstrap.closed_files() != []
    assert bootstrap.main() == 0
    assert steps == []
    for path in paths:
        mode = path.stat().st_mode
        assert mode & 0o444 == 0o444
        assert bool(mode & 0o001) == bool(mode & 0o100)


@pytest.mark.parametrize("umask", [0o077, 0o002])
def test_set_up_makes_files_that_everybody_reads_and_puts_the_umask_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    made: list[int] = []

    def make() -> None:
        bootstrap.run([sys.executable, "-c", "open('made', 'w')"], "It failed.")
        made.append(stat.S_IMODE((folder / "made").stat().st_mode))

    monkeypatch.setattr(bootstrap, "make_current", make)
    before = os.umask(umask)
    try:
        assert bootstrap.main() == 0
    finally:
        after = os.umask(before)
    assert after == umask
    assert made == [0o644]


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such locks")
def test_set_up_while_another_is_at_work_waits_and_does_nothing_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other holds the folder until it is told to end; by then the environment is made."""
    made: list[bool] = []
    program = (
        "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX); "
        "print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin and other.stdout
        other.stdout.readline()

        def told(sentence: str) -> None:
            assert other.stdin and "waiting" in sentence
            made.append(True)
            other.stdin.close()

        monkeypatch.setattr(bootstrap, "say", told)
        monkeypatch.setattr(bootstrap, "is_current", lambda: bool(made))
        monkeypatch.setattr(bootstrap, "make_current", lambda: pytest.fail("made twice"))
        assert bootstrap.main() == 0
    assert made == [True]


def test_step_that_met_a_full_disk_is_told_as_that_and_not_as_the_network(folder: Path) -> None:
    said = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    with pytest.raises(bootstrap.SetupError, match="is full"):
        bootstrap.run([sys.executable, "-c", f"import sys; sys.exit({said!r})"], "The network?")
