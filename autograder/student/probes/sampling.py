"""Unit 04: probabilities at a temperature; text drawn one character at a time."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array
from autograder.student.probes import probe

_FREE_LENGTH = 40  # two free texts of this length are never equal by chance


@probe("softmax_temperature", softmax="scores temperature")
def softmax_temperature(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield probabilities; where a case asks, whether a temperature of 0 or less is refused."""
    scores = inputs["scores"]
    yield "p" if scores.ndim == 2 else "p_row", call.softmax(scores, inputs["temperature"])
    if "refused" in inputs:
        refusals = [_refuses(call.softmax, scores, bad) for bad in inputs["refused"]]
        yield "refusals", np.array(refusals)


def _refuses(softmax: Callable[..., Any], scores: np.ndarray, temperature: float) -> int:
    try:
        softmax(scores, temperature)
    except ValueError:
        return 1
    except Exception as error:
        if isinstance(error, (FormError, NotImplementedError)):
            raise
    return 0


@probe(
    "sample",
    softmax="scores temperature",
    sample="params h_0 first_id length temperature rng stop_id",
)
def sample(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield one text, or how often each of many short ones came up."""
    if "texts" in inputs:
        yield from _many(call, inputs)
        return
    rng = np.random.default_rng(inputs["seed"])
    ids = _text(call, inputs, rng, inputs["temperature"])
    yield "ids", ids
    if "free_temperature" not in inputs:
        return
    rng = np.random.default_rng(inputs["seed"])
    temperature, length = inputs["free_temperature"], _FREE_LENGTH
    text = _text(call, inputs, rng, temperature, length)
    next_text = _text(call, inputs, rng, temperature, length)
    rng = np.random.default_rng(inputs["seed"])
    again = _text(call, inputs, rng, temperature, length)
    yield "likeliest_too", int(np.array_equal(text[: len(ids)], ids))
    yield "one_character", int(len(set(text.tolist())) == 1)
    yield "moves_on", int(not np.array_equal(text, next_text))
    yield "same_again", int(np.array_equal(text, again))
    yield "own_text", text
    yield "own_text_again", again


def _many(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield counts by first and second id, and what the learner's softmax makes them expect."""
    V, length = len(inputs["params"]["b_y"]), inputs["length"]
    rng = np.random.default_rng(inputs["seed"])
    counts = np.zeros((V,) * length, dtype=np.int64)
    for _ in range(inputs["texts"]):
        ids = _text(call, inputs, rng, inputs["temperature"])
        if ids.shape != (length,):
            raise FormError(f"ids has shape {ids.shape}; expected ({length},) = (length,).")
        if ids.min() < 0 or ids.max() >= V:
            raise FormError(f"An id is none of the V classes 0 to {V - 1}.")
        counts[tuple(ids)] += 1
    yield "counts", counts
    temperature = inputs["temperature"]
    first = as_array("p", call.softmax(inputs["first_scores"], temperature))
    second = [as_array("p", call.softmax(row, temperature)) for row in inputs["second_scores"]]
    yield "own_chances", first[:, None] * np.stack(second)


def _text(
    call: Any,
    inputs: Mapping[str, Any],
    rng: np.random.Generator,
    temperature: float,
    length: int | None = None,
) -> np.ndarray:
    ids = call.sample(
        inputs["params"],
        inputs["h_0"],
        inputs["first_id"],
        length or inputs["length"],
        temperature,
        rng,
        inputs["stop_id"],
    )
    array = as_array("ids", ids)
    if array.ndim != 1:
        raise FormError(f"ids has shape {array.shape}; expected one axis, an id for each draw.")
    if array.size and array.dtype.kind not in "iu":
        if array.dtype.kind == "b" or not np.array_equal(array, np.round(array)):
            raise FormError("ids holds something else than whole numbers.")
        array = array.astype(np.int64)
    return array
