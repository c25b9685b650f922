"""The caller's end of one worker: starts it, asks it, ends it when the clock has run out."""

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.errors import AutograderError
from autograder.visible import one_line
from autograder.workers import inside

_START_S = 120.0
_STOP_S = 5.0
_WORDS_BYTES = 2_000
#: With the caller's own path and none of Python's settings: nothing beside the course is imported.
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from autograder.workers.inside import main; main()"
)


class WorkerDied(Exception):
    """A worker did not survive a call; the message says what the call did, as the end of a clause.

    Such as "took more than 20 s of processor time".
    """


@dataclass(frozen=True)
class WorkLimits:
    """What one call may use.

    Attributes
    ----------
    cpu_s : int
        Processor time. An honest submission takes a second at most.
    wall_s : float
        Time by the clock, for a machine that has much else to do.
    memory_bytes : int
        Beyond what the worker holds when it is called.
    """

    cpu_s: int = 20
    wall_s: float = 180.0
    memory_bytes: int = 2**30


class Worker:
    """One worker. It can be asked from one thread at a time."""

    def __init__(self, limits: WorkLimits) -> None:
        self.limits = limits
        self.lives = True
        self._greeted = False
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        path = json.dumps([os.path.abspath(entry) for entry in sys.path])
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _PROGRAM, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            # Its arrays are small, and threads that wait would count as memory.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )

    def call(
        self, answer: Callable[[Any], Any], function: Callable[..., Any], *arguments: Any
    ) -> Any:
        """Return what `function` returns there; raise what it raises.

        Parameters
        ----------
        answer : function
            Answers what the worker asks meanwhile; the worker's clock stands still for so long.

        Raises
        ------
        WorkerDied
            If it did not end within the limits; then `lives` is False.
        AutograderError
            If the worker did not even start.
        """
        self._greet()
        limits = self.limits
        call = (function, arguments, limits.cpu_s, limits.memory_bytes)
        kind, value, used_up = self._told(pickle.dumps(call, pickle.HIGHEST_PROTOCOL), answer)
        if used_up:
            self.close()
        if kind == inside.FULL:
            raise WorkerDied(self._out_of_memory())
        if kind == inside.RAISED:
            raise value
        return value

    def _told(self, data: bytes, answer: Callable[[Any], Any]) -> inside.Reply:
        """Send a call, and answers as long as the worker asks; return what came of it."""
        left_s = self.limits.wall_s
        while True:
            began = time.monotonic()
            with self._ended_after(left_s) as clock:
                reply = self._exchange(data)
            left_s -= time.monotonic() - began
            if reply is None:
                self.close()
                raise WorkerDied(self._why(clock))
            if reply[0] != inside.ASKED:
                return reply
            try:
                data = pickle.dumps(answer(reply[1]), pickle.HIGHEST_PROTOCOL)
            except BaseException:
                self.close()  # it would wait for ever
                raise

    def close(self) -> None:
        """End it."""
        self.lives = False
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):  # nobody reads what waited
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._words.close()

    def _greet(self) -> None:
        if self._greeted:
            return
        with self._ended_after(_START_S):
            reply = self._exchange(b"")
        if reply is None:
            self._words.seek(0)
            said = self._words.read().decode("utf-8", "replace")[-_WORDS_BYTES:].strip()
            self.close()
            last = one_line(said.splitlines()[-1]) if said else "it said nothing"
            raise AutograderError(f"A process that reads submissions did not start: {last}.")
        self._greeted = True

    def _exchange(self, data: bytes) -> inside.Reply | None:
        """Send `data` and return the reply; None if the worker ended before it was whole."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
            reply: inside.Reply = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        return reply

    @contextlib.contextmanager
    def _ended_after(self, seconds: float) -> Iterator[threading.Event]:
        """Kill the worker if the block takes longer; then the event is set."""
        ran_out = threading.Event()

        def end() -> None:
            ran_out.set()
            self._process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield ran_out
        finally:
            timer.cancel()

    def _why(self, ran_out: threading.Event) -> str:
        code = self._process.returncode
        if ran_out.is_set():
            return f"took longer than {self.limits.wall_s:g} s"
        if sys.platform != "win32" and code == -signal.SIGXCPU:
            return f"took more than {self.limits.cpu_s} s of processor time"
        if sys.platform != "win32" and code == -signal.SIGKILL:
            return "was ended by the system, most likely because memory ran out"
        return f"ended its process (code {code})"

    def _out_of_memory(self) -> str:
        return f"took more than {self.limits.memory_bytes // 2**20} MB of memory"
