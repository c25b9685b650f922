"""Marks in the forms that other platforms take in: a table, or an autograder for Gradescope.

A mark that is not known is left empty, never written as zero: nothing handed in, or written
answers that nobody has marked yet.
"""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.roster import Roster, Student
from autograder.grading.files import write_atomically
from autograder.grading.gradebook import UnitGradebook
from autograder.reports.gradescope import gradescope_result
from autograder.reports.marks import UnitMarks, marks_of
from autograder.reports.outline import graded_results, graded_units, read_outline
from autograder.reports.spreadsheet import Key, Value, csv_text
from autograder.units import folder_name

CSV, CANVAS, MOODLE, GRADESCOPE = PLATFORMS = ("csv", "canvas", "moodle", "gradescope")
COLUMNS = {
    CSV: ("student", "name", "email"),
    CANVAS: ("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
    MOODLE: ("ID number", "Full name", "Email address"),
}
CANVAS_MAXIMUM = "    Points Possible"  # what Canvas calls the row of the points possible
_RUN = Path(__file__).with_name("gradescope_run.py")
_SETUP = "#!/bin/sh\ncommand -v python3 || { apt-get update && apt-get install -y python3; }\n"


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes
    ----------
    waiting : tuple of (str, int)
        Folder names of units, and how many totals were left out of each, since an instructor has
        still to mark or to settle something.
    unknown : tuple of str
        Students whom the platform cannot tell, for the roster has no e-mail address that is theirs
        alone.
    left_out : tuple of str
        Who is graded and not in the roster: they have left the class, and nothing of them is lost.
    """

    paths: tuple[Path, ...]
    waiting: tuple[tuple[str, int], ...] = ()
    unknown: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def export_marks(
    course: Course,
    units: Iterable[str],
    platform: str,
    roster: Roster | None = None,
    as_it_stands: bool = False,
) -> Export:
    """Write the marks of `units` to ``course/exports``, for one of `PLATFORMS`.

    Parameters
    ----------
    units : iterable of str
        All that are graded, if empty.
    roster : Roster, optional
        Names, addresses and the platform's own numbers; who is in it gets a line, and nobody else.
    as_it_stands : bool
        Count what is still to be marked by hand as nothing, instead of leaving a total out.

    Raises
    ------
    AutograderError
        If a unit has no marks yet, or nobody who has some is in the roster.
    """
    chosen = list(units) or graded_units(course)
    found = [read_marks(course, unit) for unit in chosen]
    people = _people(roster, found)
    graded = {student for marks in found for student in marks.results}
    left_out = tuple(sorted(graded - {person.id for person in people}))
    if left_out and len(left_out) == len(graded):
        raise AutograderError(
            f"The roster has nobody who is graded, such as {left_out[0]}: is it of this class, and "
            f"does its column id have the ids in {course.submitted.name}/?"
        )
    waiting = [
        (folder_name(m.outline.unit), _waiting(m, left_out)) for m in found if not as_it_stands
    ]
    told = tuple((name, count) for name, count in waiting if count)
    folder = course.data / "exports"
    if platform == GRADESCOPE:
        owners = _owners(people)
        paths = [_write_autograder(folder, marks, owners, as_it_stands) for marks in found]
        unknown = tuple(one.id for one in people if one not in owners.values())
        return Export(tuple(paths), told, unknown, left_out)
    path = folder / ("marks.csv" if platform == CSV else f"{platform}.csv")
    write_atomically(path, marks_table(platform, found, people, as_it_stands))
    return Export((path,), told, left_out=left_out)


def read_marks(course: Course, unit: str) -> UnitMarks:
    """Return everybody's marks of `unit`, those given by hand included.

    Raises
    ------
    AutograderError
        If nothing of it is graded yet.
    """
    outline = read_outline(course, unit)
    results = {result.student: result for result in graded_results(course, unit)}
    with UnitGradebook(course, unit) as gradebook:
        scores, penalties = gradebook.scores(), gradebook.penalties()
        can_be_late = gradebook.has_due_date
    unclear = frozenset(s for s, result in results.items() if result.unclear and can_be_late)
    marks = {s: marks_of(outline, result, scores.get(s, {})) for s, result in results.items()}
    return UnitMarks(outline, results, marks, penalties, unclear)


def _people(roster: Roster | None, found: Iterable[UnitMarks]) -> list[Student]:
    """Return the class; without a roster whoever is graded, whose ids are the platform's."""
    if roster is not None:
        return roster.students
    graded = sorted({student for marks in found for student in marks.results})
    return [Student(s, lms_user_id=s if s.isdigit() else "") for s in graded]


def _waiting(marks: UnitMarks, left_out: Collection[str]) -> int:
    students = marks.results.keys() - set(left_out)
    return sum(marks.total(student, False) is None for student in students)


def marks_table(
    platform: str, found: Iterable[UnitMarks], people: Iterable[Student], as_it_stands: bool
) -> str:
    """Return a table with a row for each of `people` and a column for each unit."""
    units = list(found)
    names = [folder_name(marks.outline.unit) for marks in units]
    rows: list[list[Value]] = []
    if platform == CANVAS:
        blank = [""] * (len(COLUMNS[CANVAS]) - 1)
        rows.append([CANVAS_MAXIMUM, *blank, *(marks.outline.max_points for marks in units)])
    for person in people:
        totals = [marks.total(person.id, as_it_stands) for marks in units]
        rows.append([*_identity(platform, person), *totals])
    return csv_text([*COLUMNS[platform], *names], rows)


def _identity(platform: str, person: Student) -> tuple[str, ...]:
    identity, address = Key(person.id), Key(person.email)
    if platform == CANVAS:
        name, number = person.name or person.id, Key(person.lms_user_id)
        return (name, number, "", identity, person.section)
    if platform == MOODLE:
        known = identity.casefold() != address.casefold()  # else it has no ID number
        return (identity if known else "", person.name, address)
    return (person.id, person.name, person.email)


def _owners(people: Iterable[Student]) -> dict[str, Student]:
    """Return whose an e-mail address is; one that two people share is nobody's."""
    addresses = [(person.email.strip().casefold(), person) for person in people]
    count = Counter(address for address, _ in addresses)
    return {address: person for address, person in addresses if address and count[address] == 1}


def _write_autograder(
    folder: Path, marks: UnitMarks, owners: Mapping[str, Student], as_it_stands: bool
) -> Path:
    """Write an autograder that runs nothing and hands out these marks by e-mail address."""
    given: dict[str, dict[str, Any] | None] = {}
    for address, person in owners.items():
        total = marks.total(person.id, as_it_stands)
        known = total is not None  # of somebody without a mark the address is known all the same
        given[address] = gradescope_result(marks, person.id, total or 0.0) if known else None
    files = {
        "setup.sh": _SETUP,
        "run_autograder": _RUN.read_text(encoding="utf-8"),
        "marks.json": json.dumps(given, indent=1),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)  # with no time: equal marks give equal bytes
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)
    path = folder / f"gradescope-{folder_name(marks.outline.unit)}.zip"
    write_atomically(path, packed.getvalue())
    return path
