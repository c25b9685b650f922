"""The set-up beside settings of others: pip's, another Python's, a umask, another set-up."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
from tests.house.programs import put_on_path


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
