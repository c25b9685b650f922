"""The judge as a notebook meets it: ``check`` finds it through an entry point."""

import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cache
from types import FrameType
from typing import Any

from autograder.judge.exercise import PUBLIC_SEED
from autograder.judge.exercises import find_exercise
from autograder.judge.extras import find_claims, find_reply, judge_claims
from autograder.judge.hints import bug_hunt
from autograder.judge.key import AnswerKey
from autograder.judge.repair.asking import Asked
from autograder.judge.repair.telling import fails_on_values
from autograder.judge.unjudged import out_of_limit
from autograder.judge.verdict import judge
from autograder.student.located import Located
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
        self._asked: dict[str, Asked | str] = {}  # or why no line is looked for

    def key(self, exercise: str) -> AnswerKey:
        """Return the key of the public cases."""
        return _public_key(exercise)

    def check(self, exercise: str, functions: Mapping[str, Any]) -> Report:
        """Return the report on `functions`, with the next hint where something is missing."""
        key = self.key(exercise)
        key.expected  # noqa: B018 - the reference's time is not the learner's
        try:
            with limited(PATIENCE_S, LIMIT_BYTES):
                answers = list(key.answers_of(functions).values())
            report = judge(key, answers)
        except (OutOfTime, OutOfMemory) as struck:  # between two calls of the learner's functions
            full = isinstance(struck, OutOfMemory)
            answers = []
            report = out_of_limit(key.exercise, "memory" if full else "time")
        if report.status is Status.PASSED:
            self._asked[exercise] = f"The last check of {exercise} passed: no line is wrong."
            return report
        if bug_hunt.is_hunted(functions.get(key.exercise.role)):
            self._asked[exercise] = bug_hunt.HERE
        elif fails_on_values(key, answers):
            self._asked[exercise] = Asked(key, functions, _within)
            asked = f'`from autograder.student import where` and `where("{exercise}")`'
            report = replace(report, where=f"In a new cell, {asked} look for the line.")
        else:
            self._asked[exercise] = (
                f"The last check of {exercise} came to no wrong values: mend first what it tells."
            )
        return replace(report, hint=self._next_hint(exercise))

    def where(self, exercise: str, tell: Callable[[int], None]) -> Located:
        """Return in which line the mistake lies that the last check saw; more at each asking.

        Raises
        ------
        LookupError
            If it saw none, or none of that kind; or in the bug hunt.
        """
        if exercise not in exercise_names():
            names = ", ".join(exercise_names())
            raise LookupError(f'There is no exercise "{exercise}"; there are {names}.')
        asked = self._asked.get(
            exercise,
            f"First run the check of {exercise}: a line is looked for where it finds wrong values.",
        )
        if isinstance(asked, str):
            raise LookupError(asked)
        return asked.answer(tell)

    def hint(self, exercise: str) -> str:
        """Return the next of the exercise's hints; after the last one, the last one again.

        Of a name that is unknown, which ones there are.
        """
        names = [*exercise_names(), *bug_hunt.HINTS]
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
            with limited(PATIENCE_S, LIMIT_BYTES):
                return judge_claims(exercise, claims, function)
        except (OutOfTime, OutOfMemory):
            limit = f"It ran into a limit: {PATIENCE_S:g} s, or {LIMIT_BYTES >> 20} MB."
            return Report(exercise, exercise, Status.LIMIT, 0.0, 0.0, limit)

    def reply(self, question: str) -> Reply | None:
        """Return what is said to a prediction, None if nothing is."""
        return find_reply(question)

    def _next_hint(self, exercise: str) -> str:
        hints = bug_hunt.HINTS.get(exercise) or find_exercise(exercise).hints
        number = min(self._hints_given[exercise], len(hints) - 1)
        return f"{number + 1} of {len(hints)}: {hints[number]}"


def _within(seconds: float) -> AbstractContextManager[None]:
    return limited(seconds, LIMIT_BYTES)


@contextmanager
def limited(seconds: float, memory_bytes: int) -> Iterator[None]:
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

    unraisable = sys.unraisablehook

    def tell(swallowed: "sys.UnraisableHookArgs") -> None:
        # A limit that struck in a ``__del__`` or a callback of the garbage collector strikes again.
        if not issubclass(swallowed.exc_type, OutOfTime | OutOfMemory):
            unraisable(swallowed)

    before = signal.signal(signal.SIGPROF, look)
    sys.unraisablehook = tell
    tick = min(seconds, _TICK_S)
    signal.setitimer(signal.ITIMER_PROF, tick, tick)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.unraisablehook = unraisable
        signal.signal(signal.SIGPROF, before)
