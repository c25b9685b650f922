"""Who is in the class, and which of them a name or a number means. Nobody is guessed."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.naming import Claim
from autograder.grading.collecting.table import heading_of, rows_of, separators_of, text_of
from autograder.grading.submissions import (
    UnreadableSubmission,
    check_student_id,
    read_regular_file,
)

ROSTER_NAME = "roster.csv"
MAX_ROSTER_BYTES = 20 * 2**20
#: Headings as `_words` writes them: ours, and Moodle's in English, German and French.
_COLUMNS = {
    "id": (
        *("id", "student id", "id number", "id nummer", "numero d identification"),
        *("identifier", "identifiant"),
    ),
    "username": ("username", "anmeldename", "nom d utilisateur"),
    "name": ("name", "full name", "student name", "vollstandiger name", "nom complet"),
    "first": ("first name", "firstname", "given name", "vorname", "prenom"),
    "last": (
        "last name",
        "lastname",
        "surname",
        "family name",
        "nachname",
        "nom de famille",
        "nom",
    ),
    "email": ("email", "e mail", "email address", "e mail adresse", "adresse de courriel"),
    "lms": ("lms user id", "lms id"),
}
_IDS = ("id", "username", "email")  # what stands for a student, the first that is there
#: Moodle's number of a student in one assignment, such as "Participant 12345".
_NUMBERED = re.compile(r"(?:participant|teilnehm)\D*(\d+)", re.IGNORECASE)
_WITH_E = str.maketrans(
    {umlaut: f"{plain}e" for umlaut, plain in zip("äöüøæ", "aouoa", strict=True)}
)


@dataclass(frozen=True)
class Student:
    """One row of a roster."""

    id: str
    name: str = ""
    email: str = ""
    lms_user_id: str = ""

    def is_named(self, spelled: frozenset[str]) -> bool:
        """Return whether one of the spellings of a name is this student's."""
        return not spelled.isdisjoint(_spellings(self.name))


@dataclass
class Roster:
    """The class."""

    students: list[Student] = field(default_factory=list)

    def find(self, claim: Claim) -> tuple[Student | None, str]:
        """Return the one student that `claim` means, or why there is none."""
        ids = {_key(text) for text in claim.ids if _key(text)}
        spelled = frozenset(_spellings(claim.name))
        by_id = [s for s in self.students if ids & _ids(s)] or [
            s for s in self.students if s.email and _key(s.email.partition("@")[0]) in ids
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
        return None, _several(found) if found else "not in the roster"


def _several(students: Iterable[Student]) -> str:
    names = sorted({student.id for student in students})
    return f"could be {' or '.join(names[:5])}: nobody is guessed"


def roster_of(course: Course, path: Path | None) -> Roster | None:
    """Return the roster in `path`, else the course's; None if it has none.

    Raises
    ------
    AutograderError
        If it cannot be read.
    """
    usual = course.data / ROSTER_NAME
    if path is None and not usual.exists():
        return None
    return read_roster(path or usual)


def read_roster(path: Path) -> Roster:
    """Return the roster in a table with the columns id, name, email, lms_user_id.

    Instead of name there may be first_name and last_name. Without an id the username is it, else
    the e-mail address. Moodle's grading worksheet and lists of participants are such tables.

    Raises
    ------
    AutograderError
        If it cannot be read, or an id is none, or stands there twice.
    """
    try:
        separators, text = separators_of(text_of(read_regular_file(path, MAX_ROSTER_BYTES)))
        separator = max(separators, key=lambda one: len(_places(heading_of(text, one), [])))
        rows = list(rows_of(text, separator))
    except UnreadableSubmission as error:
        raise AutograderError(f"The roster {path}: {error}.") from error
    except (ValueError, csv.Error) as error:
        raise AutograderError(f"The roster {path} is no CSV file: a table in text.") from error
    places = _places(rows[0][1], [row for _, row in rows[1:]]) if rows else {}
    if not places.keys() & set(_IDS):
        raise AutograderError(
            f"The roster {path} has no column id (nor one of user names or e-mail addresses): its "
            "first line names the columns, such as id, name, email, lms_user_id."
        )
    students = [
        _student(row, places, f"The roster {path}, line {number}") for number, row in rows[1:]
    ]
    _check_unique(students, path)
    return Roster(students)


def _places(heading: list[str], rows: list[list[str]]) -> dict[str, int]:
    """Return where the columns stand. Moodle calls its numbers "Identifier", in German "ID"."""
    words = [_words(name) for name in heading]
    numbers = [place for place in range(len(words)) if _all_numbered(place, rows)]
    words = ["lms id" if place in numbers[:1] else name for place, name in enumerate(words)]
    return {
        column: next(words.index(name) for name in names if name in words)
        for column, names in _COLUMNS.items()
        if any(name in words for name in names)
    }


def _words(heading: str) -> str:
    """Return a heading in small letters without accents and signs."""
    plain = unicodedata.normalize("NFKD", heading.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z]+", letters))


def _all_numbered(place: int, rows: Iterable[list[str]]) -> bool:
    fields = [row[place] for row in rows if place < len(row)]
    return bool(fields) and all(map(_NUMBERED.fullmatch, fields))


def _student(row: list[str], places: dict[str, int], where: str) -> Student:
    values = {column: _as_typed(row[place]) for column, place in places.items() if place < len(row)}
    identity = next(filter(None, map(values.get, _IDS)), "")
    try:
        check_student_id(identity)
    except UnreadableSubmission as error:
        raise AutograderError(f"{where}: {error}.") from error
    parts = (values.get("first", ""), values.get("last", ""))
    name = values.get("name") or " ".join(filter(None, parts))
    number = _NUMBERED.fullmatch(values.get("lms", ""))
    lms = number[1] if number else values.get("lms", "")
    return Student(identity, name, values.get("email", ""), lms)


def _as_typed(field: str) -> str:
    """Return a field without the sign that keeps spreadsheets from taking it for a formula."""
    return re.sub(r"^'(?=[=+\-@])", "", field)


def _check_unique(students: list[Student], path: Path) -> None:
    seen: dict[str, str] = {}
    for student in students:
        other = seen.setdefault(student.id.casefold(), student.id)
        if other is not student.id:
            raise AutograderError(
                f"The roster {path} has the id {student.id} twice, or once more in other case."
            )


def _ids(student: Student) -> set[str]:
    return {_key(text) for text in (student.id, student.lms_user_id, student.email) if text}


def _key(text: str) -> str:
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
