"""Unit 03: vocabulary, encoding, one-hot vectors, batches.

Texts leave as code points. ``ValueError_raised`` holds the codes of `student.refusals`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, describe, pair
from autograder.student.probes import probe
from autograder.student.refusals import refusals


@probe("build_vocabulary", build="text")
def build_vocabulary(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the text's ids, the characters in the order of their ids, and the text again."""
    text = inputs["text"]
    char_to_id, id_to_char = pair(call.build(text), "char_to_id", "id_to_char")
    ids = [_id_of(character, char_to_id) for character in text]
    yield "text_ids", np.array(ids, dtype=np.int64)
    yield "characters", _code_points("".join(_characters(id_to_char)))
    yield "text_again", _code_points("".join(_character_of(i, id_to_char) for i in ids))


@probe("encode", encode="text char_to_id")
def encode(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the ids, whether they are integers, and which texts are refused."""
    char_to_id = _char_to_id(inputs)
    ids = call.encode(inputs["text"], char_to_id)
    yield "ids", ids
    yield "integer", int(np.asarray(ids).dtype.kind in "iu")
    if inputs["trials"]:
        trials = [(text, char_to_id) for text in inputs["trials"]]
        yield from refusals("ValueError_raised", call.encode, trials)
        unknown = next(text for text in inputs["trials"] if not set(text) <= char_to_id.keys())
        yield from _if_accepted("ids_of_unknown", call.encode, unknown, char_to_id)


@probe("decode", encode="text char_to_id", decode="ids id_to_char")
def decode(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the text, which ids are refused, and the text after the learner's own encode."""
    id_to_char = dict(enumerate(inputs["characters"]))
    yield "text", _code_points(call.decode(inputs["ids"], id_to_char))
    if inputs["trials"]:
        trials = [(ids, id_to_char) for ids in inputs["trials"]]
        yield from refusals("ValueError_raised", call.decode, trials)
        unknown = next(ids for ids in inputs["trials"] if ids.max() >= len(id_to_char))
        for name, text in _if_accepted("text_of_unknown", call.decode, unknown, id_to_char):
            yield name, _code_points(text)
    ids = call.encode(inputs["text"], _char_to_id(inputs))
    yield "own_round_trip", _code_points(call.decode(ids, id_to_char))


@probe("one_hot", one_hot="ids V")
def one_hot(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the vectors, and which ids are refused."""
    ids, V = inputs["ids"], inputs["V"]
    yield "x" if ids.ndim == 2 else "x_row", call.one_hot(ids, V)
    if inputs["trials"]:
        trials = [(ids, V) for ids in inputs["trials"]]
        yield from refusals("ValueError_raised", call.one_hot, trials)
        unknown = next(ids for ids in inputs["trials"] if ids.max() >= V)
        yield from _if_accepted("x_of_unknown", call.one_hot, unknown, V)


@probe("make_batches", make="ids N T")
def make_batches(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield inputs and targets, and which beginnings of the text are refused as too short."""
    ids, N, T = inputs["ids"], inputs["N"], inputs["T"]
    given, targets = pair(call.make(ids, N, T), "inputs", "targets")
    yield "inputs", given
    yield "targets", targets
    if inputs["trials"]:
        trials = [(ids[:length], N, T) for length in inputs["trials"]]
        yield from refusals("ValueError_raised", call.make, trials)


def _char_to_id(inputs: Mapping[str, Any]) -> dict[str, int]:
    return {character: i for i, character in enumerate(inputs["characters"])}


def _if_accepted(name: str, function: Callable[..., Any], *arguments: Any) -> Outputs:
    """Yield what came back for something that should be refused: it tells mistakes apart."""
    try:
        result = function(*arguments)
    except NotImplementedError:
        raise
    except Exception:
        return
    if result is not None and not isinstance(result, BaseException):
        yield name, result


def _code_points(text: Any) -> np.ndarray:
    if not isinstance(text, str):
        raise FormError(f"It returned {describe(text)}; expected a text (str).")
    return np.array([ord(character) for character in text], dtype=np.int64)


def _id_of(character: str, char_to_id: Any) -> int:
    if not isinstance(char_to_id, Mapping):
        raise FormError(f"char_to_id is {describe(char_to_id)}; expected a dict.")
    if character not in char_to_id:
        raise FormError("char_to_id lacks a character of the text. Are the two dicts swapped?")
    i = char_to_id[character]
    if isinstance(i, bool) or not isinstance(i, (int, np.integer)):
        raise FormError(f"char_to_id holds {describe(i)}; expected integers.")
    return int(i)


def _characters(id_to_char: Any) -> list[str]:
    """Return the characters in the order of their ids; a list will do for the dict."""
    if isinstance(id_to_char, Mapping):
        try:
            found = [id_to_char[i] for i in sorted(id_to_char)]
        except TypeError:
            raise FormError("id_to_char has keys that are not integers.") from None
    elif isinstance(id_to_char, (list, tuple, str, np.ndarray)):
        found = list(id_to_char)
    else:
        raise FormError(f"id_to_char is {describe(id_to_char)}; expected a dict.")
    if not all(isinstance(character, str) for character in found):
        raise FormError("id_to_char holds something else than characters.")
    return found


def _character_of(i: int, id_to_char: Any) -> str:
    ids = id_to_char if isinstance(id_to_char, Mapping) else range(len(id_to_char))
    if i not in ids:
        raise FormError(f"id_to_char has no entry for {i}, which char_to_id gives.")
    character: str = id_to_char[i]
    return character
