"""Feedback pages as zips that Canvas and Moodle take back, each under the name that they ask for.

Canvas knows a file by its own numbers of the student and of what was handed in, which stand in the
names of its download; Moodle by its number of the student in the assignment.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.naming import canvas_start, moodle_start
from autograder.grading.collecting.origins import read_origins
from autograder.grading.collecting.roster import Roster, Student
from autograder.grading.files import write_atomically
from autograder.grading.results import graded_students
from autograder.reports.feedback import feedback_path, write_feedback_pages
from autograder.units import folder_name

TAKERS = ("canvas", "moodle")
_UNTAKEN = re.compile(r'[\x00-\x1f"*/:<>?\\|_]+')  # what a name in a zip, or Moodle, divides by


@dataclass(frozen=True)
class FeedbackZip:
    """What was written for one unit.

    Attributes
    ----------
    pages : int
        How many pages are in it.
    unknown : tuple of str
        Whose pages are not, for the platform's own name or number of their work is not known.
    left_out : tuple of str
        Who is not in the class any more.
    """

    path: Path
    pages: int
    unknown: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def export_feedback(
    course: Course, unit: str, platform: str, roster: Roster | None = None
) -> FeedbackZip:
    """Write everybody's feedback page anew, and all of them as a zip for one of `TAKERS`.

    Raises
    ------
    AutograderError
        If nothing of the unit is graded yet, or no page could be given back.
    """
    write_feedback_pages(course, unit)
    known = read_origins(course).get(unit, {})
    people = {one.id: one for one in roster.students} if roster else {}
    graded = graded_students(course, unit)
    pages, unknown = dict[str, bytes](), list[str]()
    left_out = [student for student in graded if roster and student not in people]
    for student in graded:
        if student in left_out:
            continue
        person = people.get(student, Student(student))
        name = _name(platform, known.get(student, ""), person, unit)
        if name:
            pages[name] = feedback_path(course, unit, student).read_bytes()
        else:
            unknown.append(student)
    if not pages:
        raise AutograderError(
            f"Nobody's work of {folder_name(unit)} has a name of {platform.capitalize()}'s, which "
            "it knows people by: collect its download once more, as it came."
        )
    path = course.data / "exports" / f"feedback-{platform}-{folder_name(unit)}.zip"
    write_atomically(path, _packed(pages.items()))
    return FeedbackZip(path, len(pages), tuple(unknown), tuple(left_out))


def _name(platform: str, given: str, person: Student, unit: str) -> str:
    """Return what a page is to be called; "" if the platform would not know whose it is."""
    page = f"{folder_name(unit)}.html"
    if platform == "canvas":
        start = canvas_start(given)
        return start and start + page
    name, number = moodle_start(given)
    number = number or (person.lms_user_id if person.lms_user_id.isdecimal() else "")
    name = _UNTAKEN.sub(" ", person.name or name or person.id).strip(" .~")
    return number and f"{name or 'student'}_{number}_assignsubmission_file_{page}"


def _packed(pages: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in sorted(pages):
            entry = zipfile.ZipInfo(name)  # with no time: equal pages give equal bytes
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, page, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
