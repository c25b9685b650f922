"""Makes the table of an exercise, by which it is judged where model answers are not to be found."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice, takewhile
from typing import Any

import numpy as np

from autograder.judge.edits import Mistake
from autograder.judge.exercise import PUBLIC_SEED, Case, Exercise
from autograder.judge.key import AnswerKey
from autograder.judge.likeness import MAX_KEPT_NUMBERS
from autograder.judge.made import MadeHere
from autograder.judge.sketches import sketched
from autograder.judge.table import AS_RIGHT, MISSING, packed, plain_case
from autograder.student.answers import Answer

MOST_PAIRS = 600
"""Of two written mistakes at once so many are tried; more are hardly ever met in a class."""
_LARGEST_SINGLE = 1e30
_EXACT, _FIRST_LOOK = 1e-12, 1e-3

Plain = dict[str, Any]


def table_of(exercise: Exercise) -> bytes:
    """Return the table of an exercise on its public cases, packed."""
    key = AnswerKey.draw(exercise, PUBLIC_SEED)
    later = {"mistakes": _Mistakes(key).as_plain(), "further": _right(key.further[0])}
    unread = {name: np.frombuffer(packed(part), np.uint8) for name, part in later.items()}
    return packed({"version": exercise.version, **_right(key), **unread})


def _right(key: AnswerKey) -> Plain:
    """Return the cases of `key` and what is right in them."""
    return {
        "cases": [plain_case(case) for case in key.cases],
        "expected": {name: answer.outputs for name, answer in key.expected.items()},
        "chances": _of_inputs(key, key.exercise.chances, key.chances),
        "calls": _of_inputs(key, key.exercise.calls, key.calls),
    }


def _of_inputs(key: AnswerKey, outputs: Any, made: Any) -> Plain:
    """Return what follows from the inputs of each case that is asked for such an output."""
    return {
        case.name: {
            output: made(case.name, output)
            for output in outputs
            if output in key.expected[case.name].outputs
        }
        for case in key.cases
    }


class _Mistakes:
    """What every mistake of an exercise answers, as far as it is ever looked at."""

    def __init__(self, key: AnswerKey) -> None:
        self._key, self._exercise = key, key.exercise
        self._right = {name: sketched(self._exercise, one) for name, one in key.expected.items()}
        self._pool: list[np.ndarray] = []
        self._places: dict[tuple[str, tuple[int, ...], bytes], int] = {}
        within = self._exercise.recognised_within or self._exercise.tolerance
        self._single = within.relative >= 1e-6  # else single precision is too coarse

    def as_plain(self) -> Plain:
        """Return all of it as plain data."""
        source = MadeHere(self._key, self._key.asked)
        written = {mistake.name for mistake in source.written}
        both = takewhile(lambda one: written.issuperset(one.name.split(" + ")), source.pairs())
        pairs = [] if self._exercise.chances else list(islice(both, MOST_PAIRS))
        every = [*source.written, *source.slips, *pairs]
        answers = self._answers(source, self._key.asked, every)
        if self._key.with_ours:
            ours = MadeHere(self._key, self._key.with_ours)
            answers |= self._answers(ours, self._key.with_ours, every)
        return {
            "written": [(one.name, one.when) for one in source.written],
            "slips": [(one.name, one.when) for one in source.slips],
            "pairs": [one.name for one in pairs],
            "answers": answers,
            "pool": self._pool,
        }

    def _answers(
        self, source: MadeHere, cases: Sequence[Case], every: Sequence[Mistake]
    ) -> dict[str, Plain]:
        """Return, by case, the number of each array, and why it stopped.

        At edges nothing is asked of mistakes that spoil the first case.
        """
        first = cases[0].name
        answers: dict[str, Plain] = {}
        harmless: set[str] = set()
        for case in [case for case in cases if not (case.edge and self._is_large(case.name))]:
            made = {
                i: self._answer(source, mistake, case.name)
                for i, mistake in enumerate(every)
                if not case.edge or mistake.name in harmless
            }
            answers[case.name] = self._as_table(case.name, made, len(every))
            if case.name == first:
                harmless = {every[i].name for i, answer in made.items() if self._is_near(answer)}
        return answers

    def _is_near(self, answer: Answer) -> bool:
        """Return whether an answer would be taken for a right one at a first look, at least."""
        right = self._right[answer.case].outputs
        return all(
            name in answer.outputs and _near(answer.outputs[name], right[name], _FIRST_LOOK)
            for name in self._judged(answer.case)
        )

    def _as_table(self, case: str, made: dict[int, Answer], count: int) -> Plain:
        outputs = sorted(self._judged(case))
        arrays = np.full((len(outputs), count), MISSING, dtype=np.int32)
        for i, answer in made.items():
            for row, name in enumerate(outputs):
                if name in answer.outputs:
                    arrays[row, i] = self._place(answer.outputs[name], self._right[case], name)
        stops = {
            str(i): (str(answer.problem), answer.exception, answer.kind or answer.message)
            for i, answer in made.items()
            if answer.problem
        }
        return {"outputs": outputs, "arrays": arrays, "stops": stops}

    def _place(self, array: np.ndarray, right: Answer, name: str) -> int:
        if _near(array, right.outputs[name], _EXACT):
            return AS_RIGHT
        if array.dtype == np.float64 and self._single:
            with np.errstate(all="ignore"), suppress(ValueError):
                if not np.any(np.abs(array[np.isfinite(array)]) > _LARGEST_SINGLE):
                    array = array.astype(np.float32)
        print_ = (str(array.dtype), array.shape, array.tobytes())
        if print_ not in self._places:
            self._pool.append(array)
            self._places[print_] = len(self._pool)
        return self._places[print_]

    def _answer(self, source: MadeHere, mistake: Mistake, case: str) -> Answer:
        answer = source.answer(mistake, case, self._judged(case))
        judged = {n: v for n, v in answer.outputs.items() if n in self._judged(case)}
        return sketched(self._exercise, Answer(case, judged, *_stop(answer)))

    def _judged(self, case: str) -> frozenset[str]:
        looked_at = self._exercise.judged_outputs | set(self._exercise.clues)
        return looked_at & self._key.expected[case].outputs.keys()

    def _is_large(self, case: str) -> bool:
        outputs = self._key.expected[case].outputs.values()
        return sum(array.size for array in outputs) > MAX_KEPT_NUMBERS


def _near(one: np.ndarray, other: np.ndarray, within: float) -> bool:
    if one.shape != other.shape:
        return False
    with np.errstate(all="ignore"):
        pair = (one.astype(float), other.astype(float))
        return np.allclose(*pair, rtol=within, atol=within, equal_nan=True)


def _stop(answer: Answer) -> tuple[Any, ...]:
    return answer.problem, answer.exception, answer.message, (), answer.kind
