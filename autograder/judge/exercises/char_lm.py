"""Unit 03: vocabulary, encoding, one-hot vectors, batches."""

import string
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Trial
from autograder.judge.hints.char_lm import HINTS
from autograder.judge.mistakes import char_lm as mistakes
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.judge.sizes import apart
from autograder.judge.variants import char_lm as variants
from autograder.student.answers import FormError
from autograder.student.refusals import ANSWERS
from rnn_ref import char_lm

UNIT = "char_lm"
REFUSED = "ValueError_raised"
PLAIN, OTHER, UNICODE, MANY = "a text", "another text", "any Unicode", "more than 256 characters"
KNOWN_OR_NOT, ONE_CHARACTER = "known and unknown", "a single character"
ONE_ROW, OTHER_ROW = "a row of ids", "another row of ids"
BATCH, ONE_IN_BATCH, ONE_STEP = "a batch of rows", "a batch of one", "a single step"
ONE_ID, SQUARE = "a single id", "as many rows and steps as characters"
FULL, OTHER_NUMBERS = "a full cut", "with other numbers"
TOO_FEW, TWO_TOO_FEW = "one id too few for the last batch", "two ids too few for the last batch"
REMAINDER = "with a remainder"
ONE_ROW_ALONE, ONE_BATCH, SHORT = "a single row", "a single batch", "long and too short"
TRIALS = 12
MANY_CHARACTERS = 300

