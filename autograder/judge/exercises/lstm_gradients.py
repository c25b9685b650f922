"""Unit 09: back through one LSTM step, back through a sequence, and along the cells alone."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.derived import Derive
from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Trial, short
from autograder.judge.shared_criteria import later_calls, unchanged
from autograder.judge.sizes import (
    BATCH_OF_ONE,
    OF_A_SEQUENCE,
    ONE_STEP,
    ONE_UNIT,
    SIZES,
    Inputs,
    apart,
    at_sizes,
    zeroed,
)
from autograder.judge.slopes import by_gradients, by_pieces, measured
from autograder.student.gradients import LATER, SECOND
from autograder.student.probes.lstm_gradients import PIECE
from rnn_ref import lstm, lstm_gradients

GATES = ("i", "f", "o", "g")  # in the order of their columns
_STEP_NAMES, _SEQUENCE_NAMES = "x_t h_prev c_prev W_xh W_hh b", "x h_0 c_0 W_xh W_hh b"
TOGETHER, OTHER = "everything together", "with other numbers"
FROM_H, FROM_C = "with dc_t = 0", "with dh_t = 0"
SATURATED = "with gates near 0 and 1"
WIDE = "a wide step"
WHOLE, LAST = "a whole sequence", "a loss at the last step alone"
CELL, STATE = "the cell alone carries (W_hh = 0)", "the state alone carries (every gate f shut)"
LONG = "a long sequence"
SOME, SHUT, HUNDRED = "some gates", "gates that are shut", "a hundred steps"
SHUT_BIAS = -40.0  # its sigmoid is 4e-18: nothing comes through, in float32 either

SLOW = (
    "Going back costs about two forward passes; differences, one by one, cost two for every "
    "number in the weights."
)


def _weights(rng: np.random.Generator, D: int, H: int) -> Inputs:
    return {
        "W_xh": rng.normal(size=(D, 4 * H)),
        "W_hh": rng.normal(size=(H, 4 * H)) / np.sqrt(H),
        "b": rng.normal(size=4 * H),
    }


def _step(rng: np.random.Generator, N: int, D: int, H: int) -> Inputs:
    return {
        "x_t": rng.normal(size=(N, D)),
        "h_prev": rng.uniform(-1, 1, size=(N, H)),
        "c_prev": 1.5 * rng.normal(size=(N, H)),
        **_weights(rng, D, H),
        "dh_t": rng.normal(size=(N, H)),
        "dc_t": rng.normal(size=(N, H)),
    }


def _directions(rng: np.random.Generator, inputs: Inputs, names: str) -> Inputs:
    """Return the inputs with a direction for each argument of the forward, to compare along."""
    directions = {name: rng.normal(size=inputs[name].shape) for name in names.split()}
    return {**inputs, "directions": directions}


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
        Case(TOGETHER, _directions(rng, inputs, _STEP_NAMES)),
        Case(OTHER, _step(rng, H, N, D)),
        Case(FROM_H, zeroed(inputs, "dc_t")),
        Case(FROM_C, zeroed(inputs, "dh_t")),
        *at_sizes(lambda *sizes: _step(rng, *sizes), N, D, H),
        Case(SATURATED, saturated, edge=True),
        Case(WIDE, _wide(rng), edge=True),
    )


def _sequence(rng: np.random.Generator, N: int, T: int, D: int, H: int) -> Inputs:
    return {
        "x": rng.normal(size=(N, T, D)),
        "h_0": rng.uniform(-1, 1, size=(N, H)),
        "c_0": rng.normal(size=(N, H)),
        **_weights(rng, D, H),
        "dh": rng.normal(size=(N, T, H)),
    }


def _long(rng: np.random.Generator) -> Inputs:
    """Return a sequence through which one goes back in a moment, but not once for each weight."""
    D, H, T = 5, 16, 800
    inputs = _sequence(rng, 2, T, D, H)
    return {**inputs, "dh": inputs["dh"] / T}  # as of a mean over the steps


def _sequence_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D, H = apart(rng, 4)
    T = max(T, 3)
    inputs = _sequence(rng, N, T, D, H)
    last = _sequence(rng, N, T, D, H)
    last["dh"][:, :-1] = 0
    shut = _sequence(rng, N, 3, D, H)  # so short that the last loss still shows in dh_0
    shut["W_xh"][:, H : 2 * H] = shut["W_hh"][:, H : 2 * H] = 0
    shut["b"][H : 2 * H] = SHUT_BIAS
    return (
        Case(WHOLE, _directions(rng, inputs, _SEQUENCE_NAMES)),
        Case(OTHER, _sequence(rng, H, N + 1, T, D)),
        Case(LAST, last),
        Case(CELL, zeroed(_sequence(rng, N, T, D, H), "W_hh")),
        Case(STATE, shut),
        Case(ONE_STEP, _sequence(rng, N, 1, D, H), edge=True),
        *at_sizes(lambda n, d, h: _sequence(rng, n, T, d, h), N, D, H),
        Case(LONG, _long(rng), edge=True),
    )


def _gain_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, H = apart(rng, 3, least=3)
    shut = rng.uniform(0.2, 1, size=(N, T, H))
    shut[rng.uniform(size=(N, T, H)) < 0.3] = 0
    shut[:, 1], shut[0, 1, 0] = 0, 0.5

    def open_gates(*shape: int) -> Inputs:
        return {"f": rng.uniform(0.3, 1, size=shape)}

    return (
        Case(SOME, open_gates(N, T, H)),
        Case(OTHER, open_gates(H, N, T)),
        Case(SHUT, {"f": shut}, edge=True),
        Case(ONE_STEP, open_gates(N, 1, H), edge=True),
        Case(BATCH_OF_ONE, open_gates(1, T, H), edge=True),
        Case(ONE_UNIT, open_gates(N, T, 1), edge=True),
        Case(HUNDRED, {"f": rng.uniform(0.95, 1, size=(2, 100, 3))}, edge=True),
    )


_STEP_OUTPUTS = ("dx_t", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db")
_SEQUENCE_OUTPUTS = ("dx", "dh_0", "dc_0", "dW_xh", "dW_hh", "db")
_OF_THE_WEIGHTS = ("dW_xh", "dW_hh", "db")
_BOTH, _BATCHES = (TOGETHER, OTHER), (WHOLE, OTHER)
_GAINS = (SOME, OTHER)
_SHOW_ALL_GATES = ("dx_t", "dh_prev", *_OF_THE_WEIGHTS)


def _block(name: str, k: int) -> Derive:
    """Return how the columns of gate `k` follow from the gradient of that name."""

    def block(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
        gradient, H = outputs.get(name), len(inputs["W_hh"])
        if gradient is None or gradient.shape[-1:] != (4 * H,):
            return None
        return gradient[..., k * H : (k + 1) * H]

    return block


_STEP_DERIVED = {
    **{f"{name} of {g}": _block(name, k) for name in _OF_THE_WEIGHTS for k, g in enumerate(GATES)},
    "sums": by_gradients(_STEP_NAMES),
    "own_sums": measured(h_t="dh_t", c_t="dc_t"),
}
_SEQUENCE_DERIVED = {
    "sums": by_gradients(_SEQUENCE_NAMES),
    "own_sums": measured(h="dh"),
    "own_step_sums": by_pieces(_SEQUENCE_NAMES, PIECE),
}


def _shows_gate(gate: str) -> tuple[str, ...]:
    """Return the outputs any one of which cannot be right unless that gate's gradient is.

    Right gradients of the inputs show all gates; right blocks of the weights' show their own.
    """
    return (*(f"{name} of {gate}" for name in _OF_THE_WEIGHTS), "dx_t", "dh_prev")


def _gate(gate: str, sentence: str) -> Criterion:
    return Criterion(f"gate_{gate}", 0.06, sentence).of(_shows_gate(gate), *_BOTH, any_of=True)


def _axes(inputs: str, inputs_axes: tuple[str, ...], *states: str) -> dict[str, tuple[str, ...]]:
    of_the_weights = {"dW_xh": ("input", "column"), "dW_hh": ("unit", "column"), "db": ("column",)}
    axes = {inputs: inputs_axes, **dict.fromkeys(states, ("batch", "unit")), **of_the_weights}
    blocks = {f"{name} of {g}": names for name, names in of_the_weights.items() for g in GATES}
    calls = {name + call: names for call in ("", SECOND, LATER) for name, names in axes.items()}
    return {**calls, **blocks, "sums": ("gradient",)}


def _own_forward(weight: float, name: str, case: str) -> Criterion:
    return Criterion(
        "own_forward",
        weight,
        f"It is the gradient of the {name} in your notebook.",
        kind=Kind.CONSISTENT,
        against=("sums", "own_sums"),
        carried=f"Your gradients are the slopes of the {name} in your notebook, as measured; but "
        "that forward is no longer the LSTM's. Put it back as it was.",
    ).of("sums", case)


EXERCISES = (
    Exercise(
        name="lstm_step_backward",
        title="Back through one step",
        version=3,
        reference={
            "forward": lstm.lstm_step_forward,
            "backward": lstm_gradients.lstm_step_backward,
        },
        make_cases=_step_cases,
        axes=_axes("dx_t", ("batch", "input"), "dh_prev", "dc_prev"),
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
                "dc_prev", *_BOTH
            ),
            _gate("i", "The input gate gets its gradient."),
            _gate("f", "The forget gate gets its gradient."),
            _gate("o", "The output gate gets its gradient."),
            _gate("g", "The candidate gets its gradient."),
            Criterion(
                "inputs", 0.08, "Input and previous state get theirs through W_xh and W_hh."
            ).of(("dx_t", "dh_prev"), *_BOTH),
            Criterion("weights", 0.08, "dW_xh and dW_hh are right: sums over the batch.").of(
                ("dW_xh", "dW_hh"), *_BOTH
            ),
            Criterion("bias", 0.04, "db is right: a sum over the batch.").of("db", *_BOTH),
            Criterion(
                "sizes",
                0.03,
                "It is right at any size: batch, input or unit of one, D = H; gates near 0 and 1.",
            ).of(_STEP_OUTPUTS, *SIZES, SATURATED, besides=_BOTH),
            Criterion("wide", 0.03, "A wide step takes a moment.").of(
                _STEP_OUTPUTS, WIDE, besides=_BOTH
            ),
            *later_calls(0.02, 0.02, _STEP_OUTPUTS, TOGETHER),
            _own_forward(0.05, "lstm_step_forward", TOGETHER),
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
    ),
    Exercise(
        name="lstm_backward",
        title="Back through the whole sequence",
        version=4,
        reference={
            "step_forward": lstm.lstm_step_forward,
            "forward": lstm.lstm_forward,
            "step": lstm_gradients.lstm_step_backward,
            "backward": lstm_gradients.lstm_backward,
        },
        make_cases=_sequence_cases,
        stand_ins=("lstm_step_backward",),
        stand_in_cases=(*_BATCHES, LAST, CELL, STATE, ONE_STEP, *SIZES),
        axes=_axes("dx", ("batch", "time", "input"), "dh_0", "dc_0"),
        derived=_SEQUENCE_DERIVED,
        large_cases=(LONG,),
        criteria=(
            Criterion("inputs", 0.1, "dx is right: a gradient for every input.").of(
                "dx", *_BATCHES
            ),
            Criterion("first_states", 0.1, "h_0 and c_0 get theirs.").of(
                ("dh_0", "dc_0"), *_BATCHES
            ),
            Criterion("weights", 0.13, "dW_xh and dW_hh are right: sums over all steps.").of(
                ("dW_xh", "dW_hh"), *_BATCHES
            ),
            Criterion("bias", 0.05, "db is right: a sum over all steps.").of("db", *_BATCHES),
            Criterion(
                "cell_carried", 0.15, "What the cell alone carries from step to step arrives."
            ).of(
                ("dx", "dc_0", *_OF_THE_WEIGHTS),  # dh_0 is zero there
                CELL,
                any_of=True,
            ),
            Criterion(
                "state_carried", 0.15, "What the state alone carries from step to step arrives."
            ).of(
                ("dx", "dh_0", *_OF_THE_WEIGHTS),  # dc_0 is zero there
                STATE,
                any_of=True,
            ),
            Criterion("last_loss", 0.03, "A loss at the last step alone reaches every step.").of(
                _SEQUENCE_OUTPUTS, LAST, any_of=True
            ),
            Criterion(
                "sizes",
                0.05,
                OF_A_SEQUENCE,
            ).of(_SEQUENCE_OUTPUTS, ONE_STEP, *SIZES, besides=_BATCHES),
            Criterion("long", 0.03, "A long sequence takes a moment.").of(
                _SEQUENCE_OUTPUTS, LONG, besides=_BATCHES
            ),
            *later_calls(0.02, 0.02, _SEQUENCE_OUTPUTS, WHOLE),
            Criterion(
                "own_step",
                0.08,
                "The gradients are those of your own lstm_step_backward, once for each input.",
                kind=Kind.CONSISTENT,
                against=("sums", "own_step_sums"),
                carried="Your loop gives what your own lstm_step_backward gives, step after step: "
                "look for the mistake in lstm_step_backward.",
            ).of("sums", WHOLE),
            _own_forward(0.04, "lstm_forward", WHOLE),
            unchanged(0.05, "Neither dh nor the cache is changed in place."),
        ),
        trial=Trial(
            lambda rng: [
                short(_sequence(rng, *s)) for s in ((1, 1, 1, 1), (1, 2, 1, 1), (2, 2, 1, 1))
            ],
            {
                name: "h, c, cache = lstm_forward(x, h_0, c_0, W_xh, W_hh, b)\n"
                f"lstm_backward(dh, cache)[{k}]"
                for k, name in enumerate(_SEQUENCE_OUTPUTS)
            },
        ),
        slow_sentence=SLOW,
    ),
    Exercise(
        name="direct_path_gain",
        title="Along the cells alone",
        version=3,
        reference={"gain": lstm_gradients.direct_path_gain},
        make_cases=_gain_cases,
        axes={"gain": ("batch", "time", "unit")},
        criteria=(
            Criterion("product", 0.5, "Each gain is the product of all later gates.").of(
                "gain", SOME, OTHER
            ),
            Criterion("shut", 0.1, "Shut gates let nothing through.").of(
                "gain", SHUT, besides=_GAINS
            ),
            Criterion("sizes", 0.15, "A step, a sequence or a unit alone comes out right.").of(
                "gain", ONE_STEP, BATCH_OF_ONE, ONE_UNIT, besides=_GAINS
            ),
            Criterion("long", 0.15, "A hundred steps work.").of("gain", HUNDRED, besides=_GAINS),
            unchanged(0.1, "f is not changed in place."),
        ),
        trial=Trial(
            lambda rng: [short({"f": rng.uniform(0.3, 1, size=(1, T, 1))}) for T in (1, 2, 3)],
            {"gain": "direct_path_gain(f)"},
        ),
    ),
)
