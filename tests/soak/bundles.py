"""Valid answers of the real exercises, and ways to spoil them."""

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from autograder.judge.exercises import exercises_of, units_with_exercises
from autograder.judge.key import AnswerKey
from autograder.student import wire
from autograder.student.answers import encode_answers

SEED = 11
MAX_BUNDLE_BYTES = 200_000  # the few larger ones would only slow the search down
Item = dict[str, Any]


@cache
def keys() -> tuple[AnswerKey, ...]:
    """Return the answer keys of all exercises whose answers are small."""
    every = [AnswerKey.draw(e, SEED) for unit in units_with_exercises() for e in exercises_of(unit)]
    return tuple(key for key in every if len(_right(key)) <= MAX_BUNDLE_BYTES)


def _right(key: AnswerKey) -> bytes:
    return encode_answers(key.expected.values())


@cache
def bundle(number: int) -> bytes:
    """Return right answers to exercise `number` of `keys()`."""
    return _right(keys()[number])


def _nudge(array: np.ndarray, chance: random.Random) -> np.ndarray:
    """Return the array with one number changed: by much, or by about the tolerance."""
    changed = np.array(array, copy=True)
    if not changed.size:
        return changed
    place = chance.randrange(changed.size)
    if changed.dtype.kind != "f":
        changed.flat[place] = chance.choice([0, 1, 127])
        return changed
    before = float(changed.flat[place])
    tiny = chance.choice([1e-7, 1.9e-6, 2e-6, 2.1e-6, 1e-5, 1e-3])
    far = [np.nan, np.inf, -np.inf, 0.0, -before, before * 2, 1e30]
    with np.errstate(over="ignore"):
        changed.flat[place] = chance.choice([*far, *[before + tiny, before * (1 + tiny)] * 4])
    return changed


def _reshape(array: np.ndarray, chance: random.Random) -> np.ndarray:
    shapes = [(-1,), (1, *array.shape), (*array.shape, 1), array.shape[::-1]]
    return array.reshape(chance.choice(shapes))


def _retype(array: np.ndarray, chance: random.Random) -> np.ndarray:
    with np.errstate(all="ignore"):
        return array.astype(chance.choice(wire.DTYPES))


def _emptied(array: np.ndarray, chance: random.Random) -> np.ndarray:
    return array[:0] if array.ndim else array


def _in_array(change: Callable[[np.ndarray, random.Random], np.ndarray]) -> Any:
    def spoil(items: list[Item], chance: random.Random) -> None:
        item = chance.choice(items)
        if item["outputs"]:
            name = chance.choice(sorted(item["outputs"]))
            item["outputs"][name] = change(item["outputs"][name], chance)

    return spoil


def _drop(items: list[Item], chance: random.Random) -> None:
    del items[chance.randrange(len(items))]


def _swap_outputs(items: list[Item], chance: random.Random) -> None:
    one, other = chance.choice(items), chance.choice(items)
    one["outputs"], other["outputs"] = other["outputs"], one["outputs"]


def _rename(items: list[Item], chance: random.Random) -> None:
    other = chance.choice([item["case"] for item in items] + ["", "x" * 200, "a (again)"])
    chance.choice(items)["case"] = other


def _lose_output(items: list[Item], chance: random.Random) -> None:
    outputs = chance.choice(items)["outputs"]
    if outputs:
        del outputs[chance.choice(sorted(outputs))]


def _own_output(items: list[Item], chance: random.Random) -> None:
    chance.choice(items)["outputs"][chance.choice(["own_h", "h", "points"])] = np.zeros((2, 3))


def _constant(items: list[Item], chance: random.Random) -> None:
    """Answer every case alike."""
    first = items[0]["outputs"]
    for item in items:
        item["outputs"] = first


def _problem(items: list[Item], chance: random.Random) -> None:
    item = chance.choice(items)
    item["problem"] = chance.choice(["", "unfinished", "exception", "form", "limit", "other"])
    item["message"] = chance.choice(["", "\x1b[31mred", "<b>" * 50])


def _changed(items: list[Item], chance: random.Random) -> None:
    chance.choice(items)["changed"] = chance.choice([["h"], [], [1], "x", ["<b>"] * 20])


SPOILS: tuple[Callable[[list[Item], random.Random], None], ...] = (
    *map(_in_array, (_nudge, _nudge, _nudge, _reshape, _retype, _emptied)),
    *(_drop, _swap_outputs, _rename, _lose_output, _own_output, _constant, _problem, _changed),
)


def spoiled(data: bytes, seed: int) -> bytes:
    """Return a bundle with one to three things about it changed; bytes that are none, as they are.

    Now and then nothing is changed in meaning: whoever judges must also know what is right.
    """
    chance = random.Random(seed)
    try:
        items = wire.decode(data)
    except wire.WireError:
        return data
    for _ in range(chance.randint(0, 3)):
        try:
            chance.choice(SPOILS)(items, chance)
        except (IndexError, KeyError, TypeError, AttributeError, ValueError):
            continue  # spoiled before in a way that leaves nothing to spoil
    try:
        return wire.encode(items)
    except wire.WireError:
        return data
