"""The doctor finds nothing in a real sandbox, and finds every hole where there is one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import doctor
from autograder.sandbox.doctor import Finding, examine
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.sandbox.probes import PROBES, Probe


def test_sandbox_holds_against_every_probe(bubblewrap: BubblewrapLauncher) -> None:
    findings = examine(bubblewrap)
    assert [finding for finding in findings if not finding.passed] == []
    assert len(findings) == len(PROBES) + 3


def test_sandbox_that_cannot_start_is_the_only_finding() -> None:
    (finding,) = examine(BubblewrapLauncher(bwrap=""))
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
    failed = {finding.name for finding in examine(_Leaking()) if not finding.passed}
    assert failed == {"system files", "environment"}


def test_neighbour_that_leaves_a_file_where_others_look_is_found(
    monkeypatch: pytest.MonkeyPatch, bubblewrap: BubblewrapLauncher
) -> None:
    shown = doctor._PAIR[1][1].replace('"found" if found', '"found" if True')
    monkeypatch.setattr(doctor, "_PAIR", (doctor._PAIR[0], ("reader", shown)))
    failed = [finding for finding in examine(bubblewrap) if not finding.passed]
    assert [finding.name for finding in failed] == ["neighbours"]
    assert "sees files of another" in failed[0].sentence


def test_neighbours_that_never_met_prove_nothing(
    monkeypatch: pytest.MonkeyPatch, bubblewrap: BubblewrapLauncher
) -> None:
    early = doctor._PAIR[0][1].replace("print(began, time.monotonic()", "print(began, began")
    monkeypatch.setattr(doctor, "_PAIR", (("writer", early), doctor._PAIR[1]))
    failed = [finding for finding in examine(bubblewrap) if not finding.passed]
    assert [finding.name for finding in failed] == ["neighbours"]
    assert "never ran side by side" in failed[0].sentence


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_probe_gets_out_where_there_is_no_sandbox(probe: Probe, tmp_path: Path) -> None:
    """Run the probe as an ordinary process: it must come back with something."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server, open(os.devnull) as leaked:
        canary = {
            "files": [str(secret)],
            "folders": [str(tmp_path)],
            "variable": "CANARY_VARIABLE",
            "port": server.getsockname()[1],
            "socket": str(tmp_path / "none"),
            "pid": os.getpid(),
            "unit": "recurrence",
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
