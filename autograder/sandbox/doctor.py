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
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

from autograder.errors import SandboxUnavailable
from autograder.sandbox.engine import Engine
from autograder.sandbox.folder import build_unit_folder, hidden_modules
from autograder.sandbox.job import MIB, Cell, Ending, Job, Limits, Run
from autograder.sandbox.launcher import Launcher
from autograder.sandbox.probes import PROBES, Probe
from autograder.sandbox.scratch import scratch_folder
from autograder.student import wire
from autograder.units import folder_name

_VARIABLE = "AUTOGRADER_DOCTOR_CANARY"
_LIMITS = Limits(memory_bytes=512 * MIB, disk_bytes=32 * MIB, cell_wall_s=15.0)
_NEIGHBOUR = "neighbour's secret"
_WRITES = f"""
import os, time
began = time.monotonic()
paths = [os.path.join(f, "{_NEIGHBOUR}") for f in ("/tmp", "/dev/shm", os.getcwd())]
for path in paths:
    open(path, "w").write("secret")
time.sleep(SECONDS)
print(began, time.monotonic(), "written")
for path in set(map(os.path.realpath, paths)):
    os.unlink(path)
"""
_LOOKS = f"""
import os, time
found, began = [], time.monotonic()
while time.monotonic() < began + SECONDS:
    time.sleep(0.02)
    found += [f for f in ("/tmp", "/dev/shm", os.getcwd()) if "{_NEIGHBOUR}" in os.listdir(f)]
print(began, time.monotonic(), "found" if found else "nothing")
"""
_BYSTANDER = (sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()")
_PAIR = (("writer", _WRITES), ("reader", _LOOKS))
_TOGETHER_S = (0.2, 1.0, 4.0)  # how long each of the two runs; longer if they did not meet
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


Canary = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """What came of one probe.

    Attributes
    ----------
    passed : bool
        Whether the sandbox held as far as it promises.
    sentence : str
    conceded : bool
        Whether it does not promise to hold here, and did not.
    """

    name: str
    passed: bool
    sentence: str
    conceded: bool = False


def examine(launcher: Launcher, unit: str) -> list[Finding]:
    """Start a sandbox for `unit`, run every probe in it, and return what came of them."""
    reason = launcher.why_not()
    if reason:
        return [Finding("start", False, reason)]
    with scratch_folder() as folder:
        built = build_unit_folder(folder / "unit", unit, wire.encode({}))
        try:
            with planted(unit, _LIMITS) as canary, Engine(built, _LIMITS, launcher) as engine:
                name = f"{launcher.name}, {folder_name(unit)}"
                started = Finding("start", True, f"The sandbox ({name}) starts.")
                return [started, *try_out(engine, canary)]
        except SandboxUnavailable as error:
            return [Finding("start", False, str(error))]


def try_out(engine: Engine, canary: Canary) -> list[Finding]:
    """Run every probe in `engine` and return what came of them.

    Grading must refuse if one of them has not passed.

    Parameters
    ----------
    canary : dict
        From `planted`, which was entered before the engine started.
    """
    with ThreadPoolExecutor(3) as pool:
        probes = pool.submit(_run_probes, engine, canary)
        neighbours = pool.submit(_leftovers if engine.launcher.alone else _neighbours, engine)
        findings = [*probes.result(), neighbours.result()]
    if engine.launcher.isolates:  # without a sandbox this would end the doctor too
        findings.append(_survival(engine))
    return findings


@contextlib.contextmanager
def planted(unit: str, limits: Limits) -> Iterator[Canary]:
    """Lay out what probes look for in a sandbox for `unit`; the dict says where."""
    os.environ[_VARIABLE] = "secret"
    home = Path(os.path.expanduser("~")).absolute()  # if there is none, this is a name for nothing
    with contextlib.ExitStack() as stack:
        stack.callback(os.environ.pop, _VARIABLE, None)
        folder = stack.enter_context(scratch_folder())
        (folder / "secret").write_text("secret")
        # It ends with its input, so at the latest when this process does.
        bystander = stack.enter_context(subprocess.Popen(_BYSTANDER, stdin=PIPE, stdout=DEVNULL))
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        _bind(unix, folder / "socket")
        unix.listen()
        yield {
            "files": [str(folder / "secret"), str(home / ".bashrc"), __file__],
            "folders": [known for place in (folder, home) if (known := _identity(place))],
            "variable": _VARIABLE,
            "port": tcp.getsockname()[1],
            "socket": str(folder / "socket"),
            "pid": bystander.pid,
            "hidden": hidden_modules(unit),
            "site": [sysconfig.get_path("purelib"), *site.getsitepackages()],
            "memory": 2 * limits.memory_bytes,
            "disk": 2 * limits.disk_bytes,
        }


def _bind(listener: socket.socket, path: Path) -> None:
    """Bind a socket to a path of any length: the kernel takes no more than 107 bytes."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)


def _identity(folder: Path) -> tuple[str, int, int] | None:
    """Return what tells a folder from another of its name in the sandbox; None if there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return str(folder), found.st_dev, found.st_ino


def _run_probes(engine: Engine, canary: Canary) -> list[Finding]:
    cells = [Cell(0, f"CANARY = {canary!r}")]
    cells += [Cell(number, _cell_source(probe)) for number, probe in enumerate(PROBES, start=1)]
    run = engine.run(Job("doctor", tuple(cells)))
    findings = [_finding(probe, run, number) for number, probe in enumerate(PROBES, start=1)]
    conceded = dict(engine.launcher.conceded)
    return [
        Finding(found.name, True, f"Not promised: {conceded[found.name]}", True)
        if found.name in conceded and not found.passed
        else found
        for found in findings
    ]


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
    """Let one submission write while another looks, and make sure that both were there at once."""
    for seconds in _TOGETHER_S:
        jobs = [Job(name, (Cell(0, f"SECONDS = {seconds}\n{source}"),)) for name, source in _PAIR]
        with ThreadPoolExecutor(2) as pool:
            wrote, looked = (_words(run) for run in pool.map(engine.run, jobs))
        if len(wrote) == len(looked) == 3 and wrote[2] == "written" and looked[2] == "nothing":
            latest_start = max(float(wrote[0]), float(looked[0]))
            if latest_start < min(float(wrote[1]), float(looked[1])):
                sentence = "Submissions that run side by side share no folder."
                return Finding("neighbours", True, sentence)
        elif looked[2:] == ["found"]:
            sentence = "NOT so: a submission sees files of another that runs beside it."
            return Finding("neighbours", False, sentence)
    sentence = "NOT proven: two submissions never ran side by side, so that one could look."
    return Finding("neighbours", False, sentence)


def _leftovers(engine: Engine) -> Finding:
    """Let one submission leave a file wherever it can, and the next one look."""
    places = "[os.getcwd(), '/', '/tmp', '/home', '/dev/shm', '/var/tmp']"
    writes = f"""
import os
left = 0
for place in {places}:
    try:
        open(os.path.join(place, "{_NEIGHBOUR}"), "w").close()
        left += 1
    except OSError:
        pass
print(left)
"""
    looks = f"""
import os
print(sum(os.path.exists(os.path.join(place, "{_NEIGHBOUR}")) for place in {places}))
"""
    first, second = (_printed(engine.run(Job("left", (Cell(0, t),))), 0) for t in (writes, looks))
    sentence = "Submissions run one after another; what one leaves is gone before the next."
    held = first.isdigit() and int(first) > 0 and second == "0"
    return Finding("neighbours", held, sentence if held else f"NOT so: {sentence}")


def _words(run: Run) -> list[str]:
    return _printed(run, 0).split()


def _survival(engine: Engine) -> Finding:
    """Let a submission try to kill everything; the next one must run as if nothing had been."""
    starts = engine.starts
    engine.run(Job("killer", (Cell(0, _KILLS),)))
    after = engine.run(Job("after", (Cell(0, "print('alive')"),)))
    held = after.ending is Ending.DONE and _printed(after, 0) == "alive" and engine.starts == starts
    sentence = "A submission cannot end the server or another submission."
    return Finding("survival", held, sentence if held else f"NOT so: {sentence} {after.detail}")
