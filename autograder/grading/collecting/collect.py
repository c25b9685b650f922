"""Collecting a delivery: what was handed in is sorted, chosen, put in place, and told."""

import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.choosing import Candidate, Outcome, Row, Rules, Sorter, choose
from autograder.grading.collecting.delivery import Delivery, read_delivery
from autograder.grading.collecting.naming import canvas_start, is_taken_back
from autograder.grading.collecting.origins import remember
from autograder.grading.collecting.placing import call_late, existing, place
from autograder.grading.gradebook_reader import known_students
from autograder.grading.own_files import UnreadableSubmission
from autograder.units import UNITS, folder_name
from autograder.workers import workers

_TAKEN = (Outcome.NEW, Outcome.REPLACED, Outcome.UNCHANGED)
UNWRITTEN = "cannot be written"  # how the note on a file begins that no disk took
_STAGE, _LEFT_AFTER_S = ".collecting.", 24 * 3600


def collect(
    course: Course, source: Path, rules: Rules, *, take: bool = False, dry_run: bool = False
) -> list[Row]:
    """Put the notebooks of a folder or zip into ``course/submitted``; return a line on each.

    Killed at any moment and run again it comes to the same end.

    Parameters
    ----------
    take : bool
        Whether a notebook replaces one that is there even if nothing says that it is newer.
    dry_run : bool
        Whether nothing is to be changed.

    Raises
    ------
    AutograderError
        If `source` cannot be read as a whole, or holds the course itself.
    """
    if course.data.resolve().is_relative_to(source.resolve()):
        raise AutograderError(
            f"{source} holds the course's own folder {course.data.name}: "
            "give the folder or zip that the platform gave you."
        )
    with _stage(course, dry_run) as stage:
        delivery = read_delivery(source, stage)
        with workers() as readers:
            candidates, rows = Sorter(course, delivery, rules, readers).sort()
        certain, clashing = _without_clashes(course, candidates)
        rows += clashing
        names = []
        for best, others in choose(certain):
            rows += others
            if best is not None:
                row = _dealt_with(course, best, take, delivery, None if dry_run else stage)
                if row.outcome in _TAKEN and is_taken_back(best.given):
                    names.append((row.unit, row.student, best.given))
                rows.append(row)
        if not dry_run:
            remember(course, names)
    rows += _missing(course, rules, rows)
    return sorted(rows, key=lambda row: (row.unit, row.student.casefold(), row.source))


def _dealt_with(
    course: Course, best: Candidate, take: bool, delivery: Delivery, stage: Path | None
) -> Row:
    """Put a notebook in its place if it belongs there; without a stage only tell."""
    row = _decided(course, best, take)
    if stage is None:
        return row
    if row.outcome in (Outcome.NEW, Outcome.REPLACED):
        return _placed(course, row, delivery.content(best.file), stage)
    if row.outcome is Outcome.UNCHANGED:
        call_late(course, row.student, row.unit, row.stamp, bool(canvas_start(best.given)))
    return row


@contextmanager
def _stage(course: Course, dry_run: bool) -> Iterator[Path]:
    """Make a folder for the time of a collection, where it can be renamed into its place."""
    if not dry_run:
        course.data.mkdir(parents=True, exist_ok=True)
        for left in course.data.glob(f"{_STAGE}*"):  # by collections that were killed
            if time.time() - left.stat().st_mtime > _LEFT_AFTER_S:
                shutil.rmtree(left, ignore_errors=True)
    where = None if dry_run else course.data
    with tempfile.TemporaryDirectory(dir=where, prefix=_STAGE, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _without_clashes(
    course: Course, candidates: list[Candidate]
) -> tuple[list[Candidate], list[Row]]:
    """Return the candidates whose ids differ from others by more than upper and lower case."""
    spellings = defaultdict[str, set[str]](set)
    there = os.listdir(course.submitted) if course.submitted.is_dir() else []
    for student in (*there, *(candidate.row.student for candidate in candidates)):
        spellings[student.casefold()].add(student)
    certain, rows = list[Candidate](), list[Row]()
    for candidate in candidates:
        alike = sorted(spellings[candidate.row.student.casefold()] - {candidate.row.student})
        if alike:
            note = f"the id differs from {alike[0]} in upper and lower case alone"
            rows.append(replace(candidate.row, note=note, look=True))
        else:
            certain.append(candidate)
    return certain, rows


def _decided(course: Course, candidate: Candidate, take: bool) -> Row:
    """Return what is to become of a notebook, beside what lies in its place."""
    row = candidate.row
    try:
        there = existing(course, row.student, row.unit)
    except UnreadableSubmission as error:
        return replace(row, outcome=Outcome.REFUSED, note=str(error), look=True)
    if there is None:
        return replace(row, outcome=Outcome.NEW)
    if there.digest == candidate.file.digest:
        return replace(row, outcome=Outcome.UNCHANGED)
    newer = row.time is not None and there.time is not None and row.time > there.time
    if newer or take:
        return _with_note(replace(row, outcome=Outcome.REPLACED), "the one before is kept")
    row = replace(row, outcome=Outcome.KEPT)
    if row.time is not None and there.time is not None and row.time < there.time:
        return _with_note(row, "the one that is there is newer")
    note = "differs from the one that is there, which may be newer: --replace takes this one"
    return replace(_with_note(row, note), look=True)


def _placed(course: Course, row: Row, content: bytes, stage: Path) -> Row:
    try:
        place(course, row.student, row.unit, content, row.stamp, stage)
    except OSError as error:
        note = f"{UNWRITTEN}: {error.strerror or error}"
        return replace(row, outcome=Outcome.REFUSED, note=note, look=True)
    return row


def _with_note(row: Row, note: str) -> Row:
    return replace(row, note="; ".join(filter(None, (row.note, note))))


def _missing(course: Course, rules: Rules, rows: list[Row]) -> Iterator[Row]:
    """Yield a line for everybody of whom there is no notebook, in the units of the delivery."""
    roster = rules.roster
    expected = known_students(course) if roster is None else [s.id for s in roster.students]
    there = (*_TAKEN, Outcome.KEPT)
    handed_in = {(row.unit, row.student) for row in rows if row.outcome in there}
    units = {row.unit for row in rows if row.unit in UNITS} | {rules.unit} - {""}
    for unit in units:
        for student in expected:
            folder = course.submitted / student / folder_name(unit)
            if (unit, student) not in handed_in and not folder.exists():
                yield Row(student, unit, Outcome.MISSING)


def needs_a_look(rows: list[Row]) -> bool:
    """Return whether an instructor has to look at one of the lines."""
    return any(row.look for row in rows)
