"""Whether the machine was overloaded: told by the kernel's count, or by the load average."""

import os
from pathlib import Path

import pytest

from autograder import machine
from autograder.machine import Crowding, processors


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(machine.time, "monotonic", lambda: now[0])
    return now


def pressure(path: Path, waited_s: float) -> None:
    path.write_text(f"some avg10=0.00 avg60=0.00 avg300=0.00 total={waited_s * 1e6:.0f}\nfull x\n")


@pytest.mark.parametrize(
    ("waited_s", "cpu_s", "overloaded"),
    [(9.0, 4.0, True), (5.0, 4.0, False), (9.0, 3.0, True), (9.0, 9.0, False), (9.0, 65.0, False)],
)
def test_pressure_counts_the_time_that_tasks_waited_unless_it_had_a_processor_of_its_own(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: list[float],
    waited_s: float,
    cpu_s: float,
    overloaded: bool,
) -> None:
    file = tmp_path / "cpu"
    monkeypatch.setattr(machine, "PRESSURE", file)
    pressure(file, 1000.0)
    crowding = Crowding()
    clock[0] += 10
    pressure(file, 1000.0 + waited_s)
    assert crowding.overloaded(cpu_s) is overloaded


@pytest.mark.parametrize(("load", "overloaded"), [(3.0, True), (1.0, False)])
def test_load_average_decides_where_the_kernel_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: float, overloaded: bool
) -> None:
    monkeypatch.setattr(machine, "PRESSURE", tmp_path / "missing")
    each = load * processors()
    monkeypatch.setattr(os, "getloadavg", lambda: (each, each, each), raising=False)
    assert Crowding().overloaded(cpu_s=0.0) is overloaded
