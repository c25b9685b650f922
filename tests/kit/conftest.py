"""The wheel of a kit of unit 01, made once, and put where nothing else of the course is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.judge import tabulate
from autograder.kit.answers import Answers
from autograder.kit.contents import Choice, package_files
from autograder.kit.session import ENTRY_POINTS, NEEDS
from autograder.kit.wheel import Wheel

CHOICE = Choice(("recurrence",), ("gradcheck",))
STILLS = {"# Demo: a picture": [["html", "<b>still</b>"]]}


@pytest.fixture(scope="session")
def wheel() -> Wheel:
    """The wheel, with few pairs of mistakes, and one still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tabulate, "MOST_PAIRS", 10)
        answers = Answers.of(Course.find(), CHOICE.hidden)
        files = package_files(CHOICE, STILLS, answers)
    return Wheel(files, NEEDS, ENTRY_POINTS, b"MIT", "0.1.0")


@pytest.fixture(scope="session")
def site(wheel: Wheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content, as an installation has it."""
    import io
    import zipfile

    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(io.BytesIO(wheel.as_bytes())) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def run_in_kit(site: Path, tmp_path: Path) -> Callable[[str], str]:
    """Run code with the kit's packages in the place of the repository's; return what it prints."""

    def run(code: str, site: Path = site) -> str:
        first = f"import sys; sys.path.insert(0, {str(site)!r})\n"
        done = subprocess.run(
            [sys.executable, "-I", "-c", first + code],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
