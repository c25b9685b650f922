"""The other process of data-parallel training, and the memory that both see."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes import addressof
from itertools import chain
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref.fused import blas

Arrays = tuple[npt.NDArray[Any], ...]
Results = tuple[Arrays, Arrays]
Step = Callable[[Arrays, Arrays], Results]
Shapes = list[list[tuple[tuple[int, ...], np.dtype[Any]]]]

ALIGNMENT = 64  # bytes: a line of the processor's cache
SPIN_S = 2e-3
"""So long a process looks again and again for a message before it lets the system wake it."""
_let_others_run = getattr(os, "sched_yield", lambda: time.sleep(0))
READY, GO, DONE = b"ready", b"go", b"done"
NOT_STARTED = (
    "ended before it began: the step must be in a module, and what a script does beneath "
    '`if __name__ == "__main__":`'
)


class Worker:
    """Takes steps in a process of its own, as long as it lives.

    Parameters
    ----------
    step : function that another process can import by its name
    *groups : tuples of arrays
        Weights, batch, and the two groups of results: arrays like those to come.
    """

    def __init__(self, step: Step, *groups: Arrays) -> None:
        self.shapes = shapes(*groups[:2])
        self.failure = ""
        """Why it is of no use any more, as the end of a sentence."""
        self._started = False
        context = multiprocessing.get_context("spawn")  # fork would copy the locks of threads
        self._connection, theirs = context.Pipe()
        places, n_bytes = _places(groups)
        memory = context.RawArray("B", n_bytes)
        self._weights, self._batch, self._of_examples, self._sums = _views(memory, places)
        arguments = (theirs, step, memory, places)
        self._process = context.Process(target=_work, args=arguments, daemon=True)
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
            _fill(self._weights + self._batch, weights + batch)
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


def _work(connection: Connection, step: Step, memory: Any, places: "list[list[_Place]]") -> None:
    """What the other process does, until the first one ends or closes the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a stop button means the first process
    weights, batch, *results = _views(memory, places)
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


class _Place(NamedTuple):
    """Where an array lies in the memory that both processes see."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int
    strides: tuple[int, ...]


def _places(groups: Sequence[Arrays]) -> tuple[list[list[_Place]], int]:
    """Places for arrays like these, one behind the other, and how many bytes they need."""
    places: list[list[_Place]] = []
    end = 0
    for group in groups:
        places.append([])
        for array in group:
            like = np.empty_like(array)  # without gaps, its axes in the same order
            places[-1].append(_Place(like.shape, like.dtype, end, like.strides))
            end += -(-like.nbytes // ALIGNMENT) * ALIGNMENT
    return places, end + ALIGNMENT


def _views(memory: Any, places: list[list[_Place]]) -> list[Arrays]:
    start = -addressof(memory) % ALIGNMENT
    return [
        tuple(
            np.ndarray(place.shape, place.dtype, memory, start + place.offset, place.strides)
            for place in group
        )
        for group in places
    ]


def shapes(*groups: Arrays) -> Shapes:
    """Shapes and types of the arrays of each group."""
    return [[(array.shape, array.dtype) for array in group] for group in groups]


def _fill(views: Arrays, arrays: Arrays) -> None:
    if shapes(views) != shapes(arrays):
        raise ValueError(f"arrays are {shapes(arrays)}; at the first call {shapes(views)}")
    for view, array in zip(views, arrays, strict=True):
        np.copyto(view, array)
