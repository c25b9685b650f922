"""Data-parallel training: two processes, each with half of the batch.

Two threads would be of no use here. A step is made of hundreds of short NumPy calls, at each of
which Python's lock may change hands, and the products are too small for BLAS to share out.
"""

import multiprocessing
import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes import addressof
from itertools import chain
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

Arrays = tuple[npt.NDArray[Any], ...]
Step = Callable[[Arrays, Arrays], tuple[Arrays, Arrays]]
Shapes = list[tuple[tuple[int, ...], np.dtype[Any]]]

ALIGNMENT = 64  # bytes: a line of the processor's cache
SPIN_S = 2e-3
"""So long a process looks again and again for a message before it lets the system wake it."""
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
READY, GO, DONE = b"ready", b"go", b"done"


class DataParallel:
    """Takes a training step on two halves of a batch at once, the second in a process of its own.

    The process starts during the first call and is at work as soon as it has imported what it
    needs; until then, and whenever it cannot be had, both halves are computed here, one after the
    other, with the same results. Used in a ``with`` statement, or until ``close``.

    Parameters
    ----------
    step : function of weights, batch
        Both are tuples of arrays; those of the batch have examples along axis 0. It returns two
        tuples of arrays: those with examples along axis 0, and sums over the examples, such as
        gradients. It must be found by its name when its module is imported, for that is how the
        other process gets it; and like every program that starts processes, a script needs
        ``if __name__ == "__main__":`` around what it does.

    Examples
    --------
    >>> from rnn_ref.fused import data_parallel
    >>> with DataParallel(data_parallel._scaled) as step:
    ...     of_examples, sums = step((np.array(2.0),), (np.array([1.0, 3.0, 5.0]),))
    >>> of_examples, sums
    ((array([ 2.,  6., 10.]),), (array(18.),))
    """

    def __init__(self, step: Step) -> None:
        self._step = step
        self._worker: _Worker | None = None
        self._alone = False

    def __call__(self, weights: Arrays, batch: Arrays) -> tuple[Arrays, Arrays]:
        """Take a step on the whole batch.

        Parameters
        ----------
        weights : tuple of arrays
            Of any shapes. When these or the batch's change, another process is started.
        batch : tuple of arrays, shapes (N, ...)
            The larger half of an odd N is computed here; all of it, if N is 1.

        Returns
        -------
        of_examples : tuple of arrays, shapes (N, ...)
        sums : tuple of arrays
            The halves' results, joined and added; new arrays.

        Warns
        -----
        RuntimeWarning
            Once, if there is no second process any more; then all is computed here.
        """
        N = len(batch[0])
        if N < 2:
            return self._step(weights, batch)
        own, others = (tuple(array[half] for array in batch) for half in _halves(N))
        # In nobody's hands: whatever interrupts this call, no later one meets a late answer.
        worker, self._worker = self._worker, None
        try:
            if worker and worker.shapes != _shapes(weights, others):
                worker.end()
                worker = None
            asked = worker is not None and worker.ask(weights, others)
            results = self._step(weights, own)
            others_results = worker.answer() if worker and asked else None
            if others_results is None:
                others_results = self._step(weights, others)
            joined = _joined(results, others_results)
            if worker is None and not self._alone:
                worker = _Worker(self._step, weights, others, *others_results)
            if worker and worker.failure:
                self._go_on_alone(worker)
                worker = None
        except BaseException:
            if worker:
                worker.end()
            raise
        self._worker = worker
        return joined

    def _go_on_alone(self, worker: "_Worker") -> None:
        self._alone = True
        worker.end()
        warnings.warn(
            f"Training goes on in one process: the second {worker.failure}.",
            RuntimeWarning,
            stacklevel=3,
        )

    def ready(self, timeout_s: float = 0.0) -> bool:
        """Wait for the process that the last call started; tell whether it can take its half."""
        return self._worker is not None and self._worker.ready(timeout_s)

    def close(self) -> None:
        """End the other process. A later call would start one again."""
        worker, self._worker = self._worker, None
        if worker:
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()


class _Worker:
    """The other process, and the memory that both see."""

    def __init__(self, step: Step, *groups: Arrays) -> None:
        """Start it; groups are weights, batch, and results: arrays like those to come."""
        self.shapes = _shapes(*groups[:2])
        self.failure = ""
        """Why it is of no use any more, as the end of a sentence."""
        self._started = False
        self._process = None
        context = multiprocessing.get_context("spawn")  # fork would copy locked locks of threads
        places, n_bytes = _places(groups)
        self._connection, theirs = context.Pipe()
        try:
            memory = context.RawArray("B", n_bytes)
            self._weights, self._batch, *self._results = _views(memory, places)
            process = context.Process(
                target=_work, args=(theirs, step, memory, places), daemon=True
            )
            with _quiet_start():
                process.start()
            self._process = process
        except (OSError, AssertionError) as error:  # AssertionError: a daemon has no children
            self.failure = f"could not be started ({error})"
        finally:
            theirs.close()  # or its end would not be noticed

    def ready(self, timeout_s: float) -> bool:
        """Wait until it has imported what it needs."""
        if self._process is None or not self._process.is_alive():
            return False
        return self._started or (self._connection.poll(timeout_s) and self._process.is_alive())

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
            self.failure = "has ended"
        return not self.failure

    def answer(self) -> tuple[Arrays, Arrays] | None:
        """Wait for its results; None if there are none."""
        try:
            _spin(self._connection)
            message = self._connection.recv_bytes()
        except (EOFError, OSError):
            self.failure = "has ended"
            return None
        if message != DONE:
            self.failure = f"failed where this one did not. It said:\n{message.decode()}"
            return None
        of_examples, sums = self._results
        return of_examples, sums

    def end(self) -> None:
        """End it at once, whatever it does."""
        self._connection.close()
        if self._process is not None:
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
            except Exception:
                answer = traceback.format_exc().encode()
            connection.send_bytes(answer)


def _spin(connection: Connection) -> None:
    end = time.perf_counter() + SPIN_S
    while not connection.poll() and time.perf_counter() < end:
        pass


@contextmanager
def _quiet_start() -> Iterator[None]:
    """A process that starts in here has one BLAS thread, and is not told of interrupts."""
    before = {name: os.environ.get(name) for name in BLAS_THREADS}
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows
    if masks:
        resource_tracker.ensure_running()  # when it starts, it unblocks the signal
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


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


def _halves(N: int) -> tuple[slice, slice]:
    middle = (N + 1) // 2
    return slice(0, middle), slice(middle, N)


def _shapes(*groups: Arrays) -> list[Shapes]:
    return [[(array.shape, array.dtype) for array in group] for group in groups]


def _fill(views: Arrays, arrays: Arrays) -> None:
    if _shapes(views) != _shapes(arrays):
        raise ValueError(f"arrays are {_shapes(arrays)}; at the first call {_shapes(views)}")
    for view, array in zip(views, arrays, strict=True):
        np.copyto(view, array)


def _joined(own: tuple[Arrays, Arrays], others: tuple[Arrays, Arrays]) -> tuple[Arrays, Arrays]:
    of_examples = zip(own[0], others[0], strict=True)
    sums = zip(own[1], others[1], strict=True)
    return tuple(np.concatenate(pair) for pair in of_examples), tuple(a + b for a, b in sums)
