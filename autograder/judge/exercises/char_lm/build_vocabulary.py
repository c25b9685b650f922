"""A number for every character."""

import string
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.char_lm.shared import (
    CAPITALS,
    MANY,
    ONE_CHARACTER,
    OTHER,
    PLAIN,
    UNICODE,
    draw_alphabets,
    draw_text,
    some_of,
)
from autograder.judge.shared_criteria import repeatable
from autograder.student.answers import FormError
from rnn_ref import char_lm


def _vocabulary_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    length = int(rng.integers(20, 30))
    capital = some_of(rng, string.ascii_uppercase + CAPITALS, 1)
    alphabets = {**draw_alphabets(rng), ONE_CHARACTER: capital}
    return tuple(
        Case(name, {"text": draw_text(rng, characters, length)}, edge=name not in (PLAIN, OTHER))
        for name, characters in alphabets.items()
    )


def _text_again(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the text as the second dict reads the ids that the first one gives."""
    text_ids, ids, characters = (outputs[name] for name in ("text_ids", "ids", "characters"))
    if ids.ndim != 1 or ids.shape != characters.shape or text_ids.ndim != 1:
        raise FormError("The two dicts do not belong together.")
    back = dict(zip(ids.tolist(), characters.tolist(), strict=True))
    missing = [i for i in text_ids.tolist() if i not in back]
    if missing:
        raise FormError(f"id_to_char has no entry for {missing[0]}, which char_to_id gives.")
    return np.array([back[i] for i in text_ids.tolist()])


_VOCABULARY = "char_to_id, id_to_char = build_vocabulary(text)\n"


EXERCISE = Exercise(
    name="build_vocabulary",
    title="A number for every character",
    version=4,
    reference={"build": char_lm.build_vocabulary},
    make_cases=_vocabulary_cases,
    axes={
        "text_ids": ("place",),
        "ids": ("place",),
        "characters": ("id",),
        "text_again": ("place",),
        "own_kind_of_id_to_char": (),
    },
    derived={"text_again": _text_again},
    criteria=(
        Criterion(
            "order", 0.3, "Each different character has one id, from 0 on, in sorted order."
        ).of(("text_ids", "ids", "characters"), PLAIN, OTHER),
        Criterion(
            "inverse", 0.25, "id_to_char leads back to the character that char_to_id came from."
        ).of("text_again", PLAIN, OTHER),
        Criterion(
            "dict",
            0.1,
            "id_to_char is a dict, of which one can ask whether an id is in it.",
            kind=Kind.FORM,
        ).of("own_kind_of_id_to_char", PLAIN, OTHER),
        Criterion(
            "unicode",
            0.2,
            "Blanks, accents, other scripts and large vocabularies come out right, too.",
        ).of(("text_ids", "text_again"), UNICODE, MANY),
        Criterion("sizes", 0.05, "A text of one character, many times, comes out right.").of(
            ("text_ids", "characters"), ONE_CHARACTER
        ),
        repeatable(0.1),
    ),
    trial=Trial(
        lambda _: [{"text": text} for text in ("aa", "ba", "abb", "Ba a")],
        {
            "text_ids": _VOCABULARY + "[char_to_id[c] for c in text]",
            "characters": _VOCABULARY + '"".join(id_to_char[i] for i in sorted(id_to_char))',
            "ids": _VOCABULARY + "sorted(id_to_char)",
        },
        texts=("characters",),
    ),
)
