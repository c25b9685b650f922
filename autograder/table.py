"""The table of the course's notebooks, ``units.toml``: read, and refused where it is wrong."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import TableError

TABLE = Path(__file__).with_name("units.toml")
TABLE_NAME = "autograder/units.toml"

_TEXTS = ("title", "write", "see", "coming")
_KEYS = {"number": int, "name": str, **dict.fromkeys(_TEXTS, str), "points": dict, "taught": bool}


@dataclass(frozen=True)
class Notebook:
    """A row of the table; ``units.toml`` says what each part of it is for."""

    number: int
    name: str
    title: str = ""
    write: str = ""
    see: str = ""
    coming: str = ""
    points: Mapping[str, float] = field(default_factory=dict)
    taught: bool = True

    @property
    def folder(self) -> str:
        """The name of its folder and file.

        >>> Notebook(1, "one_step").folder
        '01_one_step'
        """
        return f"{self.number:02d}_{self.name}"

    @property
    def total(self) -> float:
        """What it is worth; 0 for one that is not graded."""
        return sum(self.points.values())


@dataclass(frozen=True)
class Table:
    """The whole table: rows in the order of their numbers, and what is said of all of them."""

    rows: tuple[Notebook, ...]
    language: str = "en"
    example: str = ""

    @property
    def taught(self) -> tuple[Notebook, ...]:
        """The notebooks of this course."""
        return tuple(row for row in self.rows if row.taught)

    def row(self, name: str) -> Notebook:
        """Return the row of that name."""
        return next(row for row in self.rows if row.name == name)

    def after(self, name: str) -> Notebook | None:
        """Return the notebook that follows in this course, None after the last.

        >>> one, two, three = Notebook(1, "a"), Notebook(4, "b", taught=False), Notebook(7, "c")
        >>> Table((one, two, three)).after("a").folder
        '07_c'
        """
        number = self.row(name).number
        return next((row for row in self.taught if row.number > number), None)


def read_table(path: Path = TABLE) -> Table:
    """Read the table.

    Raises
    ------
    TableError
        With every fault in it; the message names the file.
    """
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TableError(f"{TABLE_NAME} cannot be read: {error}.") from error
    entries = text.get("notebook", [])
    faults = [*_unknown_keys(text), *_faults(entries)]
    if faults:
        raise TableError("\n".join(f"{TABLE_NAME}: {fault}." for fault in faults))
    rows = tuple(sorted((Notebook(**one) for one in entries), key=lambda row: row.number))
    table = Table(rows, text.get("language", "en"), text.get("example", ""))
    graded = [row.name for row in table.taught if row.points]
    if not graded:
        raise TableError(f"{TABLE_NAME}: no notebook is taught that has points.")
    if table.example not in graded:
        table = Table(rows, table.language, graded[0])
    return table


def _unknown_keys(text: Mapping[str, Any]) -> Iterator[str]:
    for key in text.keys() - {"notebook", "language", "example"}:
        yield f"{key!r} stands above all notebooks, where only language and example do"


def _faults(entries: list[dict[str, Any]]) -> Iterator[str]:
    for place, one in enumerate(entries, start=1):
        where = f"the notebook {one.get('name', f'in place {place}')}"
        for key in one.keys() - _KEYS.keys():
            yield f"{where} has {key!r}; there are {', '.join(_KEYS)}"
        for key in ("number", "name", "title"):
            if key not in one:
                yield f"{where} has no {key}"
        for key, kind in _KEYS.items():
            if key in one and type(one[key]) is not kind:
                yield f"{where}: {key} is {one[key]!r}; expected a {kind.__name__}"
        yield from (f"{where}: {fault}" for fault in _value_faults(one))
    for key in ("number", "name"):
        seen = Counter(str(one[key]) for one in entries if key in one)
        yield from (f"the {key} {value} is there twice" for value, n in seen.items() if n > 1)


def _value_faults(one: dict[str, Any]) -> Iterator[str]:
    name, number, points = one.get("name", "a"), one.get("number", 0), one.get("points", {})
    if isinstance(name, str) and not (name.isidentifier() and name.isascii() and name.islower()):
        yield "a name is small letters, digits and _, for it is a module's, too"
    if isinstance(number, int) and not 0 <= number <= 99:
        yield f"its number is {number}; expected 0 to 99"
    if isinstance(points, dict):
        for exercise, worth in points.items():
            if type(worth) not in (int, float) or not worth > 0:
                yield f"{exercise} is worth {worth!r}; expected a number of points above 0"
