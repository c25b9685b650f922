"""The judge as a notebook meets it: ``check`` finds it through an entry point."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.report import Report, Status


@cache
def _public_key(exercise: str) -> AnswerKey:
    return AnswerKey.draw(find_exercise(exercise), PUBLIC_SEED)


class JudgeBackend:
    """Judges in the learner's own process, on public cases: practice, not grading."""

    def __init__(self) -> None:
        self._hints_given: Counter[str] = Counter()

    def check(self, exercise: str, functions: Mapping[str, Any]) -> Report:
        """Return the report on `functions`, with the next hint where something is missing."""
        key = _public_key(exercise)
        report = judge(key, list(key.answers_of(functions).values()))
        if report.status is Status.PASSED:
            return report
        return replace(report, hint=self._next_hint(exercise))

    def hint(self, exercise: str) -> str:
        """Return the next of the exercise's hints; after the last one, the last one again."""
        text = self._next_hint(exercise)
        self._hints_given[exercise] += 1
        return text

    def _next_hint(self, exercise: str) -> str:
        hints = find_exercise(exercise).hints
        return hints[min(self._hints_given[exercise], len(hints) - 1)]
