"""Time that a busy machine does not take away."""

import time

import pytest

from autograder.judge.repair import bench, search


@pytest.fixture
def own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that others use, too, changes nothing: time is the processor's, and enough."""
    monkeypatch.setattr(bench, "clock", time.process_time)
    monkeypatch.setattr(search, "BUDGET_S", 60.0)
