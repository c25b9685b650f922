"""The workers of this process: started when first needed, kept for the next call."""

import atexit
import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar

from autograder.machine import processors
from autograder.workers.process import Worker, WorkLimits

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """As many workers at work as the machine has processors; use from any number of threads.

    Parameters
    ----------
    count : int, optional
        How many at most.
    """

    def __init__(self, count: int | None = None, limits: WorkLimits | None = None) -> None:
        self.limits = limits or WorkLimits()
        self._free = count or processors()  # how many more may be at work
        self._idle: list[Worker] = []
        self._changed = threading.Condition()

    def start(self, count: int) -> None:
        """Start up to `count` workers ahead, without waiting for them."""
        with self._changed:
            while len(self._idle) < min(count, self._free):
                self._idle.append(Worker(self.limits))

    def call(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Return what `function`, a module's own, returns in a worker; raise what it raises.

        Raises
        ------
        WorkerDied
            If it did not end within the limits.
        """
        return self.converse(_nothing, function, *arguments, **named)

    def converse(
        self,
        answer: Callable[[Any], Any],
        function: Callable[P, T],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T:
        """As `call`, where `function` may ask its caller (`workers.inside.ask`).

        Parameters
        ----------
        answer : function
            Given what is asked, returns what is answered. What it raises ends the call.
        """
        if named:
            raise TypeError("a call to a worker takes arguments by their places")
        with self._at_work():
            with self._changed:
                worker = self._idle.pop() if self._idle else Worker(self.limits)
            try:
                result: T = worker.call(partial(self._waiting, answer), function, *arguments)
                return result
            finally:
                with self._changed:
                    if worker.lives:
                        self._idle.append(worker)

    def _waiting(self, answer: Callable[[Any], Any], question: Any) -> Any:
        """Answer a worker, and let another one work as long as it waits."""
        self._leave()
        try:
            return answer(question)
        finally:
            self._enter()

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._free > 0)
            self._free -= 1

    def _leave(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify()

    def close(self) -> None:
        """End all workers that wait."""
        with self._changed:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()


def _nothing(question: Any) -> None:
    raise RuntimeError(f"nobody answers a worker that asks for {type(question).__name__}")


_lock = threading.Lock()
_open: list[Workers] = []
_users = 0


@contextlib.contextmanager
def workers() -> Iterator[Workers]:
    """Give the workers of this process. Whoever leaves last ends them."""
    global _users
    with _lock:
        if not _users:
            _open.append(Workers())
        _users += 1
        shared = _open[-1]
    try:
        yield shared
    finally:
        with _lock:
            _users -= 1
            last = _open.pop() if not _users else None
        if last is not None:
            last.close()


@cache
def lasting_workers() -> Workers:
    """Return the workers of this process, kept until it ends: for a program that is not ours."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(workers())
