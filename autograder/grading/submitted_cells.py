"""The cells in the bytes of a submitted notebook, of which nothing is believed."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.pictures import Picture, pictures_in

MAX_CELLS = 2_000
MAX_SOURCE_CHARACTERS = 1_000_000
MAX_DIGITS = 1_000  # of a whole number
MAX_PARTS = 500_000  # values in the JSON; a small one takes a hundred bytes when it is read
OLDEST_FORMAT, NEWEST_FORMAT = 3, 4
_NOT_UTF8_MARK = "\ufdd0"
_NOT_UTF8 = re.compile(r"[\udc80-\udcff]+")  # what "surrogateescape" makes of bytes that are not
# In JSON. One that has no end goes to the end, so that it is not looked for again and again.
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)


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
