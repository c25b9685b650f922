"""Gradebook and kept results belong together: what one of them has lost is written again."""

from collections.abc import Iterable, Mapping
from typing import Any

import nbformat

from autograder.course import Course
from autograder.grading.autograded import autograded_path
from autograder.grading.database import GradebookUnavailable
from autograder.grading.entries import Entry
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.hand_marks import answers_in
from autograder.grading.marking import Marked
from autograder.grading.results import Result, read_results
from autograder.grading.submissions import Submission
from autograder.student.report import Report, Status

_AT_ONCE = 100

Notebook = dict[str, Any]


def refill(
    course: Course, unit: str, gradebook: UnitGradebook, submissions: Iterable[Submission]
) -> tuple[list[str], frozenset[str]]:
    """Write into the gradebook what is kept of `unit` and it does not have.

    Returns whose marks were written, and whose could not be: they are to run again.

    Of students without a submission that is done only if the gradebook has lost the whole unit:
    else somebody took them out.
    """
    handed_in = {one.student: one for one in submissions}
    recorded = gradebook.scores()
    missing = {
        result.student: result
        for result in read_results(course, unit)
        if not _agree(result, recorded.get(result.student, {}))
        and (result.student in handed_in or not recorded)
    }
    entries = []
    for student, result in missing.items():
        notebook = kept_notebook(course, unit, student)
        if notebook is not None:
            place = autograded_path(course, unit, student)
            submission = handed_in.get(student) or Submission(student, unit, place)
            marked = Marked(result.reports, result.flags, notebook)
            readable = bool(result.digest)
            entries.append(Entry(submission, marked, readable, result.answers, result.by_hand))
    for first in range(0, len(entries), _AT_ONCE):
        try:
            gradebook.record(entries[first : first + _AT_ONCE])
        except GradebookUnavailable:
            raise
        except Exception:  # they run again, and whatever is wrong is told of each
            gradebook.undo()
    found = gradebook.scores(missing) if missing else {}
    lost = {s for s, result in missing.items() if not _agree(result, found.get(s, {}))}
    return sorted(missing.keys() - lost), frozenset(lost)


def kept_notebook(course: Course, unit: str, student: str) -> Notebook | None:
    """Return the autograded notebook of a student; None if there is none that can be read."""
    try:
        text = autograded_path(course, unit, student).read_text(encoding="utf-8")
        notebook: Notebook = nbformat.v4.reads_json(text)
        answers_in(notebook)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return notebook


def answers_seen(course: Course, result: Result | None, unit: str, student: str) -> dict[str, str]:
    """Return the answers that instructors had before them until now, as `answers_in` does."""
    if result is not None and result.answers:
        return result.answers
    notebook = kept_notebook(course, unit, student)
    return {} if notebook is None else answers_in(notebook)


def _agree(result: Result, grades: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether the gradebook has the marks that are kept."""
    return bool(grades) and all(
        grades[name]["auto_score"] == _score(report)
        for name, report in result.reports.items()
        if name in grades
    )


def _score(report: Report) -> float | None:
    """Return what a report is in the gradebook."""
    if report.status is Status.NOT_GRADABLE:
        return None
    return min(max(float(report.points or 0.0), 0.0), float(report.max_points))
