"""Who is in the class, when their work is due, and which of them a name or a number means.

Nobody is guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from autograder.grading.collecting.dates import EVERY_UNIT, Dates
from autograder.grading.collecting.naming import Claim

_WITH_E = str.maketrans(
    {umlaut: f"{plain}e" for umlaut, plain in zip("äöüøæ", "aouoa", strict=True)}
)


@dataclass(frozen=True)
class Student:
    """One row of a roster.

    Attributes
    ----------
    aliases : tuple of str
        What platforms call the student besides.
    dates : mapping of unit to Dates
        The student's own.
    first, last : str
        Parts of the name, where the roster has them apart.
    """

    id: str
    name: str = ""
    email: str = ""
    lms_user_id: str = ""
    section: str = ""
    aliases: tuple[str, ...] = ()
    dates: Mapping[str, Dates] = field(default_factory=dict, hash=False)
    first: str = field(default="", compare=False)
    last: str = field(default="", compare=False)

    @property
    def first_and_last(self) -> tuple[str, str]:
        """The name in two parts, as nbgrader keeps it; the last word is the last name."""
        if self.first or self.last:
            return self.first, self.last
        last, comma, first = self.name.partition(",")
        if comma:
            return first.strip(), last.strip()
        first, _, last = self.name.rpartition(" ")
        return first, last

    def is_named(self, spelled: frozenset[str]) -> bool:
        """Return whether one of the spellings of a name is this student's."""
        return not spelled.isdisjoint(_spellings(self.name))


@dataclass
class Roster:
    """The class.

    Attributes
    ----------
    sections : dict of str to mapping of unit to Dates
        When the work of a section is due, by its name as `key_of` writes it.
    dropped : list of Student
        Who was in the class.
    """

    students: list[Student] = field(default_factory=list)
    sections: dict[str, Mapping[str, Dates]] = field(default_factory=dict)
    dropped: list[Student] = field(default_factory=list)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the class."""
        return frozenset(student.id for student in self.students)

    def section_dates(self, section: str) -> Mapping[str, Dates]:
        """Return when a section's work is due, by unit."""
        return self.sections.get(key_of(section), {})

    def names(self, unit: str) -> bool:
        """Return whether there is a date for just this unit, of a student or of a section."""
        every = (*self.sections.values(), *(student.dates for student in self.students))
        return any(unit in dates for dates in every)

    def has_dates(self, unit: str) -> bool:
        """Return whether there is a date that counts for `unit`."""
        return self.names(unit) or self.names(EVERY_UNIT)

    @property
    def names_no_unit(self) -> bool:
        """Return whether there is a due date, and no extension, that says of no unit."""
        every = (*self.sections.values(), *(student.dates for student in self.students))
        return any(dates.get(EVERY_UNIT, Dates()).due for dates in every)

    def is_exception(self, student: str, unit: str) -> bool:
        """Return whether a student has an extension, or a due date that nobody else has."""
        person = self._person(student)
        if person is None:
            return False
        if any(dates.extension for dates in self._dates(person, unit)):
            return True
        own = unit in person.dates or EVERY_UNIT in person.dates
        due = self.due(student, unit, None)
        return own and [self.due(one.id, unit, None) for one in self.students].count(due) == 1

    def _person(self, student: str) -> Student | None:
        return next((one for one in self.students if one.id == student), None)

    def due(self, student: str, unit: str, usual: datetime | None) -> datetime | None:
        """Return when a student's work is due, if that of the class is due at `usual`.

        What is said of the unit comes before what is said of all, and the student before the
        section; an extension is added to the date that is left.
        """
        person = self._person(student)
        found = list(self._dates(person, unit)) if person else []
        due = next((one.due for one in found if one.due), usual)
        longer = next((one.extension for one in found if one.extension), timedelta(0))
        return None if due is None else due + longer

    def latest(self, unit: str) -> datetime | None:
        """Return the last of the dates that are given for `unit`, without extensions."""
        every = (one.due for person in self.students for one in self._dates(person, unit))
        return max(filter(None, every), default=None)

    def _dates(self, person: Student, unit: str) -> Iterator[Dates]:
        for dates in (person.dates, self.section_dates(person.section)):
            yield from (dates[name] for name in (unit, EVERY_UNIT) if name in dates)

    def find(self, claim: Claim) -> tuple[Student | None, str]:
        """Return the one student that `claim` means, or why there is none."""
        ids = {key_of(text) for text in claim.ids if key_of(text)}
        if claim.in_order:
            known = set().union(*map(_ids, self.students))
            ids = set([text for text in map(key_of, claim.ids) if text in known][:1])
        spelled = frozenset(_spellings(claim.name))
        by_id = [s for s in self.students if ids & _ids(s)] or [
            s for s in self.students if s.email and key_of(s.email.partition("@")[0]) in ids
        ]
        by_name = [s for s in self.students if spelled and s.is_named(spelled)]
        both = [s for s in by_id if s in by_name]
        if len(both) == 1:
            return both[0], ""
        if by_id and by_name:
            return None, _several([*by_id, *by_name])
        if by_id and not claim.id_is_certain and claim.name and any(s.name for s in by_id):
            return None, "the roster has the number under another name"
        found = by_id or by_name
        if len(found) == 1:
            return found[0], ""
        if not found and self.dropped and Roster(self.dropped).find(claim)[0]:
            return None, "has dropped the course, as the roster says"
        return None, _several(found) if found else "not in the roster"


def _several(students: Iterable[Student]) -> str:
    names = sorted({student.id for student in students})
    return f"could be {' or '.join(names[:5])}: nobody is guessed"


def _ids(student: Student) -> set[str]:
    names = (student.id, student.lms_user_id, student.email, *student.aliases)
    return {key_of(text) for text in names if text}


def key_of(text: str) -> str:
    """Return a number or name as it is compared: in any case, and without blanks around."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _spellings(name: str) -> set[str]:
    """Return the ways in which platforms write a name, without case, accents and blanks.

    First name first or last; Canvas joins the words; umlauts with or without an e.
    """
    whole = unicodedata.normalize("NFKC", name).casefold()
    found = set[str]()
    for text in (whole, whole.translate(_WITH_E)):
        plain = unicodedata.normalize("NFKD", text)
        letters = "".join(c for c in plain if not unicodedata.combining(c))
        words = re.findall(r"[^\W_]+", letters)
        found |= {"".join(words[i:] + words[:i]) for i in range(len(words))}
    return found
