"""Reading answers that came out of the sandbox. Nothing in them is believed."""

from typing import Any

import numpy as np

from autograder.student import wire
from autograder.student.answers import MAX_MESSAGE_CHARACTERS, Answer, Problem

MAX_NAME_CHARACTERS = 80
_FIELDS = {"case", "outputs", "problem", "exception", "message", "kind", "changed"}


class MalformedAnswers(ValueError):
    """Bytes that an honest check never sends; the message is fit for an instructor."""


def parse_answers(bundle: bytes, limits: wire.WireLimits | None = None) -> list[Answer]:
    """Return the answers in `bundle`.

    Raises
    ------
    MalformedAnswers
        If `bundle` is anything but a list of well-formed answers with distinct cases.
    """
    try:
        decoded = wire.decode(bundle, limits)
    except wire.WireError as error:
        raise MalformedAnswers("the answers cannot be read") from error
    if not isinstance(decoded, list):
        raise MalformedAnswers("the answers are not a list")
    answers = [_answer(item) for item in decoded]
    if len({answer.case for answer in answers}) != len(answers):
        raise MalformedAnswers("a case is answered twice")
    return answers


def _answer(item: Any) -> Answer:
    if not isinstance(item, dict) or set(item) != _FIELDS:
        raise MalformedAnswers("an answer does not have the fields of one")
    outputs, changed = item["outputs"], item["changed"]
    if not isinstance(outputs, dict) or not all(
        isinstance(value, np.ndarray) for value in outputs.values()
    ):
        raise MalformedAnswers("an answer's outputs are not arrays")
    if not isinstance(changed, list):
        raise MalformedAnswers("an answer's changed arguments are not a list")
    try:
        problem = Problem(item["problem"])
    except ValueError as error:
        raise MalformedAnswers("an answer's problem is none that is known") from error
    return Answer(
        case=_text(item["case"], MAX_NAME_CHARACTERS),
        outputs={_text(name, MAX_NAME_CHARACTERS): value for name, value in outputs.items()},
        problem=problem,
        exception=_text(item["exception"], MAX_NAME_CHARACTERS),
        message=_text(item["message"], MAX_MESSAGE_CHARACTERS),
        kind=_text(item["kind"], MAX_MESSAGE_CHARACTERS),
        changed=tuple(_text(name, MAX_NAME_CHARACTERS) for name in changed),
    )


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise MalformedAnswers("a text is missing")
    return "".join(c for c in value[:longest] if c.isprintable())
