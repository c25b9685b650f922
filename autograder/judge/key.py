"""The answer key: what the reference and each misconception answer to given cases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograder.judge.compare import equal
from autograder.judge.exercise import Case, Exercise, Misconception
from autograder.student.answers import AGAIN, LINE, Answer, Problem, answer_cases


@dataclass(frozen=True)
class AnswerKey:
    """One exercise with its cases; answers are computed when first asked for, then kept."""

    exercise: Exercise
    cases: tuple[Case, ...]

    @classmethod
    def draw(cls, exercise: Exercise, seed: int) -> "AnswerKey":
        """Return the key of `exercise` for the cases of `seed`."""
        return cls(exercise, exercise.cases(seed))

    @cached_property
    def expected(self) -> dict[str, Answer]:
        """The reference's answers by name of the case."""
        answers = self.answers_of(self.exercise.reference)
        for answer in answers.values():
            if answer.problem:
                raise RuntimeError(f"the reference of {self.exercise.name} fails: {answer.message}")
        return answers

    @cached_property
    def mistakes(self) -> list[tuple[Misconception, dict[str, Answer]]]:
        """Every misconception with its answers, in the order of the exercise."""
        return [
            (wrong, self.answers_of({**self.exercise.reference, **wrong.functions}))
            for wrong in self.exercise.misconceptions
        ]

    def answers_of(self, functions: Mapping[str, Callable[..., Any]]) -> dict[str, Answer]:
        """Return the answers of `functions` to all cases, by name of the case."""
        cases = [(case.name, case.inputs) for case in self.cases]
        return {a.case: a for a in answer_cases(self.exercise.probe, functions, cases)}

    def recognise(self, answers: Mapping[str, Answer]) -> Misconception | None:
        """Return the first misconception whose answers are the same throughout, if there is one."""
        for misconception, theirs in self.mistakes:
            if all(
                answer.case in theirs and self._same(answer, theirs[answer.case])
                for answer in answers.values()
            ):
                return misconception
        return None

    def _same(self, left: Answer, right: Answer) -> bool:
        """Return whether two answers to one case agree: values, changes, what stopped them.

        What a learner's own parts give (outputs "own_…") is left out, and so is what happened after
        the last value: it rests on other functions too.
        """
        ours, theirs = value_outputs(left), value_outputs(right)
        if ours.keys() != theirs.keys() or left.changed != right.changed:
            return False
        first_time = left.case.removesuffix(AGAIN)
        complete = ours.keys() == value_outputs(self.expected[first_time]).keys()
        if not complete and _what_stopped(left) != _what_stopped(right):
            return False
        return all(equal(ours[name], theirs[name], self.exercise.tolerance) for name in ours)


def _what_stopped(answer: Answer) -> tuple[Problem, str, str]:
    """Return the problem without the line of code it came from, which no two authors share."""
    return answer.problem, answer.exception, answer.message.partition(LINE)[0]


def value_outputs(answer: Answer) -> dict[str, np.ndarray]:
    """Return the outputs for which the reference gives a value."""
    return {name: value for name, value in answer.outputs.items() if not is_own(name)}


def is_own(output: str) -> bool:
    """Return whether `output` is made of the learner's own parts, so that no value is expected."""
    return output.startswith("own_")
