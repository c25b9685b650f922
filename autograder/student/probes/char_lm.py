"""Unit 03: vocabulary, encoding, one-hot vectors, batches.

Texts leave as code points. ``ValueError_raised`` holds the codes of `student.refusals`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array, describe, kind_of, pair
from autograder.student.probes import probe
from autograder.student.refusals import refusals
from autograder.student.stand_ins import stand_ins_of


@probe("build_vocabulary", build="text")
def build_vocabulary(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the text's ids; the ids and the characters of what leads back, and what that is."""
    text = inputs["text"]
    char_to_id, id_to_char = pair(call.build(text), "char_to_id", "id_to_char")
    _must_hold(text, char_to_id)
    yield "text_ids", np.array([_whole(char_to_id[c]) for c in text], dtype=np.int64)
    ids, characters = _ids_and_characters(id_to_char)
    yield "ids", ids
    yield "characters", _code_points("".join(characters))
    yield kind_of("id_to_char", id_to_char)


@probe("encode", encode="text char_to_id")
def encode(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the ids, what they are, and which texts are refused."""
    char_to_id = _char_to_id(inputs)
    ids = call.encode(inputs["text"], char_to_id)
    yield "ids", ids
    yield kind_of("ids", ids)
    if inputs["trials"]:
        trials = [(text, char_to_id) for text in inputs["trials"]]
        yield from refusals("ValueError_raised", call.encode, trials, np.asarray)


@probe("decode", encode="text char_to_id", decode="ids id_to_char")
def decode(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the text, which ids are refused, and the same text by way of the learner's encode."""
    id_to_char = dict(enumerate(inputs["characters"]))
    text = call.decode(inputs["ids"], id_to_char)
    yield "text", _code_points(text)
    if inputs["trials"]:
        trials = [(ids, id_to_char) for ids in inputs["trials"]]
        yield from refusals("ValueError_raised", call.decode, trials, _code_points)
        return
    encode = stand_ins_of(inputs).get("encode", call.encode)
    sent = as_array("what your encode gives", encode(text, _char_to_id(inputs)))
    yield "text that came back", _code_points(call.decode(sent, id_to_char))


@probe("one_hot", one_hot="ids V")
def one_hot(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the vectors, what they are, and which ids are refused."""
    ids, V = inputs["ids"], inputs["V"]
    x = call.one_hot(ids, V)
    yield "x" if ids.ndim == 2 else "x_row", x
    yield kind_of("x", x, of_any_numbers=True)
    if inputs["trials"]:
        trials = [(ids, V) for ids in inputs["trials"]]
        yield from refusals("ValueError_raised", call.one_hot, trials, np.asarray)


@probe("make_batches", make="ids N T")
def make_batches(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield inputs, targets, what they are, and which beginnings of the text are refused."""
    ids, N, T = inputs["ids"], inputs["N"], inputs["T"]
    given, targets = pair(call.make(ids, N, T), "inputs", "targets")
    yield "inputs", given
    yield "targets", targets
    yield kind_of("inputs", given)
    yield kind_of("targets", targets)
    if inputs["trials"]:
        trials = [(ids[:length], N, T) for length in inputs["trials"]]
        yield from refusals("ValueError_raised", call.make, trials)


def _char_to_id(inputs: Mapping[str, Any]) -> dict[str, int]:
    return {character: i for i, character in enumerate(inputs["characters"])}


def _code_points(text: Any) -> np.ndarray:
    if not isinstance(text, str):
        raise FormError(f"It returned {describe(text)}; expected a text (str).")
    return np.array([ord(character) for character in text], dtype=np.int64)


def _must_hold(text: str, char_to_id: Any) -> None:
    """Refuse what is no table of all characters of the text."""
    if not isinstance(char_to_id, Mapping):
        raise FormError(f"char_to_id is {describe(char_to_id)}; expected a dict.")
    if char_to_id and not any(isinstance(key, str) for key in char_to_id):
        raise FormError(
            "char_to_id leads from numbers, not from characters: the two dicts swapped?"
        )
    missing = [place for place, character in enumerate(text) if character not in char_to_id]
    if missing:
        lacks = "char_to_id lacks a character of the text"
        raise FormError(f"{lacks}: {text[missing[0]]!r}.", kind=f"{lacks}, at {missing}")


def _whole(i: Any) -> int:
    if isinstance(i, bool) or not isinstance(i, (int, np.integer)):
        raise FormError(f"char_to_id holds {describe(i)}; expected integers.")
    return int(i)


def _ids_and_characters(id_to_char: Any) -> tuple[np.ndarray, list[str]]:
    """Return the ids, sorted, and the character of each; a list will do for the dict."""
    if isinstance(id_to_char, (list, tuple, str, np.ndarray)):
        id_to_char = dict(enumerate(id_to_char))
    if not isinstance(id_to_char, Mapping):
        raise FormError(f"id_to_char is {describe(id_to_char)}; expected a dict.")
    if any(isinstance(i, (int, np.integer)) for i in id_to_char.values()):
        raise FormError("id_to_char leads to numbers; expected from ids to characters.")
    if not all(isinstance(i, (int, np.integer)) for i in id_to_char):
        raise FormError("id_to_char has keys that are not integers.")
    ids = sorted(id_to_char)
    characters = [id_to_char[i] for i in ids]
    if not all(isinstance(one, str) and len(one) == 1 for one in characters):
        raise FormError("id_to_char holds something else than single characters.")
    return np.array(ids, dtype=np.int64), characters
