"""One wrong function before the judge: what is said of it, and whether that is true.

What the judge claims is made again here by other means: own calls, own watch over the arguments,
own comparison, and cases of seeds that the judge did not see.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from autograder.judge.answers import answers_of_unit
from autograder.judge.edits import Mistake
from autograder.judge.exercise import Exercise
from autograder.judge.frequencies import alike
from autograder.judge.key import AnswerKey
from autograder.judge.recognition import Recognised, Recogniser
from autograder.judge.verdict import judge
from autograder.quality.claims import untrue_claims
from autograder.student.answers import Answer, Problem
from autograder.student.report import Report

FRESH_SEEDS = (9001, 9002, 9003, 9004, 9005)
"""Seeds that recognition never sees; a named mistake must give the same numbers there, too."""


class Outcome(StrEnum):
    """What came of a wrong function."""

    PASSED = "full marks"
    LIMIT = "stopped by a limit"
    STOPPED = "stopped"  # by an exception or a wrong form, in a main case
    NOT_FINITE = "not finite"  # nan or inf where numbers are expected
    NUMBERS = "wrong numbers"  # finite, in the main cases
    ASIDE = "right numbers"  # in the main cases: something at an edge or beside the numbers


@dataclass(frozen=True)
class Finding:
    """What came of one function.

    Attributes
    ----------
    names : tuple of str
        The mistakes that were named for the main cases.
    sentences : tuple of str
        All that the report says of mistakes and experiments.
    named_wrongly : tuple of str
        Names whose functions answer otherwise on fresh seeds.
    untrue : tuple of str
        Lines of the report that own measurements contradict.
    told : bool
        Whether there is any observation, mistake or headline beyond "something is wrong".
    """

    outcome: Outcome
    names: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    named_wrongly: tuple[str, ...] = ()
    untrue: tuple[str, ...] = ()
    claims: int = 0
    mistake: str = ""
    told: bool = False


class _Listening:
    """A recogniser that keeps what it found for the last report."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser, self.found = recogniser, list[Recognised]()

    def recognise(self, *arguments: Any, **options: Any) -> list[Recognised]:
        self.found = self._recogniser.recognise(*arguments, **options)
        return self.found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recogniser, name)


