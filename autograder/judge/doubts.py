"""What is not taken from an answer: what is not due, what is too large, who gives up on size."""

from collections.abc import Mapping
from dataclasses import replace

from autograder.judge.criteria import value_verdict
from autograder.judge.key import AnswerKey
from autograder.student.answers import AGAIN, Answer, Problem

_TIMES, _MORE = 4, 10_000  # so much larger than expected an output may be, to be looked at at all


def fitted(key: AnswerKey, answer: Answer) -> Answer:
    """Return `answer` with the outputs that are due, none of them of another order of size.

    So what the judge does takes as long as for a right answer, whatever was sent.
    """
    expected = key.expected.get(answer.case.removesuffix(AGAIN))
    if expected is None:
        return replace(answer, outputs={})
    due = {name: value for name, value in answer.outputs.items() if name in expected.outputs}
    fits = {
        name: value
        for name, value in due.items()
        if value.size <= _TIMES * expected.outputs[name].size + _MORE
    }
    if fits.keys() == due.keys() or answer.problem:
        return replace(answer, outputs=fits)
    name = next(name for name in due if name not in fits)
    message = f"{name} has shape {due[name].shape}; expected shape {expected.outputs[name].shape}."
    return replace(answer, outputs=fits, problem=Problem.FORM, message=message)


def gives_up(key: AnswerKey, answers: Mapping[str, Answer]) -> str:
    """Return how the function fails a large case although it is right on the main ones, or "".

    Differences, too, give right numbers as long as there are few. That it is a gradient shows where
    there are many: who gives up there has shown no more than who runs out of time.
    """
    main = [case.name for case in key.asked if not case.edge]
    for case in key.exercise.large_cases:
        for output in key.exercise.judged_outputs & key.expected[case].outputs.keys():
            right = [
                value_verdict(key, answers.get(name, Answer(name)), output) == ""
                for name in main
                if output in key.expected[name].outputs
            ]
            answer = answers.get(case, Answer(case))
            found = value_verdict(key, answer, output)
            if all(right) and found != "":
                what = (found or answer.message or "no answer").rstrip(".")
                return f"{case[:1].upper()}{case[1:]}: {what}."
    return ""
