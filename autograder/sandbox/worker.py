"""What a cluster's worker does with an order: runs it in its own sandbox, answers in bytes.

`serve` and `prove` are what the instructor's machine calls by name. A worker is a process of its
own, so what it keeps between orders is kept here: a sandbox a unit, and whether the doctor passed.
"""

import atexit
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor import examine
from autograder.sandbox.engine import Engine, unit_engine
from autograder.sandbox.job import Ending, Job, Limits, Transcript
from autograder.sandbox.launcher import BubblewrapLauncher, Launcher
from autograder.sandbox.parcel import (
    Answer,
    Order,
    ParcelError,
    difference,
    digest_of,
    pack_answer,
    unpack_order,
)

_KEPT = 3  # sandboxes that wait for more orders of their unit


@dataclass
class _Sandbox:
    engine: Engine
    stack: contextlib.ExitStack
    users: int = 0


class Workshop:
    """A worker's sandboxes, each kept for the next order of its unit.

    Parameters
    ----------
    launcher : Launcher
        The doctor tries it before its first use for a unit; a failure is tried again with the
        next order.
    """

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._lock = threading.Lock()
        self._proven: set[str] = set()
        self._sandboxes: dict[tuple[str, str, Limits], _Sandbox] = {}

    def why_not(self, unit: str) -> str:
        """Return why nothing of `unit` can run here, or ""."""
        with self._lock:
            if unit in self._proven:
                return ""
            failed = [finding for finding in examine(self._launcher, unit) if not finding.passed]
            self._proven |= set() if failed else {unit}
            return f"Its sandbox does not hold. {failed[0].sentence}" if failed else ""

    def answer(self, order: Order, inputs: bytes | None) -> Answer:
        """Run an order, unless something has to be said first."""
        refusal = difference(order.software) or self.why_not(order.unit)
        if refusal:
            return Answer(refusal=refusal)
        if inputs is not None and digest_of(inputs) != order.inputs_digest:
            raise ParcelError("The inputs are not those that the order names.")
        try:
            with self._engine(order, inputs) as engine:
                if engine is None:
                    return Answer(wants_inputs=True)
                return Answer(engine.execute(Job("", order.cells)))
        except SandboxUnavailable as error:
            return Answer(refusal=str(error))

    @contextlib.contextmanager
    def _engine(self, order: Order, inputs: bytes | None) -> Iterator[Engine | None]:
        key = (order.unit, order.inputs_digest, order.limits)
        with self._lock:
            sandbox = self._sandboxes.pop(key, None)
            if sandbox is None and inputs is not None:
                sandbox = self._open(order, inputs)
            if sandbox is not None:
                self._sandboxes[key] = sandbox  # the last one used stands last
                sandbox.users += 1
        if sandbox is None:
            yield None
            return
        try:
            yield sandbox.engine
        finally:
            with self._lock:
                sandbox.users -= 1
                self._close_idle()

    def _open(self, order: Order, inputs: bytes) -> _Sandbox:
        stack = contextlib.ExitStack()
        opened = unit_engine(order.unit, inputs, order.limits, self._launcher)
        return _Sandbox(stack.enter_context(opened), stack)

    def _close_idle(self) -> None:
        idle = [key for key, sandbox in self._sandboxes.items() if not sandbox.users]
        for key in idle[: max(0, len(self._sandboxes) - _KEPT)]:
            self._sandboxes.pop(key).stack.close()

    def close(self) -> None:
        """End all sandboxes."""
        with self._lock:
            while self._sandboxes:
                self._sandboxes.popitem()[1].stack.close()


_workshop = Workshop(BubblewrapLauncher())
atexit.register(_workshop.close)


def serve(order: bytes, inputs: bytes | None) -> bytes:
    """Answer an order; whatever goes wrong is told in the answer."""
    try:
        answer = _workshop.answer(unpack_order(order), inputs)
    except Exception as error:
        sentence = f"the worker failed unexpectedly ({type(error).__name__}: {error})"
        answer = Answer(Transcript(b"", Ending.SETUP, sentence[:1000], 0.0, 0.0))
    return pack_answer(answer)


def prove(order: bytes) -> bytes:
    """Answer whether an order could run here; nothing runs but the doctor."""
    try:
        asked = unpack_order(order)
        refusal = difference(asked.software) or _workshop.why_not(asked.unit)
    except Exception as error:
        refusal = f"It failed unexpectedly ({type(error).__name__}: {error})."
    return pack_answer(Answer(refusal=refusal, wants_inputs=not refusal))
