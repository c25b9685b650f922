"""Unit 03: vocabulary, encoding, one-hot vectors, batches."""

import string
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Advice, Case, Criterion, Exercise, Kind
from autograder.judge.hints.char_lm import HINTS
from autograder.judge.mistakes import char_lm as mistakes
from autograder.judge.variants import char_lm as variants
from rnn_ref import char_lm

UNIT = "char_lm"
PLAIN, OTHER, UNICODE, MANY = "a text", "another text", "any Unicode", "more than 256 characters"
KNOWN_OR_NOT = "known and unknown"
ONE_ROW, OTHER_ROW = "a row of ids", "another row of ids"
FULL, OTHER_NUMBERS = "a full cut", "with other numbers"
TRIALS = 12
MANY_CHARACTERS = 300

# Blanks, accents (one of them a character of its own), capitals, and beyond 16 bits.
_SCRIPTS = " \n\tAZaz09.!äßéñ\u0301ЖяαΩ中文かな한글\u200d😀🐍𝒳𐍈"
_BLANKS, _BEYOND_16_BITS = " \n", "😀🐍𝒳𐍈"


def _some(rng: np.random.Generator, characters: str, count: int) -> str:
    """Return `count` different characters in any order."""
    return "".join(characters[i] for i in rng.permutation(len(characters))[:count])


def _text(rng: np.random.Generator, characters: str, length: int) -> str:
    """Return a text in which each of the characters occurs, the first and last not by order."""
    drawn = [characters[i] for i in rng.integers(len(characters), size=length)]
    return "".join(drawn) + _some(rng, characters, len(characters))


def _letters(rng: np.random.Generator, count: int = 10) -> str:
    return _some(rng, string.ascii_letters, count)


def _scripts(rng: np.random.Generator) -> str:
    return _some(rng, _SCRIPTS, 12) + _BLANKS + _BEYOND_16_BITS


def _alphabets(rng: np.random.Generator) -> dict[str, str]:
    count = int(rng.integers(9, 14))  # twice: two answers of one shape, which may not be the same
    many = _some(rng, "".join(map(chr, range(0x4E00, 0x4E00 + 2 * MANY_CHARACTERS))), 10**6)
    return {
        PLAIN: _letters(rng, count),
        OTHER: _letters(rng, count),
        UNICODE: "".join(dict.fromkeys(_scripts(rng))),
        MANY: many[:MANY_CHARACTERS],
    }


def _vocabulary_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    length = int(rng.integers(20, 30))
    return tuple(
        Case(name, {"text": _text(rng, characters, length)})
        for name, characters in _alphabets(rng).items()
    )


def _coin(rng: np.random.Generator) -> np.ndarray:
    """Return for each trial whether something is wrong with it: at least one of each kind."""
    return rng.permutation(np.append(rng.random(TRIALS - 2) < 0.5, [True, False]))


def _with_one(rng: np.random.Generator, text: str, stranger: str) -> str:
    place = int(rng.integers(len(text) + 1))
    return text[:place] + stranger + text[place:]


def _coding_inputs(rng: np.random.Generator, characters: str, length: int = 20) -> dict[str, Any]:
    """Return a text and its ids; the vocabulary, in any order, holds more than the text."""
    text = _text(rng, characters[:-1], length)
    ids = np.array([characters.index(character) for character in text])
    return {"text": text, "ids": ids, "characters": characters, "trials": []}


def _coding_cases(rng: np.random.Generator) -> list[Case]:
    length = int(rng.integers(20, 30))
    alphabets = _alphabets(rng).items()
    return [Case(name, _coding_inputs(rng, characters, length)) for name, characters in alphabets]


def _encode_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    made = _coding_cases(rng)
    known, stranger = _letters(rng), _some(rng, "0123456789é中😀", 1)
    trials = [
        _with_one(rng, _some(rng, known, 5), stranger if strange else "") for strange in _coin(rng)
    ]
    return (*made, Case(KNOWN_OR_NOT, {**_coding_inputs(rng, known), "trials": trials}))


