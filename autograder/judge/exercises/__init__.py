"""The exercises, a folder a unit, and in it a module with an ``EXERCISE`` for each."""

import importlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from autograder.judge.edits import Mistakes
from autograder.judge.exercise import Exercise, Variants
from autograder.student.probes import find_probe
from autograder.units import COURSE_TABLE, REFERENCES

_FOLDER = Path(__file__).parent
_Kind = TypeVar("_Kind", Mistakes, Variants)


@cache
def exercises_of(unit: str) -> tuple[Exercise, ...]:
    """Return the exercises of `unit`, in the order of the course's table.

    Raises
    ------
    LookupError
        If there is no folder of that name.
    """
    if unit not in units_with_exercises():
        raise LookupError(f"the unit {unit} has no exercises")
    names = [path.stem for path in sorted((_FOLDER / unit).glob("[a-z]*.py"))]
    modules = [importlib.import_module(f"{__name__}.{unit}.{name}") for name in names]
    found = [_of_all_rooms(unit, m.EXERCISE) for m in modules if hasattr(m, "EXERCISE")]
    order = [*COURSE_TABLE.row(unit).points, *names]
    return tuple(sorted(found, key=lambda exercise: order.index(exercise.name)))


def _of_all_rooms(unit: str, exercise: Exercise) -> Exercise:
    """Return the exercise with what table and catalogues say of it; a kit has no catalogues."""

    def room(name: str) -> Any:
        return importlib.import_module(f"autograder.judge.{name}.{unit}")

    def of_this(kind: type[_Kind], name: str) -> Iterator[_Kind]:
        found = (one for one in vars(room(name)).values() if isinstance(one, kind))
        return (one for one in found if one.exercise == exercise.name)

    return replace(
        exercise,
        unit=unit,
        points=COURSE_TABLE.row(unit).points.get(exercise.name, 0.0),
        mistakes=tuple(chain.from_iterable(of_this(Mistakes, "mistakes"))),
        variants=sum((one.of(exercise.role) for one in of_this(Variants, "variants")), ()),
        hints=room("hints").HINTS.get(exercise.name, ()),
    )


def units_with_exercises() -> tuple[str, ...]:
    """Return the units of the table that have a folder here, in the table's order."""
    there = folders_here()
    return tuple(unit for unit in REFERENCES if unit in there)


def folders_here() -> tuple[str, ...]:
    """Return the names of all folders of exercises here."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/__init__.py")))


@cache
def find_exercise(name: str) -> Exercise:
    """Return the exercise called `name`.

    Raises
    ------
    LookupError
        If no unit has one.
    """
    probe = find_probe(name)
    if probe is not None:  # its module tells the unit, so that the others need not be loaded
        for exercise in exercises_of(probe.run.__module__.rpartition(".")[2]):
            if exercise.name == name:
                return exercise
    raise LookupError(f"there is no exercise {name}")
