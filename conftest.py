"""Which unit a test belongs to, and which tests run in one process, by their names alone."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Any

import pytest
from hypothesis.internal.conjecture import providers

from autograder.student.probes import exercise_names, find_probe
from autograder.units import NOTEBOOKS, folder_name

#: What takes longest comes first, so that at the end no process waits for another.
FIRST = (
    "tests/attacks/test_suite",
    "tests/environments",
    "tests/course",
    "tests/grading",
    "tests/judge",
)
#: Where what is shared belongs to one unit, or nothing is shared.
BY_UNIT = ("tests/judge/", "tests/course/test_notebooks_run")
#: What `make quick` leaves out beside all that needs a sandbox or a browser: rooms that start
#: programs, and what runs whole notebooks or every mistake on several seeds.
SLOW = (
    *(f"tests/{r}/" for r in ("bench", "environments", "sandbox", "soak", "threads", "workers")),
    *(f"tests/course/test_{f}" for f in ("notebooks_run", "teaching_guide")),
    *(f"tests/judge/test_{f}" for f in ("any_seed", "bptt", "char_lm", "clipping", "examples")),
    *(f"tests/judge/test_{f}" for f in ("exercises", "long_memory", "predicted", "sampling")),
    "tests/rnn_ref/test_widgets_long_memory_saved",
)
_WIDEST_FIRST = sorted(NOTEBOOKS, key=len, reverse=True)


def pytest_configure(config: pytest.Config) -> None:
    """Make a marker of every unit: ``pytest -m recurrence``."""
    config.addinivalue_line("markers", "slow: not in `make quick`")
    if config.getoption("numprocesses", None):  # each has a core: their threads would wait in loops
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Property tests would also draw the numbers and texts in modules of ours, which differ by what
    # other tests have imported: the same run is to draw the same everywhere, and the soak anew.
    if config.getoption("--hypothesis-profile", None) != "soak":
        providers.is_local_module_file = lambda path: False  # type: ignore[attr-defined]
    for unit in NOTEBOOKS:
        config.addinivalue_line("markers", f"{unit}: tests of unit {folder_name(unit)}")


@pytest.hookimpl(tryfirst=True)  # before -m looks at the markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every test with its units; where several processes share the work, order it."""
    for item in items:
        for unit in units_of(item.nodeid):
            item.add_marker(unit)
        if _is_slow(item):
            item.add_marker("slow")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


def _is_slow(item: pytest.Item) -> bool:
    sandboxed = any(
        mark.kwargs.get("reason", "").startswith("no sandbox")
        for mark in item.iter_markers("skipif")
    )
    browsing = "chromium" in getattr(item, "fixturenames", ())
    return sandboxed or browsing or item.nodeid.startswith(SLOW)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process whole groups, so that what a group shares is made once."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)


def group_of(nodeid: str) -> str:
    """Return what names the group of a test: its file, or for what shares a unit's keys the unit.

    >>> group_of("tests/judge/test_exercises.py::test_reference_earns_all[rnn_forward]")
    'tests/judge: recurrence'
    """
    path = nodeid.partition("::")[0]
    units = units_of(nodeid)
    if path.startswith(BY_UNIT) and len(units) == 1:
        return f"{path.rpartition('/')[0]}: {units[0]}"
    return path


@cache
def units_of(nodeid: str) -> tuple[str, ...]:
    """Return the units that a test names: by its file, else by its parameters.

    >>> units_of("tests/rnn_ref/test_widgets_lstm_gradients.py::test_reset")
    ('lstm_gradients',)
    >>> units_of("tests/judge/test_exercises.py::test_mistake[rnn_forward-h_0_ignored]")
    ('recurrence',)
    >>> units_of("tests/house/test_cli.py::test_help")
    ()
    """
    path, _, test = nodeid.partition("::")
    named = _units_in(path)
    if not named and "[" in test:
        words = re.split(r"[-\]]", test.partition("[")[2])
        named = tuple(dict.fromkeys(unit for word in words if (unit := _unit_by_name().get(word))))
    return named


def _units_in(path: str) -> tuple[str, ...]:
    """Return the units in a path; lstm is not in lstm_gradients."""
    found = []
    for unit in _WIDEST_FIRST:
        path, count = re.subn(rf"(?<![a-z]){unit}(?![a-z])", "", path)
        if count:
            found.append(unit)
    return tuple(found)


@cache
def _unit_by_name() -> dict[str, str]:
    """Return the unit of every notebook and of every exercise, by name."""
    names = {name: unit for unit in NOTEBOOKS for name in (unit, folder_name(unit))}
    for exercise in exercise_names():
        probe = find_probe(exercise)
        if probe is not None:
            names[exercise] = probe.run.__module__.rpartition(".")[2]
    return names
