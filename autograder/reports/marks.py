"""Marks as the gradebook has them: automatic ones, and those that a person gave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograder.grading.hand_marks import HandMark
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
    outdated : bool
        Whether that was for an answer that has been replaced since.
    """

    points: float | None
    max_points: float
    by_hand: bool = False
    outdated: bool = False

    @property
    def waits(self) -> bool:
        """Whether an instructor is still to mark it, or to mark it again."""
        return self.is_unmarked or (self.outdated and self.max_points > 0)

    @property
    def is_unmarked(self) -> bool:
        """Whether nobody has marked it yet."""
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

    @property
    def is_open(self) -> bool:
        """Whether nothing has a mark yet."""
        return not self.points and self.waiting == self.max_points

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


@dataclass(frozen=True)
class UnitMarks:
    """Everybody's marks of one unit: by student, then by name of the cell.

    Attributes
    ----------
    penalties : dict of str to float
        Points taken for handing in late, by student.
    unclear : frozenset of str
        Of whom it cannot be told whether they were late.
    """

    outline: Outline
    results: dict[str, Result]
    marks: dict[str, dict[str, Mark]]
    penalties: dict[str, float]
    unclear: frozenset[str] = frozenset()

    def total(self, student: str, as_it_stands: bool) -> float | None:
        """Return a student's points, less a late penalty.

        None if there are none, some are still to be given, or it is not known whether they are
        late.
        """
        if student not in self.marks:
            return None
        found = self.sum(student)
        is_final = not found.waiting and student not in self.unclear
        return found.points if as_it_stands or is_final else None

    def sum(self, student: str) -> Sum:
        """Return what the marks of a student who has some come to."""
        return Sum.of(self.marks[student].values(), self.penalties.get(student, 0.0))


def marks_of(outline: Outline, result: Result, scores: Scores) -> dict[str, Mark]:
    """Return a student's mark of every graded cell: checks first, then what is marked by hand.

    Where the gradebook says nothing, the verdict of the check counts.
    """
    marks = {}
    for name, max_points in {**outline.checks, **outline.by_hand}.items():
        report = result.reports.get(name)
        mark = _mark(scores.get(name), max_points, report.points if report else None)
        given = result.by_hand.get(name)
        unconfirmed = given and name in result.outdated and _is_given(given, scores[name])
        marks[name] = replace(mark, outdated=True) if mark.by_hand and unconfirmed else mark
    return marks


def _is_given(mark: HandMark, score: Mapping[str, Any]) -> bool:
    """Return whether the gradebook still has a mark as it was at the last grading."""
    return bool(score["needs_manual_grade"]) and score["manual_score"] == mark.score


def _mark(score: Mapping[str, Any] | None, max_points: float, verdict: float | None) -> Mark:
    if score is None:
        return Mark(verdict, max_points)
    by_hand = score.get("manual_score") is not None
    if not by_hand and score.get("auto_score") is None:
        return Mark(None, max_points)
    return Mark(float(score["score"]), max_points, by_hand)
