"""One sandbox with small limits, shared by the tests that only look at what comes out of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox.engine import Engine
from autograder.sandbox.folder import build_unit_folder
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.sandbox.running import CPU_ALONE, SMALL, WALL_ALONE, secret_cases


@pytest.fixture(scope="session")
def unit_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What submissions of unit 01 see."""
    folder = tmp_path_factory.mktemp("sandbox") / "unit"
    return build_unit_folder(folder, "recurrence", secret_cases())


@pytest.fixture(scope="session")
def bubblewrap() -> BubblewrapLauncher:
    """A sandbox that works on this machine."""
    launcher = BubblewrapLauncher()
    reason = launcher.why_not()
    if reason:
        pytest.skip(f"needs a working sandbox: {reason}")
    return launcher


@pytest.fixture(scope="session")
def engine(unit_folder: Path, bubblewrap: BubblewrapLauncher) -> Iterator[Engine]:
    """A running engine with little room, and no limit on time in reach."""
    with Engine(unit_folder, SMALL, bubblewrap) as running:
        yield running


@pytest.fixture(scope="session")
def short_of_cpu(unit_folder: Path, bubblewrap: BubblewrapLauncher) -> Iterator[Engine]:
    """One where nothing but the processor time of a cell can run out."""
    with Engine(unit_folder, CPU_ALONE, bubblewrap) as running:
        yield running


@pytest.fixture(scope="session")
def short_of_wall(unit_folder: Path, bubblewrap: BubblewrapLauncher) -> Iterator[Engine]:
    """One where nothing but a cell's time by the clock can run out."""
    with Engine(unit_folder, WALL_ALONE, bubblewrap) as running:
        yield running
