"""The answer key: what the reference, and any other functions, answer to given cases."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.judge.answers import answers_of_unit
from autograder.judge.derived import with_derived
from autograder.judge.edits import base_source, compiled
from autograder.judge.exercise import PUBLIC_SEED, Case, Exercise
from autograder.judge.frequencies import FALSE_ALARM
from autograder.student.answers import AGAIN, Answer, answer_case, answer_cases
from autograder.student.stand_ins import stand_ins_of

if TYPE_CHECKING:
    from autograder.judge.likeness import Source
    from autograder.judge.recognition import Recogniser

#: Behind the public seed: seeds of cases on which a repair has to hold, too.
FURTHER = (1, 2, 3)


@dataclass(frozen=True)
class AnswerKey:
    """One exercise with its cases; what is expected is computed when first asked for, then kept."""

    exercise: Exercise
    cases: tuple[Case, ...]

    @classmethod
    def draw(cls, exercise: Exercise, seed: int) -> "AnswerKey":
        """Return the key of `exercise` for the cases of `seed`."""
        return cls(exercise, exercise.cases(seed))

    @cached_property
    def expected(self) -> dict[str, Answer]:
        """The reference's answers by name of the case."""
        answers = self._answers(self.exercise.reference, (*self.asked, *self.shown))
        for case in self.with_ours:
            answers[case.name] = self.answer_of(right_functions(self.exercise, case), case.name)
        for answer in answers.values():
            if answer.problem:
                raise RuntimeError(f"the reference of {self.exercise.name} fails: {answer.message}")
        return answers

    @cached_property
    def further(self) -> tuple["AnswerKey", ...]:
        """The same exercise on other cases: what is right by chance here is hardly so there."""
        return tuple(AnswerKey.draw(self.exercise, PUBLIC_SEED + number) for number in FURTHER)

    @property
    def asked(self) -> tuple[Case, ...]:
        """The cases in which the learner's own functions are called."""
        return tuple(case for case in self.cases if not (case.of or case.shown))

    @property
    def with_ours(self) -> tuple[Case, ...]:
        """The cases in which stand-ins are called where the judged function calls earlier ones."""
        return tuple(case for case in self.cases if case.of)

    @property
    def shown(self) -> tuple[Case, ...]:
        """The small public cases, for a learner to try."""
        return tuple(case for case in self.cases if case.shown)

    @cached_property
    def false_alarm(self) -> float:
        """The part of ``FALSE_ALARM`` that each table of counts may use up."""
        counted = [
            name
            for answer in self.expected.values()
            for name in answer.outputs
            if name in self.exercise.chances
        ]
        return FALSE_ALARM / max(len(counted), 1)

    @cached_property
    def recogniser(self) -> "Recogniser":
        """Names the mistakes of this exercise on these cases, and remembers what they give."""
        from autograder.judge.recognition import Recogniser

        return Recogniser(self, self.asked)

    @cached_property
    def recogniser_with_ours(self) -> "Recogniser":
        """The same on the cases with stand-ins, where the learner's own parts make no mistakes."""
        from autograder.judge.recognition import Recogniser

        return Recogniser(self, self.with_ours)

    def source(self, cases: Sequence[Case]) -> "Source":
        """Return where the mistakes of `cases` and their answers come from."""
        from autograder.judge.made import MadeHere

        return MadeHere(self, cases)

    def chances(self, case: str, output: str) -> np.ndarray:
        """Return the probabilities of what `output` counts in `case`."""
        return self.exercise.chances[output](self._inputs[case])

    def calls(self, case: str, output: str) -> Sequence[str]:
        """Return how the calls of `case` read whose refusals `output` holds."""
        return self.exercise.calls[output](self._inputs[case])

    @cached_property
    def _inputs(self) -> dict[str, Mapping[str, Any]]:
        return {case.name: case.inputs for case in self.cases}

    def answers_of(self, functions: Mapping[str, Callable[..., Any]]) -> dict[str, Answer]:
        """Return the answers of `functions` to all cases, by name of the case."""
        return self._answers(functions, self.cases)

    def _answers(
        self, functions: Mapping[str, Callable[..., Any]], cases: tuple[Case, ...]
    ) -> dict[str, Answer]:
        inputs = [(case.name, case.inputs) for case in cases]
        answers = answer_cases(self.exercise.probe, functions, inputs)
        return {answer.case: self.complete(answer) for answer in answers}

    def answer_of(
        self,
        functions: Mapping[str, Callable[..., Any]],
        case: str,
        wanted: Collection[str] = (),
        told: bool = True,
    ) -> Answer:
        """Return what `functions` answer to one case, as far as the outputs `wanted`, if any."""
        # What the judge derives is made of outputs that are not known here: ask for everything.
        until = () if self.exercise.derived.keys() & set(wanted) else wanted
        inputs = self._inputs[case]
        return self.complete(answer_case(self.exercise.probe, functions, case, inputs, until, told))

    def complete(self, answer: Answer) -> Answer:
        """Return `answer` with what the judge makes of it, if there is anything to be made."""
        inputs = self._inputs.get(answer.case.removesuffix(AGAIN))
        if inputs is None or not self.exercise.derived:
            return answer
        return with_derived(answer, inputs, self.exercise.derived)


def right_functions(exercise: Exercise, case: Case) -> dict[str, Callable[..., Any]]:
    """Return the model answers by role, with the stand-ins of `case` bound to their names."""
    bound = stand_ins_of(case.inputs)
    answers = answers_of_unit(exercise.unit)
    names = {role: function.__name__ for role, function in exercise.reference.items()}
    if not bound:
        return {role: answers.get(name, exercise.reference[role]) for role, name in names.items()}
    return {
        role: compiled(base_source(exercise.unit, name), exercise.unit, name, bound)
        for role, name in names.items()
    }


def value_outputs(answer: Answer) -> dict[str, np.ndarray]:
    """Return the outputs for which the reference gives a value."""
    return {name: value for name, value in answer.outputs.items() if not is_own(name)}


def is_own(output: str) -> bool:
    """Return whether `output` is made of the learner's own parts, so that no value is expected."""
    return output.startswith("own_")
