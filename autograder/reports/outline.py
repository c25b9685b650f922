"""What the pages rest on: the results, and titles that no student can change."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading import results
from autograder.grading.points import without_points
from autograder.grading.results import Result, read_results
from autograder.grading.template import Template, TemplateCell
from autograder.units import folder_name

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Outline:
    """A unit as its pages present it.

    Attributes
    ----------
    title : str
        The notebook's first heading.
    checks : dict of str to float
        Points by name of the check cell, in order.
    by_hand : dict of str to float
        Points by name of each cell that is marked by hand, in order; 0 for a recorded prediction.
    headings : dict of str to str
        The heading that each of the cells in `by_hand` stands below.
    sources : dict of str to str
        Released text by cell id.
    """

    unit: str
    title: str
    checks: dict[str, float]
    by_hand: dict[str, float]
    headings: dict[str, str]
    sources: dict[str, str]

    @property
    def max_points(self) -> float:
        """What the unit is worth."""
        return sum(self.checks.values()) + sum(self.by_hand.values())

    @property
    def written(self) -> dict[str, float]:
        """Points by name of each cell that earns some by hand."""
        return {name: points for name, points in self.by_hand.items() if points}


def read_outline(course: Course, unit: str) -> Outline:
    """Return the outline of the released notebook; read once for as long as it stays the same.

    Raises
    ------
    AutograderError
        If `unit` is not released.
    """
    path = course.release_notebook(unit)
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise AutograderError(
            f"{path} is missing: run `autograder release {unit}` first."
        ) from None
    return _read(unit, path, changed)


def graded_units(course: Course) -> list[str]:
    """Return the units of which something is graded.

    Raises
    ------
    AutograderError
        If there is none.
    """
    found = results.graded_units(course)
    if not found:
        raise AutograderError("Nothing is graded yet: run `autograder grade` first.")
    return found


def graded_results(course: Course, unit: str) -> list[Result]:
    """Return what a page on `unit` rests on, by student.

    Raises
    ------
    AutograderError
        If the unit is not released, or nothing of it is graded yet.
    """
    read_outline(course, unit)
    results = read_results(course, unit)
    if not results:
        raise AutograderError(
            f"Nothing of {folder_name(unit)} is graded yet: run `autograder grade {unit}` first."
        )
    return results


@lru_cache(maxsize=16)
def _read(unit: str, path: Path, changed: int) -> Outline:
    return outline_of(Template.read(unit, path))


def outline_of(template: Template) -> Outline:
    """Return what the pages call the parts of `template`."""
    heading, first = "", ""
    checks: dict[str, float] = {}
    by_hand: dict[str, float] = {}
    headings: dict[str, str] = {}
    for cell in template.cells:
        if cell.is_check:
            checks[cell.grade_id] = _points(cell)
        elif cell.nbgrader.get("grade", False):
            by_hand[cell.grade_id] = _points(cell)
            headings[cell.grade_id] = heading or cell.grade_id
        elif cell.kind == "markdown":
            for found in _HEADING.findall(_FENCED.sub("", cell.source)):
                heading = without_points(found)
                first = first or heading
    sources = {cell.cell_id: cell.source for cell in template.cells}
    return Outline(
        template.unit, first or folder_name(template.unit), checks, by_hand, headings, sources
    )


def _points(cell: TemplateCell) -> float:
    return float(cell.nbgrader.get("points", 0))
