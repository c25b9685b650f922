"""Marks as the gradebook has them: automatic ones, and those that a person gave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.grading.results import Result
from autograder.reports.outline import Outline

#: One student's grades, as `UnitGradebook.scores` has them: by cell, then by name of the value.
Scores = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Mark:
    """What one cell earned.

    Attributes
    ----------
    points : float or None
        None while it waits for an instructor.
    by_hand : bool
        Whether a person gave them.
    """

    points: float | None
    max_points: float
    by_hand: bool = False

    @property
    def waits(self) -> bool:
        """Whether an instructor is still to mark it."""
        return self.points is None and self.max_points > 0


@dataclass(frozen=True)
class Sum:
    """Several marks together.

    Attributes
    ----------
    points : float
        Less the penalty.
    waiting : float
        Points that are still to be given.
    penalty : float
        Points taken for handing in late.
    """

    points: float
    max_points: float
    waiting: float
    penalty: float = 0.0

    @classmethod
    def of(cls, marks: Iterable[Mark], penalty: float = 0.0) -> "Sum":
        """Return the sum of `marks`, from which no more is taken than there is."""
        every = list(marks)
        earned = sum(mark.points or 0.0 for mark in every)
        taken = min(penalty, earned)
        return cls(
            earned - taken,
            sum(mark.max_points for mark in every),
            sum(mark.max_points for mark in every if mark.waits),
            taken,
        )


def marks_of(outline: Outline, result: Result, scores: Scores) -> dict[str, Mark]:
    """Return a student's mark of every graded cell: checks first, then what is marked by hand.

    Where the gradebook says nothing, the verdict of the check counts.
    """
    marks = {}
    for name, max_points in {**outline.checks, **outline.by_hand}.items():
        report = result.reports.get(name)
        marks[name] = _mark(scores.get(name), max_points, report.points if report else None)
    return marks


def _mark(score: Mapping[str, Any] | None, max_points: float, verdict: float | None) -> Mark:
    if score is None:
        return Mark(verdict, max_points)
    by_hand = score.get("manual_score") is not None
    if not by_hand and score.get("auto_score") is None:
        return Mark(None, max_points)
    return Mark(float(score["score"]), max_points, by_hand)
