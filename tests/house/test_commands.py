"""The commands that are written down exist: in the README, the Makefile and .ci/run."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import typer

from autograder.cli.run import app


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))


def subcommands() -> set[str]:
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def called(program: str, text: str) -> set[str]:
    """Return the subcommands that a text gives to a program."""
    return set(re.findall(rf"(?<![\w.-]){program}(?:\.exe)? ([a-z]+)", text))


def test_called_in_running_text_is_found() -> None:
    text = "    make demo\n`autograder release --check`; .venv\\Scripts\\autograder lab"
    assert called("make", text) == {"demo"}
    assert called("autograder", text) == {"release", "lab"}


def code_of(markdown: str) -> str:
    """Return the code of a Markdown text: indented lines and what stands between backticks."""
    indented = re.findall(r"^    .*$", markdown, flags=re.MULTILINE)
    return "\n".join([*indented, *re.findall(r"`([^`\n]+)`", markdown)])


def test_readme_names_only_commands_that_exist(repository: Path) -> None:
    code = code_of((repository / "README.md").read_text(encoding="utf-8"))
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    assert called("make", code) <= targets(makefile)
    assert called("autograder", code) <= subcommands()
    assert {"demo", "test"} <= called("make", code)


def test_makefile_calls_only_commands_that_exist(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    assert called("autograder", makefile) <= subcommands()


def test_makefile_help_lists_every_target(repository: Path) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=repository, capture_output=True, text=True, check=True
    )
    listed = set(re.findall(r"^  make ([a-z]+)", done.stdout, flags=re.MULTILINE))
    assert listed == targets((repository / "Makefile").read_text(encoding="utf-8"))


def test_ci_runs_what_the_readme_tells_people_to_run(repository: Path) -> None:
    script = repository / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = script.read_text(encoding="utf-8").splitlines()
    assert {"make test", "make check"} <= set(commands)


def test_process_that_shares_the_tests_computes_on_one_core() -> None:
    """Two processes of two threads on two cores wait for each other in loops, a hundredfold."""
    shared = "PYTEST_XDIST_WORKER" in os.environ
    assert not shared or os.environ.get("OPENBLAS_NUM_THREADS")
