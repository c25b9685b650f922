"""What comes out of the sandbox is read as answers, or refused with a sentence."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.judge.parse import MAX_NAME_CHARACTERS, MalformedAnswers, parse_answers
from autograder.student import wire
from autograder.student.answers import Answer, Problem, encode_answers

GOOD: dict[str, Any] = {
    "case": "one",
    "outputs": {"h": np.zeros(2)},
    "problem": "",
    "exception": "",
    "kind": "",
    "message": "",
    "changed": [],
}


def test_parse_of_encoded_answers_gives_them_back() -> None:
    answer = Answer("one", {"h": np.arange(3.0)}, Problem.EXCEPTION, "ValueError", "bad", ("x",))
    (parsed,) = parse_answers(encode_answers([answer]))
    np.testing.assert_array_equal(parsed.outputs["h"], answer.outputs["h"])
    assert (parsed.case, parsed.problem, parsed.exception, parsed.message, parsed.changed) == (
        "one",
        Problem.EXCEPTION,
        "ValueError",
        "bad",
        ("x",),
    )


@pytest.mark.parametrize(
    "bundle",
    [
        {"not": "a list"},
        ["not a dict"],
        [{k: v for k, v in GOOD.items() if k != "changed"}],
        [{**GOOD, "points": 10}],
        [{**GOOD, "case": 3}],
        [{**GOOD, "outputs": [1]}],
        [{**GOOD, "outputs": {"h": 1.0}}],
        [{**GOOD, "outputs": {"h": "text"}}],
        [{**GOOD, "problem": "none that is known"}],
        [{**GOOD, "changed": "x"}],
        [{**GOOD, "changed": [1]}],
        [GOOD, GOOD],
    ],
)
def test_parse_of_malformed_answers_raises(bundle: Any) -> None:
    with pytest.raises(MalformedAnswers):
        parse_answers(wire.encode(bundle))


@given(st.binary(max_size=300))
def test_parse_of_any_bytes_gives_answers_or_raises_malformed(data: bytes) -> None:
    try:
        answers = parse_answers(data)
    except MalformedAnswers:
        return
    assert all(isinstance(answer, Answer) for answer in answers)


def test_parse_cuts_long_texts_and_drops_control_characters() -> None:
    loud = {**GOOD, "case": "x" * 500, "message": "\x1b[31mred\n\u202e"}
    (answer,) = parse_answers(wire.encode([loud]))
    assert len(answer.case) == MAX_NAME_CHARACTERS
    assert answer.message == "[31mred"
