"""What is recorded of one submission, and how it becomes nbgrader's rows."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import nbformat
from nbgrader.api import SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution

from autograder.grading.hand_marks import (
    NO_RESPONSE,
    HandMark,
    answers_in,
    is_to_be_marked,
    marks_by_hand,
    outdated,
)
from autograder.grading.marked_notebook import is_not_gradable
from autograder.grading.marking import Marked
from autograder.grading.submissions import Submission
from autograder.times import in_database


class Entry(NamedTuple):
    """What is recorded of one submission.

    Attributes
    ----------
    readable : bool
        If False nothing could be read: every cell is left to the instructor.
    seen : mapping of str to str
        `answers_in` what instructors had before them until now.
    by_hand : mapping of str to HandMark
        The marks by hand as they were at the last grading.
    """

    submission: Submission
    marked: Marked
    readable: bool = True
    seen: Mapping[str, str] = MappingProxyType({})
    by_hand: Mapping[str, HandMark] = MappingProxyType({})


def set_time(
    submitted: SubmittedAssignment, submission: Submission, has_own_date: bool = False
) -> None:
    """Store when it was handed in: nothing, if that is not clear; what there is, if not told.

    What a platform calls late without telling when came at least a second after it was due, unless
    the student has a date of their own, which the platform may not know.
    """
    stamp, due = submission.stamp, None
    if submitted.assignment.duedate is not None:
        due = submitted.duedate + timedelta(seconds=1)
    if stamp.late:
        submitted.timestamp = None if has_own_date else due
    elif stamp.time or stamp.unclear:
        submitted.timestamp = in_database(stamp.time)
    elif submitted.timestamp == due:  # an earlier one was called late
        submitted.timestamp = None


def fill(
    notebook: SubmittedNotebook, names: Mapping[str, str], entry: Entry
) -> dict[str, HandMark]:
    """Put the automatic marks of `entry` in, and return the marks by hand, which stay.

    nbgrader asks for every mark by hand anew; here that is done if the answer is another one.
    """
    cells = {
        cell["metadata"]["nbgrader"]["grade_id"]: nbformat.from_dict(cell)
        for cell in entry.marked.notebook["cells"]
        if "nbgrader" in cell["metadata"]
    }
    grades = [(names[grade.cell_id], grade) for grade in notebook.grades]
    by_hand = marks_by_hand(grades, entry.seen, entry.by_hand)
    again = outdated(by_hand, answers_in(entry.marked.notebook))
    for grade in notebook.grades:
        cell = cells.get(names[grade.cell_id])
        grade.auto_score = None if cell is None or not entry.readable else automatic_score(cell)
        grade.needs_manual_grade = is_to_be_marked(grade, names[grade.cell_id] in again)
    for comment in notebook.comments:
        cell = cells.get(names[comment.cell_id])
        untouched = entry.readable and cell is not None and is_unanswered(cell)
        comment.auto_comment = NO_RESPONSE if untouched else None
    return by_hand


def automatic_score(cell: Any) -> float | None:
    """Return nbgrader's score of an autograded cell; None where an instructor decides.

    Where there is nothing to be given, nobody has to decide.
    """
    if is_grade(cell) and not cell.metadata.nbgrader.get("points"):
        return 0.0
    if not is_grade(cell) or is_not_gradable(cell):
        return None
    score, _ = determine_grade(cell)
    return None if score is None else float(score)


def is_unanswered(cell: Any) -> bool:
    """Return whether a solution cell is as it was released, and no answer stands elsewhere."""
    return bool(
        is_solution(cell)
        and not is_not_gradable(cell)
        and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
    )
