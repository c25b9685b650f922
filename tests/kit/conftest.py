"""A kit of unit 01, made once, and put where nothing else of the course is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.kit.wheel import Wheel
from tests.kit.kits import installed, wheel_of, with_few_pairs


@pytest.fixture(scope="session")
def wheel() -> Wheel:
    """The wheel of unit 01, with a still."""
    return wheel_of("recurrence", table_of=with_few_pairs)


@pytest.fixture(scope="session")
def wheel_of_all() -> Wheel:
    """The wheel of all notebooks: no unit's functions are in it."""
    return wheel_of()


@pytest.fixture(scope="session")
def site(wheel: Wheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the content of the wheel of unit 01."""
    return installed(wheel, tmp_path_factory.mktemp("site"))


@pytest.fixture
def run_in_kit(site: Path, tmp_path: Path) -> Callable[..., str]:
    """Run code with the kit's packages in the place of the repository's; return what it prints."""

    def run(code: str, site: Path = site, *arguments: object) -> str:
        first = f"import sys; sys.path.insert(0, {str(site)!r})\n"
        done = subprocess.run(
            [sys.executable, "-I", "-c", first + code, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
