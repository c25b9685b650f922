"""Finding submissions and reading their notebooks, of which nothing is believed."""

import contextlib
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.pictures import Picture, pictures_in
from autograder.times import MAX_CHARACTERS, NO_STAMP, Stamp, stamp_of
from autograder.units import UNITS, folder_name
from autograder.visible import one_line

MAX_BYTES = 20 * 2**20
MAX_CELLS = 2_000
MAX_SOURCE_CHARACTERS = 1_000_000
MAX_DIGITS = 1_000  # of a whole number
MAX_PARTS = 500_000  # values in the JSON; a small one takes a hundred bytes when it is read
OLDEST_FORMAT, NEWEST_FORMAT = 3, 4
TIMESTAMP = "timestamp.txt"
MAX_TIMESTAMP_BYTES = 4 * MAX_CHARACTERS
MAX_FILES = 10_000  # in a submission's folder
_NO_WAIT, _NO_LINK = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_NOFOLLOW", 0)
_NOT_UTF8_MARK = "\ufdd0"
_NOT_UTF8 = re.compile(r"[\udc80-\udcff]+")  # what "surrogateescape" makes of bytes that are not
# In JSON. One that has no end goes to the end, so that it is not looked for again and again.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_STUDENT_ID = re.compile(r"[\w@+][\w.@+ -]{0,99}", re.ASCII)


class UnreadableSubmission(Exception):
    """A submission that cannot be graded as it is; the message says why, for the instructor."""


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


@dataclass(frozen=True)
class SubmittedCell:
    """What is taken over from a cell of a submission: nothing else is.

    Attributes
    ----------
    pictures : tuple of Picture
        What a text shows.
    """

    kind: str
    source: str
    cell_id: str
    grade_id: str
    pictures: tuple[Picture, ...] = ()


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


def open_regular_file(path: Path) -> IO[bytes]:
    """Open a file to read it.

    Raises
    ------
    UnreadableSubmission
        If it is missing, a link, linked to from elsewhere, or no regular file.
    """
    try:
        # Not to wait for the other end of a pipe, and not to follow a link.
        descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | _NO_LINK)
    except FileNotFoundError:
        raise UnreadableSubmission(f"there is no {path.name} in it") from None
    except (OSError, ValueError) as error:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise _not_its_own(path) from error
        why = getattr(error, "strerror", "") or "it is no name of a file"
        raise UnreadableSubmission(f"{path.name} cannot be opened: {why}") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(descriptor)
        raise _not_its_own(path)
    return open(descriptor, "rb")


