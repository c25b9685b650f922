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
from autograder.grading.autograded import autograded_path
from autograder.grading.shown import TYPESET
from tests.browser.formgrader import (
    NAME,
    ROOT,
    UNIT,
    Visit,
    copy_course,
    generate_feedback,
    leave_as_submitted,
    record_hostile,
    submission_pages,
    visit,
    visits,
)
from tests.browser.formgrader_canaries import MARKDOWN, MARKUP, OUTPUTS, PROVOKE, READ, hostile
from tests.browser.lab import START_S, NotebookPage, running_lab

STUDENT, AS_IS = "hostile", "as-it-is"
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
    return visit(chromium, stock.page_of(STUDENT), hostile().names)


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
    assert READ in found.text
    assert f'<span class="{TYPESET}">$x&lt;y$</span>' in found.html


def lists(formgrader: Formgrader, chromium: Browser, awaited: dict[str, set[str]]) -> list[Visit]:
    """Visit lists by name."""
    address = f"{formgrader.address}formgrader/"
    return visits(chromium, {address + LISTS[name]: wanted for name, wanted in awaited.items()})


def test_lists_of_the_formgrader_stay_silent(ours: Formgrader, chromium: Browser) -> None:
    found = lists(ours, chromium, {name: set() for name in LISTS})
    came = {name: (one.status, one.heard) for name, one in zip(LISTS, found, strict=True)}
    assert came == dict.fromkeys(LISTS, (200, frozenset()))


def test_formgrader_works_under_the_policy(ours: Formgrader, chromium: Browser) -> None:
    page = chromium.new_page()
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    page.goto(ours.page_of(STUDENT))
    page.wait_for_selector(".score", state="attached")
    page.locator("span.glyphicon.name-hidden").click()
    page.locator("a.name-shown", has_text=STUDENT).wait_for()
    page.goto(f"{ours.address}formgrader/gradebook/{NAME}/{NAME}")
    page.locator("#toggle_names").click()
    page.locator("td", has_text=STUDENT).first.wait_for()
    page.close()
    assert [said for said in broken if "Content Security Policy" in said] == []


def test_canaries_in_ids_are_heard_on_stock_pages(stock: Formgrader, chromium: Browser) -> None:
    loud = {
        "one student": {"student"},
        "one student's submission": {"student"},
        "address of nobody": {"nobody"},
    }
    assert [found.heard for found in lists(stock, chromium, loud)] == list(loud.values())


def test_feedback_of_nbgrader_stays_silent(ours: Formgrader, chromium: Browser) -> None:
    found = visit(chromium, generate_feedback(ours.course).as_uri())
    assert found.heard == frozenset()
    assert "Feedback for hostile" in found.text
    assert "<script>console.log('canary:printed')</script>" in found.text


def test_canaries_in_stock_feedback_are_heard(stock: Formgrader, chromium: Browser) -> None:
    leave_as_submitted(stock.course, STUDENT, known=True)
    loud = {*MARKDOWN, *OUTPUTS} - {"javascript"}  # which needs a library not on that page
    found = visit(chromium, generate_feedback(stock.course).as_uri(), loud)
    assert found.heard >= loud


def test_autograded_notebook_in_jupyterlab_stays_silent_and_sets_formulas(
    ours: Formgrader, chromium: Browser
) -> None:
    path = autograded_path(ours.course, UNIT, STUDENT).relative_to(ours.course.root)
    heard: list[str] = []
    page = chromium.new_page(viewport={"width": 1100, "height": 14_000})
    page.on("console", lambda said: heard.append(said.text) if "canary" in said.text else None)
    NotebookPage(page, ours.address, str(path))
    answer = page.locator(".jp-MarkdownCell", has_text="Here a < b").first
    formula = answer.locator("mjx-container")
    formula.first.wait_for(timeout=START_S * 1000)
    page.evaluate(PROVOKE)
    assert formula.count() == 1  # the other one would link, and stays as it was typed
    assert "href{javascript:1}" in answer.inner_text()
    assert heard == []
    page.close()


def test_policy_stops_what_nothing_made_safe(ours: Formgrader, chromium: Browser) -> None:
    record_hostile(ours.course, AS_IS)
    leave_as_submitted(ours.course, AS_IS)
    found = visit(chromium, ours.page_of(AS_IS))
    assert (found.status, found.heard) == (200, frozenset())
    assert "<script>console.log('canary:script')</script>" in found.html  # it is in the page
