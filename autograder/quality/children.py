"""Work on many wrong functions in processes of their own, which one of them may take down.

A slip can make a loop endless or fill the memory, also within NumPy, where no Python signal
handler runs. So each function has a limit of processor time that the kernel keeps, and a dead
process costs the one function that it died of.
"""

import multiprocessing
import resource
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

PATIENCE_S = 10.0
"""Processor seconds for one function, the naming of its mistake included."""

MAX_DATA_BYTES = 2 << 30


@dataclass(frozen=True)
class Batch:
    """Functions that are worked on one after another, in one process if it lives.

    Attributes
    ----------
    prepare : function
        Called once in each process; returns the work, from the number of an item to its result.
    count : int
    patience_s : float
        Processor seconds that one item may take.
    """

    prepare: Callable[[], Callable[[int], Any]]
    count: int
    patience_s: float = PATIENCE_S


@dataclass(frozen=True)
class _Failed:
    """The work itself went wrong, as `trace` tells."""

    trace: str


def results_of(batches: Sequence[Batch], jobs: int) -> Iterator[tuple[int, int, Any]]:
    """Yield (batch, item, result) as they come; the result is None where the process died.

    What is yielded does not depend on `jobs`; the order does.
    """
    waiting = [(number, 0) for number in range(len(batches))][::-1]
    running: dict[Connection, tuple[int, int, Any]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                number, first = waiting.pop()
                connection, process = _started(batches[number], first, tuple(running))
                running[connection] = number, first, process
            ready = wait(list(running))
            for connection in [one for one in running if one in ready]:
                number, item, process = running[connection]
                try:
                    result = connection.recv()
                    if isinstance(result, _Failed):
                        raise RuntimeError(f"measuring failed:\n{result.trace}")
                except EOFError:
                    result = None
                    connection.close()
                    process.join()
                    del running[connection]
                    if item + 1 < batches[number].count:
                        waiting.append((number, item + 1))
                else:
                    running[connection] = number, item + 1, process
                if item < batches[number].count:
                    yield number, item, result
    finally:
        for connection, (_, _, process) in running.items():
            process.kill()
            connection.close()


def _started(batch: Batch, first: int, others: tuple[Connection, ...]) -> tuple[Connection, Any]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(batch, first, theirs, (ours, *others)), daemon=True
    )
    process.start()
    theirs.close()
    return ours, process


def _work(
    batch: Batch, first: int, connection: Connection, inherited: tuple[Connection, ...]
) -> None:
    for other in inherited:  # so that this process ends when nobody reads any more
        other.close()
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # the kernel ends the process
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_DATA_BYTES, MAX_DATA_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")  # wrong functions divide by zero and more
    work = batch.prepare()
    for item in range(first, batch.count):
        signal.setitimer(signal.ITIMER_PROF, batch.patience_s)
        try:
            result = work(item)
        except Exception:  # of ours: a wrong function's own are findings
            result = _Failed(traceback.format_exc())
        signal.setitimer(signal.ITIMER_PROF, 0)
        connection.send(result)