def read_regular_file(path: Path, most: int) -> bytes:
    """Return what a file holds.

    Raises
    ------
    UnreadableSubmission
        As `open_regular_file`, and if it is larger than `most` bytes.
    """
    with open_regular_file(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        size = f"{most // 2**20} MB" if most >= 2**20 else f"{most} bytes"
        raise UnreadableSubmission(f"{path.name} is larger than {size}")
    return data


def _not_its_own(path: Path) -> UnreadableSubmission:
    return UnreadableSubmission(f"{path.name} is a link or a special file, not a file of its own")


def parse_cells(data: bytes) -> list[SubmittedCell]:
    """Return the cells of a notebook's bytes; older formats are upgraded.

    Raises
    ------
    UnreadableSubmission
        If `data` is no notebook of a known format.
    """
    notebook = _parse_json(data)
    _refuse_twice(notebook, "nbformat", "worksheets")
    if not isinstance(notebook, dict):
        raise UnreadableSubmission("the file is JSON, but no notebook")
    version = notebook.get("nbformat")
    if type(version) is not int or not OLDEST_FORMAT <= version <= NEWEST_FORMAT:
        raise UnreadableSubmission(f"its notebook format is {_number(version)}; 3 and 4 are known")
    cells = _listed(notebook) if version == NEWEST_FORMAT else _of_all_sheets(notebook)
    if len(cells) > MAX_CELLS:
        raise UnreadableSubmission(f"it has {len(cells)} cells, more than {MAX_CELLS}")
    return list(_cells(cells if version == NEWEST_FORMAT else map(_renewed, cells)))


def _listed(holder: Any) -> list[Any]:
    _refuse_twice(holder, "cells")
    cells = holder.get("cells") if isinstance(holder, dict) else None
    if not isinstance(cells, list):
        raise UnreadableSubmission("the notebook has no list of cells")
    return cells


def _of_all_sheets(notebook: dict[str, Any]) -> list[Any]:
    """Return the cells of format 3, which has them in one or several worksheets."""
    sheets = notebook.get("worksheets")
    if not isinstance(sheets, list):
        raise UnreadableSubmission("the notebook has no list of cells")
    return [cell for sheet in sheets for cell in _listed(sheet)]


def _renewed(cell: Any) -> Any:
    """Return what is taken over from a cell of format 3, as format 4 writes it.

    nbformat's upgrade would check every output by a schema: 1 ms and 40 kB for each, unread.
    """
    if not isinstance(cell, dict):
        return cell
    _refuse_twice(cell, "cell_type", "source", "input", "level", "metadata")
    kind, source = cell.get("cell_type"), _joined(cell.get("source", ""))
    if kind == "code":
        source = _joined(cell.get("input", ""))
    elif kind == "heading" and isinstance(source, str):
        level = cell.get("level")
        marks = "#" * (level if type(level) is int and 1 <= level <= 6 else 1)
        kind, source = "markdown", f"{marks} {' '.join(source.splitlines())}"
    elif kind == "html":
        kind = "markdown"
    return {"cell_type": kind, "source": source, "metadata": cell.get("metadata")}


def _joined(source: Any) -> Any:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return source


def _number(version: object) -> str:
    """Return a number of a sane size as text; nothing else that was put in its place."""
    return str(version) if type(version) is int and abs(version) < 1000 else "none that exists"


def _parse_json(data: bytes) -> Any:
    """Return what JSON holds. Much of it is thrown away, and that part need not be valid."""

    def number(digits: str) -> int | None:
        return int(digits) if len(digits) <= MAX_DIGITS else None

    if not data.strip():
        raise UnreadableSubmission("the file is empty")
    if data.count(b",") > MAX_PARTS and _has_many_parts(data):
        raise UnreadableSubmission(f"its JSON has more than {MAX_PARTS} parts")
    text = _NOT_UTF8.sub(_NOT_UTF8_MARK, data.decode("utf-8-sig", "surrogateescape"))
    try:
        return json.loads(text, parse_int=number, object_pairs_hook=_Object.of)
    except RecursionError as error:
        raise UnreadableSubmission("its JSON is nested too deeply") from error
    except ValueError as error:
        what = "text in UTF-8" if _NOT_UTF8_MARK in text else f"JSON: {error}"
        raise UnreadableSubmission(f"the file is not {what}") from error


class _Object(dict[str, Any]):
    """An object of JSON, and which of its names it gives twice."""

    twice: frozenset[str] = frozenset()

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> "_Object":
        found = cls(pairs)
        if len(found) != len(pairs):
            counts = Counter(name for name, _ in pairs)
            found.twice = frozenset(name for name, count in counts.items() if count > 1)
        return found


def _refuse_twice(value: Any, *names: str) -> None:
    if isinstance(value, _Object) and value.twice.intersection(names):
        raise UnreadableSubmission("its JSON gives one name twice: which is meant is not clear")


def _has_many_parts(data: bytes) -> bool:
    """Count the texts in JSON and the commas between them, without reading it whole."""
    commas = end = 0
    for texts, found in enumerate(_TEXT.finditer(data)):
        commas += data.count(b",", end, found.start())
        end = found.end()
        if max(texts, commas) > MAX_PARTS:
            return True
    return commas + data.count(b",", end) > MAX_PARTS


def _cells(cells: Iterable[Any]) -> Iterator[SubmittedCell]:
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            raise UnreadableSubmission(f"cell {number} is no cell")
        _refuse_twice(cell, "cell_type", "source", "id", "metadata")
        source = _joined(cell.get("source", ""))
        kind = cell.get("cell_type")
        if not isinstance(source, str) or kind not in ("code", "markdown", "raw"):
            raise UnreadableSubmission(f"cell {number} is no cell of a known kind")
        pictures: tuple[Picture, ...] = ()
        if kind != "code":
            source, pictures = pictures_in(source, cell.get("attachments"))
        if len(source) > MAX_SOURCE_CHARACTERS:
            raise UnreadableSubmission(
                f"cell {number} is longer than {MAX_SOURCE_CHARACTERS} characters"
            )
        if _NOT_UTF8_MARK in source:
            raise UnreadableSubmission("the file is not text in UTF-8")
        source = source.encode("utf-8", "replace").decode("utf-8")
        source = source.replace("\r\n", "\n").replace("\r", "\n")  # Python reads both alike
        yield SubmittedCell(kind, source, _text(cell.get("id")), _grade_id(cell), pictures)


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    _refuse_twice(metadata, "nbgrader")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    _refuse_twice(nbgrader, "grade_id")
    return _text(nbgrader.get("grade_id")) if isinstance(nbgrader, dict) else ""


def _text(value: Any) -> str:
    return value[:100] if isinstance(value, str) else ""
