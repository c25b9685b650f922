"""The one engine that runs untrusted notebooks: a forking server in a sandbox, a fork a submission.

``Engine.execute`` gives the raw transcript, ``Engine.run`` reads it too. Both block, and may be
called from many threads at once; that is how submissions run in parallel.
"""

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from autograder.errors import SandboxUnavailable
from autograder.sandbox.folder import build_unit_folder
from autograder.sandbox.inputs import split_inputs
from autograder.sandbox.inside.frames import Kind
from autograder.sandbox.job import Ending, Job, Limits, Run, Transcript
from autograder.sandbox.launcher import BubblewrapLauncher, Launcher
from autograder.sandbox.scratch import scratch_folder
from autograder.sandbox.server_process import ServerProcess, Ticket
from autograder.sandbox.transcript import EARLY_END, FrameReader, parse_transcript

_READ_BYTES = 2**18
_GLANCE_S = 0.5  # how often the ticket is looked at while nothing comes through the channel
_KILL_S = 5.0  # how long a server may take to end a job before it is ended itself


class Runner(Protocol):
    """What runs the jobs of one unit: an `Engine` here, or a cluster's workers."""

    def execute(self, job: Job) -> Transcript:
        """Run `job` and return what it sent, unparsed. Never raises for what the job does."""


class RunnerFactory(Protocol):
    """Prepares a runner for one unit; it works until the block ends."""

    def __call__(
        self, unit: str, inputs: bytes, limits: Limits
    ) -> contextlib.AbstractContextManager[Runner]: ...


class Engine:
    """Runs jobs of one unit in one sandbox.

    A context manager: the sandbox starts on entry and is gone after exit.

    Parameters
    ----------
    folder : Path
        From `build_unit_folder`.
    launcher : Launcher
        bubblewrap when missing.
    secrets : bytes
        The secret cases, encoded as the public ones in the folder. They lie in no file that a
        submission can open, and are handed to the jobs that ask for them alone.

    Attributes
    ----------
    starts : int
        How many sandboxes were started; more than one if one had to be replaced.

    Raises
    ------
    SandboxUnavailable
        On entry, if the sandbox does not start; the message says what to change.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits | None = None,
        launcher: Launcher | None = None,
        secrets: bytes = b"",
    ) -> None:
        self.folder = folder
        self.secrets = secrets
        self.limits = limits or Limits()
        self.launcher = launcher or BubblewrapLauncher()
        self.starts = 0
        self._server: ServerProcess | None = None
        self._closed = False
        self._server_lock = threading.Lock()
        self._turns = _Turns()

    def __enter__(self) -> "Engine":
        reason = self.launcher.why_not()
        if reason:
            raise SandboxUnavailable(reason)
        self._living_server()
        return self

    def __exit__(self, *raised: object) -> None:
        with self._server_lock:
            self._closed = True
            if self._server is not None:
                self._server.close()
                self._server = None

    @property
    def server_pid(self) -> int:
        """Process id of the running sandbox, or -1."""
        return self._server.pid if self._server is not None else -1

    def run(self, job: Job) -> Run:
        """Run `job` and return what came of it. Never raises for what the job does."""
        return parse_transcript(self.execute(job), job, self.limits)

    def execute(self, job: Job) -> Transcript:
        """Run `job` and return what it sent, unparsed.

        If the sandbox itself fails, it is replaced and the job is tried once more with nothing
        beside it; then the ending is SETUP, which is nobody's zero.
        """
        with self._turns.alone() if self.launcher.alone else self._turns.shared():
            transcript = self._attempt(job)
        if transcript.ending is Ending.SETUP:
            with self._turns.alone():
                transcript = self._attempt(job)
        return transcript

    def _attempt(self, job: Job) -> Transcript:
        try:
            server = self._living_server()
            return _Attempt(server, job, self.limits).run()
        except (OSError, SandboxUnavailable) as error:
            return Transcript(b"", Ending.SETUP, str(error), 0.0, 0.0)

    def _living_server(self) -> ServerProcess:
        with self._server_lock:
            if self._closed:
                raise SandboxUnavailable("The sandbox has been closed.")
            if self._server is not None and not self._server.alive:
                self._server.close()
                self._server = None
            if self._server is None:
                self._server = ServerProcess(self.launcher, self.folder, self.limits, self.secrets)
                self.starts += 1
            return self._server


@contextlib.contextmanager
def unit_engine(unit: str, inputs: bytes, limits: Limits, launcher: Launcher) -> Iterator[Engine]:
    """Run an engine on a new folder of `unit`; both are gone after the block.

    Parameters
    ----------
    inputs : bytes
        From `pack_inputs`.
    """
    public, secrets = split_inputs(inputs)
    with scratch_folder() as parent:
        folder = build_unit_folder(parent / "unit", unit, public)
        with Engine(folder, limits, launcher, secrets) as engine:
            yield engine


class _Turns:
    """Many at a time, or one alone."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._running = 0
        self._waiting_alone = 0

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: self._running >= 0 and not self._waiting_alone)
            self._running += 1
        try:
            yield
        finally:
            with self._condition:
                self._running -= 1
                self._condition.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        with self._condition:
            self._waiting_alone += 1
            self._condition.wait_for(lambda: self._running == 0)
            self._waiting_alone -= 1
            self._running = -1
        try:
            yield
        finally:
            with self._condition:
                self._running = 0
                self._condition.notify_all()


