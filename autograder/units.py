"""The notebooks of the course: their order, and the one name each has everywhere.

They are registered in ``units.toml``; what stands here is made of it.
"""

from __future__ import annotations

import difflib
from pathlib import PurePath

from autograder.errors import UngradedError, UnknownUnitError
from autograder.table import TABLE_NAME, read_table

COURSE_TABLE = read_table()

UNITS: tuple[str, ...] = tuple(row.name for row in COURSE_TABLE.taught if row.points)
"""The graded notebooks, in the order in which they are taught."""

NOTEBOOKS: tuple[str, ...] = tuple(row.name for row in COURSE_TABLE.taught)
"""Every notebook's name, in the order of the course."""

EXTRAS: tuple[str, ...] = tuple(name for name in NOTEBOOKS if name not in UNITS)
"""Notebooks that are released, copied and run like a unit's, but not graded."""

REFERENCES: tuple[str, ...] = tuple(row.name for row in COURSE_TABLE.rows if row.points)
"""The graded notebooks, those among them that this course leaves out: their reference is there."""

EXAMPLE = COURSE_TABLE.example
"""The unit that demonstrations take, and messages that need an example."""


def folder_name(unit: str) -> str:
    """Return the name of the folder and notebook of a unit, or of an ungraded notebook."""
    return COURSE_TABLE.row(notebook_of(unit)).folder


def earlier_units(unit: str) -> tuple[str, ...]:
    """Return the units before this one, taught or not, whose functions its notebook may import."""
    return REFERENCES[: _place(unit)]


def later_units(unit: str) -> tuple[str, ...]:
    """Return the units after this one, taught or not."""
    return REFERENCES[_place(unit) + 1 :]


def _place(unit: str) -> int:
    return REFERENCES.index(unit if unit in REFERENCES else unit_of(unit))


def unit_of(text: str) -> str:
    """Return the unit that a text means, in any of the ways of :func:`notebook_of`.

    Raises
    ------
    UngradedError
        If it means one of the notebooks that are not graded.
    UnknownUnitError
        If it means none; the message offers the nearest names.
    """
    name = notebook_of(text)
    if name in EXTRAS:
        raise UngradedError(
            f"{folder_name(name)} is not graded and has no points: "
            "run it in JupyterLab, where its own cells say what is right."
        )
    return name


def notebook_of(text: str) -> str:
    """Return the unit or ungraded notebook that a name, a number, a folder or a path of one means.

    Parameters
    ----------
    text : str
        ``"1"``, ``"01"``, ``"recurrence"``, ``"01_recurrence"``, or a path that ends in one of
        them, with or without ``.ipynb``.

    Raises
    ------
    UnknownUnitError
        If it means none; the message offers the nearest names.
    """
    name = PurePath(text.replace("\\", "/")).name.removesuffix(".ipynb")
    accepted: dict[str, str] = {}
    for row in COURSE_TABLE.rows:
        ways = (row.name, str(row.number), f"{row.number:02d}", row.folder)
        if not row.taught and name in ways:
            raise UnknownUnitError(f"{row.folder} is not taught in this course ({TABLE_NAME}).")
        accepted |= dict.fromkeys(ways if row.taught else (), row.name)
    if name in accepted:
        return accepted[name]
    near = difflib.get_close_matches(name, accepted, n=3)
    offer = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(NOTEBOOKS)}."
    raise UnknownUnitError(f"{text!r} is not a unit of this course. {offer}")
