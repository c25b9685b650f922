"""Folders to hand in to."""

from pathlib import Path

import pytest

from autograder.hosted import run
from tests.hosted.hand_ins import Place, laid_out


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Gradescope's folder, nothing handed in."""
    return laid_out(tmp_path / "autograder")


@pytest.fixture
def on_github(tmp_path: Path) -> Place:
    """The same as the workflow makes it."""
    return laid_out(tmp_path / "workspace", run.GITHUB)
