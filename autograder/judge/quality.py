"""How well the checks do their work, measured on what they are proven with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.judge.edits import Mistake
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.report import Report


@dataclass(frozen=True)
class Quality:
    """What came of one exercise's mistakes and variants.

    Attributes
    ----------
    mistakes, rejected, named : int
        Wrong implementations; those that do not earn all points; those told by their name.
    variants, accepted : int
        Right implementations in other styles; those that earn all points.
    """

    exercise: str
    unit: str
    mistakes: int
    rejected: int
    named: int
    variants: int
    accepted: int

    @property
    def complete(self) -> bool:
        """Whether every mistake is rejected and named and every variant accepted."""
        return self.rejected == self.named == self.mistakes and self.accepted == self.variants


def measure(exercise: Exercise, seed: int) -> Quality:
    """Judge the mistakes and variants of `exercise` on the cases of `seed`."""
    key = AnswerKey.draw(exercise, seed)

    def verdict(functions: Mapping[str, Any]) -> Report:
        return judge(key, list(key.answers_of({**exercise.reference, **functions}).values()))

    wrong = [(mistake, verdict({exercise.role: mistake.function})) for mistake in exercise.mistakes]
    right = [verdict(variant.functions) for variant in exercise.variants]
    return Quality(
        exercise=exercise.name,
        unit=exercise.unit,
        mistakes=len(wrong),
        rejected=sum((report.points or 0.0) < exercise.points for _, report in wrong),
        named=sum(told(mistake, report) for mistake, report in wrong),
        variants=len(right),
        accepted=sum(report.points == exercise.points for report in right),
    )


def told(mistake: Mistake, report: Report) -> bool:
    """Return whether `report` names the mistake, or observes what there is no more to say of."""
    if mistake.when:
        return mistake.name == report.mistake
    return any(result.detail for result in report.criteria) and not report.mistake


def measure_unit(unit: str, seed: int) -> list[Quality]:
    """Return the quality of every exercise of `unit`."""
    return [measure(exercise, seed) for exercise in exercises_of(unit)]
