"""The exercises, one module a unit; each module has ``EXERCISES``, in its notebook's order."""

import importlib
from dataclasses import replace
from functools import cache
from pathlib import Path

from autograder.judge.exercise import Exercise
from autograder.student.probes import find_probe
from autograder.units import COURSE_TABLE, REFERENCES


@cache
def exercises_of(unit: str) -> tuple[Exercise, ...]:
    """Return the exercises of `unit`, in the order of its notebook.

    Raises
    ------
    LookupError
        If there is no module of that name.
    """
    if unit not in units_with_exercises():
        raise LookupError(f"the unit {unit} has no exercises")
    exercises: tuple[Exercise, ...] = importlib.import_module(f"{__name__}.{unit}").EXERCISES
    points = COURSE_TABLE.row(unit).points
    return tuple(replace(one, points=points.get(one.name, 0.0)) for one in exercises)


def units_with_exercises() -> tuple[str, ...]:
    """Return the units of the table that have a module here, in the table's order."""
    there = modules_here()
    return tuple(unit for unit in REFERENCES if unit in there)


def modules_here() -> tuple[str, ...]:
    """Return the names of all modules here."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")))


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
