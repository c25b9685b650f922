"""The real Formgrader in a real browser: no text of a student's runs with the instructor's rights.

Every canary is shown to be live first, on the same pages of a course that nothing makes safe.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser

from autograder.course import Course
from tests.browser.formgrader import (
    NAME,
    ROOT,
    UNIT,
    Visit,
    copy_course,
    leave_as_submitted,
    record_hostile,
    submission_pages,
    visit,
)
from tests.browser.formgrader_canaries import MARKUP, hostile
from tests.browser.lab import running_lab

STUDENT = "hostile"
LOUD_ID = MARKUP.format("student").replace("//127.0.0.1:1/student", "x")
LISTS = {
    "assignments": "manage_assignments",
    "submissions": f"manage_submissions/{NAME}",
    "gradebook": f"gradebook/{NAME}/{NAME}",
    "students": "manage_students",
    "one student": f"manage_students/{quote(LOUD_ID, safe='')}",
    "one student's submission": f"manage_students/{quote(LOUD_ID, safe='')}/{NAME}",
    "address of nobody": "manage_students/" + quote(MARKUP.format("nobody"), safe=""),
}


@dataclass(frozen=True)
class Formgrader:
    """A running Formgrader and its course."""

    course: Course
    address: str

    def page_of(self, student: str) -> str:
        return submission_pages(self.address)[student]


@contextmanager
def running(folder: Path, ours: bool) -> Iterator[Formgrader]:
    root, home = folder / "course root", folder / "home"
    root.mkdir()
    home.mkdir()
    course = copy_course(root, ours)
    record_hostile(course, STUDENT)
    (course.submitted / LOUD_ID / NAME).mkdir(parents=True)
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        gradebook.add_student(LOUD_ID)  # as nbgrader does before it looks at a submission
    settings = ROOT / "autograder" / "instructor_jupyter" if ours else None
    with running_lab(root, home, config_path=settings) as address:
        yield Formgrader(course, address)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Formgrader]:
    """nbgrader's Formgrader as it is, with the submission as nothing made it safe."""
    with running(tmp_path_factory.mktemp("stock"), ours=False) as formgrader:
        leave_as_submitted(formgrader.course, STUDENT)
        yield formgrader


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Formgrader]:
    with running(tmp_path_factory.mktemp("ours"), ours=True) as formgrader:
        yield formgrader


@pytest.fixture(scope="module")
def live(stock: Formgrader, chromium: Browser) -> Visit:
    return visit(chromium, stock.page_of(STUDENT))


def test_canaries_in_a_submission_that_nothing_made_safe_are_heard(live: Visit) -> None:
    assert len(hostile().names) >= 25
    assert set(hostile().names) - live.heard == set()


def test_submission_in_the_formgrader_stays_silent_and_can_be_read(
    ours: Formgrader, chromium: Browser
) -> None:
    found = visit(chromium, ours.page_of(STUDENT))
    assert (found.status, found.heard) == (200, frozenset())
    assert "<script>console.log('canary:script')</script>" in found.text
    assert "[x](javascript:" in found.text
    assert "<script>console.log('canary:raw')</script>" in found.text
    assert "a picture that is no whole PNG" in found.text


@pytest.mark.parametrize("name", LISTS)
def test_list_of_the_formgrader_stays_silent(
    ours: Formgrader, chromium: Browser, name: str
) -> None:
    found = visit(chromium, f"{ours.address}formgrader/{LISTS[name]}")
    assert (found.status, found.heard) == (200, frozenset())


def test_canaries_in_ids_are_heard_on_stock_pages(stock: Formgrader, chromium: Browser) -> None:
    heard = {
        name: visit(chromium, f"{stock.address}formgrader/{LISTS[name]}").heard
        for name in ("one student", "one student's submission", "address of nobody")
    }
    assert heard == {
        "one student": {"student"},
        "one student's submission": {"student"},
        "address of nobody": {"nobody"},
    }
