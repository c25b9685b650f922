"""Soft limits: an exception in the cell that takes too long, so that the next cells still run.

Functions of other modules are imported by name: student code may rebind them in those modules.
"""

from signal import ITIMER_PROF, ITIMER_REAL, SIGALRM, SIGPROF, Signals, setitimer, signal
from time import process_time
from types import FrameType
from typing import Literal

from autograder.sandbox.inside.frames import FrameWriter

_REPEAT_S = 1.0  # how often code that swallowed the exception is told again
_LEAST_S = 0.001  # a timer of zero would be no timer


class OutOfTime(BaseException):
    """The cell has used up its time. Not an Exception, so that `except Exception` lets it pass."""


class CellClock:
    """Raises `OutOfTime` in the main thread when a cell has used up its CPU or wall-clock time.

    Attributes
    ----------
    fired : str
        "", "cpu" or "wall": the first limit that the current cell reached.
    """

    def __init__(self, frames: FrameWriter) -> None:
        self._frames = frames
        self._armed = False
        self.fired: Literal["", "cpu", "wall"] = ""

    def start(self, cpu_s: float, wall_s: float) -> None:
        """Begin a cell that may take this long."""
        self.fired = ""
        self._seconds = {SIGPROF: cpu_s, SIGALRM: wall_s}
        for number in self._seconds:
            signal(number, self._ring)
        self._armed = True
        setitimer(ITIMER_PROF, max(cpu_s, _LEAST_S), _REPEAT_S)
        setitimer(ITIMER_REAL, max(wall_s, _LEAST_S), _REPEAT_S)

    def disarm(self) -> None:
        """Raise no more, from the next line on."""
        self._armed = False

    def stop(self) -> None:
        """End the cell: no timer is left."""
        self._armed = False
        setitimer(ITIMER_PROF, 0)
        setitimer(ITIMER_REAL, 0)

    def _ring(self, number: int, _: FrameType | None) -> None:
        if not self._armed:
            return
        if not self.fired:
            self.fired = "cpu" if number == SIGPROF else "wall"
        if self._frames.busy:
            return  # raising would tear a frame; the timer rings again
        kind = "CPU" if number == SIGPROF else "wall-clock"
        seconds = self._seconds[Signals(number)]
        raise OutOfTime(f"This cell used up its {seconds:.3g} s of {kind} time.")


def cpu_seconds() -> float:
    """Return the CPU time of this process since it was forked."""
    return process_time()
