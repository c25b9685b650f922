"""Before anything is computed with an answer: is it of a size that could be right?

A learner's array of another shape is told by its shape alone. A huge one is taken out at once, so
that no comparison, count or experiment is made with a million numbers where ten were asked for.
"""

from dataclasses import replace

from autograder.judge.key import AnswerKey
from autograder.student.answers import AGAIN, Answer, Problem

MOST_NUMBERS = 2**16  # in an output of another shape than is asked for


def fitting(key: AnswerKey, answer: Answer) -> Answer:
    """Return `answer` without outputs that nobody asked for, and without huge ones of wrong shape.

    The latter make it an answer of the wrong form, unless it had stopped for another reason.
    """
    expected = key.expected.get(answer.case.removesuffix(AGAIN))
    if expected is None:
        return replace(answer, outputs={})
    kept, huge = {}, ""
    for name, value in answer.outputs.items():
        right = expected.outputs.get(name)
        if right is None:
            continue
        if value.shape == right.shape or value.size <= MOST_NUMBERS:
            kept[name] = value
        else:
            huge = huge or f"{name} has shape {value.shape}; expected {right.shape}."
    if huge and not answer.problem:
        return replace(answer, outputs=kept, problem=Problem.FORM, message=huge)
    return replace(answer, outputs=kept)
