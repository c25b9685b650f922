"""nbgrader's own way through the same rebuild, sandbox and judge.

``nbgrader_config.py`` puts these into nbgrader's lists, so that ``nbgrader autograde`` and the
Formgrader's button give the marks that ``autograder grade`` gives.
"""

import atexit
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook
from nbgrader.converters import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor

from autograder.course import Course
from autograder.grading.autograded import autograded_path, write_beside
from autograder.grading.class_list import has_own_date, store_dates
from autograder.grading.collecting.members import MAX_FOLDERS_DEEP
from autograder.grading.collecting.roster_table import roster_of
from autograder.grading.configuration import found_beside
from autograder.grading.entries import set_time
from autograder.grading.hand_marks import HandMark, is_to_be_marked, marks_by_hand
from autograder.grading.marked_notebook import is_not_gradable
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.results import (
    UNREADABLE,
    Result,
    read_result,
    unclear_time,
    write_result,
)
from autograder.grading.submissions import Submission, check_identity, submission_of
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.units import unit_of
from autograder.visible import one_line

Resources = dict[str, Any]
MAX_COPIED_BYTES = 200 * 2**20  # of a submission, into autograded/; as much as collect takes in


class GuardedExporter(NotebookExporter):
    """nbgrader's exporter; it first takes away submissions that might never be read to an end.

    It is made before nbgrader opens or copies any file: reading a pipe or a device may never end,
    and a copy of a file with holes is as large as it claims to be.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        waiting = getattr(self.parent, "assignments", {})
        for folder in list(waiting):
            why = _why_not_copied(Path(folder))
            if why:
                sentence = f"{folder}: not graded, for {why}: remove it."
                self.log.error(sentence)
                del waiting[folder]
                if not waiting:
                    raise NbGraderException(sentence)

    def from_file(  # type: ignore[override]  # as other exporters do
        self, file_stream: Any, resources: Resources | None = None, **options: Any
    ) -> tuple[str, Resources]:
        """Return what our preprocessors make of the notebook, which a worker alone reads.

        nbformat would upgrade and check every part of it here: minutes and gigabytes, if need be.
        """
        fresh = nbformat.v4.new_notebook()
        made: tuple[str, Resources] = self.from_notebook_node(  # type: ignore[no-untyped-call]
            fresh, resources=resources, **options
        )
        return made


def _why_not_copied(folder: Path) -> str:
    """Return what in `folder` nbgrader must not copy: something special or too large; or ""."""
    room = MAX_COPIED_BYTES
    for place, folders, names in os.walk(folder):
        if folders and len(Path(place).relative_to(folder).parts) >= MAX_FOLDERS_DEEP:
            return f"it holds folders more than {MAX_FOLDERS_DEEP} deep"
        for name in names:
            with suppress(OSError):  # a link to nothing
                found = os.stat(os.path.join(place, name))  # of what a link leads to, as a copy is
                if not stat.S_ISREG(found.st_mode):
                    return f"{name!a} in it is a special file"
                room -= found.st_size
                if room < 0:
                    return f"it holds more than {MAX_COPIED_BYTES >> 20} MB, with {name!a}"
    return ""


class RebuildSubmission(NbGraderPreprocessor):
    """Rebuilds a submission on the released notebook, before anything else looks at it."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the rebuilt notebook, its outputs empty."""
        grader, submission = _at_hand(resources)
        check_identity(submission)
        try:
            rebuilt, _ = grader.read(submission)
            notebook = grader.blank(rebuilt)
        except UnreadableSubmission as error:
            notebook = grader.unreadable(one_line(str(error))).notebook
        _clear(autograded_path(_course(resources), submission.unit, submission.student).parent)
        return nbformat.from_dict(notebook), resources


class RunInSandbox(NbGraderPreprocessor):
    """Runs a rebuilt notebook in the sandbox and writes scores and reasons into its check cells.

    It starts from the submission again: the notebook at hand holds texts made safe. One that cannot
    be read is left to the instructor, as `autograder grade` leaves it.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with its outputs."""
        grader, submission = _at_hand(resources)
        try:
            rebuilt, digest = grader.read(submission)
            marked = grader.grade(submission.student, rebuilt)
        except UnreadableSubmission as error:
            reason = one_line(str(error))
            self.log.error("%s: %s; left to the instructor", submission.student, reason)
            marked, digest = grader.unreadable(reason), UNREADABLE
        course = _course(resources)
        kept = read_result(course, submission.unit, submission.student)
        by_hand = _marks_by_hand(resources, submission, kept)
        result = Result.of(submission, digest, marked, True, by_hand)
        _take_up(resources, result)
        if result.unclear:
            self.log.error("%s: %s", submission.student, unclear_time(result.unclear))
        write_beside(autograded_path(course, result.unit, result.student).parent, submission)
        write_result(course, result)
        return nbformat.from_dict(marked.notebook), resources


