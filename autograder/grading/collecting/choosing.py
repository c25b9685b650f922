"""Of all that was handed in, the one notebook of each student and unit, and why not the others."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.dates import lateness
from autograder.grading.collecting.delivery import NOTEBOOK, OTHER, PROBLEM, Delivery, File
from autograder.grading.collecting.file_names import without_suffix
from autograder.grading.collecting.layout import Handed, handed_in
from autograder.grading.collecting.naming import Claim, unit_in_name
from autograder.grading.collecting.roster import Roster
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.submissions import check_student_id
from autograder.grading.which_unit import Identity, Teller
from autograder.times import LATE_OR_NOT_STAMP, LATE_STAMP, NO_STAMP, Stamp, UnclearTime, in_utc
from autograder.units import NOTEBOOKS, UNITS, folder_name
from autograder.workers import Workers

CALLED_LATE = "called late by the platform, which tells no time: counts as late by a second"
_FOLDERS = frozenset(map(folder_name, NOTEBOOKS))


class Outcome(StrEnum):
    """What became of something handed in."""

    NEW = "new"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    KEPT = "not taken"
    OLDER = "other attempt"
    REFUSED = "refused"
    MISSING = "missing"


@dataclass(frozen=True)
class Row:
    """One line of the audit.

    Attributes
    ----------
    student : str
        The id, or what the delivery calls the student where that is nobody for certain.
    unit : str
        The unit, or "" where it is not known.
    source : str
        Where it lay in the delivery.
    stamp : Stamp
        When it came.
    late : str
        How late it came, or "".
    unreadable : bool
        Whether the grader will not be able to read it.
    look : bool
        Whether an instructor has to look at it.
    """

    student: str
    unit: str
    outcome: Outcome
    source: str = ""
    stamp: Stamp = NO_STAMP
    late: str = ""
    unreadable: bool = False
    note: str = ""
    look: bool = False

    @property
    def time(self) -> datetime | None:
        """When it came; None where that is not told, or not for certain."""
        return self.stamp.time


@dataclass(frozen=True)
class Candidate:
    """A notebook whose student and unit are certain.

    Attributes
    ----------
    given : str
        What a platform called it or its folder.
    """

    row: Row
    file: File
    attempt: int
    name: str
    given: str = ""


@dataclass(frozen=True)
class Rules:
    """What the instructor asked for.

    Attributes
    ----------
    due : mapping of unit to datetime
        When it was due, with a zone.
    extensions : mapping of (str, str) to timedelta
        How much longer single students have, by id and unit, where the roster does not say.
    zone : tzinfo or None
        Of platforms' times that have none; None if nobody has said.
    unit : str
        Of notebooks that do not say, or "".
    """

    roster: Roster | None
    due: dict[str, datetime]
    zone: tzinfo | None
    unit: str = ""
    extensions: Mapping[tuple[str, str], timedelta] = field(default_factory=dict)

    def due_of(self, student: str, unit: str) -> tuple[datetime | None, bool]:
        """Return when a student's work was due, and whether that is an exception for them."""
        usual, roster = self.due.get(unit), self.roster
        if roster is not None and student in roster.ids and roster.has_dates(unit):
            usual = usual or roster.latest(unit)
            return roster.due(student, unit, usual), roster.is_exception(student, unit)
        longer = self.extensions.get((student, unit), timedelta(0))
        return usual and usual + longer, bool(longer)


