"""What several exercises of this unit are drawn with, and asked."""

import string
from typing import Any

import numpy as np

from autograder.judge.exercise import Case

REFUSED = "ValueError_raised"
PLAIN, OTHER, UNICODE, MANY = "a text", "another text", "any Unicode", "more than 256 characters"
KNOWN_OR_NOT, ONE_CHARACTER = "known and unknown", "a single character"
BATCH, ONE_IN_BATCH, ONE_STEP = "a batch of rows", "a batch of one", "a single step"
FULL, OTHER_NUMBERS = "a full cut", "with other numbers"
TRIALS = 12
MANY_CHARACTERS = 300
# Blanks, accents (one of them a character of its own), capitals, and beyond 16 bits.
_SCRIPTS = " \n\tAZaz09.!äßéñ\u0301ЖяαΩ中文かな한글\u200d😀🐍𝒳𐍈"
CAPITALS = "ÄÉÖÇÑΔΛЮД"  # none of the above
_BLANKS, _BEYOND_16_BITS = " \n", "😀🐍𝒳𐍈"


def some_of(rng: np.random.Generator, characters: str, count: int) -> str:
    """Return `count` different characters in any order."""
    return "".join(characters[i] for i in rng.permutation(len(characters))[:count])


def draw_text(rng: np.random.Generator, characters: str, length: int) -> str:
    """Return a text in which each of the characters occurs, the first and last not by order."""
    drawn = [characters[i] for i in rng.integers(len(characters), size=length)]
    return "".join(drawn) + some_of(rng, characters, len(characters))


def _letters(rng: np.random.Generator, count: int = 10) -> str:
    return some_of(rng, string.ascii_letters, count)


def _scripts(rng: np.random.Generator) -> str:
    return some_of(rng, _SCRIPTS, 12) + some_of(rng, CAPITALS, 1) + _BLANKS + _BEYOND_16_BITS


def draw_alphabets(rng: np.random.Generator) -> dict[str, str]:
    """Return the characters of each case."""
    count = int(rng.integers(9, 14))  # twice: two answers of one shape, which may not be the same
    many = some_of(rng, "".join(map(chr, range(0x4E00, 0x4E00 + 2 * MANY_CHARACTERS))), 10**6)
    return {
        PLAIN: _letters(rng, count),
        OTHER: _letters(rng, count),
        UNICODE: "".join(dict.fromkeys(_scripts(rng))),
        MANY: many[:MANY_CHARACTERS],
    }


def draw_coin(rng: np.random.Generator) -> np.ndarray:
    """Return for each trial whether something is wrong with it: at least one of each kind."""
    return rng.permutation(np.append(rng.random(TRIALS - 2) < 0.5, [True, False]))


def _with_one(rng: np.random.Generator, text: str, stranger: str) -> str:
    place = int(rng.integers(len(text) + 1))
    return text[:place] + stranger + text[place:]


def _text_cases(rng: np.random.Generator) -> list[Case]:
    """Return texts; the vocabulary, in any order, holds more than each of them."""
    length = int(rng.integers(20, 30))

    def case(name: str, characters: str) -> Case:
        text = draw_text(rng, characters[:-1], length)
        edge = name not in (PLAIN, OTHER)
        return Case(name, {"text": text, "characters": characters, "trials": []}, edge)

    alphabets = draw_alphabets(rng).items()
    letters = _letters(rng, len(string.ascii_letters))
    moved = "".join(c for c, s in zip(letters, sorted(letters), strict=True) if c != s)
    text = some_of(rng, moved.replace(letters[0], ""), 1)  # neither 0 nor in its order
    alone: dict[str, Any] = {"text": text, "characters": letters, "trials": []}
    return [*(case(*one) for one in alphabets), Case(ONE_CHARACTER, alone, edge=True)]


def encode_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    """Return texts, and tries of which some hold an unknown character."""
    known, stranger = _letters(rng), some_of(rng, "0123456789é中😀", 1)
    trials = [
        _with_one(rng, some_of(rng, known, 5), stranger if strange else "")
        for strange in draw_coin(rng)
    ]
    inputs = {"text": draw_text(rng, known[:-1], 20), "characters": known, "trials": trials}
    return (*_text_cases(rng), Case(KNOWN_OR_NOT, inputs, edge=True))


def id_trials(rng: np.random.Generator, V: int, shape: tuple[int, ...]) -> list[np.ndarray]:
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


def ids_in_words(ids: np.ndarray, V: int) -> str:
    """Return what stands in the sentence about a call."""
    if ids.max() >= V:
        return "an id of V" if ids.max() == V else "an id above V"
    return "an id of -1" if ids.min() < 0 else "ids from 0 to V - 1"
