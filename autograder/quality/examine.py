"""One wrong function before the judge: what is said of it, and whether that is true.

What the judge claims is made again by other means: own calls, own watch over the arguments, own
comparison, and cases of seeds that the judge has not seen.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from autograder.judge.edits import Mistake
from autograder.judge.exercise import Case, Exercise
from autograder.judge.frequencies import alike
from autograder.judge.key import AnswerKey, right_functions
from autograder.judge.recognised import Recognised
from autograder.judge.recognition import PATIENCE_S, Recogniser
from autograder.judge.verdict import judge
from autograder.quality.claims import close, untrue_claims
from autograder.student.answers import Answer, Problem
from autograder.student.report import Report
from autograder.student.stand_ins import stand_ins_of

FRESH_SEEDS = (9001, 9002, 9003, 9004, 9005)
"""Seeds that recognition does not see; what is named must give the same answers there, too."""


SINGLE = 1e-4
"""Of its largest number, what an array of single precision may be off by."""


class Outcome(StrEnum):
    """What came of a wrong function."""

    PASSED = "full marks"
    LIMIT = "stopped by a limit"
    STOPPED = "stopped"  # by an exception or a wrong form, in a main case
    NOT_FINITE = "not finite"  # where a number is expected
    NUMBERS = "finite numbers"  # wrong ones, in the main cases
    ASIDE = "right numbers"  # in the main cases; something else is wrong


@dataclass(frozen=True)
class Finding:
    """What came of one function.

    Attributes
    ----------
    mistake : str
        What the report names, or "".
    sentences : tuple of str
        All that it says of mistakes and experiments.
    wrongly : tuple of str
        Of the named mistakes those that answer otherwise on fresh seeds.
    claims : int
        The report's ✓ and ✗ that were made again; `untrue` are those that came out otherwise.
    told : bool
        Whether anything is said of what is wrong: a name, or an observation.
    """

    outcome: Outcome
    mistake: str = ""
    sentences: tuple[str, ...] = ()
    wrongly: tuple[str, ...] = ()
    claims: int = 0
    untrue: tuple[str, ...] = ()
    told: bool = False


class _Listening:
    """A recogniser that keeps what it has found."""

    def __init__(self, recogniser: Recogniser, patience_s: float) -> None:
        self._recogniser, self._patience_s = recogniser, patience_s
        self.found: list[Recognised] = []

    def recognise(self, answers: Mapping[str, Answer], patience_s: float) -> list[Recognised]:
        self.found = self._recogniser.recognise(answers, min(self._patience_s, patience_s))
        return self.found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recogniser, name)


class _Silent:
    """A recogniser that names nothing: for who asks for points alone."""

    def recognise(self, *arguments: Any) -> list[Recognised]:
        return []

    def explains(self, *arguments: Any) -> bool:
        return False


class Bench:
    """One exercise with the cases of one seed; it examines functions one after another.

    Parameters
    ----------
    naming : bool
        Whether mistakes are looked for; points alone are there much sooner.
    patience_s : float
        Processor seconds for pairs of mistakes in one check.
    prepared : bool
        Whether all single slips have been tried before; what is written comes before them anyway.
    """

    def __init__(
        self,
        exercise: Exercise,
        seed: int,
        naming: bool = True,
        patience_s: float = PATIENCE_S,
        prepared: bool = True,
    ) -> None:
        self.exercise = exercise
        self.key = AnswerKey.draw(exercise, seed)
        self._listening: list[_Listening] = []
        for name, cases in (
            ("recogniser", self.key.asked),
            ("recogniser_with_ours", self.key.with_ours),
        ):
            if naming and cases:
                recogniser: Recogniser = getattr(self.key, name)
                if prepared:
                    recogniser.prepare()
                self._listening.append(_Listening(recogniser, patience_s))
                vars(self.key)[name] = self._listening[-1]
            else:
                vars(self.key)[name] = _Silent()
        self._fresh: dict[int, AnswerKey] = {}
        self._of_mistakes: dict[tuple[str, int, str], Answer] = {}

    def report(self, functions: Mapping[str, Any]) -> Report:
        """Return the report on `functions`, with the reference's where there is none."""
        answers = self.key.answers_of({**self.exercise.reference, **functions})
        return judge(self.key, list(answers.values()))

    def passes(self, functions: Mapping[str, Any]) -> bool:
        """Return whether `functions` earn all points."""
        return self.report(functions).points == self.exercise.points

    def examine(self, function: Any) -> Finding:
        """Return what the judge says of `function`, and what of it does not hold."""
        functions = {**self.exercise.reference, self.exercise.role: function}
        for listening in self._listening:
            listening.found = []
        answers = self.key.answers_of(functions)
        report = judge(self.key, list(answers.values()))
        claims = untrue_claims(self.key, functions, report)
        sentences = tuple(filter(None, (report.mistake_sentence, *report.advice)))
        return Finding(
            outcome=self._outcome(report, answers),
            mistake=report.mistake,
            sentences=sentences,
            wrongly=tuple(self._named_wrongly(sentences, function)),
            claims=claims.made,
            untrue=claims.untrue,
            told=bool(report.mistake) or any(result.detail for result in report.criteria),
        )

    def _outcome(self, report: Report, answers: Mapping[str, Answer]) -> Outcome:
        if report.points == self.exercise.points:
            return Outcome.PASSED
        wrong, finite = False, True
        for case in self.key.asked:
            answer = answers.get(case.name, Answer(case.name, problem=Problem.EXCEPTION))
            if answer.problem is Problem.LIMIT:
                return Outcome.LIMIT
            if case.edge:
                continue
            judged = self._judged(self.key, case)
            if not judged <= answer.outputs.keys():
                return Outcome.STOPPED
            for name in judged:
                expected = self.key.expected[case.name].outputs[name]
                got = answer.outputs[name]
                finite = finite and bool(np.isfinite(got).all() or not np.isfinite(expected).all())
                wrong = wrong or not self._equal(name, got, expected)
        if not wrong:
            return Outcome.ASIDE
        return Outcome.NUMBERS if finite else Outcome.NOT_FINITE

    # --- on seeds that the judge has not seen ---------------------------------------------------

    def _named_wrongly(self, sentences: tuple[str, ...], function: Any) -> Iterable[str]:
        """Yield the names of what was told and does not give the function's answers elsewhere."""
        said = " ".join(sentences)
        for number, listening in enumerate(self._listening):
            for found in listening.found:
                if found.sentence[1:] in said and not self._holds(found, function, bool(number)):
                    yield found.name

    def _holds(self, found: Recognised, function: Any, with_ours: bool) -> bool:
        for seed in FRESH_SEEDS:
            key = self._fresh.setdefault(seed, AnswerKey.draw(self.exercise, seed))
            for case in key.with_ours if with_ours else key.asked:
                if (case.name == found.case) if found.case else not case.edge:
                    got = self._answer(key, case, function)
                    for mistake, names in _parts(found):
                        theirs = self._mistakes_answer(key, seed, case, mistake)
                        judged = self._judged(key, case)
                        if not self._alike(got, theirs, judged & set(names) if names else judged):
                            return False
        return True

    def _answer(self, key: AnswerKey, case: Case, function: Any) -> Answer:
        functions = {**right_functions(self.exercise, case), self.exercise.role: function}
        return key.answer_of(functions, case.name, self._judged(key, case))

    def _mistakes_answer(self, key: AnswerKey, seed: int, case: Case, mistake: Mistake) -> Answer:
        place = mistake.name, seed, case.name
        if place not in self._of_mistakes:
            bound = stand_ins_of(case.inputs)
            answer = self._answer(key, case, mistake.function_with(bound))
            self._of_mistakes[place] = answer
        return self._of_mistakes[place]

    def _alike(self, left: Answer, right: Answer, names: Collection[str]) -> bool:
        if not left.outputs.keys() >= set(names) and left.problem is not right.problem:
            return False
        for name in names:
            ours, theirs = left.outputs.get(name), right.outputs.get(name)
            if ours is None or theirs is None:
                if ours is not theirs:
                    return False
            elif not self._given(name, ours, theirs):
                return False
        return True

    def _equal(self, name: str, left: np.ndarray, right: np.ndarray) -> bool:
        if name in self.exercise.chances:
            return alike(left, right)
        return close(left, right, self.exercise.tolerance)

    def _given(self, name: str, left: np.ndarray, right: np.ndarray) -> bool:
        """Return whether a mistake gives `left`, which may be of single precision."""
        if left.shape != right.shape or not np.array_equal(left, left.astype(np.float32)):
            return self._equal(name, left, right)
        with np.errstate(all="ignore"):
            off = np.abs(left.astype(float) - right.astype(float))
            rounded = bool((off <= SINGLE * np.abs(right).max(initial=0)).all())
        return rounded or self._equal(name, left, right)

    def _judged(self, key: AnswerKey, case: Case) -> frozenset[str]:
        return self.exercise.judged_outputs & key.expected[case.name].outputs.keys()


def _parts(found: Recognised) -> list[tuple[Mistake, tuple[str, ...]]]:
    """Return each mistake with the outputs it explains; two at once as the one that they make."""
    if found.outputs:
        return list(zip(found.mistakes, found.outputs, strict=True))
    first, *others = found.mistakes
    for other in others:
        first = first.and_also(other)
    return [(first, ())]