class LeaveToInstructor(NbGraderPreprocessor):
    """Says what a person has to mark; runs after SaveAutoGrades.

    That takes the absence of a verdict for a score, and every mark by hand for one to give anew.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return `nb` as it is."""
        names = {cell.metadata.nbgrader.grade_id for cell in nb.cells if is_not_gradable(cell)}
        _, submission = _at_hand(resources)
        kept = read_result(_course(resources), submission.unit, submission.student)
        unreadable = kept is not None and kept.digest == UNREADABLE
        with _open_notebook(resources) as notebook:
            for comment in notebook.comments if unreadable else ():
                comment.auto_comment = None
            for grade in notebook.grades:
                if unreadable or (grade.max_score and grade.name in names):
                    grade.auto_score = None
                elif not grade.max_score:
                    grade.auto_score = 0.0
                again = kept is None or grade.name in kept.outdated
                grade.needs_manual_grade = is_to_be_marked(grade, again)
            for comment in notebook.comments:
                if comment.name in names:
                    comment.auto_comment = None
        return nb, resources


class AssignPenalties(AssignLatePenalties):
    """nbgrader's late penalties, by the dates of the roster, with plugins beside the configuration.

    Their configuration is nbgrader's own: ``c.AssignLatePenalties``.
    """

    def __init__(self, **settings: Any) -> None:
        with found_beside(Course.find()):
            super().__init__(**settings)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return `nb` as it is."""
        _, submission = _at_hand(resources)
        course = _course(resources)
        with _open_notebook(resources) as notebook:
            submitted, roster = notebook.assignment, roster_of(course)
            store_dates(roster, [submitted])
            set_time(submitted, submission, has_own_date(roster, submitted))
        with found_beside(course):
            super().preprocess(nb, resources)
        return nb, resources


def _marks_by_hand(
    resources: Resources, submission: Submission, before: Result | None
) -> dict[str, HandMark]:
    with _open_notebook(resources) as notebook:
        grades = [(grade.name, grade) for grade in notebook.grades]
        if before is None:
            return marks_by_hand(grades, {}, {})
        return marks_by_hand(grades, before.answers, before.by_hand)


def _take_up(resources: Resources, result: Result) -> None:
    """Store, before the result is kept, what nbgrader does not; this may end at any moment."""
    with _open_notebook(resources) as notebook:
        if result.unclear:
            notebook.assignment.timestamp = None
        for grade in notebook.grades:
            grade.needs_manual_grade |= grade.name in result.outdated


@contextmanager
def _open_notebook(resources: Resources) -> Iterator[SubmittedNotebook]:
    """Give what the gradebook has of the notebook at hand; store what is changed in it."""
    place = resources["nbgrader"]
    with Gradebook(place["db_url"]) as gradebook:
        yield gradebook.find_submission_notebook(
            place["notebook"], place["assignment"], place["student"]
        )
        gradebook.db.commit()


def _at_hand(resources: Resources) -> tuple[UnitGrader, Submission]:
    """Return the grader and the submission of the notebook that nbgrader has in its hands."""
    course, place = _course(resources), resources["nbgrader"]
    unit = unit_of(place["assignment"])
    return _grader(course, unit), submission_of(course, unit, place["student"])


def _clear(folder: Path) -> None:
    """Remove what nbgrader copied from beside the notebook, and all that links there led to.

    The Formgrader would serve it as pages of its own, and feedback would hand it back.
    """
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _course(resources: Resources) -> Course:
    """Return the course of the notebook at hand.

    nbgrader works in the course's root. The data lie where it reads and writes: the notebook's
    folder is DATA/submitted/STUDENT/UNIT or DATA/autograded/STUDENT/UNIT.
    """
    folder = Path(resources["metadata"]["path"]).resolve()
    return replace(Course.find(), data=folder.parents[2])


@cache
def _grader(course: Course, unit: str) -> UnitGrader:
    """Return the unit's grader, kept for all notebooks that this process grades."""
    grader = UnitGrader(course, unit, unit_seed(course, unit), BubblewrapLauncher())
    grader.__enter__()
    atexit.register(grader.__exit__, None, None, None)
    return grader
