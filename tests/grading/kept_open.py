"""Sandboxes and workers that stay open from one test to the next.

To start them takes ten times as long as to grade a submission. What they keep from one another is
proven in tests/sandbox, tests/attacks and tests/workers, where each has its own.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count

import pytest

from autograder.errors import SandboxUnavailable
from autograder.grading import proven, unit_grader
from autograder.sandbox import doctor
from autograder.sandbox.engine import Engine, unit_engine
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import BubblewrapLauncher, Launcher
from autograder.workers import workers

_MOST_OPEN = 3
_FIRST_SEED = 7


class OpenSandboxes:
    """Engines by what they were made of, the last few; each has been tried out once."""

    def __init__(self) -> None:
        self._open: OrderedDict[object, tuple[Engine, ExitStack]] = OrderedDict()
        self._proven: set[Engine] = set()

    @contextmanager
    def engine(
        self, unit: str, inputs: bytes, limits: Limits, launcher: Launcher
    ) -> Iterator[Engine]:
        """As `unit_engine`, but open when this has been asked for before."""
        if type(launcher) is not BubblewrapLauncher:  # a test's own
            with unit_engine(unit, inputs, limits, launcher) as engine:
                yield engine
            return
        if reason := launcher.why_not():
            raise SandboxUnavailable(reason)
        key = (unit, inputs, limits)
        if key not in self._open:
            stack = ExitStack()
            engine = stack.enter_context(unit_engine(unit, inputs, limits, launcher))
            self._open[key] = engine, stack
            if len(self._open) > _MOST_OPEN:
                self._close(next(iter(self._open)))
        self._open.move_to_end(key)
        yield self._open[key][0]

    def try_out(self, engine: Engine, canary: doctor.Canary) -> Iterable[doctor.Finding]:
        """As `doctor.try_out`, once for each engine."""
        if engine in self._proven:
            return
        yield from doctor.try_out(engine, canary)
        self._proven.add(engine)

    def _close(self, key: object) -> None:
        engine, stack = self._open.pop(key)
        self._proven.discard(engine)
        stack.close()

    def close(self) -> None:
        """End all."""
        while self._open:
            self._close(next(iter(self._open)))


@pytest.fixture(scope="session")
def open_sandboxes() -> Iterator[OpenSandboxes]:
    """The sandboxes of this process, and its workers: all gone after the last test."""
    sandboxes = OpenSandboxes()
    with workers():
        yield sandboxes
    sandboxes.close()


@pytest.fixture
def kept_open(open_sandboxes: OpenSandboxes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Grade in sandboxes that are open already; every course draws the same secret seeds."""
    monkeypatch.setattr(unit_grader, "unit_engine", open_sandboxes.engine)
    monkeypatch.setattr(proven, "try_out", open_sandboxes.try_out)
    seeds = count(_FIRST_SEED)
    monkeypatch.setattr(unit_grader.secrets, "randbits", lambda bits: next(seeds))
