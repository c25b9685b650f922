"""The judge as a notebook meets it: ``check`` finds it through an entry point."""

import signal
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import FrameType
from typing import Any

from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.exercises import find_exercise
from autograder.judge.hints.bug_hunt import HINTS as BUG_HINTS
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.report import Report, Status

PATIENCE_S = 20.0
"""Processor seconds that a check may use in a learner's notebook, twice what grading allows."""


class OutOfTime(BaseException):
    """The learner's functions used up the check's processor time; ``answer_case`` knows it by name.

    A ``BaseException``, so that ``except Exception`` around a slow loop does not swallow it.
    """


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
        key.expected  # noqa: B018 - the reference's time is not the learner's
        with _processor_time(PATIENCE_S):
            answers = list(key.answers_of(functions).values())
        report = judge(key, answers)
        if report.status is Status.PASSED:
            return report
        return replace(report, hint=self._next_hint(exercise))

    def hint(self, exercise: str) -> str:
        """Return the next of the exercise's hints; after the last one, the last one again."""
        text = self._next_hint(exercise)
        self._hints_given[exercise] += 1
        return text

    def _next_hint(self, exercise: str) -> str:
        hints = BUG_HINTS.get(exercise) or find_exercise(exercise).hints
        return hints[min(self._hints_given[exercise], len(hints) - 1)]


@contextmanager
def _processor_time(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in the body once this process has used up `seconds` of processor time.

    Where the system has no such timer (Windows), or outside of the main thread, there is no limit:
    the learner can still press stop.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
