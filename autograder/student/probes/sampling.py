"""Unit 04: probabilities at a temperature; text drawn one character at a time.

Of text that chance decides nothing but the text itself is handed on: the judge counts.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array
from autograder.student.probes import probe
from autograder.student.refusals import refusals
from autograder.student.stand_ins import STAND_IN


@probe("softmax_temperature", softmax="scores temperature")
def softmax_temperature(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield probabilities; where a case asks, which temperatures are refused."""
    scores = inputs["scores"]
    yield "p" if scores.ndim == 2 else "p_row", call.softmax(scores, inputs["temperature"])
    if "tried" in inputs:
        trials = [(scores, temperature) for temperature in inputs["tried"]]
        yield from refusals("refusals", call.softmax, trials)


@probe(
    "sample",
    softmax="scores temperature",
    sample="params h_0 first_id length temperature rng stop_id",
)
def sample(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield one text, and three that chance decides where a case asks; or many short ones."""
    rng = np.random.default_rng(inputs["seed"])
    if "texts" in inputs:
        texts = [_text(call, inputs, rng) for _ in range(inputs["texts"])]
        yield "texts", _stacked(texts)
        if STAND_IN not in inputs:
            yield from _own_probabilities(call, inputs)
        return
    yield "ids", _text(call, inputs, rng)
    if "free" in inputs:
        free = {**inputs, **inputs["free"]}
        rng, equal_rng = (np.random.default_rng(inputs["seed"]) for _ in range(2))
        yield "text", _text(call, free, rng)
        yield "next_text", _text(call, free, rng)
        yield "text_again", _text(call, free, equal_rng)


def _own_probabilities(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield what the learner's softmax makes of known scores; nothing where it cannot.

    A softmax that stops is not the fault of texts that are drawn without it.
    """
    temperature = inputs["temperature"]
    try:
        first = as_array("p", call.softmax(inputs["first_scores"], temperature))
        second = [as_array("p", call.softmax(row, temperature)) for row in inputs["second_scores"]]
        rows = as_array("p", np.stack(second))
    except Exception:
        return
    yield "own_first_p", first
    yield "own_second_p", rows


def _stacked(texts: list[np.ndarray]) -> np.ndarray:
    lengths = sorted({len(text) for text in texts})
    if len(lengths) > 1:
        raise FormError(
            f"ids has {lengths[0]} entries in one text and {lengths[-1]} in another; "
            "the same length was asked for."
        )
    return np.stack(texts)


def _text(call: Any, inputs: Mapping[str, Any], rng: np.random.Generator) -> np.ndarray:
    ids = call.sample(
        inputs["params"],
        inputs["h_0"],
        inputs["first_id"],
        inputs["length"],
        inputs["temperature"],
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
