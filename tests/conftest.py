"""What every folder of tests may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from autograder.course import Course
from tests.browser.lab import browser, find_chromium
from tests.course.small_course import write_small_course
from tests.grading.kept_open import kept_open, open_sandboxes
from tests.left_out import pytest_ignore_collect, pytest_report_header
from tests.sandbox.dask_cluster import dask

__all__ = [
    "dask",
    "kept_open",
    "open_sandboxes",
    "pytest_ignore_collect",
    "pytest_report_header",
]

ROOT = Path(__file__).parents[1]

# A busy machine is no failure: nothing here is about time. The draws are the same in every run; new
# ones are searched by `make soak`, and what fails there is written down as an @example.
settings.register_profile("course", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("course")


@pytest.fixture
def repository() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture
def small_course(tmp_path: Path) -> Course:
    """A course of one small unit with a solution of every kind, not yet released."""
    return write_small_course(tmp_path / "a small course")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, one for all tests: two of playwright's loops do not go together."""
    if not find_chromium():
        pytest.skip("no Chromium on this machine (Debian: apt install chromium)")
    with browser() as running:
        yield running
