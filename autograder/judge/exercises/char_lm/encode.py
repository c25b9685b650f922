"""From text to ids."""

from collections.abc import Mapping
from typing import Any

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Exercise, Trial
from autograder.judge.exercises.char_lm.shared import (
    KNOWN_OR_NOT,
    MANY,
    ONE_CHARACTER,
    OTHER,
    PLAIN,
    REFUSED,
    UNICODE,
    encode_cases,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.student.refusals import ANSWERS
from rnn_ref import char_lm


def _encode_calls(inputs: Mapping[str, Any]) -> list[str]:
    return [
        f"`encode(text, char_to_id)` with {'known' if known else 'unknown'} characters in the text"
        for known in (set(text) <= set(inputs["characters"]) for text in inputs["trials"])
    ]


EXERCISE = Exercise(
    name="encode",
    title="From text to ids",
    version=5,
    reference={"encode": char_lm.encode},
    make_cases=encode_cases,
    axes={
        "ids": ("place",),
        "own_kind_of_ids": (),
        REFUSED: ("text",),
        REFUSED + ANSWERS: ("number",),
    },
    clues=(REFUSED + ANSWERS,),
    calls={REFUSED: _encode_calls},
    criteria=(
        Criterion("ids", 0.3, "Each character becomes its id.").of("ids", PLAIN, OTHER),
        Criterion("sizes", 0.05, "A single character comes out right.").of("ids", ONE_CHARACTER),
        Criterion("unicode", 0.15, "So it is for any Unicode text.").of("ids", UNICODE, MANY),
        Criterion(
            "integers",
            0.1,
            "The ids are an array of integers, by which one can choose.",
            kind=Kind.FORM,
        ).of("own_kind_of_ids", PLAIN, OTHER),
        Criterion(
            "refused", 0.25, "A ValueError is raised where a character is unknown, and only there."
        ).of(REFUSED, KNOWN_OR_NOT),
        unchanged(0.1),
        repeatable(0.05),
    ),
    trial=Trial(
        lambda _: [
            {"text": text, "characters": characters, "trials": []}
            for text, characters in (("a", "a"), ("b", "ab"), ("aa", "ba"), ("ab", "cba"))
        ],
        {"ids": "char_to_id = {c: i for i, c in enumerate(characters)}\nencode(text, char_to_id)"},
    ),
)
