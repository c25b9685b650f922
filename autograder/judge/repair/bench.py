"""What a changed function gives on one case: which of what is asked for is right there."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from autograder.judge.compare import close
from autograder.judge.criteria import value_verdict, verdict_on
from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case
from autograder.judge.key import AnswerKey
from autograder.judge.repair.pieces import Piece
from autograder.student.answers import Answer, Problem

Texts = Mapping[Piece, str]

#: Seconds on the wall, unless somebody measures on a machine that others use, too.
clock: Callable[[], float] = time.perf_counter

UNCHANGED = "what it was given"
_LEAST_S, _SLOW_S, _TIMES = 0.3, 0.03, 10
_CHECK_S = 3.0


@dataclass(frozen=True)
class Seen:
    """What came of one case.

    Attributes
    ----------
    right : set of str
        Outputs that are right; ``UNCHANGED`` if no argument was changed, and further criteria.
    off : bool array
        Of each number of all outputs whether it is wrong.
    answer : Answer
    """

    right: frozenset[str]
    off: np.ndarray
    answer: Answer

    @property
    def near(self) -> float:
        """The share of right numbers."""
        return 1.0 - float(self.off.mean()) if self.off.size else 1.0


class Runs(Protocol):
    """Runs a learner's functions with the texts of some changed.

    Attributes
    ----------
    pieces : tuple of Piece
        What may be changed: the judged function first.
    at_once : int
        How many changes are best run together.
    """

    pieces: tuple[Piece, ...]
    at_once: int

    def answers(
        self, tries: Sequence[Texts], case: str, until: Collection[str], seconds: float
    ) -> list[Answer | None]:
        """Return what each of `tries` answers to one case, None where nothing came."""

    def holds(self, texts: Texts, seconds: float) -> bool:
        """Return whether the whole check holds."""


class Bench:
    """The cases of one exercise, and the one on which changes are tried first.

    Parameters
    ----------
    key : AnswerKey
    runs : Runs
    """

    def __init__(self, key: AnswerKey, runs: Runs) -> None:
        self.key, self.runs, self.clock = key, runs, clock
        self.case: Case = key.asked[0]
        self._patience_s = _LEAST_S
        self._outputs: dict[str, frozenset[str]] = {}

    def choose(self, until: float) -> Seen | None:
        """Choose the smallest case that is wrong, a main one if there is one; None if all is right.

        One that takes far longer than others is small for the eye alone. Times that differ by
        little decide nothing: what is found on one day is found on the next.

        Everything is asked once for that; once it is past `until`, no more than is needed.
        """
        found: list[tuple[bool, float, Case, Seen]] = []
        for case in self.key.asked:
            if (start := self.clock()) > until and found:
                break
            (seen,) = self._seen([{}], case, _CHECK_S)
            if seen is None or seen.answer.problem is Problem.LIMIT:
                return None
            if not self.asked_of(case) <= seen.right:
                found.append((case.edge, self.clock() - start, case, seen))
        if not found:
            return None
        slow_s = max(_SLOW_S, _TIMES * min(took for _, took, _, _ in found))
        _, took, self.case, seen = min(
            found, key=lambda one: (one[0], one[1] > slow_s, self._numbers(one[2]))
        )
        self._patience_s = max(_LEAST_S, _TIMES * took)
        self._later = [case for _, _, case, _ in sorted(found, key=lambda one: one[1])]
        self._later = [case for case in self._later if case is not self.case]
        return seen

    def _numbers(self, case: Case) -> int:
        return sum(array.size for array in self.key.expected[case.name].outputs.values())

    def asked_of(self, case: Case) -> frozenset[str]:
        """Return all that should be right in `case`."""
        if case.name not in self._outputs:
            exercise, expected = self.key.exercise, self.key.expected[case.name].outputs
            names = {name for name in exercise.judged_outputs if name in expected}
            names |= {c.name for c in self._further(case)}
            if any(c.kind is Kind.UNCHANGED for c in exercise.criteria):
                names.add(UNCHANGED)
            self._outputs[case.name] = frozenset(names)
        return self._outputs[case.name]

    def _further(self, case: Case) -> list[Criterion]:
        kinds = (Kind.SAME, Kind.FORM, Kind.DIFFERENT)
        return [
            c
            for c in self.key.exercise.criteria
            if c.kind in kinds and (not c.cases or case.name in c.cases)
        ]

    def seen(self, tries: Sequence[Texts]) -> list[Seen | None]:
        """Return what each of `tries` gives on the chosen case, None where nothing came."""
        return self._seen(tries, self.case, self._patience_s)

    def _seen(self, tries: Sequence[Texts], case: Case, seconds: float) -> list[Seen | None]:
        until = () if self._further(case) else self._outputs_of(case)
        answers = self.runs.answers(tries, case.name, until, seconds)
        return [None if answer is None else self._judged(case, answer) for answer in answers]

    def _outputs_of(self, case: Case) -> list[str]:
        wanted = self.asked_of(case)
        return [name for name in self.key.expected[case.name].outputs if name in wanted]

    def _judged(self, case: Case, answer: Answer) -> Seen:
        wanted, further, outputs = self.asked_of(case), self._further(case), self._outputs_of(case)
        offs = {name: self._off(case, answer, name) for name in outputs}
        right = {name for name, off in offs.items() if not off.any()}
        if UNCHANGED in wanted and not answer.changed and answer.outputs:
            right.add(UNCHANGED)
        for criterion in further:
            alone = replace(criterion, cases=(case.name,))
            if verdict_on(self.key, {answer.case: answer}, alone) == "":
                right.add(criterion.name)
        off = np.concatenate([np.zeros(0, bool), *offs.values()])
        return Seen(frozenset(right), off, answer)

    def _off(self, case: Case, answer: Answer, name: str) -> np.ndarray:
        """Return of each number of an output whether it is wrong."""
        exercise, expected = self.key.exercise, self.key.expected[case.name].outputs[name]
        got = answer.outputs.get(name)
        if got is None or got.shape != expected.shape or got.dtype.kind not in "fiub":
            return np.ones(max(expected.size, 1), bool)
        if name in exercise.chances or name in exercise.calls:
            wrong = value_verdict(self.key, answer, name) != ""
            return np.full(max(expected.size, 1), wrong)
        return ~close(got, expected, exercise.tolerance).ravel()

    def first_wrong(self, seen: Seen) -> str:
        """Return the first of all values that goes wrong, as the probe asks for them; or ""."""
        return next((name for name in self.outputs if name not in seen.right), "")

    @property
    def outputs(self) -> list[str]:
        """What is asked of the chosen case and has a right value, as the probe asks for it."""
        return self._outputs_of(self.case)

    def differing(self, one: Answer, other: Answer) -> np.ndarray:
        """Return of each number whether two answers to the chosen case differ in it."""
        found = [np.zeros(0, bool)]
        for name, expected in self.key.expected[self.case.name].outputs.items():
            if name in self.asked_of(self.case):
                a, b = one.outputs.get(name), other.outputs.get(name)
                if a is None or b is None or not a.shape == b.shape == expected.shape:
                    differs = a is not b and not (
                        a is not None and b is not None and np.array_equal(a, b)
                    )
                    found.append(np.full(max(expected.size, 1), differs))
                else:
                    found.append(((a != b) & ~((a != a) & (b != b))).ravel())
        return np.concatenate(found)

    def proves(self, texts: Texts) -> bool:
        """Return whether the whole check holds with `texts`."""
        for case in self._later:
            (seen,) = self._seen([texts], case, _CHECK_S)
            if seen is None or not self.asked_of(case) <= seen.right:
                return False
        return self.runs.holds(texts, _CHECK_S)