class Sorter:
    """Tells whose and which unit's each file is."""

    def __init__(self, course: Course, delivery: Delivery, rules: Rules, workers: Workers) -> None:
        self._course = course
        self.delivery = delivery
        self.rules = rules
        self._teller = Teller(course, workers)

    def sort(self) -> tuple[list[Candidate], list[Row]]:
        """Return the candidates, and the lines on all that is none."""
        candidates, rows, others = list[Candidate](), list[Row](), dict[str, list[str]]()
        for handed in handed_in(self.delivery):
            student, why = self.student(handed.named.claim)
            row = Row(student, "", Outcome.REFUSED, handed.file.shown, look=True)
            if handed.file.kind == PROBLEM:
                rows.append(replace(row, note=handed.file.problem))
            elif handed.file.kind == OTHER:
                if not why:
                    others.setdefault(student, []).append(handed.file.path[-1])
            elif handed.file.kind == NOTEBOOK:
                found = self._notebook(handed, row, why)
                if isinstance(found, Candidate):
                    candidates.append(found)
                else:
                    rows.append(found)
        known = {one.row.student for one in candidates} | {row.student for row in rows}
        for student, names in others.items():
            if student not in known:
                note = f"handed in no notebook: {', '.join(names[:3])}"
                rows.append(Row(student, "", Outcome.REFUSED, note=note, look=True))
        return candidates, rows

    def student(self, claim: Claim) -> tuple[str, str]:
        """Return the id of the student that `claim` means, and why it is uncertain or ""."""
        if self.rules.roster is not None:
            found, why = self.rules.roster.find(claim)
            return (found.id if found else str(claim)), why
        if not claim.ids or not claim.ids[0]:
            return str(claim), "whose it is cannot be told from its name"
        if claim.in_order and (known := [one for one in claim.ids if one in self._students]):
            return known[0], ""
        if claim.only_by_roster:
            return str(claim), "whose it is cannot be told without a roster"
        try:
            check_student_id(claim.ids[0])
        except UnreadableSubmission as error:
            return str(claim), f"{error}; or give a roster"
        return claim.ids[0], ""

    @cached_property
    def _students(self) -> frozenset[str]:
        """Who is known from earlier collections and from the gradebook."""
        # Not above: it imports nbgrader, which where students hand in is not installed.
        from autograder.grading.gradebook_reader import known_students

        submitted = self._course.submitted
        there = os.listdir(submitted) if submitted.is_dir() else []
        return frozenset([*there, *known_students(self._course)])

    def _notebook(self, handed: Handed, row: Row, why: str) -> Candidate | Row:
        name = handed.inner[-1] if handed.inner else handed.named.file or handed.file.path[-1]
        names = [name, *reversed(handed.inner[:-1]), handed.named.file]
        names += filter(_FOLDERS.__contains__, reversed(handed.file.path))
        found, unreadable = self._teller.identity(self.delivery.path(handed.file), names)
        unit, note, look = self.unit(handed, name, found)
        if why or not unit:
            return replace(row, unit=unit, note=why or note)
        if unit not in UNITS:
            return replace(row, unit=unit, note="is not graded", look=False)
        stamp = self._stamp(handed)
        due, is_exception = self.rules.due_of(row.student, unit)
        late, called = lateness(stamp.time, due), ""
        if handed.named.late and stamp == NO_STAMP:
            late, called = "late", CALLED_LATE
            stamp = LATE_OR_NOT_STAMP if is_exception else LATE_STAMP
        unclear = f"when it came is not certain: {stamp.unclear}" if stamp.unclear else ""
        called = "" if unclear else called
        notes = filter(
            None, (f"unreadable: {unreadable}" if unreadable else "", unclear, called, note)
        )
        row = replace(row, unit=unit, stamp=stamp, late=late, note="; ".join(notes))
        row = replace(row, unreadable=bool(unreadable), look=look or bool(unreadable or unclear))
        return Candidate(row, handed.file, handed.named.attempt, name, handed.given)

    def _stamp(self, handed: Handed) -> Stamp:
        time, zone = handed.named.time, self.rules.zone
        if time is None or handed.named.stamp.time is not None:
            return handed.named.stamp
        if zone is None:
            raise AutograderError(
                f"{handed.file.shown} has a time without a zone: say which it is in with --zone, "
                "such as --zone Europe/Zurich, or --zone UTC."
            )
        try:
            return Stamp(in_utc(time, zone))
        except UnclearTime as error:
            return Stamp(unclear=str(error), text=f"{time} {zone}")

    def unit(self, handed: Handed, name: str, found: Identity) -> tuple[str, str, bool]:
        """Return the unit of a notebook, or "", a remark, and whether it is to be looked at.

        Its cells say so, or its name, a folder that the student made, or the folders around.
        """
        if found.contradicts:
            return found.unit, f"called {name}, but {found.remark}", True
        if len(found.cells) > 1 and not found.named:
            units = " and ".join(map(folder_name, found.cells))
            return "", f"which unit it is of cannot be told: it has cells of {units}", True
        if found.unit:
            return found.unit, "" if found.named else f"called {name}", False
        around = filter(None, map(unit_in_name, reversed(handed.file.path)))
        unit = next(around, self.rules.unit)
        return unit, "" if unit else "which unit it is of cannot be told", False


def choose(candidates: Iterable[Candidate]) -> Iterator[tuple[Candidate | None, list[Row]]]:
    """Yield, for each student and unit, the one notebook that counts and lines on the others."""
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.row.student, candidate.row.unit].append(candidate)
    for _, group in sorted(groups.items()):
        best, why = latest(group)
        if best is None:
            refused = (replace(c.row, outcome=Outcome.REFUSED, note=why, look=True) for c in group)
            yield None, list(refused)
            continue
        others = [
            replace(c.row, outcome=Outcome.OLDER, note=why, late="", look=False)
            for c in group
            if c is not best
        ]
        readable = [c.row.source for c in group if not c.row.unreadable]
        if best.row.unreadable and readable:
            note = f"{best.row.note}; {readable[0]} can be read"
            best = replace(best, row=replace(best.row, note=note))
        yield best, others


def latest(group: list[Candidate]) -> tuple[Candidate | None, str]:
    """Return the notebook that counts, if that is certain, and what to say of the others."""
    if len(group) == 1:
        return group[0], ""
    if len({candidate.file.digest for candidate in group}) == 1:
        return min(group, key=_age), "the same once more"
    times = [candidate.row.time for candidate in group if candidate.row.time is not None]
    if len(times) == len(group):
        group = [candidate for candidate in group if candidate.row.time == max(times)]
    last = [c for c in group if c.attempt == max(c.attempt for c in group)]
    if len(last) == 1 and (len(group) == 1 or all(c.attempt for c in group)):
        return last[0], "a later one counts"
    if len({candidate.file.digest for candidate in group}) == 1:
        return group[0], "a later one counts"
    exact = [c for c in group if without_suffix(c.name) == folder_name(c.row.unit)]
    if len(exact) == 1:
        return exact[0], f"{exact[0].name} counts, which is called as it should be"
    return None, f"one of {len(group)}, and nothing says which is the last"


def _age(candidate: Candidate) -> tuple[bool, float]:
    time = candidate.row.time
    return (time is None, time.timestamp() if time else 0.0)
