"""Gates set by hand."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Tolerance
from autograder.student.answers import FormError
from rnn_ref import lstm

BIT_TOLERANCE = Tolerance(relative=0.0, absolute=0.1)  # of a stored bit, 1 or -1
AS_GOOD_AS = 0.02  # nearer than this to what is wanted, so that the reference gives just that
RESEMBLES = Tolerance(relative=0.0, absolute=0.03)  # what a mistake's weights do, and a learner's
HOLD_STEPS = 100


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


EXERCISE = Exercise(
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
)
