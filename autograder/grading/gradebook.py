"""nbgrader's gradebook, and the one place that writes to it."""

import os
import sys
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution
from sqlalchemy.exc import SAWarning

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.marking import Marked, is_not_gradable
from autograder.grading.submissions import Submission
from autograder.units import folder_name

NO_RESPONSE = "No response."
VALUES = ("score", "auto_score", "manual_score", "max_score", "needs_manual_grade")


class UnitGradebook:
    """The marks of one unit in nbgrader's gradebook, through nbgrader's own classes.

    Marks are stored as ``nbgrader autograde`` would; manual marks and comments are never touched.
    """

    def __init__(self, course: Course, unit: str) -> None:
        self._name = folder_name(unit)
        self._url = course.nbgrader_options()["db_url"]
        self._release = course.release_notebook(unit)
        course.data.mkdir(parents=True, exist_ok=True)
        _find_alembic()
        self._gradebook = Gradebook(self._url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gradebook.close()

    def register(self) -> None:
        """Tell the gradebook which cells the released notebook has, unless it knows.

        Raises
        ------
        AutograderError
            If cells came or went although submissions are graded already.
        """
        notebook = nbformat.read(self._release, as_version=4)
        released = {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.get("checksum")
            for cell in notebook.cells
            if "nbgrader" in cell.metadata
        }
        if released == self._known_cells():
            return
        self._gradebook.update_or_create_assignment(self._name)
        place = {"notebook": self._name, "assignment": self._name, "db_url": self._url}
        try:
            SaveCells().preprocess(notebook, {"nbgrader": place})
        except RuntimeError as error:
            raise AutograderError(
                f"{self._name} has gained or lost cells since it was first graded, which the "
                "gradebook does not allow: restore the released notebook, or grade into a new "
                "course folder."
            ) from error

    def _known_cells(self) -> dict[str, str]:
        try:
            notebook = self._gradebook.find_notebook(self._name, self._name)
        except MissingEntry:
            return {}
        return {cell.name: cell.checksum for cell in notebook.source_cells}

    def record(self, submission: Submission, marked: Marked, readable: bool = True) -> None:
        """Store the automatic marks of one submission.

        Parameters
        ----------
        readable : bool
            If False nothing could be read: every cell is left to the instructor.
        """
        book = self._gradebook
        book.update_or_create_student(submission.student)
        stamp = {"timestamp": submission.timestamp} if submission.timestamp else {}
        with warnings.catch_warnings():
            # SQLAlchemy remarks that nbgrader fills in a submission while it is flushed.
            warnings.simplefilter("ignore", SAWarning)
            book.update_or_create_submission(self._name, submission.student, **stamp)
        notebook = book.find_submission_notebook(self._name, self._name, submission.student)
        cells = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in nbformat.from_dict(marked.notebook).cells
            if "nbgrader" in cell.metadata
        }
        for grade in notebook.grades:
            cell = cells.get(grade.name)
            grade.auto_score = None if cell is None or not readable else automatic_score(cell)
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            cell = cells.get(comment.name)
            untouched = readable and cell is not None and is_untouched(cell)
            comment.auto_comment = NO_RESPONSE if untouched else None
        notebook.late_submission_penalty = None
        book.db.commit()

    def undo(self) -> None:
        """Take back what was not committed, after an error."""
        self._gradebook.db.rollback()

    def scores(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return every student's grades: by student, by cell, then by name of nbgrader's value."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for student, cell, grade in self._of_all_students(Grade):
            found.setdefault(student, {})[cell] = {value: getattr(grade, value) for value in VALUES}
        return found

    def comments(self) -> dict[str, dict[str, str]]:
        """Return the comments on every student's answers: by student, then by cell."""
        found: dict[str, dict[str, str]] = {}
        for student, cell, comment in self._of_all_students(Comment):
            if comment.comment:
                found.setdefault(student, {})[cell] = comment.comment
        return found

    def _of_all_students(self, kind: type[Grade] | type[Comment]) -> Any:
        """Return rows of student, name of the cell and the Grade or Comment on it, in one query."""
        return (
            self._gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, kind)
            .join(BaseCell, kind.cell_id == BaseCell.id)
            .join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == self._name)
        )


def automatic_score(cell: Any) -> float | None:
    """Return nbgrader's score of an autograded cell; None where an instructor decides."""
    if not is_grade(cell) or is_not_gradable(cell):
        return None
    score, _ = determine_grade(cell)
    return None if score is None else float(score)


def is_untouched(cell: Any) -> bool:
    """Return whether a solution cell is as it was released."""
    return bool(
        is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    )


def _find_alembic() -> None:
    """Put this environment first on PATH: nbgrader runs ``alembic`` by name for a new gradebook."""
    here = str(Path(sys.executable).parent)
    if here not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, os.environ.get("PATH", os.defpath)])
