"""The notebooks of the course: their order, and the one name each has everywhere."""

from __future__ import annotations

import difflib
from pathlib import PurePath

from autograder.errors import UngradedError, UnknownUnitError

UNITS: tuple[str, ...] = (
    "gradcheck",
    "recurrence",
    "outputs",
    "char_lm",
    "sampling",
    "bptt",
    "gradient_flow",
    "clipping",
    "lstm",
    "lstm_gradients",
    "long_memory",
)
"""The graded notebooks, in the order in which they are taught."""

EXTRAS: tuple[str, ...] = ("bug_hunt", "extensions")
"""Notebooks that follow the last unit: released, copied and run like a unit's, but not graded."""

NOTEBOOKS: tuple[str, ...] = UNITS + EXTRAS
"""Every notebook's name; the position is its number."""


def folder_name(unit: str) -> str:
    """Return the name of the folder and notebook of a unit, or of an ungraded notebook.

    >>> folder_name("recurrence")
    '01_recurrence'
    >>> folder_name("bug_hunt")
    '11_bug_hunt'
    """
    name = notebook_of(unit)
    return f"{NOTEBOOKS.index(name):02d}_{name}"


def earlier_units(unit: str) -> tuple[str, ...]:
    """Return the units taught before this one, whose functions its notebook may import.

    >>> earlier_units("outputs")
    ('gradcheck', 'recurrence')
    """
    return UNITS[: UNITS.index(unit_of(unit))]


def unit_of(text: str) -> str:
    """Return the unit that a text means, in any of the ways of :func:`notebook_of`.

    Raises
    ------
    UngradedError
        If it means one of the notebooks that are not graded.
    UnknownUnitError
        If it means none; the message offers the nearest names.

    >>> unit_of("solutions/01_recurrence/01_recurrence.ipynb")
    'recurrence'
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

    >>> notebook_of("11")
    'bug_hunt'
    """
    name = PurePath(text.replace("\\", "/")).name.removesuffix(".ipynb")
    accepted: dict[str, str] = {}
    for index, unit in enumerate(NOTEBOOKS):
        number = f"{index:02d}"
        accepted |= dict.fromkeys((unit, str(index), number, f"{number}_{unit}"), unit)
    if name in accepted:
        return accepted[name]
    near = difflib.get_close_matches(name, accepted, n=3)
    offer = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(NOTEBOOKS)}."
    raise UnknownUnitError(f"{text!r} is not a unit of this course. {offer}")
