"""Finding submissions: whose each is and when it was handed in. No name is believed."""

import contextlib
import os
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.own_files import UnreadableSubmission, read_regular_file
from autograder.grading.submitted_cells import SubmittedCell, parse_cells
from autograder.times import MAX_CHARACTERS, NO_STAMP, Stamp, stamp_of
from autograder.units import UNITS, folder_name
from autograder.visible import one_line

MAX_BYTES = 20 * 2**20
TIMESTAMP = "timestamp.txt"
MAX_TIMESTAMP_BYTES = 4 * MAX_CHARACTERS
MAX_FILES = 10_000  # in a submission's folder
_STUDENT_ID = re.compile(r"[\w@+][\w.@+ -]{0,99}", re.ASCII)


@dataclass(frozen=True)
class Submission:
    """Where one student's notebook of one unit lies.

    Attributes
    ----------
    stamp : Stamp
        When it was handed in, as nbgrader's timestamp.txt says.
    clashes : bool
        Whether another student's id differs from this one in upper and lower case alone.
    """

    student: str
    unit: str
    path: Path
    stamp: Stamp = NO_STAMP
    clashes: bool = False


def submitted_units(course: Course) -> list[str]:
    """Return the units that somebody has handed in, in the order of the course."""
    there = list(course.submitted.iterdir()) if course.submitted.is_dir() else []
    return [u for u in UNITS if any(os.path.lexists(place / folder_name(u)) for place in there)]


def find_submissions(course: Course, unit: str) -> list[Submission]:
    """Return the submissions of `unit` in ``submitted/STUDENT/UNIT``, by student.

    Raises
    ------
    AutograderError
        If there are none.
    """
    name = folder_name(unit)
    there = sorted(os.listdir(course.submitted)) if course.submitted.is_dir() else []
    students = [s for s in there if os.path.lexists(course.submitted / s / name)]
    if not students:
        raise AutograderError(
            f"No submissions of {name} in {course.submitted}: "
            f"each lies in STUDENT/{name}/{name}.ipynb."
        )
    spelled = Counter(s.casefold() for s in students if is_plain(s))
    folders = [(s, course.submitted / s / name) for s in students]
    return [
        Submission(s, unit, f / f"{name}.ipynb", stamp_in(f), spelled[s.casefold()] > 1)
        for s, f in folders
    ]


def submission_of(course: Course, unit: str, student: str) -> Submission:
    """Return the submission of one student.

    Raises
    ------
    UnreadableSubmission
        If there is none.
    """
    for submission in find_submissions(course, unit):
        if submission.student == student:
            return submission
    raise UnreadableSubmission(f"there is no folder of {student!r} with {folder_name(unit)} in it")


def stamp_in(folder: Path) -> Stamp:
    """Return when a submission was handed in, as the timestamp.txt in its folder says."""
    if not os.path.lexists(folder / TIMESTAMP):
        return NO_STAMP
    try:
        return stamp_of(read_regular_file(folder / TIMESTAMP, MAX_TIMESTAMP_BYTES))
    except UnreadableSubmission as error:
        return Stamp(unclear=str(error))


def is_plain(student: str) -> bool:
    """Return whether a text can be a student's id."""
    return bool(_STUDENT_ID.fullmatch(student)) and not student.endswith((" ", "."))


def check_student_id(student: str) -> None:
    """Refuse names that could be taken for a path, a pattern or a control character.

    Raises
    ------
    UnreadableSubmission
        If `student` is no plain name.
    """
    if not is_plain(student):
        shown = ascii(student) if len(student) <= 100 else f"{student[:100]!a}…"
        raise UnreadableSubmission(
            f"the folder name {shown} cannot be a student's id: "
            "use at most 100 letters, digits and . _ - + @, no - or . first"
        )


def check_identity(submission: Submission) -> None:
    """Refuse a submission whose student cannot be told for certain.

    Raises
    ------
    UnreadableSubmission
        If the id is no plain name, or differs from another one in upper and lower case alone.
    """
    check_student_id(submission.student)
    if submission.clashes:
        raise UnreadableSubmission(
            f"the folder name {submission.student!r} differs from another student's in upper and "
            "lower case alone: nobody of that name is graded until one of them is renamed"
        )


def refusals(course: Course, unit: str) -> list[str]:
    """Return a sentence for every folder in ``submitted/`` whose student cannot be told."""
    sentences = []
    with contextlib.suppress(AutograderError):  # nothing is handed in any more
        for submission in find_submissions(course, unit):
            try:
                check_identity(submission)
            except UnreadableSubmission as error:
                sentences.append(one_line(str(error)))
    return sentences


def read_submission(submission: Submission) -> list[SubmittedCell]:
    """Return the cells of a submission's notebook.

    Raises
    ------
    UnreadableSubmission
        If its student is not certain, a link stands in the way, another file might be meant, or
        the notebook is none.
    """
    check_identity(submission)
    folder = submission.path.parent
    if not folder.is_dir() or folder.is_symlink() or folder.parent.is_symlink():
        raise UnreadableSubmission(f"{folder.name} or the folder around it is a link or no folder")
    _check_folder(folder, submission.path.name)
    return read_cells(submission.path)


def _check_folder(folder: Path, notebook: str) -> None:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MAX_FILES + 1)]
    except OSError as error:
        raise UnreadableSubmission(f"its folder cannot be read: {error.strerror}") from error
    if len(names) > MAX_FILES:
        raise UnreadableSubmission(f"its folder holds more than {MAX_FILES} files")
    alike = [name for name in names if name.casefold() == notebook.casefold()]
    if len(alike) > 1:
        raise UnreadableSubmission(
            f"it holds {len(alike)} files whose names differ from {notebook} in case alone"
        )


def read_cells(path: Path) -> list[SubmittedCell]:
    """Return the cells of the notebook at `path`.

    Raises
    ------
    UnreadableSubmission
        If it is missing, no regular file of its own, too large, or no notebook.
    """
    return parse_cells(read_regular_file(path, MAX_BYTES))
