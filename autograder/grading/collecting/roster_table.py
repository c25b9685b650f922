"""Reading a roster: a table of ours, of Moodle's or of GitHub Classroom's, as it comes."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.dates import Dates, column_of, dates_in
from autograder.grading.collecting.roster import Roster, Student, key_of
from autograder.grading.collecting.table import heading_of, rows_of, separators_of, text_of
from autograder.grading.own_files import UnreadableSubmission, read_regular_file
from autograder.grading.submissions import check_student_id, is_plain
from autograder.units import UNITS, folder_name

ROSTER_NAMES = ("roster.csv", "classroom_roster.csv")
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
    "section": ("section", "sections", "group", "groups", "gruppe", "gruppen"),
    "dropped": ("dropped", "withdrawn"),
    "account": ("github username",),
    "number": ("github id",),
}
_IDS = ("id", "username", "email")  # what stands for a student, the first that is there
_NO = ("", "no", "0", "false", "n", "-")  # in the column of who dropped
#: Moodle's number of a student in one assignment, such as "Participant 12345".
_NUMBERED = re.compile(r"(?:participant|teilnehm)\D*(\d+)", re.IGNORECASE)


def roster_of(course: Course, path: Path | None = None) -> Roster | None:
    """Return the roster in `path`, else the course's; None if it has none.

    Raises
    ------
    AutograderError
        If it cannot be read, or a due date in it could be one of several units.
    """
    found = path or roster_path(course)
    if found is None:
        return None
    roster = read_roster(found)
    there = [unit for unit in UNITS if _is_handed_in(course, unit)] if roster.names_no_unit else []
    if len(there) > 1:
        raise AutograderError(
            f"The roster {found} says of no unit when it is due, and there is work of "
            f"{' and '.join(map(folder_name, there[:3]))}: call the column 'due "
            f"{folder_name(there[0])}', and add one for each other unit."
        )
    return roster


def _is_handed_in(course: Course, unit: str) -> bool:
    return any(course.submitted.glob(f"*/{folder_name(unit)}"))


def roster_path(course: Course) -> Path | None:
    """Return where the course's roster lies; None if it has none."""
    usual = (course.data / name for name in ROSTER_NAMES)
    return next((path for path in usual if path.exists()), None)


def read_roster(path: Path) -> Roster:
    """Return the roster in a table with the columns id, name, email, lms_user_id, section.

    Instead of name there may be first_name and last_name. Without an id the username is it, else
    the e-mail address. Columns such as due, extension, or due 01_recurrence say when work is due; a
    row with a section and nobody in it says it of all in the section. Who has something under
    dropped has left. Moodle's grading worksheet and lists of participants and GitHub Classroom's
    rosters are such tables.

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
    if not places.keys() & {*_IDS, "account"}:
        raise AutograderError(
            f"The roster {path} has no column id (nor one of user names or e-mail addresses): its "
            "first line names the columns, such as id, name, email, lms_user_id."
        )
    found = Roster()
    columns = _columns_of_dates(rows[0][1], f"The roster {path}")
    for number, row in rows[1:]:
        _take(row, places, columns, found, f"The roster {path}, line {number}")
    _check_unique([*found.students, *found.dropped], path)
    return found


def _columns_of_dates(heading: list[str], where: str) -> dict[int, str]:
    """Return for which unit each column of dates is."""
    try:
        units = {place: column_of(name) for place, name in enumerate(heading)}
    except AutograderError as error:
        raise AutograderError(f"{where} has a column of dates for no unit: {error}") from error
    return {place: unit for place, unit in units.items() if unit is not None}


def _take(
    row: list[str], places: dict[str, int], columns: dict[int, str], found: Roster, where: str
) -> None:
    """Put a row in its place: a student, one who dropped, or the dates of a section."""
    values = {column: _as_typed(row[place]) for column, place in places.items() if place < len(row)}
    texts: dict[str, list[str]] = {}
    for place, unit in columns.items():
        texts.setdefault(unit, []).append(row[place] if place < len(row) else "")
    try:
        dates = dates_in(texts)
    except AutograderError as error:
        raise AutograderError(f"{where}: {error}.") from error
    section = values.get("section", "")
    if section and dates and not any(values.get(name) for name in (*_IDS, "account", "name")):
        found.sections[key_of(section)] = dates
        return
    student = _student(values, dates, where)
    if student is not None:
        gone = values.get("dropped", "").casefold() not in _NO
        (found.dropped if gone else found.students).append(student)


def _student(values: dict[str, str], dates: dict[str, Dates], where: str) -> Student | None:
    """Return who stands in a row; None for somebody of GitHub's who has no account yet."""
    named = values.get("id", "")
    if "account" in values and "number" in values:  # GitHub's own: a name, number or address
        values = {**values, "id": values["account"]}
        is_name = "@" not in named and any(map(str.isalpha, named))
        values |= {"name": values.get("name") or (named if is_name else "")}
        values |= {"email": values.get("email") or (named if "@" in named else "")}
        if not values["id"] and not is_plain(named):
            return None
        values |= {"id": values["id"] or named}
    identity = next(filter(None, map(values.get, _IDS)), "") or values.get("account", "")
    try:
        check_student_id(identity)
    except UnreadableSubmission as error:
        raise AutograderError(f"{where}: {error}.") from error
    first, last = values.get("first", ""), values.get("last", "")
    number = _NUMBERED.fullmatch(values.get("lms", ""))
    others = (named, values.get("account", ""), values.get("number", ""))
    return Student(
        identity,
        values.get("name") or " ".join(filter(None, (first, last))),
        values.get("email", ""),
        number[1] if number else values.get("lms", ""),
        values.get("section", ""),
        tuple(text for text in others if text and text != identity),
        dates,
        first,
        last,
    )


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
