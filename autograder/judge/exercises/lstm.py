"""Unit 08: one step of an LSTM, the whole sequence, a matrix per gate, gates set by hand."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.derived import Derive
from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Tolerance, Trial, short
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.judge.sizes import (
    OF_A_SEQUENCE,
    OF_A_STEP,
    ONE_STEP,
    SIZES,
    apart,
    at_sizes,
    zeroed,
)
from autograder.student.answers import FormError
from rnn_ref import lstm

LIMITS = "gates driven to their limits"
WHOLE, OTHER = "a whole sequence", "with other numbers"
BACKWARDS = "the same inputs in reverse order"
FROM_H_0 = "nothing but the first hidden state"
FROM_C_0 = "nothing but the first cell state"
BLOCKS = ("i", "f", "o", "g")

TOGETHER = ("everything together", OTHER)
BIT_TOLERANCE = Tolerance(relative=0.0, absolute=0.1)  # of a stored bit, 1 or -1
AS_GOOD_AS = 0.02  # nearer than this to what is wanted, so that the reference gives just that
RESEMBLES = Tolerance(relative=0.0, absolute=0.03)  # what a mistake's weights do, and a learner's
HOLD_STEPS = 100


def _step_inputs(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, np.ndarray]:
    return {
        "x_t": rng.normal(size=(N, D)),
        "h_prev": rng.uniform(-1, 1, size=(N, H)),
        "c_prev": 1.5 * rng.normal(size=(N, H)),
        "W_xh": rng.normal(size=(D, 4 * H)),
        "W_hh": rng.normal(size=(H, 4 * H)),
        "b": rng.normal(size=4 * H),
    }


def _alone(inputs: dict[str, np.ndarray], block: str, **held: float) -> dict[str, np.ndarray]:
    """Return `inputs` where only `block` listens; the others have weights 0 and a bias alone.

    A bias of ±30 holds a gate at 1 or 0, and the candidate at ±1, to 13 digits.
    """
    alone = {name: value.copy() for name, value in inputs.items()}
    H = len(alone["W_hh"])
    for number, other in enumerate(BLOCKS):
        if other != block:
            columns = slice(number * H, (number + 1) * H)
            alone["W_xh"][:, columns] = alone["W_hh"][:, columns] = 0.0
            alone["b"][columns] = held[other]
    return alone


def _driven(rng: np.random.Generator, N: int, D: int, H: int) -> dict[str, np.ndarray]:
    """Return inputs of which every gate and candidate is at a limit.

    Weights are so large that single precision rounds a sum by thousandths: one that came near 0
    would be another gate there.
    """
    while True:
        inputs = _step_inputs(rng, N, D, H)
        inputs |= {name: 2000 * inputs[name] for name in ("W_xh", "W_hh", "b")}
        sums = inputs["x_t"] @ inputs["W_xh"] + inputs["h_prev"] @ inputs["W_hh"] + inputs["b"]
        if np.abs(sums).min() > 20:
            return inputs


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)
    inputs = _step_inputs(rng, N, D, H)
    limits = _driven(rng, 8, D, 9)  # many units: 0 or 1 is soon right by chance
    empty = {**inputs, "c_prev": np.zeros((N, H))}
    return (
        Case("everything together", inputs),
        Case(OTHER, _step_inputs(rng, H, N, D)),
        Case("the forget gate alone", _alone(inputs, "f", i=-30.0, o=30.0, g=0.0)),
        Case("the input gate alone", _alone(empty, "i", f=30.0, o=30.0, g=30.0)),
        Case("the candidate alone", _alone(empty, "g", i=30.0, f=30.0, o=30.0)),
        Case("the output gate alone", _alone(inputs, "o", i=-30.0, f=30.0, g=0.0)),
        Case(LIMITS, limits, edge=True),
        *at_sizes(lambda *sizes: _step_inputs(rng, *sizes), N, D, H),
    )


def _forward_inputs(
    rng: np.random.Generator, N: int, T: int, D: int, H: int
) -> dict[str, np.ndarray]:
    step = _step_inputs(rng, N, D, H)
    return {
        "x": rng.normal(size=(N, T, D)),
        "h_0": step["h_prev"],
        "c_0": step["c_prev"],
        "W_xh": step["W_xh"],
        "W_hh": step["W_hh"],
        "b": step["b"],
    }


def _forward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D, H = apart(rng, 4)
    T = max(T, 3)
    inputs = _forward_inputs(rng, N, T, D, H)
    return (
        Case(WHOLE, inputs),
        Case(OTHER, _forward_inputs(rng, H, N + 1, T, D)),
        Case(BACKWARDS, {**inputs, "x": inputs["x"][:, ::-1].copy()}),
        Case(FROM_H_0, zeroed(inputs, "x", "c_0", "b")),
        Case(FROM_C_0, zeroed(inputs, "x", "h_0", "b")),
        Case(ONE_STEP, _forward_inputs(rng, N, 1, D, H), edge=True),
        *at_sizes(lambda n, d, h: _forward_inputs(rng, n, T, d, h), N, D, H),
    )


def _later_half(name: str) -> Derive:
    """Return how the second half of the states follows from all of them."""

    def later(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
        half, states = inputs["x"].shape[1] // 2, outputs.get(name)
        return None if states is None or states.ndim != 3 or not half else states[:, half:]

    return later


def _per_gate(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs of a step with a matrix and a bias per gate."""
    names = "x_t", "h_prev", "c_prev"
    cut = lstm.split_gates(inputs["W_xh"], inputs["W_hh"], inputs["b"])
    copies = [{gate: value.copy() for gate, value in part.items()} for part in cut]
    return {
        **{name: inputs[name] for name in names},
        **dict(zip(("W", "U", "b"), copies, strict=True)),
    }


