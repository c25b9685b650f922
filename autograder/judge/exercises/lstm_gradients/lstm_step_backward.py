"""Back through one step."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.derived import Derive
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.lstm_gradients.shared import (
    BOTH,
    GATES,
    OF_THE_WEIGHTS,
    OTHER,
    SLOW,
    STEP_NAMES,
    TOGETHER,
    axes_of,
    draw_weights,
    own_forward,
    with_directions,
)
from autograder.judge.shared_criteria import later_calls, unchanged
from autograder.judge.sizes import SIZES, Inputs, apart, at_sizes, zeroed
from autograder.judge.slopes import by_gradients, measured
from rnn_ref import lstm, lstm_gradients

FROM_H, FROM_C = "with dc_t = 0", "with dh_t = 0"
SATURATED = "with gates near 0 and 1"
WIDE = "a wide step"


def _step(rng: np.random.Generator, N: int, D: int, H: int) -> Inputs:
    return {
        "x_t": rng.normal(size=(N, D)),
        "h_prev": rng.uniform(-1, 1, size=(N, H)),
        "c_prev": 1.5 * rng.normal(size=(N, H)),
        **draw_weights(rng, D, H),
        "dh_t": rng.normal(size=(N, H)),
        "dc_t": rng.normal(size=(N, H)),
    }


def _wide(rng: np.random.Generator) -> Inputs:
    D, H = int(rng.integers(140, 150)), int(rng.integers(160, 170))
    inputs = _step(rng, 2, D, H)
    return {**inputs, "W_xh": inputs["W_xh"] / np.sqrt(D)}


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)
    inputs = _step(rng, N, D, H)
    saturated = _step(rng, N, D, H)
    saturated["b"] = 12 * rng.choice([-1.0, 1.0], size=4 * H)
    return (
        Case(TOGETHER, with_directions(rng, inputs, STEP_NAMES)),
        Case(OTHER, _step(rng, H, N, D)),
        Case(FROM_H, zeroed(inputs, "dc_t")),
        Case(FROM_C, zeroed(inputs, "dh_t")),
        *at_sizes(lambda *sizes: _step(rng, *sizes), N, D, H),
        Case(SATURATED, saturated, edge=True),
        Case(WIDE, _wide(rng), edge=True),
    )


_STEP_OUTPUTS = ("dx_t", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db")
_SHOW_ALL_GATES = ("dx_t", "dh_prev", *OF_THE_WEIGHTS)


def _block(name: str, k: int) -> Derive:
    """Return how the columns of gate `k` follow from the gradient of that name."""

    def block(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
        gradient, H = outputs.get(name), len(inputs["W_hh"])
        if gradient is None or gradient.shape[-1:] != (4 * H,):
            return None
        return gradient[..., k * H : (k + 1) * H]

    return block


_STEP_DERIVED = {
    **{f"{name} of {g}": _block(name, k) for name in OF_THE_WEIGHTS for k, g in enumerate(GATES)},
    "sums": by_gradients(STEP_NAMES),
    "own_sums": measured(h_t="dh_t", c_t="dc_t"),
}


def _shows_gate(gate: str) -> tuple[str, ...]:
    """Return the outputs any one of which cannot be right unless that gate's gradient is.

    Right gradients of the inputs show all gates; right blocks of the weights' show their own.
    """
    return (*(f"{name} of {gate}" for name in OF_THE_WEIGHTS), "dx_t", "dh_prev")


def _gate(gate: str, sentence: str) -> Criterion:
    return Criterion(f"gate_{gate}", 0.06, sentence).of(_shows_gate(gate), *BOTH, any_of=True)


EXERCISE = Exercise(
    name="lstm_step_backward",
    title="Back through one step",
    version=3,
    reference={"forward": lstm.lstm_step_forward, "backward": lstm_gradients.lstm_step_backward},
    make_cases=_step_cases,
    axes=axes_of("dx_t", ("batch", "input"), "dh_prev", "dc_prev"),
    derived=_STEP_DERIVED,
    large_cases=(WIDE,),
    criteria=(
        Criterion("from_h", 0.13, "What comes in through h_t gets to all gates right.").of(
            _SHOW_ALL_GATES, FROM_H, any_of=True
        ),
        Criterion(
            "from_c", 0.13, "What comes in through c_t, as dc_t, gets to all gates right."
        ).of(_SHOW_ALL_GATES, FROM_C, any_of=True),
        Criterion("dc_prev", 0.07, "c_prev gets the cell's whole gradient, times f.").of(
            "dc_prev", *BOTH
        ),
        _gate("i", "The input gate gets its gradient."),
        _gate("f", "The forget gate gets its gradient."),
        _gate("o", "The output gate gets its gradient."),
        _gate("g", "The candidate gets its gradient."),
        Criterion("inputs", 0.08, "Input and previous state get theirs through W_xh and W_hh.").of(
            ("dx_t", "dh_prev"), *BOTH
        ),
        Criterion("weights", 0.08, "dW_xh and dW_hh are right: sums over the batch.").of(
            ("dW_xh", "dW_hh"), *BOTH
        ),
        Criterion("bias", 0.04, "db is right: a sum over the batch.").of("db", *BOTH),
        Criterion(
            "sizes",
            0.03,
            "It is right at any size: batch, input or unit of one, D = H; gates near 0 and 1.",
        ).of(_STEP_OUTPUTS, *SIZES, SATURATED, besides=BOTH),
        Criterion("wide", 0.03, "A wide step takes a moment.").of(
            _STEP_OUTPUTS, WIDE, besides=BOTH
        ),
        *later_calls(0.02, 0.02, _STEP_OUTPUTS, TOGETHER),
        own_forward(0.05, "lstm_step_forward", TOGETHER),
        unchanged(0.08, "Neither dh_t, dc_t nor the cache is changed in place."),
    ),
    trial=Trial(
        lambda rng: [short(_step(rng, *s)) for s in ((1, 1, 1), (2, 1, 1), (1, 2, 2))],
        {
            name: "h_t, c_t, cache = lstm_step_forward(x_t, h_prev, c_prev, W_xh, W_hh, b)\n"
            f"lstm_step_backward(dh_t, dc_t, cache)[{k}]"
            for k, name in enumerate(_STEP_OUTPUTS)
        },
    ),
    slow_sentence=SLOW,
)
