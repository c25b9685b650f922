"""Unit 09: back through one LSTM step, back through a sequence, and along the cells alone."""

from typing import Any

import numpy as np

from autograder.judge.exercise import Advice, Case, Criterion, Exercise, Kind
from autograder.judge.hints.lstm_gradients import HINTS
from autograder.judge.mistakes import lstm_gradients as mistakes
from autograder.judge.mistakes import lstm_gradients_sequence as sequence_mistakes
from autograder.judge.variants import lstm_gradients as variants
from rnn_ref import lstm, lstm_gradients

UNIT = "lstm_gradients"
TOGETHER, OTHER = "everything together", "with other numbers"
FROM_H, FROM_C = "with dc_t = 0", "with dh_t = 0"
ONE, SQUARE, SATURATED = "a batch of one", "as many inputs as units", "with gates near 0 and 1"
WIDE = "a wide step"
WHOLE, LAST = "a whole sequence", "a loss at the last step alone"
CELL, STATE = "the cell alone carries (W_hh = 0)", "the state alone carries (every gate f shut)"
SINGLE, LONG = "a single time step", "a long sequence"
SHUT_BIAS = -40.0  # its sigmoid is 4e-18: nothing comes through, in float32 either

SLOW = (
    "Going back costs about two forward passes; differences, one by one, cost two for every "
    "number in the weights."
)

Inputs = dict[str, Any]


def _sizes(rng: np.random.Generator, count: int) -> list[int]:
    """Return `count` different sizes, so that no two axes can be mistaken for each other."""
    return [int(n) for n in rng.permutation(np.arange(2, 2 + 2 * count))[:count]]


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
    shapes = [inputs[name].shape for name in names.split()]
    return {**inputs, "directions": [rng.normal(size=shape) for shape in shapes]}


def _zeroed(inputs: Inputs, name: str) -> Inputs:
    return {**inputs, name: np.zeros_like(inputs[name])}