def _gates_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)
    inputs = _step_inputs(rng, N, D, H)
    cases = {
        "everything together": inputs,
        OTHER: _step_inputs(rng, H, N, D),
        "the hidden state alone": zeroed(inputs, "x_t", "b"),
        "the input alone": zeroed(inputs, "h_prev", "b"),
        "the biases alone": zeroed(inputs, "x_t", "h_prev"),
    }
    return (
        *(Case(name, _per_gate(case)) for name, case in cases.items()),
        *at_sizes(lambda *sizes: _per_gate(_step_inputs(rng, *sizes)), N, D, H),
    )


def _bits(rng: np.random.Generator, plan: list[tuple[int, int]]) -> np.ndarray:
    """Return inputs (4, T, 2) of a memory: for each (bit, hold), a write and `hold` steps of noise.

    Where the bit is 0, nothing is written. The noise agrees with the bit in the first sequence and
    contradicts it in the second; the other two hold the opposite bit under noise of random sign.
    """
    rows: list[np.ndarray] = []
    for bit, hold in plan:
        if bit:
            rows.append(np.array([[bit, 1], [bit, 1], [-bit, 1], [-bit, 1]], dtype=np.float64))
        for _ in range(hold):
            noise = bit or 1
            signs = [noise, -noise, *rng.choice([-1.0, 1.0], size=2)]
            rows.append(np.stack([np.array(signs), np.zeros(4)], axis=1))
    return np.stack(rows, axis=1)


def _program_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    bit = int(rng.choice([-1, 1]))
    idle, gaps = rng.integers(3, 8), rng.integers(1, 9, size=4)
    signs = (bit, -bit, -bit, bit)
    overwritten = [(sign, int(gap)) for sign, gap in zip(signs, gaps, strict=True)]
    return (
        Case("a bit is written", {"x": _bits(rng, [(0, int(idle)), (bit, 1)])}),
        Case("a hundred steps of noise", {"x": _bits(rng, [(bit, HOLD_STEPS)])}),
        Case("one bit after another", {"x": _bits(rng, [*overwritten, (-bit, 0), (bit, 1)])}),
    )


def _stored(x: np.ndarray) -> np.ndarray:
    """Return the bit that is to be held after each step, 0 before the first write: (N, T)."""
    stored = np.zeros((x.shape[0], x.shape[1] + 1))
    for t in range(x.shape[1]):
        stored[:, t + 1] = np.where(x[:, t, 1] == 1, x[:, t, 0], stored[:, t])
    return stored[:, 1:]


