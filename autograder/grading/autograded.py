"""The autograded notebooks, where nbgrader has them and as it would write them."""

from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.grading.files import write_atomically
from autograder.grading.marking import Marked
from autograder.grading.submissions import TIMESTAMP, Submission
from autograder.times import written
from autograder.units import folder_name


def autograded_path(course: Course, unit: str, student: str) -> Path:
    """Return where the autograded notebook of `student` lies, as nbgrader has it."""
    name = folder_name(unit)
    return course.autograded / student / name / f"{name}.ipynb"


def write_autograded(course: Course, submission: Submission, marked: Marked) -> None:
    """Write the autograded notebook as nbgrader would, and its timestamp beside it."""
    path = autograded_path(course, submission.unit, submission.student)
    text = nbformat.v4.writes_json(nbformat.from_dict(marked.notebook))
    write_atomically(path, text + "\n", mode=0o444)
    write_timestamp(path.parent, submission)


def write_timestamp(folder: Path, submission: Submission) -> None:
    """Write when a submission was handed in, if that is known, as nbgrader would."""
    if submission.stamp.time:
        write_atomically(folder / TIMESTAMP, written(submission.stamp.time), mode=0o444)
