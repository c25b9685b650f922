"""Which mistake gives a learner's numbers: found by making it, alone or with another one.

A mistake is named when the model answer with that mistake in it answers as the learner's function
does, on all cases of a group: the main cases together, or an edge by itself. Two at once are tried
where no single one fits, and separate outputs may each have a mistake of their own.
"""

import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from autograder.judge.answers import answers_of_unit
from autograder.judge.compare import equal
from autograder.judge.criteria import value_verdict
from autograder.judge.edits import Mistake
from autograder.judge.frequencies import alike
from autograder.judge.key import AnswerKey
from autograder.student.answers import LINE, Answer, Problem

PATIENCE_S = 1.0
"""Processor seconds for pairs beside a learner; where it ends, the next check goes on."""

Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Recognised:
    """What gives the learner's answers.

    Attributes
    ----------
    mistakes : tuple of Mistake
        One; or two or more that are made together.
    outputs : tuple of (tuple of str), aligned with `mistakes`
        The outputs that each explains; empty where it explains all.
    problem : Problem
        What both stop with; NONE where numbers are compared.
    case : str
        The edge it was seen at; "" for the main cases.
    """

    mistakes: tuple[Mistake, ...]
    outputs: tuple[tuple[str, ...], ...] = ()
    problem: Problem = Problem.NONE
    case: str = ""

    @property
    def name(self) -> str:
        """Stable names of the mistakes."""
        return " + ".join(mistake.name for mistake in self.mistakes)

    @property
    def sentence(self) -> str:
        """What has been reproduced, addressed to the learner."""
        subject = f"At the edge “{self.case}” your" if self.case else "Your"
        whens = [mistake.when for mistake in self.mistakes]
        if self.outputs:
            parts = [
                f"Your {_listed(names)} {'is' if len(names) == 1 else 'are'} what comes when {when}"
                for names, when in zip(self.outputs, whens, strict=True)
            ]
            return " ".join(parts)
        if self.problem is Problem.EXCEPTION:
            return f"The same error comes when {whens[0]}"
        if self.problem:
            return f"The same comes back when {whens[0]}"
        if len(whens) == 1:
            return f"{subject} numbers are those that come when {whens[0]}"
        both = " ".join(f"({i}) {_capital(when)}" for i, when in enumerate(whens, 1))
        return f"{subject} numbers are those that come with two mistakes at once. {both}"


