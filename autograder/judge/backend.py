"""The judge as a notebook meets it: ``check`` finds it through an entry point."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import FrameType
from typing import Any

from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.exercises import find_exercise
from autograder.judge.extras import find_claims, find_reply, judge_claims
from autograder.judge.hints.bug_hunt import HINTS as BUG_HINTS
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.memory import resident_bytes
from autograder.student.probes import exercise_names
from autograder.student.replies import Reply
from autograder.student.report import Report, Status

PATIENCE_S = 20.0
"""Processor seconds that a check may use in a learner's notebook, twice what grading allows."""


LIMIT_BYTES = 2**29
"""Memory that a check may take; what grows without an end reaches it within seconds."""

_TICK_S = 0.1  # of processor time, between two looks at the memory
_REPEAT_S = 1.0


class OutOfMemory(BaseException):
    """The learner's functions took too much memory; ``answer_case`` knows it by name."""


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

    def key(self, exercise: str) -> AnswerKey:
        """Return the key of the public cases."""
        return _public_key(exercise)

    def check(self, exercise: str, functions: Mapping[str, Any]) -> Report:
        """Return the report on `functions`, with the next hint where something is missing."""
        key = self.key(exercise)
        key.expected  # noqa: B018 - the reference's time is not the learner's
        with _limited(PATIENCE_S, LIMIT_BYTES):
            answers = list(key.answers_of(functions).values())
        report = judge(key, answers)
        if report.status is Status.PASSED:
            return report
        return replace(report, hint=self._next_hint(exercise))

    def hint(self, exercise: str) -> str:
        """Return the next of the exercise's hints; after the last one, the last one again.

        Of a name that is unknown, which ones there are.
        """
        names = [*exercise_names(), *BUG_HINTS]
        if exercise not in names:
            return f'There is no exercise "{exercise}"; there are {", ".join(names)}.'
        text = self._next_hint(exercise)
        self._hints_given[exercise] += 1
        return text

    def optional(self, exercise: str, function: Any) -> Report:
        """Return the report on an optional exercise.

        Raises
        ------
        LookupError
            If there is none of that name.
        """
        claims = find_claims(exercise)
        try:
            with _limited(PATIENCE_S, LIMIT_BYTES):
                return judge_claims(exercise, claims, function)
        except (OutOfTime, OutOfMemory):
            limit = f"It ran into a limit: {PATIENCE_S:g} s, or {LIMIT_BYTES >> 20} MB."
            return Report(exercise, exercise, Status.LIMIT, 0.0, 0.0, limit)

    def reply(self, question: str) -> Reply | None:
        """Return what is said to a prediction, None if nothing is."""
        return find_reply(question)

    def _next_hint(self, exercise: str) -> str:
        hints = BUG_HINTS.get(exercise) or find_exercise(exercise).hints
        number = min(self._hints_given[exercise], len(hints) - 1)
        return f"{number + 1} of {len(hints)}: {hints[number]}"


@contextmanager
def _limited(seconds: float, memory_bytes: int) -> Iterator[None]:
    """Raise in the body once this process has used `seconds` more of processor time, or memory.

    Where the system has no such timer (Windows), or outside of the main thread, there is no limit:
    the learner can still press stop.

    Raises
    ------
    OutOfTime, OutOfMemory
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() != threading.main_thread():
        yield
        return
    end, most_bytes = time.process_time() + seconds, resident_bytes() + memory_bytes

    def look(number: int, frame: FrameType | None) -> None:
        reached = OutOfMemory if resident_bytes() > most_bytes else OutOfTime
        if reached is OutOfMemory or time.process_time() >= end:
            signal.setitimer(signal.ITIMER_PROF, _REPEAT_S, _REPEAT_S)  # if it was swallowed
            raise reached

    before = signal.signal(signal.SIGPROF, look)
    tick = min(seconds, _TICK_S)
    signal.setitimer(signal.ITIMER_PROF, tick, tick)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
