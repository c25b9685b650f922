"""A matrix for each gate."""

from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.lstm.shared import OTHER, STATES, STEP_AXES, TOGETHER, draw_step
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import OF_A_STEP, SIZES, apart, at_sizes, zeroed
from rnn_ref import lstm


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
    inputs = draw_step(rng, N, D, H)
    cases = {
        "everything together": inputs,
        OTHER: draw_step(rng, H, N, D),
        "the hidden state alone": zeroed(inputs, "x_t", "b"),
        "the input alone": zeroed(inputs, "h_prev", "b"),
        "the biases alone": zeroed(inputs, "x_t", "h_prev"),
    }
    return (
        *(Case(name, _per_gate(case)) for name, case in cases.items()),
        *at_sizes(lambda *sizes: _per_gate(draw_step(rng, *sizes)), N, D, H),
    )


EXERCISE = Exercise(
    name="lstm_step_gates",
    title="A matrix for each gate",
    version=3,
    reference={"step": lstm.lstm_step_forward, "gates": lstm.lstm_step_gates},
    make_cases=_gates_cases,
    axes=STEP_AXES,
    criteria=(
        Criterion("state", 0.15, "With the hidden state alone both states are right.").of(
            STATES, "the hidden state alone"
        ),
        Criterion("input", 0.15, "With the input alone both states are right.").of(
            STATES, "the input alone"
        ),
        Criterion("bias", 0.1, "With the biases alone both states are right.").of(
            STATES, "the biases alone"
        ),
        Criterion("together", 0.3, "With all of them together both are right.").of(
            STATES, *TOGETHER
        ),
        Criterion("sizes", 0.1, OF_A_STEP).of(STATES, *SIZES, besides=TOGETHER),
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
        lambda rng: [_per_gate(short(draw_step(rng, *sizes))) for sizes in ((1, 1, 1), (1, 2, 2))],
        {
            "c_t": "lstm_step_gates(x_t, h_prev, c_prev, W, U, b)[1]",
            "h_t": "lstm_step_gates(x_t, h_prev, c_prev, W, U, b)[0]",
        },
    ),
)