def _run(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Run the weights that came back: hidden states, cell states and stored bits, each (N, T)."""
    weights = []
    for name, shape in (("W_xh", (2, 4)), ("W_hh", (1, 4)), ("b", (4,))):
        value = outputs.get(f"own_{name}", np.zeros(0))
        if value.shape != shape:
            raise FormError(f"{name} has shape {value.shape}; expected {shape}.")
        weights.append(value.astype(np.float64))
    x = inputs["x"]
    zero = np.zeros((len(x), 1))
    h, c, _ = lstm.lstm_forward(x, zero, zero, *weights)
    return h[:, :, 0], c[:, :, 0], _stored(x)


def _snapped(states: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return `wanted` where the states are as good as that, else the states."""
    return np.where(np.abs(states - wanted) <= AS_GOOD_AS, wanted, states)


def _shown(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray:
    h, _, stored = _run(inputs, outputs)
    return _snapped(h, np.tanh(stored))


def _kept(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray:
    _, c, stored = _run(inputs, outputs)
    return _snapped(c, stored)


_MAIN = (WHOLE, OTHER)
_STATES = ("h_t", "c_t")
_STEP_AXES = {"h_t": ("batch", "unit"), "c_t": ("batch", "unit")}

EXERCISES = (
    Exercise(
        name="lstm_step_forward",
        title="One step of the LSTM",
        version=4,
        reference={"step": lstm.lstm_step_forward},
        make_cases=_step_cases,
        axes=_STEP_AXES,
        criteria=(
            Criterion(
                "forget",
                0.12,
                "With the forget gate alone both are right: it says how much of each cell is kept.",
            ).of(("c_t", "h_t"), "the forget gate alone", any_of=True),
            Criterion(
                "input",
                0.12,
                "With the input gate alone both are right: it says how much is written.",
            ).of(("c_t", "h_t"), "the input gate alone", any_of=True),
            Criterion(
                "candidate",
                0.12,
                "With the candidate alone both are right: it is what is written, from -1 to 1.",
            ).of(("c_t", "h_t"), "the candidate alone", any_of=True),
            Criterion(
                "output",
                0.14,
                "With the output gate alone h_t is right: it says how much of tanh(c_t) is shown.",
            ).of("h_t", "the output gate alone"),
            Criterion("together", 0.2, "With all of them together both are right.").of(
                _STATES, *TOGETHER
            ),
            Criterion(
                "limits", 0.1, "With gates driven to 0 and to 1 both are finite and right."
            ).of(_STATES, LIMITS, besides=TOGETHER),
            Criterion(
                "sizes",
                0.05,
                OF_A_STEP,
            ).of(_STATES, *SIZES, besides=TOGETHER),
            unchanged(0.1),
            repeatable(0.05),
        ),
        trial=Trial(
            lambda rng: [short(_step_inputs(rng, *sizes)) for sizes in ((1, 1, 1), (1, 2, 2))],
            {
                "c_t": "lstm_step_forward(x_t, h_prev, c_prev, W_xh, W_hh, b)[1]",
                "h_t": "lstm_step_forward(x_t, h_prev, c_prev, W_xh, W_hh, b)[0]",
            },
        ),
    ),
    Exercise(
        name="lstm_forward",
        title="The whole sequence",
        version=3,
        reference={"step": lstm.lstm_step_forward, "forward": lstm.lstm_forward},
        make_cases=_forward_cases,
        stand_ins=("lstm_step_forward",),
        stand_in_cases=(*_MAIN, BACKWARDS, FROM_H_0, FROM_C_0, ONE_STEP, *SIZES),
        axes=dict.fromkeys(("h", "c", "h_second_half", "c_second_half"), ("batch", "time", "unit")),
        derived={f"own_{name}_later": _later_half(name) for name in "hc"},
        criteria=(
            Criterion("hidden", 0.3, "All T hidden states are right.").of("h", *_MAIN),
            Criterion("cells", 0.1, "All T cell states are right.").of("c", *_MAIN),
            Criterion("first_hidden", 0.1, "What follows from h_0 alone is right.").of(
                ("h", "c"), FROM_H_0, any_of=True
            ),
            Criterion("first_cell", 0.1, "What follows from c_0 alone is right.").of(
                ("h", "c"), FROM_C_0, any_of=True
            ),
            Criterion("order", 0.05, "The inputs in reverse order give what they should.").of(
                ("h", "c"), BACKWARDS, any_of=True
            ),
            Criterion(
                "sizes",
                0.1,
                OF_A_SEQUENCE,
            ).of(("h", "c"), ONE_STEP, *SIZES, besides=_MAIN),
            Criterion(
                "halves",
                0.05,
                "The second half, from your states after the first, gives the same again.",
                kind=Kind.SAME,
                against=("own_h_later", "own_c_later"),
            ).of(("h_second_half", "c_second_half"), WHOLE),
            Criterion(
                "own_step",
                0.15,
                "The states are those of your own lstm_step_forward, once for each input.",
                kind=Kind.CONSISTENT,
                against=("h", "own_h"),
                carried="Your loop gives what your own lstm_step_forward gives, step after step: "
                "look for the mistake in lstm_step_forward.",
            ).of("h", WHOLE),
            unchanged(0.05),
        ),
        trial=Trial(
            lambda rng: [
                short(_forward_inputs(rng, 1, *sizes)) for sizes in ((2, 1, 1), (3, 2, 2))
            ],
            {
                "h": "lstm_forward(x, h_0, c_0, W_xh, W_hh, b)[0]",
                "c": "lstm_forward(x, h_0, c_0, W_xh, W_hh, b)[1]",
            },
        ),
    ),
    Exercise(
        name="lstm_step_gates",
        title="A matrix for each gate",
        version=3,
        reference={"step": lstm.lstm_step_forward, "gates": lstm.lstm_step_gates},
        make_cases=_gates_cases,
        axes=_STEP_AXES,
        criteria=(
            Criterion("state", 0.15, "With the hidden state alone both states are right.").of(
                _STATES, "the hidden state alone"
            ),
            Criterion("input", 0.15, "With the input alone both states are right.").of(
                _STATES, "the input alone"
            ),
            Criterion("bias", 0.1, "With the biases alone both states are right.").of(
                _STATES, "the biases alone"
            ),
            Criterion("together", 0.3, "With all of them together both are right.").of(
                _STATES, *TOGETHER
            ),
            Criterion(
                "sizes",
                0.1,
                OF_A_STEP,
            ).of(_STATES, *SIZES, besides=TOGETHER),
            Criterion(
                "both_forms",
                0.15,
                "It makes the step of your own lstm_step_forward.",
                kind=Kind.CONSISTENT,
                against=("h_t", "own_h_t"),
                of_itself=True,
            ).of("h_t", *TOGETHER),
            unchanged(0.05),
        ),
        trial=Trial(
            lambda rng: [
                _per_gate(short(_step_inputs(rng, *sizes))) for sizes in ((1, 1, 1), (1, 2, 2))
            ],
            {
                "c_t": "lstm_step_gates(x_t, h_prev, c_prev, W, U, b)[1]",
                "h_t": "lstm_step_gates(x_t, h_prev, c_prev, W, U, b)[0]",
            },
        ),
    ),
    Exercise(
        name="program_gates",
        title="Gates set by hand",
        version=3,
        reference={"program": lstm.program_gates},
        make_cases=_program_cases,
        axes=dict.fromkeys(("c", "h"), ("sequence", "time")),
        derived={"c": _kept, "h": _shown},
        tolerance=BIT_TOLERANCE,
        recognised_within=RESEMBLES,
        criteria=(
            Criterion("writes", 0.25, "A step with write = 1 sets the cell to the bit.").of(
                "c", "a bit is written"
            ),
            Criterion("holds", 0.35, "The bit is held for 100 steps, whatever noise arrives.").of(
                "c", "a hundred steps of noise"
            ),
            Criterion("overwrites", 0.2, "The next bit takes the place of the one before.").of(
                "c", "one bit after another"
            ),
            Criterion("shows", 0.2, "The hidden state shows the bit: tanh(c_t).").of("h"),
        ),
    ),
)
