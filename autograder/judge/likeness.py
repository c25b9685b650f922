"""Whether a mistake answers as a learner's function does."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from autograder.judge.compare import same_but_rounded
from autograder.judge.criteria import value_verdict
from autograder.judge.edits import Mistake
from autograder.judge.exercise import Case
from autograder.judge.frequencies import alike
from autograder.judge.key import AnswerKey
from autograder.student.answers import Answer, Problem

MAX_KEPT_NUMBERS = 2_000
"""Of an answer that is kept for the next learner; no mistake is made on wide and long edges."""

Answers = Mapping[str, Answer]


class Source(Protocol):
    """Where mistakes and their answers come from: made here, or kept in a table."""

    @property
    def written(self) -> Sequence[Mistake]: ...
    @property
    def slips(self) -> Sequence[Mistake]: ...

    def pairs(self) -> Iterator[Mistake]:
        """Yield two at once."""

    def answer(self, mistake: Mistake, case: str, wanted: Collection[str]) -> Answer:
        """Return what the model answer with `mistake` in it gives in `case`."""


class Likeness:
    """What the mistakes of one exercise answer to some of a key's cases, beside a learner's own.

    Parameters
    ----------
    cases : sequence of Case
        All with the same stand-ins, or all without.
    """

    def __init__(self, key: AnswerKey, cases: Sequence[Case]) -> None:
        self.key = key
        self._source = key.source(cases)
        self._answers: dict[tuple[str, str], Answer] = {}

    def _answer(self, mistake: Mistake, case: str) -> Answer:
        if (mistake.name, case) not in self._answers:
            wanted = self._judged(case)
            answer = self._source.answer(mistake, case, wanted)
            judged = {name: value for name, value in answer.outputs.items() if name in wanted}
            answer = replace(answer, outputs=judged)
            if sum(array.size for array in answer.outputs.values()) > MAX_KEPT_NUMBERS:
                return answer
            self._answers[mistake.name, case] = answer
        return self._answers[mistake.name, case]

    def _all_answers(self, mistake: Mistake, cases: Sequence[str]) -> dict[str, Answer]:
        return {case: self._answer(mistake, case) for case in cases}

    def _judged(self, case: str) -> frozenset[str]:
        looked_at = self.key.exercise.judged_outputs | set(self.key.exercise.clues)
        return looked_at & self.key.expected[case].outputs.keys()

    def _wrong(self, answers: Answers, cases: Sequence[str]) -> frozenset[str]:
        """Return the outputs that are not right in some of `cases`, or did not come."""
        return frozenset(
            output
            for case in cases
            for output in self._judged(case)
            if value_verdict(self.key, answers.get(case, Answer(case)), output) != ""
        )

    def _fits(
        self, mistake: Mistake, answers: Answers, cases: Sequence[str], at_edge: bool = False
    ) -> bool:
        return all(
            self._agree(mistake, answers, [case], self._judged(case))
            and _stopped_alike(
                answers[case], self._answer(mistake, case), self._judged(case), at_edge
            )
            for case in cases
        )

    def _agree(
        self, mistake: Mistake, answers: Answers, cases: Sequence[str], outputs: frozenset[str]
    ) -> bool:
        return all(
            self._alike(name, answers[case], self._answer(mistake, case))
            for case in cases
            for name in outputs & self._judged(case)
        )

    def _alike(self, name: str, left: Answer, right: Answer) -> bool:
        ours, theirs = left.outputs.get(name), right.outputs.get(name)
        if ours is None or theirs is None:
            return ours is theirs
        if name in self.key.exercise.chances:
            return alike(ours, theirs)
        exercise = self.key.exercise
        tolerance = exercise.recognised_within or exercise.tolerance
        return same_but_rounded(ours, theirs, tolerance)


def _stopped_alike(left: Answer, right: Answer, judged: frozenset[str], at_edge: bool) -> bool:
    """Return whether both answered in full, or stopped for a reason of the same kind.

    At an edge a refusal is one, in whatever words.
    """
    if left.outputs.keys() >= judged:
        return True
    if at_edge and left.problem is Problem.EXCEPTION:
        return (left.problem, left.exception) == (right.problem, right.exception)
    return _stop(left) == _stop(right)


def _stop(answer: Answer) -> tuple[Problem, str, str]:
    return answer.problem, answer.exception, answer.kind or answer.message
