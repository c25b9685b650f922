"""Finding submissions and reading their notebooks, of which nothing is believed."""

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import nbformat

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.units import folder_name

MAX_BYTES = 20 * 2**20
MAX_CELLS = 2_000
MAX_SOURCE_CHARACTERS = 1_000_000
OLDEST_FORMAT, NEWEST_FORMAT = 3, 4
_STUDENT_ID = re.compile(r"[\w@+-][\w.@+ -]{0,99}", re.ASCII)


class UnreadableSubmission(Exception):
    """A submission that cannot be graded as it is; the message says why, for the instructor."""


@dataclass(frozen=True)
class Submission:
    """Where one student's notebook of one unit lies.

    Attributes
    ----------
    timestamp : str
        Content of nbgrader's timestamp.txt, or "".
    """

    student: str
    unit: str
    path: Path
    timestamp: str = ""


@dataclass(frozen=True)
class SubmittedCell:
    """What is taken over from a cell of a submission: nothing else is."""

    kind: str
    source: str
    cell_id: str
    grade_id: str


def find_submissions(course: Course, unit: str) -> list[Submission]:
    """Return the submissions of `unit` in ``submitted/STUDENT/UNIT``, by student.

    Raises
    ------
    AutograderError
        If there are none.
    """
    name = folder_name(unit)
    found = [
        Submission(folder.name, unit, path, _timestamp(path.parent))
        for folder in sorted(course.submitted.glob("*"))
        if (path := folder / name / f"{name}.ipynb").parent.is_dir()
    ]
    if not found:
        raise AutograderError(
            f"No submissions of {name} in {course.submitted}: "
            f"each lies in STUDENT/{name}/{name}.ipynb."
        )
    return found


def _timestamp(folder: Path) -> str:
    try:
        return (folder / "timestamp.txt").read_text(encoding="utf-8")[:100].strip()
    except (OSError, UnicodeDecodeError):
        return ""


def check_student_id(student: str) -> None:
    """Refuse names that could be taken for a path, a pattern or a control character.

    Raises
    ------
    UnreadableSubmission
        If `student` is no plain name.
    """
    if not _STUDENT_ID.fullmatch(student) or student.endswith((" ", ".")):
        raise UnreadableSubmission(
            f"the folder name {student!r} cannot be a student's id: "
            "use letters, digits and . _ - + @"
        )


def read_cells(path: Path) -> list[SubmittedCell]:
    """Return the cells of the notebook at `path`.

    Raises
    ------
    UnreadableSubmission
        If it is missing, no regular file of its own, too large, or no notebook.
    """
    return parse_cells(_read_regular_file(path))


def _read_regular_file(path: Path) -> bytes:
    try:
        before = os.lstat(path)
    except FileNotFoundError:
        raise UnreadableSubmission(f"there is no {path.name} in it") from None
    if not stat.S_ISREG(before.st_mode) or before.st_nlink > 1 or path.parent.is_symlink():
        raise UnreadableSubmission(
            "the notebook is a link or a special file, not a file of its own"
        )
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(descriptor, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableSubmission(f"the notebook cannot be opened: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise UnreadableSubmission(f"the notebook is larger than {MAX_BYTES // 2**20} MB")
    return data


def parse_cells(data: bytes) -> list[SubmittedCell]:
    """Return the cells of a notebook's bytes; older formats are upgraded.

    Raises
    ------
    UnreadableSubmission
        If `data` is no notebook of a known format.
    """
    notebook = _parse_json(data)
    if not isinstance(notebook, dict):
        raise UnreadableSubmission("the file is JSON, but no notebook")
    version = notebook.get("nbformat")
    if not isinstance(version, int) or not OLDEST_FORMAT <= version <= NEWEST_FORMAT:
        raise UnreadableSubmission(f"its notebook format is {str(version)[:20]}; 3 and 4 are known")
    if version < NEWEST_FORMAT:
        notebook = _upgrade(notebook)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableSubmission("the notebook has no list of cells")
    if len(cells) > MAX_CELLS:
        raise UnreadableSubmission(f"it has {len(cells)} cells, more than {MAX_CELLS}")
    return list(_cells(cells))


def _parse_json(data: bytes) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise UnreadableSubmission(f"its JSON holds {constant}, which JSON does not have")

    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise UnreadableSubmission("the file is not text in UTF-8") from error
    except RecursionError as error:
        raise UnreadableSubmission("its JSON is nested too deeply") from error
    except ValueError as error:
        raise UnreadableSubmission(f"the file is not JSON: {error}") from error


def _upgrade(notebook: dict[str, Any]) -> dict[str, Any]:
    try:
        upgraded: dict[str, Any] = nbformat.convert(nbformat.from_dict(notebook), NEWEST_FORMAT)
    except (
        Exception
    ) as error:  # nbformat raises whatever a malformed notebook makes it stumble over
        raise UnreadableSubmission("its old notebook format cannot be upgraded") from error
    return upgraded


def _cells(cells: list[Any]) -> Iterator[SubmittedCell]:
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            raise UnreadableSubmission(f"cell {number} is no cell")
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        kind = cell.get("cell_type")
        if not isinstance(source, str) or kind not in ("code", "markdown", "raw"):
            raise UnreadableSubmission(f"cell {number} is no cell of a known kind")
        if len(source) > MAX_SOURCE_CHARACTERS:
            raise UnreadableSubmission(
                f"cell {number} is longer than {MAX_SOURCE_CHARACTERS} characters"
            )
        source = source.encode("utf-8", "replace").decode("utf-8")
        yield SubmittedCell(kind, source, _text(cell.get("id")), _grade_id(cell))


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return _text(nbgrader.get("grade_id")) if isinstance(nbgrader, dict) else ""


def _text(value: Any) -> str:
    return value[:100] if isinstance(value, str) else ""