class Bench:
    """One exercise with the cases of one seed; it examines functions one after another."""

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self.exercise = exercise
        self.key = AnswerKey.draw(exercise, seed)
        self.key.expected  # noqa: B018 - whoever comes first shall not wait for it
        self._listening = _Listening(self.key.recogniser)
        vars(self.key)["recogniser"] = self._listening
        self._fresh: dict[int, AnswerKey] = {}
        self._of_mistakes: dict[tuple[str, int, str], Answer] = {}

    def judge(self, functions: Mapping[str, Any]) -> Report:
        """Return the report on `functions`, the reference's where there is none."""
        self._listening.found = []
        answers = self.key.answers_of({**self.exercise.reference, **functions})
        return judge(self.key, list(answers.values()))

    def points_lost(self, function: Any) -> bool:
        """Return whether `function` loses points; no mistake is looked for."""
        answers = self.key.answers_of(self._with(function))
        vars(self.key)["recogniser"] = _Silent()
        try:
            report = judge(self.key, list(answers.values()))
        finally:
            vars(self.key)["recogniser"] = self._listening
        return (report.points or 0.0) < self.exercise.points

    def examine(self, function: Any) -> Finding:
        """Return what the judge says of `function` in the exercise's role, and what of it holds."""
        functions = self._with(function)
        self._listening.found = []
        answers = self.key.answers_of(functions)
        report = judge(self.key, list(answers.values()))
        found = self._listening.found
        claims = untrue_claims(self.key, functions, report)
        wrongly = [r.name for r in found if not self._holds(r, function)]
        main = [r for r in found if not r.case]
        return Finding(
            outcome=self._outcome(report, answers),
            names=tuple(m.name for r in main for m in r.mistakes),
            sentences=tuple(filter(None, (report.mistake_sentence, *report.advice))),
            named_wrongly=tuple(wrongly),
            untrue=claims.untrue,
            claims=claims.made,
            mistake=report.mistake,
            told=bool(report.mistake) or any(result.detail for result in report.criteria),
        )

    def _with(self, function: Any) -> dict[str, Any]:
        return {**self.exercise.reference, self.exercise.role: function}

    def _outcome(self, report: Report, answers: Mapping[str, Answer]) -> Outcome:
        if report.points == self.exercise.points:
            return Outcome.PASSED
        wrong, finite = False, True
        for case in self.key.cases:
            if case.edge:
                continue
            answer = answers.get(case.name, Answer(case.name, problem=Problem.EXCEPTION))
            if answer.problem is Problem.LIMIT:
                return Outcome.LIMIT
            if answer.problem:
                return Outcome.STOPPED
            for name in self._judged(self.key, case.name):
                expected = self.key.expected[case.name].outputs[name]
                got = answer.outputs[name]
                finite = finite and bool(np.isfinite(got).all() or not np.isfinite(expected).all())
                wrong = wrong or not self._equal(name, got, expected)
        if not wrong:
            return Outcome.ASIDE
        return Outcome.NUMBERS if finite else Outcome.NOT_FINITE

    # --- on seeds that the judge did not see --------------------------------------------------

    def _holds(self, recognised: Recognised, function: Any) -> bool:
        """Return whether the mistakes that were named give the function's answers elsewhere."""
        together = [(mistake, names) for mistake, names in _parts(recognised)]
        for seed in FRESH_SEEDS:
            key = self._fresh.setdefault(seed, AnswerKey.draw(self.exercise, seed))
            for case in key.cases:
                if (case.edge and case.name != recognised.case) or (
                    recognised.case and case.name != recognised.case
                ):
                    continue
                judged = self._judged(key, case.name)
                got = key.answer_of(self._with(function), case.name, judged)
                for mistake, names in together:
                    theirs = self._answer(key, seed, mistake, case.name)
                    if not self._alike(got, theirs, set(names) & judged if names else judged):
                        return False
        return True

    def _answer(self, key: AnswerKey, seed: int, mistake: Mistake, case: str) -> Answer:
        place = mistake.name, seed, case
        if place not in self._of_mistakes:
            right = answers_of_unit(self.exercise.unit)
            functions = {r: right.get(f.__name__, f) for r, f in self.exercise.reference.items()}
            functions[self.exercise.role] = mistake.function
            answer = key.answer_of(functions, case, self._judged(key, case))
            self._of_mistakes[place] = answer
        return self._of_mistakes[place]

    def _alike(self, left: Answer, right: Answer, names: Sequence[str] | set[str]) -> bool:
        if left.problem is not right.problem and not (set(names) <= left.outputs.keys()):
            return False
        return all(
            (name in left.outputs) == (name in right.outputs)
            and (
                name not in left.outputs
                or self._equal(name, left.outputs[name], right.outputs[name])
            )
            for name in names
        )

    def _equal(self, name: str, left: np.ndarray, right: np.ndarray) -> bool:
        if name in self.exercise.chances:
            return alike(left, right)
        return close(left, right, self.exercise)

    def _judged(self, key: AnswerKey, case: str) -> set[str]:
        return set(self.exercise.judged_outputs) & key.expected[case].outputs.keys()


class _Silent:
    """Names nothing: for who asks for the points alone."""

    def recognise(self, *arguments: Any, **options: Any) -> list[Recognised]:
        return []


def close(left: np.ndarray, right: np.ndarray, exercise: Exercise) -> bool:
    """Return whether two outputs are the same numbers, by this module's own arithmetic."""
    if left.shape != right.shape:
        return False
    one, other = left.astype(float), right.astype(float)
    with np.errstate(all="ignore"):
        allowed = exercise.tolerance.absolute + exercise.tolerance.relative * np.abs(other)
        near = np.abs(one - other) <= allowed
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    return bool((near | same).all())


def _parts(recognised: Recognised) -> list[tuple[Mistake, tuple[str, ...]]]:
    """Return each mistake with the outputs it explains; two at once as the one they make."""
    if recognised.outputs:
        return list(zip(recognised.mistakes, recognised.outputs, strict=True))
    first, *others = recognised.mistakes
    for other in others:
        first = first.and_also(other)
    return [(first, ())]


Named = Callable[[Any], Finding]