class Recogniser:
    """The mistakes of one exercise and what they answer to one key's cases, as far as asked."""

    def __init__(self, key: AnswerKey) -> None:
        self.key = key
        self._singles = [m for m in key.exercise.mistakes if m.when]
        self._pairs: Iterator[Mistake] | None = None
        self._made_pairs: list[Mistake] = []
        self._functions: dict[str, Mapping[str, Callable[..., Any]]] = {}
        self._answers: dict[tuple[str, str], Answer] = {}
        self._lock = threading.Lock()
        self._main = [case.name for case in key.cases if not case.edge]
        self._edges = [case.name for case in key.cases if case.edge]

    def recognise(self, answers: Answers, patience_s: float = PATIENCE_S) -> list[Recognised]:
        """Return what gives the wrong ones among `answers`: of the main cases, then of edges."""
        with self._lock:
            return list(self._recognise(answers, patience_s))

    def _recognise(self, answers: Answers, patience_s: float) -> Iterator[Recognised]:
        found = self._group(answers, self._main, patience_s)
        if found:
            yield found
        told = found.mistakes[0] if found and len(found.mistakes) == 1 else None
        for case in self._edges:
            explained = told is not None and self._fits(told, answers, [case])
            if case in answers and not explained and self._wrong(answers, [case]):
                at_edge = self._single(answers, [case])
                right_elsewhere = [self._is_right(m, self._main) for m in at_edge]
                for mistake in [
                    m for m, right in zip(at_edge, right_elsewhere, strict=True) if right
                ]:
                    yield Recognised((mistake,), problem=answers[case].problem, case=case)
                    break

    def _group(
        self, answers: Answers, cases: Sequence[str], patience_s: float
    ) -> Recognised | None:
        wrong = self._wrong(answers, cases)
        if not wrong:
            return None
        for mistake in self._single(answers, cases):
            problem = next((answers[c].problem for c in cases if answers[c].problem), Problem.NONE)
            return Recognised((mistake,), problem=problem)
        if any(case not in answers or answers[case].problem for case in cases):
            return None
        apart = self._apart(answers, cases, wrong)
        explained = {name for _, names in apart for name in names}
        if apart and explained == wrong:
            return self._recognised_apart(apart) if len(apart) > 1 else Recognised((apart[0][0],))
        for pair in self._tried_pairs(patience_s):
            if self._fits(pair, answers, cases):
                return Recognised(self._parts_of(pair))
        return self._recognised_apart(apart) if apart else None

    @staticmethod
    def _recognised_apart(apart: list[tuple[Mistake, tuple[str, ...]]]) -> Recognised:
        return Recognised(tuple(m for m, _ in apart), tuple(names for _, names in apart))

    def _single(self, answers: Answers, cases: Sequence[str]) -> Iterator[Mistake]:
        return (m for m in self._singles if self._fits(m, answers, cases))

    def _apart(
        self, answers: Answers, cases: Sequence[str], wrong: Collection[str]
    ) -> list[tuple[Mistake, tuple[str, ...]]]:
        """Return mistakes that each explain some of the wrong outputs, and all they make wrong."""
        candidates = []
        for mistake in self._singles:
            spoilt = self._spoilt(mistake, cases[:1])
            if spoilt and spoilt <= set(wrong) and self._agree(mistake, answers, cases[:1], spoilt):
                spoilt = self._spoilt(mistake, cases)
                if spoilt <= set(wrong) and self._agree(mistake, answers, cases, spoilt):
                    candidates.append((mistake, spoilt))
        candidates.sort(key=lambda candidate: -len(candidate[1]))
        chosen: list[tuple[Mistake, tuple[str, ...]]] = []
        covered: set[str] = set()
        for mistake, spoilt in candidates:
            if not spoilt & covered:
                chosen.append((mistake, tuple(sorted(spoilt))))
                covered |= spoilt
        return chosen

    def _tried_pairs(self, patience_s: float) -> Iterator[Mistake]:
        """Yield the pairs made so far, then further ones until the patience ends."""
        yield from list(self._made_pairs)
        if self._pairs is None:
            self._pairs = (
                one.and_also(other)
                for one, other in combinations(self._singles, 2)
                if not one.overlaps(other)
            )
        end = time.thread_time() + patience_s
        while time.thread_time() < end:
            pair = next(self._pairs, None)
            if pair is None:
                return
            self._made_pairs.append(pair)
            yield pair

    def _parts_of(self, pair: Mistake) -> tuple[Mistake, ...]:
        names = pair.name.split(" + ")
        return tuple(m for m in self._singles if m.name in names)

    # --- what a mistake answers ---------------------------------------------------------------

    def _answer(self, mistake: Mistake, case: str) -> Answer:
        if (mistake.name, case) not in self._answers:
            if mistake.name not in self._functions:
                self._functions[mistake.name] = self._with(mistake)
            wanted = self._judged(case)
            answer = self.key.answer_of(self._functions[mistake.name], case, wanted)
            self._answers[mistake.name, case] = answer
        return self._answers[mistake.name, case]

    def _with(self, mistake: Mistake) -> Mapping[str, Callable[..., Any]]:
        exercise = self.key.exercise
        right = answers_of_unit(exercise.unit)
        functions = {r: right.get(f.__name__, f) for r, f in exercise.reference.items()}
        return {**functions, exercise.role: mistake.function}

    def _judged(self, case: str) -> frozenset[str]:
        exercise = self.key.exercise
        return exercise.judged_outputs & self.key.expected[case].outputs.keys()

    def _spoilt(self, mistake: Mistake, cases: Sequence[str]) -> set[str]:
        return self._wrong({case: self._answer(mistake, case) for case in cases}, cases)

    def _is_right(self, mistake: Mistake, cases: Sequence[str]) -> bool:
        return not self._spoilt(mistake, cases)

    def _wrong(self, answers: Answers, cases: Sequence[str]) -> set[str]:
        """Return the outputs that are not right in some of `cases`, or did not come."""
        return {
            output
            for case in cases
            for output in self._judged(case)
            if value_verdict(self.key, answers.get(case, Answer(case)), output) != ""
        }

    def _fits(self, mistake: Mistake, answers: Answers, cases: Sequence[str]) -> bool:
        return all(
            case in answers
            and self._agree(mistake, answers, [case], self._judged(case))
            and _stopped_alike(answers[case], self._answer(mistake, case), self._judged(case))
            for case in cases
        )

    def _agree(
        self, mistake: Mistake, answers: Answers, cases: Sequence[str], outputs: Collection[str]
    ) -> bool:
        tolerance = self.key.exercise.tolerance
        for case in cases:
            ours, theirs = answers[case].outputs, self._answer(mistake, case).outputs
            for name in outputs:
                if (name in ours) != (name in theirs):
                    return False
                if name not in ours:
                    continue
                counted = name in self.key.exercise.chances
                if counted and not alike(ours[name], theirs[name]):
                    return False
                if not counted and not equal(ours[name], theirs[name], tolerance):
                    return False
        return True


def _stopped_alike(left: Answer, right: Answer, judged: Collection[str]) -> bool:
    """Return whether both answered in full, or stopped for a reason of the same kind."""
    if left.outputs.keys() >= set(judged):
        return True
    return _kind(left) == _kind(right)


def _kind(answer: Answer) -> tuple[Problem, str, str]:
    """Return the problem without the learner's line, and without how much a cache holds."""
    message = answer.message.partition(LINE)[0]
    if answer.problem is Problem.FORM:
        message = re.sub(r"is a (tuple|list|dict) of \d+", "is several values", message)
    return answer.problem, answer.exception, message


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
