"""The exercises, one module a unit; each module has ``EXERCISES``, in its notebook's order."""

import importlib
from functools import cache
from pathlib import Path

from autograder.judge.exercise import Exercise


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
    return exercises


def units_with_exercises() -> tuple[str, ...]:
    """Return the units that have a module here."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")))


@cache
def find_exercise(name: str) -> Exercise:
    """Return the exercise called `name`.

    Raises
    ------
    LookupError
        If no unit has one.
    """
    for unit in units_with_exercises():
        for exercise in exercises_of(unit):
            if exercise.name == name:
                return exercise
    raise LookupError(f"there is no exercise {name}")
