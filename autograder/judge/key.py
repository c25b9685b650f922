"""The answer key: what the reference and each misconception answer to given cases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from autograder.judge.compare import equal
from autograder.judge.derived import with_derived
from autograder.judge.exercise import Case, Exercise, Misconception
from autograder.judge.frequencies import FALSE_ALARM, Chances, alike
from autograder.student.answers import AGAIN, LINE, Answer, Problem, answer_case, answer_cases


@dataclass(frozen=True)
class AnswerKey:
    """One exercise with its cases; answers are computed when first asked for, then kept."""

    exercise: Exercise
    cases: tuple[Case, ...]
    _mistaken: dict[tuple[str, str], Answer] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Answers of misconceptions, by their name and the case's, as far as they were needed."""

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
    def false_alarm(self) -> float:
        """The part of ``FALSE_ALARM`` that each table of counts may use up."""
        counted = [
            name for a in self.expected.values() for name in a.outputs if name in self._chances
        ]
        return FALSE_ALARM / max(len(counted), 1)

    def chances(self, case: str, output: str) -> np.ndarray:
        """Return the probabilities of what `output` counts in `case`."""
        return self._chances[output](self._inputs[case])

    @property
    def _chances(self) -> Mapping[str, Chances]:
        return self.exercise.chances

    @cached_property
    def _inputs(self) -> dict[str, Mapping[str, Any]]:
        return {case.name: case.inputs for case in self.cases}

    def answers_of(self, functions: Mapping[str, Callable[..., Any]]) -> dict[str, Answer]:
        """Return the answers of `functions` to all cases, by name of the case."""
        cases = [(case.name, case.inputs) for case in self.cases]
        answers = answer_cases(self.exercise.probe, functions, cases)
        return {answer.case: self.complete(answer) for answer in answers}

    def complete(self, answer: Answer) -> Answer:
        """Return `answer` with what the judge makes of it, if there is anything to be made."""
        inputs = self._inputs.get(answer.case.removesuffix(AGAIN))
        if inputs is None or not self.exercise.derived:
            return answer
        return with_derived(answer, inputs, self.exercise.derived)

    def recognise(self, answers: Mapping[str, Answer]) -> Misconception | None:
        """Return the first misconception whose answers are the same throughout, if there is one.

        Case by case, and only up to the first difference: most mistakes differ in the first case.
        """
        names = [name for case in self.cases for name in (case.name, case.name + AGAIN)]
        if not answers.keys() <= set(names):
            return None
        given = [name for name in names if name in answers]
        for wrong in self.exercise.misconceptions:
            if all(self._same(answers[name], self._answer_of(wrong, name)) for name in given):
                return wrong
        return None

    def _answer_of(self, wrong: Misconception, name: str) -> Answer:
        answer = self._mistaken.get((wrong.name, name))
        if answer is None:
            functions = {**self.exercise.reference, **wrong.functions}
            inputs = self._inputs[name.removesuffix(AGAIN)]
            answer = self.complete(answer_case(self.exercise.probe, functions, name, inputs))
            self._mistaken[wrong.name, name] = answer
        return answer

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
        return all(
            alike(ours[name], theirs[name])
            if name in self._chances
            else equal(ours[name], theirs[name], self.exercise.tolerance)
            for name in ours
        )


def _what_stopped(answer: Answer) -> tuple[Problem, str, str]:
    """Return the problem without the line of code it came from, which no two authors share."""
    return answer.problem, answer.exception, answer.message.partition(LINE)[0]


def value_outputs(answer: Answer) -> dict[str, np.ndarray]:
    """Return the outputs for which the reference gives a value."""
    return {name: value for name, value in answer.outputs.items() if not is_own(name)}


def is_own(output: str) -> bool:
    """Return whether `output` is made of the learner's own parts, so that no value is expected."""
    return output.startswith("own_")