def _decode_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    made = _coding_cases(rng)
    known = _letters(rng)
    trials = _id_trials(rng, len(known), (4,))
    return (*made, Case(KNOWN_OR_NOT, {**_coding_inputs(rng, known), "trials": trials}))


def _id_trials(rng: np.random.Generator, V: int, shape: tuple[int, ...]) -> list[np.ndarray]:
    """Return arrays of ids of which some hold V, or V and -1, or -1 alone."""
    wrong = _coin(rng)
    first = int(np.argmax(wrong))
    trials = []
    for number, is_wrong in enumerate(wrong):
        ids = rng.integers(V, size=shape)
        if is_wrong:
            kind = V if number == first else int(rng.choice([V, -1]))
            ids[tuple(rng.integers(n) for n in shape)] = kind
        trials.append(ids)
    return [*trials, np.full(shape, -1)]


def _encode_calls(inputs: Mapping[str, Any]) -> list[str]:
    return [
        f"`encode(text, char_to_id)` with {'known' if known else 'unknown'} characters in the text"
        for known in (set(text) <= set(inputs["characters"]) for text in inputs["trials"])
    ]


def _decode_calls(inputs: Mapping[str, Any]) -> list[str]:
    V = len(inputs["characters"])
    return [f"`decode(ids, id_to_char)` with {_ids_in_words(i, V)}" for i in inputs["trials"]]


def _one_hot_calls(inputs: Mapping[str, Any]) -> list[str]:
    return [f"`one_hot(ids, V)` with {_ids_in_words(i, inputs['V'])}" for i in inputs["trials"]]


def _ids_in_words(ids: np.ndarray, V: int) -> str:
    if ids.max() >= V:
        return "an id of V" if ids.min() >= 0 else "ids of V and -1"
    return "an id of -1" if ids.min() < 0 else "ids from 0 to V - 1"


def _batch_calls(inputs: Mapping[str, Any]) -> list[str]:
    least = inputs["N"] * inputs["T"]
    sizes = [f"{'fewer' if n < least else 'more'} than " * (n != least) for n in inputs["trials"]]
    return [f"`make_batches(ids, N, T)` with {size}N * T ids" for size in sizes]


def _one_hot_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, V = (int(n) for n in rng.permutation(np.arange(3, 8))[:3])
    shapes: dict[str, tuple[int, ...]] = {
        ONE_ROW: (T + 2,),
        OTHER_ROW: (T + 2,),
        "a batch of rows": (N, T),
        OTHER_NUMBERS: (N, T),
        "a batch of one": (1, T),
        "as many rows and steps as characters": (V, V),
        KNOWN_OR_NOT: (N, T),
    }
    made = {}
    for name, shape in shapes.items():
        ids = rng.integers(V, size=shape)
        ids.ravel()[:2] = 0, V - 2  # both ends occur, but the last character never does
        made[name] = {"ids": np.minimum(ids, V - 2), "V": V, "trials": []}
    made[KNOWN_OR_NOT]["trials"] = _id_trials(rng, V, (N, T))
    return tuple(Case(name, inputs) for name, inputs in made.items())


def _cut(rng: np.random.Generator, L: int, N: int, T: int, **more: Any) -> dict[str, Any]:
    """Return a text of L different ids."""
    return {"ids": rng.permutation(3 * L)[:L], "N": N, "T": T, "trials": [], **more}


def _batch_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, B = (int(n) for n in rng.permutation(np.arange(3, 7))[:3])
    used = N * T * B
    lengths = [N * T + (-1 if short else 1) * int(rng.integers(1, N * T)) for short in _coin(rng)]
    return (
        Case(FULL, _cut(rng, used + 1, N, T)),
        Case(OTHER_NUMBERS, _cut(rng, used + 1, N, T)),
        Case("one id too few for the last batch", _cut(rng, used, N, T)),
        Case("with a remainder", _cut(rng, used + 1 + int(rng.integers(N, N * T)), N, T)),
        Case("a single row", _cut(rng, T * B + 1, 1, T)),
        Case("a single step", _cut(rng, N * B + 1, N, 1)),
        Case("a single batch", _cut(rng, N * T + 1, N, T)),
        Case("long and too short", _cut(rng, used + 1, N, T, trials=[*lengths, N * T])),
    )


