"""The unrolled network."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.derived import Derive
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.recurrence.shared import OTHER, WHOLE, draw_weights
from autograder.judge.shared_criteria import own_step, unchanged
from autograder.judge.sizes import OF_A_SEQUENCE, ONE_STEP, SIZES, apart, at_sizes, zeroed
from autograder.student.probes.recurrence import H_BEFORE, SECOND_HALF
from rnn_ref import recurrence

REVERSED, FROM_H_0 = "the same inputs in reverse order", "no input but the first state"
#: Derived of all states: what depends on the order of the inputs, on the first state; the second
#: half.
LAST, LAST_BEFORE = "the last state", "that after the same inputs in their first order"
FIRST, FIRST_BEFORE = "the state after one step", "that from another h_0"
SAME_HALF = "h_later"


def _forward_inputs(
    rng: np.random.Generator, N: int, T: int, D: int, H: int
) -> dict[str, np.ndarray]:
    states = {"x": rng.normal(size=(N, T, D)), "h_0": rng.uniform(-1, 1, size=(N, H))}
    weights = draw_weights(rng, D, H)
    return {**states, **weights, "W_hh": weights["W_hh"] / np.sqrt(H)}


def _forward_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, T, D, H = apart(rng, 4)
    T = max(T, 3)
    inputs = _forward_inputs(rng, N, T, D, H)
    quiet = inputs["x"] / 4  # far from where tanh is flat
    backwards = {**inputs, "x": quiet[:, ::-1].copy(), "x_before": quiet}
    lasting = inputs["W_hh"] * 1.5 / np.abs(np.linalg.eigvals(inputs["W_hh"])).max()
    other = {"W_hh": lasting, "h_0_before": -inputs["h_0"]}  # the last state is not nearly 0
    edges = (
        Case(ONE_STEP, _forward_inputs(rng, N, 1, D, H), edge=True),
        *at_sizes(lambda n, d, h: _forward_inputs(rng, n, T, d, h), N, D, H),
    )
    return (
        Case(WHOLE, inputs),
        Case(OTHER, _forward_inputs(rng, H, N + 1, T, D)),
        Case(REVERSED, backwards),
        Case(FROM_H_0, {**zeroed(inputs, "x", "b_h"), **other}),
        *edges,
    )


def _state(output: str, t: int, moved: str) -> Derive:
    """Return how one state follows from all of them, where a case asks for another call, too."""

    def state(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
        h = outputs.get(output)
        return None if moved not in inputs or h is None or h.ndim != 3 else h[:, t]

    return state


def _same_half(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> np.ndarray | None:
    h = outputs.get("h")
    return None if h is None or h.ndim != 3 else h[:, inputs["x"].shape[1] // 2 :]


_FORWARD_DERIVED = {
    LAST: _state("h", -1, "x_before"),
    LAST_BEFORE: _state(H_BEFORE, -1, "x_before"),
    FIRST: _state("h", 0, "h_0_before"),
    FIRST_BEFORE: _state(H_BEFORE, 0, "h_0_before"),
    SAME_HALF: _same_half,
}
_FORWARD_MAIN = (WHOLE, OTHER, REVERSED, FROM_H_0)
_FORWARD_SIZES = (ONE_STEP, *SIZES)


EXERCISE = Exercise(
    name="rnn_forward",
    title="The unrolled network",
    version=5,
    reference={"step": recurrence.rnn_step_forward, "forward": recurrence.rnn_forward},
    stand_ins=("rnn_step_forward",),
    stand_in_cases=(*_FORWARD_MAIN, *_FORWARD_SIZES),
    make_cases=_forward_cases,
    derived=_FORWARD_DERIVED,
    axes={
        "h": ("batch", "time", "unit"),
        **dict.fromkeys((SECOND_HALF, SAME_HALF), ("batch", "time", "unit")),
        **dict.fromkeys((LAST, LAST_BEFORE, FIRST, FIRST_BEFORE), ("batch", "unit")),
    },
    criteria=(
        Criterion("states", 0.5, "All T states are right.").of("h", WHOLE, OTHER, REVERSED),
        Criterion("from_h_0", 0.1, "What follows from h_0 alone is right.").of("h", FROM_H_0),
        Criterion(
            "first_state",
            0.05,
            "The first state h_0 is where it starts.",
            kind=Kind.DIFFERENT,
            against=(FIRST_BEFORE,),
        ).of(FIRST, FROM_H_0),
        Criterion(
            "order",
            0.05,
            "The order of the inputs matters.",
            kind=Kind.DIFFERENT,
            against=(LAST_BEFORE,),
        ).of(LAST, REVERSED),
        Criterion("sizes", 0.15, OF_A_SEQUENCE).of("h", *_FORWARD_SIZES),
        Criterion(
            "halves",
            0.05,
            "Two halves, the state handed on, give the same as the whole.",
            kind=Kind.SAME,
            against=(SAME_HALF,),
        ).of(SECOND_HALF, WHOLE),
        own_step(0.05, "states", "rnn_step_forward", ("h", "own_h"), WHOLE),
        unchanged(0.05),
    ),
    trial=Trial(
        lambda rng: [short(_forward_inputs(rng, 1, *sizes)) for sizes in ((2, 1, 1), (3, 2, 2))],
        {"h": "rnn_forward(x, h_0, W_xh, W_hh, b_h)[0]"},
    ),
)