# Blanks, accents (one of them a character of its own), capitals, and beyond 16 bits.
_SCRIPTS = " \n\tAZaz09.!äßéñ\u0301ЖяαΩ中文かな한글\u200d😀🐍𝒳𐍈"
_CAPITALS = "ÄÉÖÇÑΔΛЮД"  # none of the above
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
    return _some(rng, _SCRIPTS, 12) + _some(rng, _CAPITALS, 1) + _BLANKS + _BEYOND_16_BITS


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
    capital = _some(rng, string.ascii_uppercase + _CAPITALS, 1)
    alphabets = {**_alphabets(rng), ONE_CHARACTER: capital}
    return tuple(
        Case(name, {"text": _text(rng, characters, length)}, edge=name not in (PLAIN, OTHER))
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


def _coin(rng: np.random.Generator) -> np.ndarray:
    """Return for each trial whether something is wrong with it: at least one of each kind."""
    return rng.permutation(np.append(rng.random(TRIALS - 2) < 0.5, [True, False]))


def _with_one(rng: np.random.Generator, text: str, stranger: str) -> str:
    place = int(rng.integers(len(text) + 1))
    return text[:place] + stranger + text[place:]


def _text_cases(rng: np.random.Generator) -> list[Case]:
    """Return texts; the vocabulary, in any order, holds more than each of them."""
    length = int(rng.integers(20, 30))

    def case(name: str, characters: str) -> Case:
        text = _text(rng, characters[:-1], length)
        edge = name not in (PLAIN, OTHER)
        return Case(name, {"text": text, "characters": characters, "trials": []}, edge)

    alphabets = _alphabets(rng).items()
    letters = _letters(rng, len(string.ascii_letters))
    moved = "".join(c for c, s in zip(letters, sorted(letters), strict=True) if c != s)
    text = _some(rng, moved.replace(letters[0], ""), 1)  # neither 0 nor in its order
    alone: dict[str, Any] = {"text": text, "characters": letters, "trials": []}
    return [*(case(*one) for one in alphabets), Case(ONE_CHARACTER, alone, edge=True)]


def _encode_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    known, stranger = _letters(rng), _some(rng, "0123456789é中😀", 1)
    trials = [
        _with_one(rng, _some(rng, known, 5), stranger if strange else "") for strange in _coin(rng)
    ]
    inputs = {"text": _text(rng, known[:-1], 20), "characters": known, "trials": trials}
    return (*_text_cases(rng), Case(KNOWN_OR_NOT, inputs, edge=True))


def _decode_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return ids in the place of the texts."""
    cases = []
    for case in _encode_cases(rng):
        text, characters = case.inputs["text"], case.inputs["characters"]
        ids = np.array([characters.index(c) for c in text])
        trials = _id_trials(rng, len(characters), (4,)) if case.inputs["trials"] else []
        inputs = {"ids": ids, "characters": characters, "trials": trials}
        cases.append(Case(case.name, inputs, case.edge))
    return tuple(cases)


def _id_trials(rng: np.random.Generator, V: int, shape: tuple[int, ...]) -> list[np.ndarray]:
    """Return arrays of ids, some with one that is V, above V or -1; and one of -1 throughout.

    One of the known ones holds no 0.
    """
    kinds = [V, V + int(rng.integers(1, V)), -1, *rng.choice([0, V, 2 * V, -1], size=TRIALS - 4), 0]
    trials = [np.full(shape, -1), rng.integers(1, V, size=shape)]
    for kind in kinds:
        ids = rng.integers(V, size=shape)
        if kind:
            ids[tuple(rng.integers(n) for n in shape)] = kind
        trials.append(ids)
    return [trials[i] for i in rng.permutation(len(trials))]


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
        return "an id of V" if ids.max() == V else "an id above V"
    return "an id of -1" if ids.min() < 0 else "ids from 0 to V - 1"


def _batch_calls(inputs: Mapping[str, Any]) -> list[str]:
    least = inputs["N"] * inputs["T"]
    sizes = [f"{'fewer' if n < least else 'more'} than " * (n != least) for n in inputs["trials"]]
    return [f"`make_batches(ids, N, T)` with {size}N * T ids" for size in sizes]


def _one_hot_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, V = apart(rng, 3, least=3)
    shapes: dict[str, tuple[int, ...]] = {
        ONE_ROW: (T + 2,),
        OTHER_ROW: (T + 2,),
        BATCH: (N, T),
        OTHER_NUMBERS: (T, N),
        ONE_IN_BATCH: (1, T),
        ONE_STEP: (N, 1),
        SQUARE: (V, V),
        KNOWN_OR_NOT: (N, T),
    }
    made = {}
    for name, shape in shapes.items():
        ids = rng.integers(V, size=shape)
        ends = (V - 2, 0) if name == OTHER_ROW else (0, V - 2)  # the last character never occurs
        ids.ravel()[[0, 1, -1]] = *ends, ends[0]  # two rows that differ at both ends
        made[name] = {"ids": np.minimum(ids, V - 2), "V": V, "trials": []}
    made[KNOWN_OR_NOT]["trials"] = _id_trials(rng, V, (N, T))
    made[ONE_ID] = {"ids": rng.integers(V, size=1), "V": V, "trials": []}
    made[ONE_CHARACTER] = {"ids": np.zeros((N, T), dtype=int), "V": 1, "trials": []}
    main = (ONE_ROW, OTHER_ROW, BATCH, OTHER_NUMBERS)
    return tuple(Case(name, inputs, edge=name not in main) for name, inputs in made.items())


def _cut(rng: np.random.Generator, L: int, N: int, T: int, **more: Any) -> dict[str, Any]:
    """Return a text of L different ids."""
    return {"ids": rng.permutation(3 * L)[:L], "N": N, "T": T, "trials": [], **more}


def _batch_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, B = apart(rng, 3)
    used = N * T * B
    lengths = [N * T + (-1 if short else 1) * int(rng.integers(1, N * T)) for short in _coin(rng)]
    return (
        Case(FULL, _cut(rng, used + 1, N, T)),
        Case(OTHER_NUMBERS, _cut(rng, used + 1, B, N)),
        Case(TOO_FEW, _cut(rng, used, N, T)),
        Case(TWO_TOO_FEW, _cut(rng, used - 1, N, T)),
        Case(REMAINDER, _cut(rng, used + 1 + int(rng.integers(N, N * T)), N, T)),
        Case(ONE_ROW_ALONE, _cut(rng, T * B + 1, 1, T), edge=True),
        Case(ONE_STEP, _cut(rng, N * B + 1, N, 1), edge=True),
        Case(ONE_BATCH, _cut(rng, N * T + 1, N, T), edge=True),
        Case(SHORT, _cut(rng, used + 1, N, T, trials=[*lengths, N * T]), edge=True),
    )


_BACK = "id_to_char = dict(enumerate(characters))\n"
_VOCABULARY = "char_to_id, id_to_char = build_vocabulary(text)\n"

EXERCISES = (
    Exercise(
        name="build_vocabulary",
        unit=UNIT,
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
                "order",
                0.3,
                "Each different character has one id, from 0 on, in sorted order.",
                ("text_ids", "ids", "characters"),
                (PLAIN, OTHER),
            ),
            Criterion(
                "inverse",
                0.25,
                "id_to_char leads back to the character that char_to_id came from.",
                ("text_again",),
                (PLAIN, OTHER),
            ),
            Criterion(
                "dict",
                0.1,
                "id_to_char is a dict, of which one can ask whether an id is in it.",
                ("own_kind_of_id_to_char",),
                (PLAIN, OTHER),
                Kind.FORM,
            ),
            Criterion(
                "unicode",
                0.2,
                "Blanks, accents, other scripts and large vocabularies come out right, too.",
                ("text_ids", "text_again"),
                (UNICODE, MANY),
            ),
            Criterion(
                "sizes",
                0.05,
                "A text of one character, many times, comes out right.",
                ("text_ids", "characters"),
                (ONE_CHARACTER,),
            ),
            repeatable(0.1),
        ),
        mistakes=tuple(mistakes.VOCABULARY),
        variants=tuple(variants.VOCABULARY),
        hints=HINTS["build_vocabulary"],
        trial=Trial(
            lambda _: [{"text": text} for text in ("aa", "ba", "abb", "Ba a")],
            {
                "text_ids": _VOCABULARY + "[char_to_id[c] for c in text]",
                "characters": _VOCABULARY + '"".join(id_to_char[i] for i in sorted(id_to_char))',
                "ids": _VOCABULARY + "sorted(id_to_char)",
            },
            texts=("characters",),
        ),
    ),
    Exercise(
        name="encode",
        unit=UNIT,
        title="From text to ids",
        version=5,
        reference={"encode": char_lm.encode},
        make_cases=_encode_cases,
        axes={
            "ids": ("place",),
            "own_kind_of_ids": (),
            REFUSED: ("text",),
            REFUSED + ANSWERS: ("number",),
        },
        clues=(REFUSED + ANSWERS,),
        calls={REFUSED: _encode_calls},
        criteria=(
            Criterion("ids", 0.3, "Each character becomes its id.", ("ids",), (PLAIN, OTHER)),
            Criterion(
                "sizes", 0.05, "A single character comes out right.", ("ids",), (ONE_CHARACTER,)
            ),
            Criterion("unicode", 0.15, "So it is for any Unicode text.", ("ids",), (UNICODE, MANY)),
            Criterion(
                "integers",
                0.1,
                "The ids are an array of integers, by which one can choose.",
                ("own_kind_of_ids",),
                (PLAIN, OTHER),
                Kind.FORM,
            ),
            Criterion(
                "refused",
                0.25,
                "A ValueError is raised where a character is unknown, and only there.",
                (REFUSED,),
                (KNOWN_OR_NOT,),
            ),
            unchanged(0.1),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.ENCODE),
        variants=tuple(variants.ENCODE),
        hints=HINTS["encode"],
        trial=Trial(
            lambda _: [
                {"text": text, "characters": characters, "trials": []}
                for text, characters in (("a", "a"), ("b", "ab"), ("aa", "ba"), ("ab", "cba"))
            ],
            {
                "ids": "char_to_id = {c: i for i, c in enumerate(characters)}\n"
                "encode(text, char_to_id)"
            },
        ),
    ),
    Exercise(
        name="decode",
        unit=UNIT,
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
            Criterion(
                "text",
                0.35,
                "Each id becomes its character, all in one text.",
                ("text",),
                (PLAIN, OTHER),
            ),
            Criterion("sizes", 0.05, "A single id comes out right.", ("text",), (ONE_CHARACTER,)),
            Criterion("unicode", 0.15, "So it is for any Unicode.", ("text",), (UNICODE, MANY)),
            Criterion(
                "refused",
                0.25,
                "A ValueError is raised where an id is unknown, and only there.",
                (REFUSED,),
                (KNOWN_OR_NOT,),
            ),
            Criterion(
                "round_trip",
                0.1,
                "After your own encode, the text comes back whole.",
                ("text that came back",),
                (PLAIN, OTHER, UNICODE, MANY),
            ),
            unchanged(0.05),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.DECODE),
        variants=tuple(variants.DECODE),
        stand_ins=("encode",),
        stand_in_cases=(PLAIN, OTHER, UNICODE, MANY),
        hints=HINTS["decode"],
        trial=Trial(
            lambda _: [
                {"ids": np.array(ids), "characters": characters, "trials": []}
                for ids, characters in (([0], "a"), ([1], "ab"), ([0, 0], "ba"), ([2, 0], "abc"))
            ],
            {"text": _BACK + "decode(ids, id_to_char)"},
            texts=("text",),
        ),
    ),
    Exercise(
        name="one_hot",
        unit=UNIT,
        title="One-hot vectors",
        version=5,
        reference={"one_hot": char_lm.one_hot},
        make_cases=_one_hot_cases,
        axes={
            "x": ("batch", "time", "character"),
            "x_row": ("time", "character"),
            "own_kind_of_x": (),
            REFUSED: ("try",),
            REFUSED + ANSWERS: ("number",),
        },
        clues=(REFUSED + ANSWERS,),
        calls={REFUSED: _one_hot_calls},
        criteria=(
            Criterion(
                "row",
                0.25,
                "A row of ids becomes a row of vectors.",
                ("x_row",),
                (ONE_ROW, OTHER_ROW),
            ),
            Criterion(
                "batch", 0.3, "A batch (N, T) becomes (N, T, V).", ("x",), (BATCH, OTHER_NUMBERS)
            ),
            Criterion(
                "array",
                0.05,
                "The vectors are an array.",
                ("own_kind_of_x",),
                (ONE_ROW, OTHER_ROW, BATCH, OTHER_NUMBERS),
                Kind.FORM,
            ),
            Criterion(
                "sizes",
                0.1,
                "A batch of one, a single step, id or character and equal sizes come out right.",
                ("x", "x_row"),
                (ONE_IN_BATCH, ONE_STEP, ONE_ID, ONE_CHARACTER, SQUARE),
            ),
            Criterion(
                "refused",
                0.2,
                "A ValueError is raised where an id is below 0 or not below V, and only there.",
                (REFUSED,),
                (KNOWN_OR_NOT,),
            ),
            unchanged(0.05),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.ONE_HOT),
        variants=tuple(variants.ONE_HOT),
        hints=HINTS["one_hot"],
        trial=Trial(
            lambda _: [
                {"ids": np.array(ids), "V": 2, "trials": []} for ids in ([0], [1, 0], [[1, 0]])
            ],
            {"x_row": "one_hot(ids, V)", "x": "one_hot(ids, V)"},
        ),
    ),
    Exercise(
        name="make_batches",
        unit=UNIT,
        title="Batches that go on where they stopped",
        version=4,
        reference={"make": char_lm.make_batches},
        make_cases=_batch_cases,
        axes={
            "inputs": ("number", "row", "time"),
            "targets": ("number", "row", "time"),
            "own_kind_of_inputs": (),
            "own_kind_of_targets": (),
            REFUSED: ("try",),
        },
        calls={REFUSED: _batch_calls},
        criteria=(
            Criterion(
                "inputs",
                0.25,
                "The inputs are right: each row goes on in the next batch where it stopped.",
                ("inputs",),
                (FULL, OTHER_NUMBERS),
            ),
            Criterion(
                "targets",
                0.25,
                "The targets are right: each is the id that comes next in the text.",
                ("targets",),
                (FULL, OTHER_NUMBERS),
            ),
            Criterion(
                "remainder",
                0.15,
                "Where the length does not come out even all is right, nothing lost or made up.",
                ("inputs", "targets"),
                (TOO_FEW, TWO_TOO_FEW, REMAINDER),
            ),
            Criterion(
                "integers",
                0.05,
                "Both are arrays of integers, as the ids are.",
                ("own_kind_of_inputs", "own_kind_of_targets"),
                (FULL, OTHER_NUMBERS),
                Kind.FORM,
            ),
            Criterion(
                "sizes",
                0.1,
                "A single row, a single step and a single batch come out right.",
                ("inputs", "targets"),
                (ONE_ROW_ALONE, ONE_STEP, ONE_BATCH),
            ),
            Criterion(
                "refused",
                0.1,
                "A ValueError is raised where there is no full batch, and only there.",
                (REFUSED,),
                (SHORT,),
            ),
            unchanged(0.05),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.BATCHES),
        variants=tuple(variants.BATCHES),
        hints=HINTS["make_batches"],
        trial=Trial(
            lambda _: [
                {"ids": np.arange(N * T * B + 1), "N": N, "T": T, "trials": []}
                for N, T, B in ((1, 2, 1), (1, 2, 2), (2, 1, 2), (2, 2, 1), (2, 2, 2))
            ],
            {
                "inputs": "make_batches(ids, N, T)[0]",
                "targets": "make_batches(ids, N, T)[1]",
            },
        ),
    ),
)
