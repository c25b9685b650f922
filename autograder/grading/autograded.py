"""The autograded notebooks, where nbgrader has them and as it would write them."""

import re
from contextlib import suppress
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.grading.files import write_atomically
from autograder.grading.marking import Marked
from autograder.grading.own_files import UnreadableSubmission, read_regular_file
from autograder.grading.submissions import TIMESTAMP, Submission
from autograder.times import written
from autograder.units import folder_name

SECRET = "submission_secret.txt"
MAX_SECRET_BYTES = 1_000  # nbgrader's has 128


def autograded_path(course: Course, unit: str, student: str) -> Path:
    """Return where the autograded notebook of `student` lies, as nbgrader has it."""
    name = folder_name(unit)
    return course.autograded / student / name / f"{name}.ipynb"


def write_autograded(course: Course, submission: Submission, marked: Marked) -> None:
    """Write the autograded notebook as nbgrader would, and what belongs beside it."""
    path = autograded_path(course, submission.unit, submission.student)
    text = nbformat.v4.writes_json(nbformat.from_dict(marked.notebook))
    write_atomically(path, text + "\n", mode=0o444)
    write_beside(path.parent, submission)


def write_beside(folder: Path, submission: Submission) -> None:
    """Write when it was handed in and nbgrader's secret of it, as far as they are known.

    By the secret nbgrader's exchange finds the feedback on what a student handed in.
    """
    if submission.stamp.time:
        _keep(folder / TIMESTAMP, written(submission.stamp.time))
    secret = secret_in(submission.path.parent)
    if secret:
        _keep(folder / SECRET, secret)


def secret_in(folder: Path) -> str:
    """Return nbgrader's secret of a submission; "" if there is none, or one that is no text."""
    try:
        data = read_regular_file(folder / SECRET, MAX_SECRET_BYTES)
    except UnreadableSubmission:
        return ""
    return data.decode() if re.fullmatch(rb"[!-~]+\n?", data) else ""


def _keep(path: Path, text: str) -> None:
    with suppress(OSError, ValueError):
        if path.read_text(encoding="utf-8") == text:
            return
    write_atomically(path, text, mode=0o444)
