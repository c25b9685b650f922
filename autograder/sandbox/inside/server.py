"""The server in the sandbox: prepares everything once, then forks for each submission.

It never runs student code, nor reads it: a fork shares the server's memory, and could find in it
what another student wrote. It stays single-threaded, watches the wall clock, and says how each
submission ended. When the engine is gone, so is the server, and with it all in its pid namespace.
"""

import gc
import os
import resource
import select
import signal
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from autograder.sandbox.inside import control, submission
from autograder.sandbox.inside.namespaces import PidNamespaces, become_nobody, enter_own_namespaces
from autograder.sandbox.inside.room import takes_too_much

_ROOM_IS_SEEN_S = 0.25  # how often it is looked at what a submission has written


def serve(descriptor: int) -> None:
    """Prepare, report ready, and answer messages until the peer closes the socket."""
    become_nobody()
    engine = socket.socket(fileno=descriptor)
    received = control.receive(engine)
    if received is None:
        return
    hello = received[0]
    if hello["namespaces"]:
        enter_own_namespaces()
    from autograder.sandbox.inside import runner  # imports NumPy, Matplotlib, IPython

    prepared = runner.prepare(hello["unit"])
    if hello["root"]:
        runner.import_extensions()
    terms = submission.Terms(
        isolate=hello["isolate"],
        namespaces=hello["namespaces"],
        root=hello["root"],
        account=hello["account"],
        program=hello["program"].tobytes(),
        scratch=hello["scratch"],
        limits=hello["limits"],
        held_bytes=_address_space(),
    )
    gc.collect()
    gc.freeze()  # a collection in a fork would touch, and so copy, every page
    _Server(engine, terms, prepared).run()


def _address_space() -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:  # no /proc where there is no Linux; the limit then counts from a guess
        return 2**30


@dataclass
class _Running:
    """A submission's process."""

    job: int
    deadline: float
    home: str
    why_killed: str = field(default="")


class _Server:
    def __init__(self, engine: socket.socket, terms: submission.Terms, prepared: Any) -> None:
        self.engine = engine
        self.terms = terms
        self.prepared = prepared
        self.running: dict[int, _Running] = {}  # by process
        self.wake_reader, self.wake_writer = os.pipe()
        os.set_blocking(self.wake_writer, False)  # as set_wakeup_fd wants it
        self.pid_namespaces = PidNamespaces() if terms.namespaces else None

    def run(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_writer, warn_on_full_buffer=False)
        control.send(self.engine, {"op": "ready"})
        while True:
            watched: list[Any] = [self.engine, self.wake_reader]
            ready, _, _ = select.select(watched, [], [], self._patience())
            if self.wake_reader in ready:
                os.read(self.wake_reader, 4096)
                self._reap()
            self._kill_where(lambda entry: entry.deadline <= time.monotonic(), "wall")
            self._kill_who_takes_too_much()
            if self.engine in ready:
                received = control.receive(self.engine)
                if received is None:
                    break
                self._obey(*received)
        self._kill_where(lambda _: True, "stop")

    def _kill_who_takes_too_much(self) -> None:
        limits = self.terms.limits
        for pid in self.running if self.terms.root else ():  # one alone
            home = f"{self.terms.root}{submission.HOME_IN_TREE}"
            if takes_too_much(pid, home, limits["disk_bytes"], limits["disk_files"]):
                self._kill_where(lambda _: True, "disk")

    def _patience(self) -> float | None:
        """Return how long nothing has to be killed [s]."""
        deadlines = [entry.deadline for entry in self.running.values() if not entry.why_killed]
        if not deadlines:
            return None
        left_s = max(0.0, min(deadlines) - time.monotonic())
        return min(left_s, _ROOM_IS_SEEN_S) if self.terms.root else left_s

    def _obey(self, message: dict[str, Any], descriptors: list[int]) -> None:
        if message["op"] == "run":
            try:
                self._start(message["job"], *descriptors)
            except OSError as error:
                self._report(message["job"], 1, "", 0.0, str(error))
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)
        elif message["op"] == "kill":
            self._kill_where(lambda entry: entry.job == message["job"], "request")

    def _start(self, job: int, channel: int, *files: int) -> None:
        home = submission.make_home(self.terms)
        if self.pid_namespaces is not None:
            self.pid_namespaces.renew()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            submission.inhabit(channel, files, self.terms, home, self.prepared)
        limits = self.terms.limits
        deadline = time.monotonic() + limits["notebook_wall_s"] + limits["grace_s"]
        self.running[pid] = _Running(job, deadline, home)

    def _kill_where(self, condition: Any, why: str) -> None:
        for pid, entry in self.running.items():
            if not entry.why_killed and condition(entry):
                entry.why_killed = why
                submission.kill(pid)

    def _reap(self) -> None:
        while self.running:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            entry = self.running.pop(pid, None)
            if entry is None:
                continue
            submission.remove_home(self.terms, entry.home)
            code = os.waitstatus_to_exitcode(status)
            cpu_s = usage.ru_utime + usage.ru_stime
            self._report(entry.job, code, entry.why_killed, cpu_s, "")

    def _report(self, job: int, code: int, why: str, cpu_s: float, detail: str) -> None:
        message = {"op": "ended", "job": job, "code": code, "why_killed": why}
        control.send(self.engine, {**message, "cpu_s": cpu_s, "detail": detail})