_UNCHANGED = "No argument is changed in place."
_REPEATABLE = "A second call gives the same."

EXERCISES = (
    Exercise(
        name="build_vocabulary",
        unit=UNIT,
        title="A number for every character",
        points=1,
        version=1,
        reference={"build": char_lm.build_vocabulary},
        make_cases=_vocabulary_cases,
        axes={"text_ids": ("place",), "characters": ("id",), "text_again": ("place",)},
        criteria=(
            Criterion(
                "order",
                0.4,
                "Each different character has one id, from 0 on, in sorted order.",
                ("text_ids", "characters"),
                (PLAIN, OTHER),
            ),
            Criterion(
                "inverse",
                0.3,
                "id_to_char leads back to the character that char_to_id came from.",
                ("text_again",),
                (PLAIN, OTHER),
            ),
            Criterion(
                "unicode",
                0.2,
                "Blanks, accents, other scripts and large vocabularies work, too.",
                ("text_ids", "text_again"),
                (UNICODE, MANY),
            ),
            Criterion("repeatable", 0.1, _REPEATABLE, kind=Kind.REPEATABLE),
        ),
        mistakes=tuple(mistakes.VOCABULARY),
        variants=tuple(variants.VOCABULARY),
        hints=HINTS["build_vocabulary"],
        advice=(
            Advice(
                "The two dicts fit together, but the ids are not 0, 1, 2, … in sorted order. A "
                "set has no order of its own: sort it first.",
                failed=("order",),
                met=("inverse",),
            ),
        ),
    ),
    Exercise(
        name="encode",
        unit=UNIT,
        title="From text to ids",
        points=1,
        version=1,
        reference={"encode": char_lm.encode},
        make_cases=_encode_cases,
        axes={"ids": ("place",), "integer": (), "ValueError_raised": ("text",)},
        calls={"ValueError_raised": _encode_calls},
        criteria=(
            Criterion(
                "ids",
                0.35,
                "Each character becomes its id.",
                ("ids",),
                (PLAIN, OTHER, KNOWN_OR_NOT),
            ),
            Criterion("unicode", 0.15, "So it is for any Unicode text.", ("ids",), (UNICODE, MANY)),
            Criterion("integers", 0.1, "The ids are integers.", ("integer", "ids"), (PLAIN, OTHER)),
            Criterion(
                "refused",
                0.25,
                "A ValueError is raised where a character is unknown, and only there.",
                ("ValueError_raised",),
                (KNOWN_OR_NOT,),
            ),
            Criterion("unchanged", 0.1, _UNCHANGED, kind=Kind.UNCHANGED),
            Criterion("repeatable", 0.05, _REPEATABLE, kind=Kind.REPEATABLE),
        ),
        mistakes=tuple(mistakes.ENCODE),
        variants=tuple(variants.ENCODE),
        hints=HINTS["encode"],
    ),
    Exercise(
        name="decode",
        unit=UNIT,
        title="From ids to text",
        points=1,
        version=1,
        reference={"encode": char_lm.encode, "decode": char_lm.decode},
        make_cases=_decode_cases,
        axes={"text": ("place",), "ValueError_raised": ("try",), "own_round_trip": ("place",)},
        calls={"ValueError_raised": _decode_calls},
        criteria=(
            Criterion(
                "text",
                0.35,
                "Each id becomes its character, all in one text.",
                ("text",),
                (PLAIN, OTHER, KNOWN_OR_NOT),
            ),
            Criterion("unicode", 0.15, "So it is for any Unicode.", ("text",), (UNICODE, MANY)),
            Criterion(
                "refused",
                0.25,
                "A ValueError is raised where an id is unknown, and only there.",
                ("ValueError_raised",),
                (KNOWN_OR_NOT,),
            ),
            Criterion(
                "round_trip",
                0.15,
                "After your own encode, the text comes back whole.",
                ("own_round_trip",),
            ),
            Criterion("unchanged", 0.05, _UNCHANGED, kind=Kind.UNCHANGED),
            Criterion("repeatable", 0.05, _REPEATABLE, kind=Kind.REPEATABLE),
        ),
        mistakes=tuple(mistakes.DECODE),
        variants=tuple(variants.DECODE),
        hints=HINTS["decode"],
        advice=(
            Advice(
                "With given ids your decode is right, so the text is lost in your encode: repair "
                "encode first.",
                failed=("round_trip",),
                met=("text", "unicode"),
            ),
        ),
    ),
    Exercise(
        name="one_hot",
        unit=UNIT,
        title="One-hot vectors",
        points=1,
        version=1,
        reference={"one_hot": char_lm.one_hot},
        make_cases=_one_hot_cases,
        axes={
            "x": ("batch", "time", "character"),
            "x_row": ("time", "character"),
            "ValueError_raised": ("try",),
        },
        calls={"ValueError_raised": _one_hot_calls},
        criteria=(
            Criterion(
                "row",
                0.25,
                "A row of ids becomes a row of vectors.",
                ("x_row",),
                (ONE_ROW, OTHER_ROW),
            ),
            Criterion(
                "batch",
                0.35,
                "A batch (N, T) becomes (N, T, V).",
                ("x",),
                ("a batch of rows", OTHER_NUMBERS, KNOWN_OR_NOT),
            ),
            Criterion(
                "sizes",
                0.1,
                "A batch of one and equal sizes work.",
                ("x",),
                ("a batch of one", "as many rows and steps as characters"),
            ),
            Criterion(
                "refused",
                0.2,
                "A ValueError is raised where an id is below 0 or not below V, and only there.",
                ("ValueError_raised",),
                (KNOWN_OR_NOT,),
            ),
            Criterion("unchanged", 0.05, _UNCHANGED, kind=Kind.UNCHANGED),
            Criterion("repeatable", 0.05, _REPEATABLE, kind=Kind.REPEATABLE),
        ),
        mistakes=tuple(mistakes.ONE_HOT),
        variants=tuple(variants.ONE_HOT),
        hints=HINTS["one_hot"],
    ),
    Exercise(
        name="make_batches",
        unit=UNIT,
        title="Batches that go on where they stopped",
        points=2,
        version=1,
        reference={"make": char_lm.make_batches},
        make_cases=_batch_cases,
        axes={
            "inputs": ("number", "row", "time"),
            "targets": ("number", "row", "time"),
            "ValueError_raised": ("try",),
        },
        calls={"ValueError_raised": _batch_calls},
        criteria=(
            Criterion(
                "inputs",
                0.3,
                "Each row goes on in the next batch where it stopped.",
                ("inputs",),
                (FULL, OTHER_NUMBERS),
            ),
            Criterion(
                "targets",
                0.25,
                "Each target is the id that comes next in the text.",
                ("targets",),
                (FULL, OTHER_NUMBERS),
            ),
            Criterion(
                "remainder",
                0.15,
                "Nothing is lost, doubled or made up where the length does not come out even.",
                ("inputs", "targets"),
                ("one id too few for the last batch", "with a remainder"),
            ),
            Criterion(
                "sizes",
                0.1,
                "A single row, a single step and a single batch work.",
                ("inputs", "targets"),
                ("a single row", "a single step", "a single batch"),
            ),
            Criterion(
                "refused",
                0.1,
                "A ValueError is raised where there is no full batch, and only there.",
                ("ValueError_raised",),
                ("long and too short",),
            ),
            Criterion("unchanged", 0.05, _UNCHANGED, kind=Kind.UNCHANGED),
            Criterion("repeatable", 0.05, _REPEATABLE, kind=Kind.REPEATABLE),
        ),
        mistakes=tuple(mistakes.BATCHES),
        variants=tuple(variants.BATCHES),
        hints=HINTS["make_batches"],
    ),
)
