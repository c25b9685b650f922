"""The other process of data-parallel training, and the memory that both see."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ctypes import addressof
from itertools import chain
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref.fused import blas
from rnn_ref.fused.buffers import CACHE_LINE

Arrays = tuple[npt.NDArray[Any], ...]
Results = tuple[Arrays, Arrays]
Step = Callable[[Arrays, Arrays], Results]
Shapes = list[list[tuple[tuple[int, ...], np.dtype[Any]]]]

CONTEXT = multiprocessing.get_context("spawn")  # fork would copy the locks of threads
SPIN_S = 2e-3
"""So long a process looks again and again for a message before it lets the system wake it."""
_let_others_run = getattr(os, "sched_yield", lambda: time.sleep(0))
READY, GO, DONE = b"ready", b"go", b"done"
NOT_STARTED = (
    "ended before it began: the step must be in a module, and what a script does beneath "
    '`if __name__ == "__main__":`'
)


class _Place(NamedTuple):
    """Where an array lies in the memory that both processes see."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int
    strides: tuple[int, ...]


class SharedArrays:
    """Arrays in memory that both processes see: like these, with anything in them at first.

    Parameters
    ----------
    *groups : tuples of arrays

    Attributes
    ----------
    groups : list of tuples of arrays
    """

    def __init__(self, *groups: Arrays) -> None:
        self._places: list[list[_Place]] = []
        end = 0
        for group in groups:
            self._places.append([])
            for array in group:
                like = np.empty_like(array)  # without gaps, its axes in the same order
                self._places[-1].append(_Place(like.shape, like.dtype, end, like.strides))
                end += -(-like.nbytes // CACHE_LINE) * CACHE_LINE
        self._memory = CONTEXT.RawArray("B", end + CACHE_LINE)
        self.groups = self._views()

    def _views(self) -> list[Arrays]:
        start = -addressof(self._memory) % CACHE_LINE
        return [
            tuple(
                np.ndarray(
                    place.shape, place.dtype, self._memory, start + place.offset, place.strides
                )
                for place in places
            )
            for places in self._places
        ]

    def __getstate__(self) -> tuple[list[list[_Place]], Any]:
        return self._places, self._memory  # the other process looks at it anew

    def __setstate__(self, state: tuple[list[list[_Place]], Any]) -> None:
        self._places, self._memory = state
        self.groups = self._views()


class Worker:
    """Takes steps in a process of its own, as long as it lives.

    Parameters
    ----------
    step : function that another process can import by its name
    weights : SharedArrays
        One group, where the other process looks for them.
    batch, of_examples, sums : tuples of arrays
        Arguments and results like those to come.
    """

    def __init__(
        self, step: Step, weights: SharedArrays, batch: Arrays, of_examples: Arrays, sums: Arrays
    ) -> None:
        self.weights = weights
        self.shapes = shapes(*weights.groups, batch)
        self.failure = ""
        """Why it is of no use any more, as the end of a sentence."""
        self._started = False
        self._connection, theirs = CONTEXT.Pipe()
        others = SharedArrays(batch, of_examples, sums)
        self._batch, self._of_examples, self._sums = others.groups
        arguments = (theirs, step, weights, others)
        self._process = CONTEXT.Process(target=_work, args=arguments, daemon=True)
        try:
            with _deaf_to_interrupts(), blas.one_thread_in_new_processes():
                self._process.start()
        except (OSError, AssertionError) as error:  # AssertionError: daemons may have no children
            self.failure = f"could not be started ({error})"
        except BaseException:
            self.end()
            raise
        finally:
            theirs.close()  # while two hold it, its end is not noticed

    def ready(self, timeout_s: float) -> bool:
        """Wait until it has imported what it needs."""
        with suppress(OSError):
            return (self._started or self._connection.poll(timeout_s)) and self._process.is_alive()
        return False

    def ask(self, weights: Arrays, batch: Arrays) -> bool:
        """Give it work, if it is ready."""
        try:
            if not self._started:
                if not self._connection.poll():
                    return False
                self._connection.recv_bytes()
                self._started = True
            _fill(self.weights.groups[0] + self._batch, weights + batch)
            self._connection.send_bytes(GO)
        except (EOFError, OSError):
            self.failure = "has ended" if self._started else NOT_STARTED
        return not self.failure

    def answer(self) -> Results | None:
        """Wait for its results; None if there are none."""
        try:
            _spin(self._connection)
            message = self._connection.recv_bytes()
        except (EOFError, OSError):
            self.failure = "has ended"
            return None
        if message != DONE:
            self.failure = f"failed where the first did not ({message.decode()})"
            return None
        return self._of_examples, self._sums

    def end(self) -> None:
        """End it at once, whatever it does."""
        self._connection.close()
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()


def _work(connection: Connection, step: Step, shared: SharedArrays, others: SharedArrays) -> None:
    """What the other process does, until the first one ends or closes the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a stop button means the first process
    (weights,), (batch, *results) = shared.groups, others.groups
    with suppress(EOFError, OSError):
        connection.send_bytes(READY)
        while True:
            _spin(connection)
            connection.recv_bytes()
            try:
                _fill(tuple(chain(*results)), tuple(chain(*step(weights, batch))))
                answer = DONE
            except Exception as error:
                answer = traceback.format_exception_only(error)[-1].strip().encode()
            connection.send_bytes(answer)


def _spin(connection: Connection) -> None:
    end = time.perf_counter() + SPIN_S
    while not connection.poll() and time.perf_counter() < end:
        _let_others_run()  # or two that wait for one another may share a core, the other one idle


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """A process that starts in here never hears of a stop button: that means the first one."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # if it had to start in here, it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def shapes(*groups: Arrays) -> Shapes:
    """Shapes and types of the arrays of each group."""
    return [[(array.shape, array.dtype) for array in group] for group in groups]


def _fill(views: Arrays, arrays: Arrays) -> None:
    if shapes(views) != shapes(arrays):
        raise ValueError(f"arrays are {shapes(arrays)}; at the first call {shapes(views)}")
    for view, array in zip(views, arrays, strict=True):
        if view is not array:
            np.copyto(view, array)
