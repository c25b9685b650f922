"""The engine's end of one server: starts it, hands it jobs, hears how they ended, ends it."""

import contextlib
import dataclasses
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import SandboxUnavailable
from autograder.sandbox.inside import control
from autograder.sandbox.job import Job, Limits
from autograder.sandbox.launcher import Launcher
from autograder.sandbox.scratch import scratch_folder
from autograder.student import wire

_START_S = 60.0
_STOP_S = 3.0
_TAIL_BYTES = 2000
_Process = subprocess.Popen[bytes]


@dataclasses.dataclass
class Ticket:
    """A job that a server has been given.

    Attributes
    ----------
    ended : threading.Event
        Set when the server has said how it ended, or is gone.
    code : int or None
        Exit code of the submission, negative for a signal; None if the server is gone.
    why_killed : str
        "" or the server's reason: "wall", "request", "stop".
    """

    number: int
    ended: threading.Event = dataclasses.field(default_factory=threading.Event)
    code: int | None = None
    why_killed: str = ""
    cpu_s: float = 0.0
    detail: str = ""


class ServerProcess:
    """One running server.

    Raises
    ------
    SandboxUnavailable
        If it does not come up; the message has the last it said.
    """

    def __init__(
        self, launcher: Launcher, folder: Path, limits: Limits, secrets: bytes = b""
    ) -> None:
        self._files = contextlib.ExitStack()
        scratch = self._files.enter_context(scratch_folder())
        self._secrets = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the others
        self._secrets.write(secrets)
        self._secrets.flush()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._tickets: dict[int, Ticket] = {}
        self._count = 0
        self._lock = threading.Lock()  # of the tickets; never held while sending
        self._sending = threading.Lock()
        self._ready = threading.Event()
        self._gone = threading.Event()  # set first of all when it ends; its thread ends later
        self._process: _Process | None = None
        self._socket, theirs = socket.socketpair()
        start = _starter(launcher, folder, scratch, theirs, self._errors)
        hello = _hello(launcher, folder, str(scratch), limits)
        self._listener = threading.Thread(target=self._listen, args=(start, hello), daemon=True)
        self._listener.start()
        if not self._ready.wait(_START_S) or not self.alive:
            words = self._last_words()
            self.close()
            raise SandboxUnavailable(f"The sandbox did not start: {words}")

    @property
    def alive(self) -> bool:
        """Whether jobs can be given to it."""
        return self._process is not None and not self._gone.is_set()

    @property
    def pid(self) -> int:
        """Process id of the sandbox's outermost process."""
        return self._process.pid if self._process is not None else -1

    def submit(self, job: Job, write_end: int) -> Ticket:
        """Start `job`; its frames go to a copy of `write_end`.

        Raises
        ------
        OSError
            If the server is gone.
        """
        cells = wire.encode([dataclasses.asdict(cell) for cell in job.cells])
        with self._lock:
            self._count += 1
            ticket = Ticket(self._count)
            self._tickets[ticket.number] = ticket
        with tempfile.TemporaryFile() as file, self._sending:
            file.write(cells)
            file.seek(0)
            message = {"op": "run", "job": ticket.number}
            secrets = (self._secrets.fileno(),) if job.secret else ()
            control.send(self._socket, message, (write_end, file.fileno(), *secrets))
        if not self.alive:  # it may have gone before it could see the ticket
            self._lose_tickets()
        return ticket

    def kill(self, ticket: Ticket) -> None:
        """Have the server end a job; whether it does is told by the ticket."""
        with self._sending, contextlib.suppress(OSError):
            control.send(self._socket, {"op": "kill", "job": ticket.number})

    def close(self) -> None:
        """End the server and everything in it. May be called twice."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        process = self._process
        if process is not None:
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if threading.current_thread() is not self._listener:
            self._listener.join(_STOP_S)
        self._socket.close()
        self._errors.close()
        self._files.close()

    def _listen(self, start: Callable[[], _Process], hello: dict[str, Any]) -> None:
        """Start the process and hear it out.

        The start belongs into this thread: bubblewrap ends when the thread that started it does,
        which is what is wanted of this one and of no worker of a pool.
        """
        try:
            self._process = start()
            control.send(self._socket, hello)
            while (received := control.receive(self._socket)) is not None:
                self._hear(received[0])
        except (OSError, ValueError):
            pass  # the server is gone or talks nonsense; its jobs are lost either way
        finally:
            self._gone.set()
            self._lose_tickets()
            self._ready.set()

    def _hear(self, message: dict[str, Any]) -> None:
        if message["op"] == "ready":
            self._ready.set()
            return
        with self._lock:
            ticket = self._tickets.pop(message["job"], None)
        if ticket is not None:
            ticket.code, ticket.cpu_s = message["code"], message["cpu_s"]
            ticket.why_killed, ticket.detail = message["why_killed"], message["detail"]
            ticket.ended.set()

    def _lose_tickets(self) -> None:
        with self._lock:
            lost = list(self._tickets.values())
            self._tickets.clear()
        for ticket in lost:
            ticket.ended.set()

    def _last_words(self) -> str:
        end = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, end - _TAIL_BYTES))
        lines = self._errors.read().decode("utf-8", "replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return said[-1] if said else f"it said nothing within {_START_S:g} s."


def _starter(
    launcher: Launcher, folder: Path, scratch: Path, theirs: socket.socket, errors: Any
) -> Callable[[], _Process]:
    def start() -> _Process:
        with theirs:
            return subprocess.Popen(
                launcher.command(folder, theirs.fileno(), scratch),
                env=launcher.environment(scratch),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[theirs.fileno()],
            )

    return start


def _hello(launcher: Launcher, folder: Path, scratch: str, limits: Limits) -> dict[str, Any]:
    root = launcher.root(Path(scratch))
    return {
        "isolate": launcher.isolates,
        "namespaces": launcher.namespaces,
        "root": str(root) if root else "",
        "account": launcher.account,
        "program": np.frombuffer(launcher.program(), dtype=np.uint8),
        "scratch": scratch,
        "unit": launcher.unit_path(folder),
        "limits": dataclasses.asdict(limits),
    }
