"""Unit 10: batches of the adding problem, bits a character, the best unit.

Batches are handed on whole: the judge outside looks at what they are, and no certain numbers are
expected.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, describe, pair
from autograder.student.probes import probe


@probe("adding_batch", batch="N T rng")
def adding_batch(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield a batch; where a case asks, the next one, and the first again from a new generator."""
    N, T, seed = inputs["N"], inputs["T"], inputs["seed"]
    rng = np.random.default_rng(seed)
    x, y = pair(call.batch(N, T, rng), "x", "y")
    yield "x", x
    yield "y", y
    if inputs["again"]:
        x, _ = pair(call.batch(N, T, rng), "x", "y")
        yield "next_x", x
        x, _ = pair(call.batch(N, T, np.random.default_rng(seed)), "x", "y")
        yield "x_again", x


@probe("bits_per_character", bits="params ids")
def bits_per_character(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the bits a character of one text; where a case asks, also of its beginning."""
    yield "bits", call.bits(inputs["params"], inputs["ids"])
    if "part" in inputs:
        beginning = inputs["ids"][: inputs["part"]]
        yield "bits_of_its_beginning", call.bits(inputs["params"], beginning)


@probe("best_unit_probe", best="h labels")
def best_unit_probe(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the unit and its correlation."""
    unit, r = pair(call.best(inputs["h"], inputs["labels"]), "unit", "r")
    if np.ndim(unit) or np.asarray(unit).dtype.kind not in "iu":
        raise FormError(f"unit is {describe(unit)}; expected an integer, 0 to H - 1.")
    yield "unit", unit
    yield "r", r
