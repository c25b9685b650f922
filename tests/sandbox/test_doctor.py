"""The doctor finds nothing in a real sandbox, and finds every hole where there is one."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.sandbox import doctor
from autograder.sandbox.doctor import Finding, examine
from autograder.sandbox.folder import hidden_modules
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.sandbox.probes import PROBES, Probe
from autograder.units import UNITS, folder_name, later_units


@pytest.mark.parametrize("unit", [UNITS[0], UNITS[-1]])
def test_sandbox_holds_against_every_probe(bubblewrap: BubblewrapLauncher, unit: str) -> None:
    findings = examine(bubblewrap, unit)
    assert folder_name(unit) in findings[0].sentence
    assert [finding for finding in findings if not finding.passed] == []
    assert len(findings) == len(PROBES) + 3


def test_last_unit_may_import_all_earlier_ones_and_not_its_own() -> None:
    hidden = hidden_modules(UNITS[-1])
    assert {name for name in UNITS if f"rnn_ref.{name}" in hidden} == {UNITS[-1]}
    assert {"rnn_ref.widgets", "rnn_ref.fused", "autograder.judge.backend"} <= set(hidden)
    assert "rnn_ref.errors" not in hidden


def test_first_unit_may_import_no_other() -> None:
    hidden = hidden_modules(UNITS[0])
    assert all(f"rnn_ref.{name}" in hidden for name in (UNITS[0], *later_units(UNITS[0])))


def test_reference_of_the_last_unit_that_lies_there_is_found(
    bubblewrap: BubblewrapLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor asks for the unit he is asked about, not for one that he knows by heart."""
    real = doctor.build_unit_folder

    def with_reference(destination: Path, unit: str, inputs: bytes) -> Path:
        built = real(destination, unit, inputs)
        planted = built / "rnn_ref" / f"{unit}.py"
        planted.chmod(0o644)
        planted.write_text("answer = 1")
        return built

    monkeypatch.setattr(doctor, "build_unit_folder", with_reference)
    failed = [f for f in examine(bubblewrap, UNITS[-1]) if not f.passed]
    assert [f.name for f in failed] == ["answers"]
    assert f"rnn_ref.{UNITS[-1]}" in failed[0].sentence


@pytest.mark.parametrize("home", ["/tmp/home", "/tmp", "/", "/nowhere", "", "relative"])
def test_home_that_is_called_like_a_folder_of_the_sandbox_is_no_hole(
    bubblewrap: BubblewrapLauncher, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    if home == "/tmp/home":
        Path(home).mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", home)
    assert [finding for finding in examine(bubblewrap, UNITS[0]) if not finding.passed] == []


@pytest.mark.parametrize(("inode", "outcome"), [(0, "wrote to {0}"), (1, "")])
def test_folder_counts_as_written_to_if_it_is_the_one_that_was_laid_out(
    tmp_path: Path, inode: int, outcome: str
) -> None:
    (probe,) = (probe for probe in PROBES if probe.name == "writing")
    body = re.sub(r"places = \[.*\]", "places = []", probe.source)
    scope: dict[str, Callable[[], str]] = {}
    indented = "\n".join(f"    {line}" for line in body.strip().splitlines())
    found = tmp_path.stat()
    laid_out = (str(tmp_path), found.st_dev, found.st_ino + inode)
    exec(f"def probe():\n{indented}", {"CANARY": {"folders": [laid_out]}}, scope)
    assert scope["probe"]() == outcome.format(tmp_path)


def test_temporary_folder_with_a_long_name_is_no_trouble(
    bubblewrap: BubblewrapLauncher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    long = tmp_path / ("long" * 30)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert [finding for finding in examine(bubblewrap, UNITS[0]) if not finding.passed] == []


def test_sandbox_that_cannot_start_is_the_only_finding() -> None:
    (finding,) = examine(BubblewrapLauncher(bwrap=""), UNITS[0])
    assert finding == Finding("start", False, BubblewrapLauncher(bwrap="").why_not())


class _Leaking(BubblewrapLauncher):
    """A sandbox with holes: the environment, the whole file system, the network."""

    def command(self, folder: Path, control: int, scratch: Path) -> list[str]:
        command = super().command(folder, control, scratch)
        command.remove("--unshare-net")
        place = command.index("--proc")
        return [*command[:place], "--ro-bind", "/etc", "/etc", *command[place:]]

    def environment(self, scratch: Path) -> dict[str, str]:
        return {**os.environ, **super().environment(scratch)}


def test_hole_in_the_sandbox_is_found(bubblewrap: BubblewrapLauncher) -> None:
    failed = {finding.name for finding in examine(_Leaking(), UNITS[0]) if not finding.passed}
    assert failed == {"system files", "environment"}


def test_neighbour_that_leaves_a_file_where_others_look_is_found(
    monkeypatch: pytest.MonkeyPatch, bubblewrap: BubblewrapLauncher
) -> None:
    shown = doctor._PAIR[1][1].replace('"found" if found', '"found" if True')
    monkeypatch.setattr(doctor, "_PAIR", (doctor._PAIR[0], ("reader", shown)))
    failed = [finding for finding in examine(bubblewrap, UNITS[0]) if not finding.passed]
    assert [finding.name for finding in failed] == ["neighbours"]
    assert "sees files of another" in failed[0].sentence


def test_neighbours_that_never_met_prove_nothing(
    monkeypatch: pytest.MonkeyPatch, bubblewrap: BubblewrapLauncher
) -> None:
    early = doctor._PAIR[0][1].replace("print(began, time.monotonic()", "print(began, began")
    monkeypatch.setattr(doctor, "_PAIR", (("writer", early), doctor._PAIR[1]))
    failed = [finding for finding in examine(bubblewrap, UNITS[0]) if not finding.passed]
    assert [finding.name for finding in failed] == ["neighbours"]
    assert "never ran side by side" in failed[0].sentence


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_probe_gets_out_where_there_is_no_sandbox(probe: Probe, tmp_path: Path) -> None:
    """Run the probe as an ordinary process: it must come back with something."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    found = tmp_path.stat()
    with socket.create_server(("127.0.0.1", 0)) as server, open(os.devnull) as leaked:
        canary = {
            "files": [str(secret)],
            "folders": [(str(tmp_path), found.st_dev, found.st_ino)],
            "variable": "CANARY_VARIABLE",
            "port": server.getsockname()[1],
            "socket": str(tmp_path / "none"),
            "pid": os.getpid(),
            "hidden": hidden_modules("recurrence"),
            "site": [],
            "memory": 2**20,
            "disk": 2**20,
        }
        body = "\n".join(f"    {line}" for line in probe.source.strip().splitlines())
        script = f"import json, sys\nCANARY = json.loads(sys.argv[1])\ndef probe():\n{body}\n"
        done = subprocess.run(
            [sys.executable, "-c", script + "print(probe())", json.dumps(canary)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, "CANARY_VARIABLE": "1", "PYTHONPATH": os.getcwd()},
            pass_fds=[leaked.fileno()],
        )
    assert done.stdout.strip() != ""
