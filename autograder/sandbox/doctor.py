"""The sandbox's self-test: starts a real one and tries to get out of it.

What is to be found is laid out first (a file, a variable, a listening port, a process), so that a
probe which comes back with nothing has really been stopped.
"""

import contextlib
import os
import site
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.engine import Engine
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.folder import build_unit_folder
from autograder.sandbox.job import MIB, Cell, Ending, Job, Limits, Run
from autograder.sandbox.launcher import Launcher
from autograder.sandbox.probes import PROBES, Probe
from autograder.student import wire

_UNIT = "gradcheck"
_VARIABLE = "AUTOGRADER_DOCTOR_CANARY"
_LIMITS = Limits(memory_bytes=512 * MIB, disk_bytes=32 * MIB, cell_wall_s=15.0)
_NEIGHBOUR = "neighbour's secret"
_WROTE = f"""
import os, time
paths = [os.path.join(f, "{_NEIGHBOUR}") for f in ("/tmp", "/dev/shm", os.getcwd())]
for path in paths:
    open(path, "w").write("secret")
print("written")
time.sleep(1.5)
for path in set(map(os.path.realpath, paths)):
    os.unlink(path)
"""
_LOOKED = f"""
import os, time
found = []
for _ in range(10):
    time.sleep(0.1)
    found += [f for f in ("/tmp", "/dev/shm", os.getcwd()) if "{_NEIGHBOUR}" in os.listdir(f)]
print("found" if found else "nothing")
"""
_KILLS = """
import os, signal
for call in (os.kill, os.killpg):
    for target in (-1, 0, os.getppid()):
        try:
            call(target, signal.SIGKILL)
        except OSError:
            pass
os._exit(0)
"""


@dataclass(frozen=True)
class Finding:
    """What came of one probe.

    Attributes
    ----------
    passed : bool
        Whether the sandbox held.
    sentence : str
    """

    name: str
    passed: bool
    sentence: str


def examine(launcher: Launcher) -> list[Finding]:
    """Start a sandbox, run every probe in it, and return what came of them.

    Returns
    -------
    list of Finding
        Grading must refuse if one of them has not passed.
    """
    reason = launcher.why_not()
    if reason:
        return [Finding("start", False, reason)]
    with tempfile.TemporaryDirectory(prefix="autograder-doctor-") as folder:
        try:
            with _canary(Path(folder)) as canary, _open_engine(launcher, Path(folder)) as engine:
                findings = [Finding("start", True, f"The sandbox ({launcher.name}) starts.")]
                findings += _run_probes(engine, canary)
                findings.append(_neighbours(engine))
                if launcher.isolates:  # without a sandbox this would end the doctor too
                    findings.append(_survival(engine))
                return findings
        except SandboxUnavailable as error:
            return [Finding("start", False, str(error))]


def _open_engine(launcher: Launcher, folder: Path) -> Engine:
    unit = build_unit_folder(folder / "unit", _UNIT, wire.encode({}))
    return Engine(unit, _LIMITS, launcher)


@contextlib.contextmanager
def _canary(folder: Path) -> Iterator[dict[str, Any]]:
    """Lay out what probes look for; the dict says where."""
    secret = folder / "secret"
    secret.write_text("secret")
    os.environ[_VARIABLE] = "secret"
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        path = str(folder / "socket")
        unix.bind(path)
        unix.listen()
        try:
            yield {
                "files": [str(secret), str(Path.home() / ".bashrc"), __file__],
                "folders": [str(folder), str(Path.home())],
                "variable": _VARIABLE,
                "port": tcp.getsockname()[1],
                "socket": path,
                "pid": sleeper.pid,
                "unit": _UNIT,
                "site": [sysconfig.get_path("purelib"), *site.getsitepackages()],
                "memory": 2 * _LIMITS.memory_bytes,
                "disk": 2 * _LIMITS.disk_bytes,
            }
        finally:
            del os.environ[_VARIABLE]
            sleeper.kill()
            sleeper.wait()


def _run_probes(engine: Engine, canary: dict[str, Any]) -> list[Finding]:
    cells = [Cell(0, f"CANARY = {canary!r}")]
    cells += [Cell(number, _cell_source(probe)) for number, probe in enumerate(PROBES, start=1)]
    run = engine.run(Job("doctor", tuple(cells)))
    return [_finding(probe, run, number) for number, probe in enumerate(PROBES, start=1)]


def _cell_source(probe: Probe) -> str:
    body = "\n".join(f"    {line}" for line in probe.source.strip().splitlines())
    return f"def probe():\n{body}\nprint('got', probe() or 'nothing')"


def _finding(probe: Probe, run: Run, number: int) -> Finding:
    """Judge one probe. Only its plain report of nothing counts as held."""
    said = _printed(run, number)
    if said == "got nothing":
        return Finding(probe.name, True, probe.held)
    cell = run.cells.get(number)
    error = f"{cell.error_name}: {cell.error_text}" if cell and cell.error_name else run.detail
    why = f"It got hold of {said[4:]}." if said.startswith("got ") else f"No report ({error})."
    return Finding(probe.name, False, f"NOT so: {probe.held} {why}")


def _printed(run: Run, cell: int) -> str:
    outputs = run.cells[cell].outputs if cell in run.cells else ()
    return "".join(str(output.data) for output in outputs if output.kind == "stdout").strip()


def _neighbours(engine: Engine) -> Finding:
    """Let one submission write while another looks."""
    wrote: list[Run] = []
    writer = threading.Thread(
        target=lambda: wrote.append(engine.run(Job("writer", (Cell(0, _WROTE),))))
    )
    writer.start()
    looked = engine.run(Job("reader", (Cell(0, _LOOKED),)))
    writer.join()
    if _printed(wrote[0], 0) == "written" and _printed(looked, 0) == "nothing":
        return Finding("neighbours", True, "Submissions that run side by side share no folder.")
    sentence = "NOT so: a submission sees files of another that runs beside it."
    return Finding("neighbours", False, sentence)


def _survival(engine: Engine) -> Finding:
    """Let a submission try to kill everything; the next one must run as if nothing had been."""
    engine.run(Job("killer", (Cell(0, _KILLS),)))
    after = engine.run(Job("after", (Cell(0, "print('alive')"),)))
    held = after.ending is Ending.DONE and _printed(after, 0) == "alive" and engine.starts == 1
    sentence = "A submission cannot end the server or another submission."
    return Finding("survival", held, sentence if held else f"NOT so: {sentence} {after.detail}")
