"""Keys of the judge's whose recogniser has tried nothing yet, and what they recognise."""

from collections.abc import Callable
from typing import Any

from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.recognised import Recognised
from autograder.student.answers import Answer

Function = Callable[..., Any]
SEED = 11


def key_of(name: str, seed: int = SEED) -> AnswerKey:
    """A fresh key, whose recogniser has tried nothing yet."""
    return AnswerKey.draw(find_exercise(name), seed)


STEP, BACK, LOOP = key_of("rnn_step_forward"), key_of("rnn_step_backward"), key_of("rnn_forward")


def recognised(key: AnswerKey, function: Function, patience_s: float = 60.0) -> list[Recognised]:
    functions = {**key.exercise.reference, key.exercise.role: function}
    return key.recogniser.recognise(key.answers_of(functions), patience_s)


def one(key: AnswerKey, function: Function) -> Recognised:
    (found,) = recognised(key, function)
    return found


def answers_of(key: AnswerKey, function: Function) -> dict[str, Answer]:
    return key.answers_of({**key.exercise.reference, key.exercise.role: function})
