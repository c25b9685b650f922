"""From ids to text."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.char_lm.shared import (
    KNOWN_OR_NOT,
    MANY,
    ONE_CHARACTER,
    OTHER,
    PLAIN,
    REFUSED,
    UNICODE,
    encode_cases,
    id_trials,
    ids_in_words,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.student.refusals import ANSWERS
from rnn_ref import char_lm


def _decode_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return ids in the place of the texts."""
    cases = []
    for case in encode_cases(rng):
        text, characters = case.inputs["text"], case.inputs["characters"]
        ids = np.array([characters.index(c) for c in text])
        trials = id_trials(rng, len(characters), (4,)) if case.inputs["trials"] else []
        inputs = {"ids": ids, "characters": characters, "trials": trials}
        cases.append(Case(case.name, inputs, case.edge))
    return tuple(cases)


def _decode_calls(inputs: Mapping[str, Any]) -> list[str]:
    V = len(inputs["characters"])
    return [f"`decode(ids, id_to_char)` with {ids_in_words(i, V)}" for i in inputs["trials"]]


_BACK = "id_to_char = dict(enumerate(characters))\n"


EXERCISE = Exercise(
    name="decode",
    title="From ids to text",
    version=7,
    reference={"encode": char_lm.encode, "decode": char_lm.decode},
    make_cases=_decode_cases,
    axes={
        "text": ("place",),
        REFUSED: ("try",),
        REFUSED + ANSWERS: ("number",),
        "text that came back": ("place",),
    },
    clues=(REFUSED + ANSWERS,),
    calls={REFUSED: _decode_calls},
    criteria=(
        Criterion("text", 0.35, "Each id becomes its character, all in one text.").of(
            "text", PLAIN, OTHER
        ),
        Criterion("sizes", 0.05, "A single id comes out right.").of("text", ONE_CHARACTER),
        Criterion("unicode", 0.15, "So it is for any Unicode.").of("text", UNICODE, MANY),
        Criterion(
            "refused", 0.25, "A ValueError is raised where an id is unknown, and only there."
        ).of(REFUSED, KNOWN_OR_NOT),
        Criterion("round_trip", 0.1, "After your own encode, the text comes back whole.").of(
            "text that came back", PLAIN, OTHER, UNICODE, MANY
        ),
        unchanged(0.05),
        repeatable(0.05),
    ),
    stand_ins=("encode",),
    stand_in_cases=(PLAIN, OTHER, UNICODE, MANY),
    trial=Trial(
        lambda _: [
            {"ids": np.array(ids), "characters": characters, "trials": []}
            for ids, characters in (([0], "a"), ([1], "ab"), ([0, 0], "ba"), ([2, 0], "abc"))
        ],
        {"text": _BACK + "decode(ids, id_to_char)"},
        texts=("text",),
    ),
)