class _Attempt:
    """One try of one job on one server: reads its channel, caps it, watches the clock."""

    def __init__(self, server: ServerProcess, job: Job, limits: Limits) -> None:
        self.server, self.job, self.limits = server, job, limits
        self.raw = bytearray()
        self.reader = FrameReader(max(limits.answer_bytes, limits.output_bytes))
        self.frames_left = limits.channel_frames(job.cells)
        self.bytes_left = limits.channel_bytes(job)
        self.started = time.monotonic()
        # The server holds the notebook to its wall-clock limit; this is for one that does not.
        self.deadline = self.started + limits.notebook_wall_s + 2 * limits.grace_s
        self.cell_deadline = self.deadline
        self.cell: int | None = None
        self.ahead = [cell.index for cell in reversed(job.cells)]  # the next one stands last
        self.ready = False

    def run(self) -> Transcript:
        read_end, write_end = os.pipe()
        try:
            try:
                ticket = self.server.submit(self.job, write_end)
            finally:
                os.close(write_end)
            verdict = self._read(read_end, ticket)
            if verdict is not None:
                self.server.kill(ticket)
            if not ticket.ended.wait(_KILL_S):
                self.server.close()  # it does not answer: replaced by the next attempt
        finally:
            os.close(read_end)
        ending, detail = verdict or _ending(ticket, self.limits)
        if ticket.code is None:
            ending, detail = Ending.SETUP, "the sandbox itself ended"
        elif not self.ready:  # no student code has run
            ending, detail = Ending.SETUP, ticket.detail or detail
        wall_s = time.monotonic() - self.started
        return Transcript(bytes(self.raw), ending, detail, ticket.cpu_s, wall_s)

    def _read(self, descriptor: int, ticket: Ticket) -> tuple[Ending, str] | None:
        """Read until the channel closes; return why reading was broken off, if it was."""
        os.set_blocking(descriptor, False)
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while True:
            now = time.monotonic()
            if now >= min(self.deadline, self.cell_deadline):
                return self._out_of_wall_time()
            left_s = min(self.deadline, self.cell_deadline) - now
            over = ticket.ended.is_set()
            if not poll.poll(1000 * min(left_s, _GLANCE_S)):
                if over:
                    return None
                continue
            data = os.read(descriptor, _READ_BYTES)
            if not data:
                return None
            self.raw += data[: self.bytes_left]
            self.bytes_left -= len(data)
            if self.bytes_left < 0 or not self._follow(data):
                return Ending.OUTPUT, "It sent more output than a notebook may."

    def _follow(self, data: bytes) -> bool:
        """Keep track of the open cell; return whether there are few enough frames.

        A cell begins once, when its turn has come: else a cell could give itself time anew.
        """
        for kind, cell, _ in self.reader.feed(data):
            self.frames_left -= 1
            self.ready = self.ready or kind == Kind.READY
            if kind == Kind.CELL_BEGINS and self.cell is None and self.ahead[-1:] == [cell]:
                self.cell = self.ahead.pop()
                seconds = self.limits.cell_wall_s + self.limits.grace_s
                self.cell_deadline = time.monotonic() + seconds
            elif kind == Kind.CELL_ENDS and cell == self.cell:
                self.cell, self.cell_deadline = None, self.deadline
        return self.frames_left >= 0

    def _out_of_wall_time(self) -> tuple[Ending, str]:
        if self.cell_deadline < self.deadline:
            limit = f"{self.limits.cell_wall_s:g} s"
            return Ending.WALL, f"Cell {self.cell} did not end within {limit}, nor when told to."
        return Ending.WALL, f"It ran longer than {self.limits.notebook_wall_s:g} s."


def _ending(ticket: Ticket, limits: Limits) -> tuple[Ending, str]:
    """Return what the server's report says."""
    code = ticket.code
    if ticket.why_killed == "wall":
        return Ending.WALL, f"It ran longer than {limits.notebook_wall_s:g} s."
    if ticket.why_killed == "disk":
        room = f"{limits.disk_bytes // 2**20} MB or {limits.disk_files} files"
        return Ending.DISK, f"It wrote more than {room}."
    if code is None or ticket.why_killed:
        return Ending.SETUP, ticket.detail or "the sandbox itself ended"
    if code >= 0:
        return (Ending.CRASHED, EARLY_END) if code else (Ending.DONE, "")
    if -code != signal.SIGKILL:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        return Ending.CRASHED, f"The notebook's process was ended by the signal {name}."
    if ticket.cpu_s >= limits.notebook_cpu_s:
        return Ending.CPU, f"It used more than {limits.notebook_cpu_s:g} s of CPU time."
    return Ending.MEMORY, "The kernel ended it, most likely because memory ran out."
