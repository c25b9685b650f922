"""Each loss alone."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Exercise, Trial
from autograder.judge.exercises.bptt.shared import (
    LAST,
    MAIN,
    SEQUENCE_CASES,
    SLOW,
    TOLERANCE,
    TRY,
    UNCHANGED,
    WHOLE,
    and_again,
    numeric,
    sequence_cases,
    small_sequences,
)
from autograder.judge.shared_criteria import later_calls, unchanged
from autograder.judge.sizes import OF_A_SEQUENCE, ONE_STEP, SIZES
from autograder.judge.slopes import measured_each
from rnn_ref import bptt, recurrence


def _total(_: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
    slices = outputs.get("slices")
    return None if slices is None or slices.ndim != 3 else slices.sum(axis=0)


def _slope_of_each(
    inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]
) -> np.ndarray | None:
    """Return the slope along one direction by each slice."""
    slices = outputs.get("slices")
    if "directions" not in inputs or slices is None or slices.ndim != 3:
        return None
    direction = inputs["directions"]["W_hh"]
    return None if slices.shape[1:] != direction.shape else np.sum(slices * direction, axis=(1, 2))


_EACH = {"total": _total, "slopes": _slope_of_each, "own_slopes": measured_each("h", "dh")}
_PER_STEP_CRITERIA = (
    Criterion(
        "slices", 0.5, "Slice t is the gradient of the loss at step t alone, all the way back."
    ).of("slices", *MAIN, LAST),
    Criterion("total", 0.15, "The slices sum to dW_hh.").of("total", *MAIN),
    Criterion("sizes", 0.1, OF_A_SEQUENCE).of("slices", ONE_STEP, *SIZES),
    numeric(0.14),
    unchanged(0.05, UNCHANGED),
    *later_calls(0.03, 0.03, ("slices",), WHOLE),
)


EXERCISE = Exercise(
    name="per_step_weight_gradient",
    title="Each loss alone",
    version=4,
    reference={"forward": recurrence.rnn_forward, "per_step": bptt.per_step_weight_gradient},
    make_cases=sequence_cases,
    axes={
        **and_again({"slices": ("loss step", "from unit", "to unit")}),
        "total": ("from unit", "to unit"),
        "slopes": ("loss step",),
    },
    criteria=_PER_STEP_CRITERIA,
    derived=_EACH,
    stand_ins=("rnn_backward", "rnn_step_backward"),
    stand_in_cases=SEQUENCE_CASES,
    trial=Trial(small_sequences, {"slices": f"{TRY}per_step_weight_gradient(dh, cache)"}),
    tolerance=TOLERANCE,
    slow_sentence=SLOW,
)
