"""Each unit in a kit, done as a learner does it: first nothing is written, then all of it.

Demonstrations take minutes; ``make soak`` runs them, too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.units import NOTEBOOKS, UNITS
from tests.kit.kits import installed, notebook_in, run_notebook, wheel_of

TOLD = {"", "NotDoneYet", "CheckFailed", "NotYoursYet", "InputError"}
LATER = {"first-learning-demo", "own-text-demo", "own-text-ways", "prime-own", "payoff-demo"}
"""Demonstrations of 03 to 05 that train by functions of units still to come, which say so."""


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What is installed of the kits, by notebook; "" is the kit of all."""
    return {}


def site_of(name: str, sites: dict[str, Path], factory: pytest.TempPathFactory) -> Path:
    if name not in sites:
        wheel = wheel_of(*([name] if name else []))
        sites[name] = installed(wheel, factory.mktemp(f"kit_{name}"))
    return sites[name]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_of_a_kit_begins_without_a_traceback_and_ends_with_full_marks(
    name: str,
    sites: dict[str, Path],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> None:
    site = site_of(name, sites, tmp_path_factory)
    whole = ["--all"] if pytestconfig.getoption("--hypothesis-profile") == "soak" else []
    begun = run_notebook(site, notebook_in(tmp_path / "begun", name, solved=False), *whole)
    assert [cell for cell in begun if not is_told(cell)] == []
    checks = [cell for cell in begun if cell["error"] and not cell["demo"]]
    if name in UNITS:
        assert checks
        assert {cell["error"] for cell in checks} == {"NotDoneYet"}
    done = run_notebook(site, notebook_in(tmp_path / "done", name, solved=True), *whole)
    assert [cell for cell in done if cell["error"] and not cell["demo"]] == []
    assert [cell for cell in done if cell["again"] and not runs_or_is_still(cell)] == []


def is_told(cell: dict[str, Any]) -> bool:
    """Return whether what a cell did is a sentence to its learner."""
    stays = cell["error"] == "NameError" and "so it stays still" in cell["shown"]
    return (stays or cell["error"] in TOLD) and "Traceback" not in cell["shown"]


def runs_or_is_still(cell: dict[str, Any]) -> bool:
    stays = "here it stays still" in cell["said"] or "so it stays still" in cell["shown"]
    return not cell["error"] or (stays and cell["id"] in LATER)


def test_functions_of_earlier_units_come_from_the_learners_notebooks_in_a_kit_of_all(
    sites: dict[str, Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = site_of("", sites, tmp_path_factory)
    later = notebook_in(tmp_path, "bug_hunt", solved=True)
    lacking = {cell["id"] for cell in run_notebook(site, later) if cell["error"]}
    for unit in ("recurrence", "char_lm", "outputs", "sampling", "bptt"):
        notebook_in(tmp_path, unit, solved=True)
    failed = {cell["id"] for cell in run_notebook(site, later) if cell["error"]}
    assert failed == {"bug-8-check", "bug-10-check"}
    assert lacking == failed | {"bug-4-check", "bug-5-check", "bug-6-check"}
