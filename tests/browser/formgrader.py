"""A course full of canaries, and the real Formgrader on it."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Dialog, Page

from autograder.course import CONFIG_NAME, Course
from autograder.demo.notebooks import read_notebook
from autograder.grading.autograded import autograded_path, write_autograded
from autograder.grading.entries import Entry
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.marking import Marked
from autograder.grading.rebuild import rebuild
from autograder.grading.results import Result, write_result
from autograder.grading.submissions import Submission
from autograder.grading.submitted_cells import parse_cells
from autograder.grading.template import Template
from autograder.judge.exercises import exercises_of
from autograder.judge.key import AnswerKey
from autograder.sandbox.job import CellRun, Ending, Output, Run
from autograder.units import folder_name
from tests.browser.formgrader_canaries import PROVOKE, hostile, notebook_of, says
from tests.browser.lab import START_S
from tests.grading.one_run import job_of, mark

ROOT = Path(__file__).parents[2]
UNIT = "recurrence"
NAME = folder_name(UNIT)
STOCK_CONFIG = """c = get_config()
c.CourseDirectory.update({0!r})
"""


def copy_course(root: Path, ours: bool) -> Course:
    """Return a course in `root` of one released unit, with our nbgrader_config.py or stock's."""
    course = Course(root)
    for folder in ("solutions", "notebooks"):
        shutil.copytree(ROOT / folder / NAME, root / folder / NAME)
    if ours:
        shutil.copy(ROOT / CONFIG_NAME, root / CONFIG_NAME)
    else:
        (root / CONFIG_NAME).write_text(STOCK_CONFIG.format(course.nbgrader_options()))
    return course


def hostile_submission(course: Course) -> Any:
    """Return a submission with canaries in every part of every kind of cell."""
    return notebook_of(hostile().cells, read_notebook(course.release_notebook(UNIT)))


def hostile_marked(course: Course) -> Marked:
    """Return what grading makes of it, where its code printed and raised canaries, too."""
    template = Template.read(UNIT, course.release_notebook(UNIT))
    rebuilt = rebuild(template, parse_cells(nbformat.writes(hostile_submission(course)).encode()))
    job = job_of(template, rebuilt)
    tag = f"<script>{says('printed')}</script><img src=x onerror={says('printed')}>"
    outputs = (
        Output("stdout", "text/plain", tag),
        Output("stderr", "text/plain", f"\x1b[31m{tag}\x1b]8;;javascript:{says('osc')}\x07x"),
        Output("display", "text/plain", tag),
        Output("result", "text/plain", tag),
        Output("display", "image/png", b"\x89PNG\r\n\x1a\n" + tag.encode()),
        Output("error", "text/plain", f"Traceback\n{tag}\n\x1b[0;31m{tag}"),
    )
    runs = {
        cell.index: CellRun(cell.index, outputs, (), True, tag, f"{tag} \x1b[2J")
        for cell in job.cells
    }
    keys = {e.name: AnswerKey.draw(e, 11) for e in exercises_of(UNIT)}
    run = Run(runs, Ending.CRASHED, None, tag, 0.1, 0.1, (tag,))
    return mark(template, rebuilt, run, keys)


def record_hostile(course: Course, student: str) -> None:
    """Record the hostile submission as grading does."""
    marked = hostile_marked(course)
    submission = Submission(student, UNIT, course.submitted / student / NAME / f"{NAME}.ipynb")
    submission.path.parent.mkdir(parents=True)
    nbformat.write(hostile_submission(course), submission.path)
    with UnitGradebook(course, UNIT) as gradebook:
        gradebook.register()
        gradebook.record([Entry(submission, marked)])
    write_autograded(course, submission, marked)
    write_result(course, Result.of(submission, "", marked, True))


def leave_as_submitted(course: Course, student: str, known: bool = False) -> None:
    """Put the submission itself where the autograded notebook lies, as nothing made it safe.

    Parameters
    ----------
    known : bool
        Leave out the cell whose name the gradebook does not know, at which nbgrader would stop.
    """
    path = autograded_path(course, UNIT, student)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = hostile_submission(course)
    if known:
        notebook.cells = [c for c in notebook.cells if "grade-id" not in str(c.metadata)]
    path.write_text(json.dumps(notebook))


def generate_feedback(course: Course) -> Path:
    """Run nbgrader's own command in the course's root and return the page of the student."""
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", NAME, "--force"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    (page,) = course.feedback.glob(f"*/{NAME}/{NAME}.html")
    return page


@dataclass(frozen=True)
class Visit:
    """What a page did.

    Attributes
    ----------
    heard : set of str
        Canaries that spoke.
    text : str
        All that could be read in it.
    """

    heard: frozenset[str]
    text: str
    status: int
    html: str


def visit(chromium: Browser, address: str, awaited: Collection[str] = frozenset()) -> Visit:
    """Open a page, press all that a submission put there, and listen.

    Parameters
    ----------
    awaited : collection of str, optional
        Canaries that will speak: for them one may wait long.
    """
    (found,) = visits(chromium, {address: awaited})
    return found


def visits(chromium: Browser, awaited: Mapping[str, Collection[str]]) -> list[Visit]:
    """Open pages beside one another and wait for all at once; as `visit`, by address."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
    context.set_default_timeout(START_S * 1000)
    tabs = {address: _Tab(context.new_page(), address) for address in awaited}
    pages = [tab.page for tab in tabs.values()]
    pages[0].wait_for_timeout(1200)
    for page in pages:
        page.evaluate(PROVOKE)
    pages[0].wait_for_timeout(800)
    for _ in range(10 * START_S):
        if all(tabs[address].heard.issuperset(wanted) for address, wanted in awaited.items()):
            break
        pages[0].wait_for_timeout(100)
    found = [tab.found() for tab in tabs.values()]
    context.close()
    return found


class _Tab:
    """A page that was opened, and what it said."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.heard = page, set[str]()
        page.on("console", lambda message: self.heard.update(_canaries(message.text)))
        page.on("dialog", self._dismiss)
        response = page.goto(address)
        self._status = response.status if response else 0

    def _dismiss(self, dialog: Dialog) -> None:
        self.heard.add(f"dialog {dialog.message}")
        dialog.dismiss()

    def found(self) -> Visit:
        text, html = self.page.inner_text("body"), self.page.content()
        return Visit(frozenset(self.heard), text, self._status, html)


def _canaries(said: str) -> list[str]:
    """Return the canaries in a message; a browser that tells what it stopped may quote one."""
    return [] if "Content Security Policy" in said else re.findall(r"canary:(.*)", said)


def submission_pages(address: str) -> dict[str, str]:
    """Return the address of each student's page in the Formgrader."""
    with urllib.request.urlopen(
        f"{address}formgrader/api/submitted_notebooks/{NAME}/{NAME}"
    ) as got:
        rows = json.load(got)
    return {row["student"]: f"{address}formgrader/submissions/{row['id']}/" for row in rows}