def _wide(rng: np.random.Generator) -> Inputs:
    D, H = int(rng.integers(140, 150)), int(rng.integers(160, 170))
    inputs = _step(rng, 1, D, H)
    return {**inputs, "W_xh": inputs["W_xh"] / np.sqrt(D)}


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = _sizes(rng, 3)
    inputs = _step(rng, N, D, H)
    saturated = _step(rng, N, D, H)
    saturated["b"] = 12 * rng.choice([-1.0, 1.0], size=4 * H)
    return (
        Case(TOGETHER, _directions(rng, inputs, "x_t h_prev c_prev W_xh W_hh b")),
        Case(OTHER, _step(rng, N, D, H)),
        Case(FROM_H, _zeroed(inputs, "dc_t")),
        Case(FROM_C, _zeroed(inputs, "dh_t")),
        Case(ONE, _step(rng, 1, D, H)),
        Case(SQUARE, _step(rng, N, H, H)),
        Case(SATURATED, saturated),
        Case(WIDE, _wide(rng)),
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
    inputs = _sequence(rng, 1, T, D, H)
    return {**inputs, "dh": inputs["dh"] / T}  # as of a mean over the steps


def _sequence_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D, H = _sizes(rng, 4)
    T = max(T, 3)
    inputs = _sequence(rng, N, T, D, H)
    last = _sequence(rng, N, T, D, H)
    last["dh"][:, :-1] = 0
    shut = _sequence(rng, N, T, D, H)
    shut["W_xh"][:, H : 2 * H] = shut["W_hh"][:, H : 2 * H] = 0
    shut["b"][H : 2 * H] = SHUT_BIAS
    return (
        Case(WHOLE, _directions(rng, inputs, "x h_0 c_0 W_xh W_hh b")),
        Case(OTHER, _sequence(rng, N, T, D, H)),
        Case(LAST, last),
        Case(CELL, _zeroed(_sequence(rng, N, T, D, H), "W_hh")),
        Case(STATE, shut),
        Case(SINGLE, _sequence(rng, N, 1, D, H)),
        Case(ONE, _sequence(rng, 1, T, D, H)),
        Case(SQUARE, _sequence(rng, N, T, H, H)),
        Case(LONG, _long(rng)),
    )


def _gain_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, H = (size + 1 for size in _sizes(rng, 3))
    shut = rng.uniform(0.2, 1, size=(N, T, H))
    shut[rng.uniform(size=(N, T, H)) < 0.3] = 0
    shut[:, 1], shut[0, 1, 0] = 0, 0.5
    return (
        Case("some gates", {"f": rng.uniform(0.3, 1, size=(N, T, H))}),
        Case(OTHER, {"f": rng.uniform(0.3, 1, size=(N, T, H))}),
        Case("gates that are shut", {"f": shut}),
        Case(SINGLE, {"f": rng.uniform(0.3, 1, size=(N, 1, H))}),
        Case("a hundred steps", {"f": rng.uniform(0.95, 1, size=(2, 100, 3))}),
    )


_STEP_OUTPUTS = ("dx_t", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db")
_SEQUENCE_OUTPUTS = ("dx", "dh_0", "dc_0", "dW_xh", "dW_hh", "db")
_BOTH, _BATCHES = (TOGETHER, OTHER), (WHOLE, OTHER)
_WEIGHT_AXES = {"dW_xh": ("input", "column"), "dW_hh": ("unit", "column"), "db": ("column",)}
_SUMS = {"second_call": ("number",), "sums": ("gradient",)}


def _gate(name: str, sentence: str) -> Criterion:
    return Criterion(f"gate_{name}", 0.06, sentence, (f"db_{name}",), _BOTH)


STEP_ADVICE = (
    Advice(
        "Your backward is the gradient of the lstm_step_forward in your notebook, and that forward "
        "is no longer the LSTM's: compare it with the equations.",
        failed=("inputs",),
        met=("own_forward",),
    ),
    Advice(
        "All that comes through h_t is right, and what comes in as dc_t is not: the two are added "
        "to one gradient of the cell before anything else is made of them.",
        failed=("from_c",),
        met=("from_h",),
    ),
    Advice(
        "What comes in as dc_t is right, and what comes through h_t is not: look at the two ways "
        "back from h_t = o tanh(c_t), one to the gate o and one to the cell.",
        failed=("from_h",),
        met=("from_c",),
    ),
    Advice(
        "Only the output gate is wrong: its partner in h_t = o tanh(c_t), and its slope.",
        failed=("gate_o",),
        met=("gate_i", "gate_f", "gate_g", "dc_prev"),
    ),
    Advice(
        "Only the forget gate is wrong: its partner in c_t = f c_prev + i g, and its slope.",
        failed=("gate_f",),
        met=("gate_i", "gate_o", "gate_g", "dc_prev"),
    ),
    Advice(
        "Only the input gate is wrong: its partner in c_t = f c_prev + i g, and its slope.",
        failed=("gate_i",),
        met=("gate_f", "gate_o", "gate_g", "dc_prev"),
    ),
    Advice(
        "Only the candidate is wrong: its partner in c_t = f c_prev + i g, and its slope, which "
        "is that of a tanh.",
        failed=("gate_g",),
        met=("gate_i", "gate_f", "gate_o", "dc_prev"),
    ),
    Advice(
        "The gates are right and dc_prev is not: on the line c_t = f c_prev + i g, what stands "
        "beside c_prev?",
        failed=("dc_prev",),
        met=("gate_i", "gate_f", "gate_o", "gate_g"),
    ),
    Advice(
        "dc_prev is right and no gate is: look at the slopes, which turn gradients of the gates "
        "into gradients of the sums in front of them, and at the order i, f, o, g.",
        failed=("gate_i", "gate_f", "gate_o", "gate_g"),
        met=("dc_prev",),
    ),
    Advice(
        "The gates are right; the gradients of x_t and h_prev are not. Both are the four gates' "
        "gradients, side by side, times transposed weights, and stand first and second.",
        failed=("inputs",),
        met=("gate_i", "gate_f", "gate_o", "gate_g"),
    ),
    Advice(
        "The gates are right; dW_xh or dW_hh is not. Each is what its weights were multiplied by, "
        "transposed, times the gates' gradients: x_t for the one, h_prev for the other.",
        failed=("weights",),
        met=("gate_i", "gate_f", "gate_o", "gate_g"),
    ),
    Advice(
        "db has the right numbers in another shape: one bias serves all examples, so sum over the "
        "batch, to (4H,).",
        failed=("bias",),
        met=("gate_i", "gate_f", "gate_o", "gate_g"),
    ),
)

SEQUENCE_ADVICE = (
    Advice(
        "Your backward is the gradient of the lstm_forward in your notebook, and that forward is "
        "no longer the LSTM's: compare it with the equations.",
        failed=("weights",),
        met=("own_forward",),
    ),
    Advice(
        "Your loop agrees with your own lstm_step_backward, so the loop is right and the step is "
        "not: repair lstm_step_backward first.",
        failed=("weights",),
        met=("own_step",),
    ),
    Advice(
        "Where the state alone carries, all is right; where the cell does, it is not: look at how "
        "dc_prev gets to the step before.",
        failed=("cell_carried",),
        met=("state_carried",),
    ),
    Advice(
        "Where the cell alone carries, all is right; where the state does, it is not: look at how "
        "dh_prev gets to the step before.",
        failed=("state_carried",),
        met=("cell_carried",),
    ),
    Advice(
        "dx and the weights are right, dh_0 or dc_0 is not: they are the two carries that are left "
        "when the loop is through.",
        failed=("first_states",),
        met=("inputs", "weights"),
    ),
    Advice(
        "The gradients of the states are right, those of the weights are not: every step adds its "
        "share to them.",
        failed=("weights",),
        met=("inputs", "first_states"),
    ),
    Advice(
        "All is right but dx: each step's dx_t has a place of its own, dx[:, t].",
        failed=("inputs",),
        met=("first_states", "weights", "bias"),
    ),
)

EXERCISES = (
    Exercise(
        name="lstm_step_backward",
        unit=UNIT,
        title="Back through one step",
        points=5,
        version=1,
        reference={
            "forward": lstm.lstm_step_forward,
            "backward": lstm_gradients.lstm_step_backward,
        },
        make_cases=_step_cases,
        axes={
            "dx_t": ("batch", "input"),
            **dict.fromkeys(("dh_prev", "dc_prev"), ("batch", "unit")),
            **_WEIGHT_AXES,
            **{f"db_{gate}": ("unit",) for gate in "ifog"},
            **_SUMS,
        },
        criteria=(
            Criterion(
                "from_h",
                0.15,
                "What comes in through h_t goes back right.",
                _STEP_OUTPUTS,
                (FROM_H,),
            ),
            Criterion(
                "from_c",
                0.15,
                "What comes in through c_t, as dc_t, goes back right.",
                _STEP_OUTPUTS,
                (FROM_C,),
            ),
            Criterion(
                "dc_prev",
                0.07,
                "c_prev gets the cell's whole gradient, times f.",
                ("dc_prev",),
                _BOTH,
            ),
            _gate("i", "The input gate gets its gradient."),
            _gate("f", "The forget gate gets its gradient."),
            _gate("o", "The output gate gets its gradient."),
            _gate("g", "The candidate gets its gradient."),
            Criterion(
                "inputs",
                0.08,
                "Input and previous state get theirs through W_xh and W_hh.",
                ("dx_t", "dh_prev"),
                _BOTH,
            ),
            Criterion(
                "weights",
                0.08,
                "dW_xh and dW_hh are sums over the batch.",
                ("dW_xh", "dW_hh"),
                _BOTH,
            ),
            Criterion("bias", 0.02, "db is a sum over the batch.", ("db",), _BOTH),
            Criterion(
                "sizes",
                0.03,
                "Any sizes work, and gates near 0 and 1.",
                _STEP_OUTPUTS,
                (ONE, SQUARE, SATURATED),
            ),
            Criterion("wide", 0.03, "A wide step takes a moment.", _STEP_OUTPUTS, (WIDE,)),
            Criterion(
                "again",
                0.02,
                "A second call with the same cache gives the same.",
                ("second_call",),
                (TOGETHER,),
            ),
            Criterion(
                "own_forward",
                0.05,
                "It is the gradient of the lstm_step_forward in your notebook.",
                ("sums",),
                (TOGETHER,),
                Kind.CONSISTENT,
                against=("sums", "own_sums"),
            ),
            Criterion(
                "unchanged",
                0.08,
                "Neither dh_t, dc_t nor the cache is changed in place.",
                kind=Kind.UNCHANGED,
            ),
        ),
        mistakes=tuple(mistakes.STEP),
        variants=tuple(variants.STEP),
        hints=HINTS["lstm_step_backward"],
        advice=STEP_ADVICE,
        slow_sentence=SLOW,
    ),
    Exercise(
        name="lstm_backward",
        unit=UNIT,
        title="Back through the whole sequence",
        points=5,
        version=1,
        reference={
            "step_forward": lstm.lstm_step_forward,
            "forward": lstm.lstm_forward,
            "step": lstm_gradients.lstm_step_backward,
            "backward": lstm_gradients.lstm_backward,
        },
        make_cases=_sequence_cases,
        axes={
            "dx": ("batch", "time", "input"),
            **dict.fromkeys(("dh_0", "dc_0"), ("batch", "unit")),
            **_WEIGHT_AXES,
            **_SUMS,
        },
        criteria=(
            Criterion("inputs", 0.1, "Every input gets its gradient dx.", ("dx",), _BATCHES),
            Criterion("first_states", 0.1, "h_0 and c_0 get theirs.", ("dh_0", "dc_0"), _BATCHES),
            Criterion(
                "weights",
                0.13,
                "dW_xh and dW_hh are sums over all steps.",
                ("dW_xh", "dW_hh"),
                _BATCHES,
            ),
            Criterion("bias", 0.05, "db is a sum over all steps.", ("db",), _BATCHES),
            Criterion(
                "cell_carried",
                0.15,
                "The cell's gradient is carried from step to step.",
                _SEQUENCE_OUTPUTS,
                (CELL,),
            ),
            Criterion(
                "state_carried",
                0.15,
                "The state's gradient is carried from step to step.",
                _SEQUENCE_OUTPUTS,
                (STATE,),
            ),
            Criterion(
                "last_loss",
                0.03,
                "A loss at the last step alone reaches every step.",
                _SEQUENCE_OUTPUTS,
                (LAST,),
            ),
            Criterion(
                "sizes",
                0.05,
                "A single step, a batch of one, any sizes work.",
                _SEQUENCE_OUTPUTS,
                (SINGLE, ONE, SQUARE),
            ),
            Criterion("long", 0.03, "A long sequence takes a moment.", _SEQUENCE_OUTPUTS, (LONG,)),
            Criterion(
                "again",
                0.02,
                "A second call with the same cache gives the same.",
                ("second_call",),
                (WHOLE,),
            ),
            Criterion(
                "own_step",
                0.1,
                "It repeats the step, your own lstm_step_backward, once for each input.",
                ("sums",),
                (WHOLE,),
                Kind.CONSISTENT,
                against=("sums", "own_step_sums"),
            ),
            Criterion(
                "own_forward",
                0.04,
                "It is the gradient of the lstm_forward in your notebook.",
                ("sums",),
                (WHOLE,),
                Kind.CONSISTENT,
                against=("sums", "own_sums"),
            ),
            Criterion(
                "unchanged",
                0.05,
                "Neither dh nor the cache is changed in place.",
                kind=Kind.UNCHANGED,
            ),
        ),
        mistakes=tuple(sequence_mistakes.BACKWARD),
        variants=tuple(variants.BACKWARD),
        hints=HINTS["lstm_backward"],
        advice=SEQUENCE_ADVICE,
        slow_sentence=SLOW,
    ),
    Exercise(
        name="direct_path_gain",
        unit=UNIT,
        title="Along the cells alone",
        points=1,
        version=1,
        reference={"gain": lstm_gradients.direct_path_gain},
        make_cases=_gain_cases,
        axes={"gain": ("batch", "time", "unit")},
        criteria=(
            Criterion(
                "product",
                0.6,
                "Each gain is the product of all later gates.",
                ("gain",),
                ("some gates", OTHER),
            ),
            Criterion(
                "corners",
                0.15,
                "Shut gates let nothing through, and a single step works.",
                ("gain",),
                ("gates that are shut", SINGLE),
            ),
            Criterion("long", 0.15, "A hundred steps work.", ("gain",), ("a hundred steps",)),
            Criterion("unchanged", 0.1, "f is not changed in place.", kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.GAIN),
        variants=tuple(variants.GAIN),
        hints=HINTS["direct_path_gain"],
    ),
)
