"""Points stand in the metadata of a notebook's graded cells; what texts say of them must agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.course import Course
from autograder.units import UNITS

_NUMBER = r"(\d+(?:\.\d+)?)"
HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$", re.MULTILINE)
WORTH = re.compile(rf"\s*[(\[]{_NUMBER} points?[)\]]$")
_TOTAL = re.compile(rf"\*\*{_NUMBER} points?\*\*")
_SHARES = re.compile(rf"\({_NUMBER} checked by the machine, {_NUMBER} by a person\)")
_COURSE_TOTAL = re.compile(rf"\bunits, {_NUMBER} points\b")
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
    for cell in every:
        if cell["cell_type"] == "markdown":
            yield from _total_faults(cell["source"], every, total)
    yield from _heading_faults(every)


def _total_faults(text: str, cells: list[Cell], total: float) -> Iterator[str]:
    by_hand = sum(_points(cell) for cell in cells if _marks(cell).get("solution"))
    for said in _TOTAL.findall(text):
        if float(said) != total:
            yield f"says **{said} points**, but its cells are worth {total:g}"
    for machine, person in _SHARES.findall(text):
        if (float(machine), float(person)) != (total - by_hand, by_hand):
            yield (
                f"says {machine} points are checked by the machine and {person} by a person, "
                f"but its cells give {total - by_hand:g} and {by_hand:g}"
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
                if WORTH.search(text):
                    sections.append(_Section(len(signs), text))
    for section in sections:
        total = sum(map(_points, section.graded))
        worth = WORTH.search(section.text)
        if worth and float(worth[1]) != total:
            names = ", ".join(f"{_marks(c)['grade_id']} {_points(c):g}" for c in section.graded)
            below = f"the cells below are worth {total:g}" + (f" ({names})" if names else "")
            yield f"says {section.text!r}, but {below}"


def course_total_faults(course: Course) -> Iterator[str]:
    """Hold the total that README.md names against the units, if all of them are there."""
    try:
        text = (course.root / "README.md").read_text(encoding="utf-8")
        notebooks = [
            json.loads(course.source_notebook(unit).read_text(encoding="utf-8")) for unit in UNITS
        ]
        total = sum(_points(cell) for notebook in notebooks for cell in notebook["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return  # some are not taught, or told elsewhere as no notebooks
    for said in _COURSE_TOTAL.findall(text):
        if float(said) != total:
            yield f"says {said} points, but the notebooks in solutions/ are worth {total:g}"


def _marks(cell: Cell) -> dict[str, Any]:
    marks: dict[str, Any] = cell["metadata"].get("nbgrader", {})
    return marks


def _points(cell: Cell) -> float:
    marks = _marks(cell)
    return float(marks.get("points", 0)) if marks.get("grade") else 0.0
