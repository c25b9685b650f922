"""The whole sequence."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.derived import Derive
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.lstm.shared import OTHER, WHOLE, draw_step
from autograder.judge.shared_criteria import own_step, unchanged
from autograder.judge.sizes import OF_A_SEQUENCE, ONE_STEP, SIZES, apart, at_sizes, zeroed
from rnn_ref import lstm

BACKWARDS = "the same inputs in reverse order"
FROM_H_0 = "nothing but the first hidden state"
FROM_C_0 = "nothing but the first cell state"


def _forward_inputs(
    rng: np.random.Generator, N: int, T: int, D: int, H: int
) -> dict[str, np.ndarray]:
    step = draw_step(rng, N, D, H)
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


_MAIN = (WHOLE, OTHER)


EXERCISE = Exercise(
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
        Criterion("sizes", 0.1, OF_A_SEQUENCE).of(("h", "c"), ONE_STEP, *SIZES, besides=_MAIN),
        Criterion(
            "halves",
            0.05,
            "The second half, from your states after the first, gives the same again.",
            kind=Kind.SAME,
            against=("own_h_later", "own_c_later"),
        ).of(("h_second_half", "c_second_half"), WHOLE),
        own_step(0.15, "states", "lstm_step_forward", ("h", "own_h"), WHOLE),
        unchanged(0.05),
    ),
    trial=Trial(
        lambda rng: [short(_forward_inputs(rng, 1, *sizes)) for sizes in ((2, 1, 1), (3, 2, 2))],
        {
            "h": "lstm_forward(x, h_0, c_0, W_xh, W_hh, b)[0]",
            "c": "lstm_forward(x, h_0, c_0, W_xh, W_hh, b)[1]",
        },
    ),
)
