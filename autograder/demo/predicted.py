"""What a mistake in the demo class must cost, worked out by hand."""

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass

ALL = "*"


@dataclass(frozen=True)
class PredictedMistake:
    """A submission with one known mistake.

    Attributes
    ----------
    exercise : str
        Where the mistake is made.
    mistake : str
        Name of the mistake that stands in the notebook; the report must name it, too.
    fails : mapping of exercise to tuple of str
        The criteria that must fail, ``(ALL,)`` for all. Exercises that are not named earn all.
    """

    exercise: str
    mistake: str
    fails: Mapping[str, tuple[str, ...]]


def alone(exercise: str, mistake: str, *fails: str) -> PredictedMistake:
    """Return a mistake that costs its own exercise alone."""
    return PredictedMistake(exercise, mistake, {exercise: fails})


def predicted_mistakes(unit: str) -> tuple[PredictedMistake, ...]:
    """Return the mistakes of the unit's demo class: ``PREDICTED`` in its module, if it has one."""
    name = f"autograder.demo.classes.{unit}"
    if importlib.util.find_spec(name) is None:
        return ()
    predicted: tuple[PredictedMistake, ...] = importlib.import_module(name).PREDICTED
    return predicted
