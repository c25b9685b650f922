"""Points stand in the metadata of a notebook's graded cells; what texts say of them must agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.grading.template import CHECK_PREFIX
from autograder.table import TABLE_NAME

#: In any language: "(3 points)", "(1 Punkt)", "（3 点）", "[points: 3]"; never a year alone.
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_WORD = r"[^\W\d_]+\.?"
HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$", re.MULTILINE)
WORTH = re.compile(rf"\s*[(\[（](?:{_NUMBER}\s*{_WORD}|{_WORD}\s*[:：]\s*{_NUMBER})[)\]）]$")
_TOTAL = re.compile(rf"\*\*{_NUMBER}\s*{_WORD}\*\*(?:\s*[(（]([^()（）]*)[)）])?")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

Cell = Mapping[str, Any]


@dataclass
class _Section:
    """What stands below a heading that names points."""

    rank: int
    text: str
    graded: list[Cell] = field(default_factory=list)
    is_open: bool = True


def point_faults(cells: Iterable[Cell], graded: bool) -> Iterator[str]:
    """Find where a notebook's texts say other points than its cells' metadata.

    Parameters
    ----------
    graded : bool
        Whether it is a unit's; any other is worth nothing.
    """
    every = list(cells)
    total = sum(map(_points, every))
    if not graded:
        if total:
            yield f"is worth {total:g} points, and is not graded: only a unit's notebook is"
        return
    first = next((cell["source"] for cell in every if cell["cell_type"] == "markdown"), "")
    yield from _total_faults(first, every, total)
    yield from _heading_faults(every)


def _total_faults(text: str, cells: list[Cell], total: float) -> Iterator[str]:
    """Hold what the title cell says: in bold the total, behind it in brackets its two parts.

    Of several bold numbers the one with two numbers behind it is the total, for minutes may be
    there, too.
    """
    by_hand = sum(_points(cell) for cell in cells if _marks(cell).get("solution"))
    for said, shares in _TOTAL.findall(text):
        parts = [_value(part) for part in re.findall(_NUMBER, shares)]
        if len(parts) != 2:
            continue
        if _value(said) != total:
            yield f"says **{said} …** in its title, but its cells are worth {total:g}"
        if sorted(parts) != sorted((total - by_hand, by_hand)):
            yield (
                f"says ({shares}) in its title, but the machine checks {total - by_hand:g} and a "
                f"person {by_hand:g} points of its cells"
            )


def _heading_faults(cells: list[Cell]) -> Iterator[str]:
    """Hold each heading that names points against the cells up to the next of its rank."""
    sections: list[_Section] = []
    for cell in cells:
        if _points(cell):
            for section in sections:
                if section.is_open:
                    section.graded.append(cell)
        elif cell["cell_type"] == "markdown":
            for signs, text in HEADING.findall(_FENCED.sub("", cell["source"])):
                for section in sections:
                    section.is_open = section.is_open and section.rank < len(signs)
                if points_in(text) is not None:
                    sections.append(_Section(len(signs), text))
    for section in sections:
        total = sum(map(_points, section.graded))
        worth = points_in(section.text)
        if worth != total:
            names = ", ".join(f"{_marks(c)['grade_id']} {_points(c):g}" for c in section.graded)
            below = f"the cells below are worth {total:g}" + (f" ({names})" if names else "")
            yield f"says {section.text!r}, but {below}"


def points_in(heading: str) -> float | None:
    """Return the points that a heading names at its end, in whatever language.

    >>> points_in("One step (3 points)"), points_in("Ein Schritt (2,5 Punkte)")
    (3.0, 2.5)
    >>> points_in("Elman (1990)")
    """
    found = WORTH.search(heading)
    return _value(found[1] or found[2]) if found else None


def without_points(heading: str) -> str:
    """Return a heading as a title: without its points and marks of style.

    >>> without_points("Exercise 1: `step` (3 points)")
    'Exercise 1: step'
    """
    return WORTH.sub("", heading).replace("`", "").strip("* ")


def table_point_faults(cells: Iterable[Cell], points: Mapping[str, float]) -> Iterator[str]:
    """Hold the points of graded cells against those in the course's table."""
    worth = {
        str(_marks(cell)["grade_id"]).removeprefix(CHECK_PREFIX): _points(cell)
        for cell in cells
        if _points(cell)
    }
    for name, told in points.items():
        if name not in worth:
            yield f"has no graded cell {name} with points, and {TABLE_NAME} gives it {told:g}"
        elif worth[name] != told:
            yield f"the cell of {name} says {worth[name]:g} points, {TABLE_NAME} {told:g}"
    for name in worth.keys() - points.keys():
        yield f"the cell of {name} says {worth[name]:g} points, {TABLE_NAME} has no such line"


def _value(number: str) -> float:
    return float(number.replace(",", "."))


def _marks(cell: Cell) -> dict[str, Any]:
    marks: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return marks


def _points(cell: Cell) -> float:
    marks = _marks(cell)
    return float(marks.get("points", 0)) if marks.get("grade") else 0.0
