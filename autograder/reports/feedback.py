"""What came of a submission, for the student who wrote it: one page that needs nothing else."""

import json
import secrets
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grading.autograded import SECRET, autograded_path, secret_in
from autograder.grading.files import write_atomically
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.results import Result
from autograder.grading.submissions import TIMESTAMP, check_student_id, stamp_in
from autograder.reports.feedback_page import digest_of, feedback_page
from autograder.reports.marks import Scores
from autograder.reports.outline import graded_results, read_outline
from autograder.times import written
from autograder.units import folder_name
from autograder.workers import WorkerDied, workers

_HEAD = 1_000  # characters of a page; what it was made of stands in its first lines


def feedback_path(course: Course, unit: str, student: str) -> Path:
    """Return where the page of `student` lies: where nbgrader's generate_feedback writes it."""
    name = folder_name(unit)
    return course.feedback / student / name / f"{name}.html"


def write_feedback_pages(
    course: Course, unit: str, results: Collection[Result] | None = None, anew: bool = True
) -> int:
    """Write the pages of those graded in `unit`, or of `results` alone; return how many.

    Marks and comments given by hand since are in them.

    Parameters
    ----------
    anew : bool
        Whether to write a page, too, that was made of the very same.

    Raises
    ------
    AutograderError
        If the unit is not released, or nothing of it is graded yet.
    """
    chosen = graded_results(course, unit) if results is None else results
    students = None if results is None else [result.student for result in chosen]
    with UnitGradebook(course, unit) as gradebook:
        scores, comments = gradebook.scores(students), gradebook.comments(students)
        penalties, names = gradebook.penalties(students), gradebook.names(students)
    with workers():  # one start for all of them
        for result in chosen:
            student = result.student
            notebook = _autograded(course, unit, student)
            own_scores, own_comments = scores.get(student, {}), comments.get(student, {})
            penalty = penalties.get(student, 0.0)
            name = names.get(student, "")
            made_of = (result, notebook, own_scores, own_comments, penalty, name)
            if anew or not _is_made_of(course, *made_of):
                write_feedback(course, unit, *made_of)
            else:
                write_for_exchange(course, unit, student)  # it may have come again, as it was
    return len(chosen)


def _is_made_of(course: Course, result: Result, *more: object) -> bool:
    """Return whether there is a page that says it was made of the same."""
    path = feedback_path(course, result.unit, result.student)
    try:
        with path.open(encoding="utf-8") as page:
            head = page.read(_HEAD)
    except (OSError, ValueError):
        return False
    return digest_of(read_outline(course, result.unit), result, *more) in head


def _autograded(course: Course, unit: str, student: str) -> dict[str, Any]:
    """Return the autograded notebook; the released one, so no code at all, if it is gone."""
    try:
        text = autograded_path(course, unit, student).read_text(encoding="utf-8")
    except FileNotFoundError:
        return _released(course, unit)
    notebook: dict[str, Any] = json.loads(text)
    return notebook


def _released(course: Course, unit: str) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(course.release_notebook(unit).read_text(encoding="utf-8"))
    return notebook


def write_feedback(
    course: Course,
    unit: str,
    result: Result,
    notebook: Mapping[str, Any],
    scores: Scores,
    comments: Mapping[str, str],
    penalty: float = 0.0,
    name: str = "",
) -> Path:
    """Write the page of one student and return its path.

    Parameters
    ----------
    notebook : mapping
        The autograded notebook: `Marked.notebook`, or what was read back from disk.
    scores : mapping
        This student's part of `UnitGradebook.scores`.
    comments : mapping of str to str
        This student's part of `UnitGradebook.comments`.
    penalty : float
        Points taken for handing in late.
    name : str
        What the student is called; "" if that is not known.

    Raises
    ------
    AutograderError
        If the unit is not released.
    UnreadableSubmission
        If the student's name could be taken for a path.
    """
    check_student_id(result.student)
    read_outline(course, unit)
    path = feedback_path(course, unit, result.student)
    page = page_by_worker(course, result, notebook, scores, comments, penalty, name)
    write_atomically(path, page)
    write_for_exchange(course, result.unit, result.student)
    return path


def write_for_exchange(course: Course, unit: str, student: str) -> None:
    """Write beside a page what ``nbgrader release_feedback`` wants of everybody.

    One without it would end that for the whole class. Of work that did not come through nbgrader's
    exchange there is no secret, and nobody can fetch its feedback: any secret will do.
    """
    folder = feedback_path(course, unit, student).parent
    handed_in = course.submitted / student / folder_name(unit)
    autograded = autograded_path(course, unit, student).parent
    places = (handed_in, autograded, folder)
    secret = next(filter(None, map(secret_in, places)), "") or secrets.token_hex(64)
    time = next(filter(None, (stamp_in(place).time for place in places)), None)
    write_atomically(folder / SECRET, secret)
    write_atomically(folder / TIMESTAMP, written(time) if time else "no time is known")


def page_by_worker(
    course: Course,
    result: Result,
    notebook: Mapping[str, Any],
    scores: Scores,
    comments: Mapping[str, str],
    penalty: float,
    name: str,
) -> str:
    """Return the page of one student, made in a worker.

    If that dies of the student's texts the page has the marks and reasons, and none of the texts.
    """
    outline = read_outline(course, result.unit)
    try:
        with workers() as renderers:
            return renderers.call(
                feedback_page, outline, result, notebook, scores, comments, penalty, name
            )
    except WorkerDied as error:
        first = next(iter(outline.checks), "")
        told = f"Your own texts are not shown: with them, making this page {error}."
        remarks = {**comments, first: "\n\n".join(filter(None, (comments.get(first), told)))}
        released = _released(course, result.unit)
        return feedback_page(outline, result, released, scores, remarks, penalty, name)
