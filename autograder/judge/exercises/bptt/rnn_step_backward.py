"""Back through one step."""

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.bptt.shared import (
    OTHER,
    SLOW,
    STEP,
    TOLERANCE,
    UNCHANGED,
    WIDE,
    axes_of,
    draw_upstream,
    draw_weights,
    each_of,
    numeric,
    with_directions,
)
from autograder.judge.shared_criteria import later_calls, right, unchanged
from autograder.judge.sizes import SIZES, Inputs, apart, at_sizes
from autograder.judge.slopes import by_gradients, measured
from rnn_ref import bptt, recurrence

TOGETHER, SATURATED = "everything together", "with some units saturated"
WIDE_D, WIDE_H = 8, 512
"""A backward takes milliseconds; differences for 266,000 weights would take minutes."""


def _step(rng: np.random.Generator, N: int, D: int, H: int) -> Inputs:
    return {
        "x_t": rng.normal(size=(N, D)),
        "h_prev": rng.uniform(-0.9, 0.9, size=(N, H)),
        **draw_weights(rng, D, H),
        "dh_t": draw_upstream(rng, N, H),
    }


def _saturated(rng: np.random.Generator, N: int, D: int, H: int) -> Inputs:
    """Return a step in which one unit is driven to exactly -1 or 1, and one nearly so."""
    inputs = _step(rng, N, D, H)
    first, second = rng.permutation(H)[:2]
    inputs["b_h"][first], inputs["b_h"][second] = 60.0, -5.0
    return inputs


def _wide(rng: np.random.Generator) -> Inputs:
    return _step(rng, 2, WIDE_D, WIDE_H)


def _step_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, D, H = apart(rng, 3)
    return (
        Case(TOGETHER, with_directions(rng, _step(rng, N, D, H))),
        Case(OTHER, _step(rng, H, N, D)),
        Case(SATURATED, _saturated(rng, N, D, H), edge=True),
        *at_sizes(lambda *sizes: _step(rng, *sizes), N, D, H),
        Case(WIDE, _wide(rng), edge=True),
    )


_STEP_AXES = axes_of("dx_t", "dh_prev", ("batch", "input"))
_STEP_GRADIENTS = ("dx_t", "dh_prev", "dW_xh", "dW_hh", "db_h")
_STEP_SLOPES = {"slopes": by_gradients(STEP), "own_slopes": measured(h_t="dh_t")}
_STEPS = (TOGETHER, OTHER, SATURATED)
_STEP_CRITERIA = (
    right(0.13, "dx_t", "back to the input", _STEPS),
    right(0.14, "dh_prev", "back to the state before", _STEPS),
    right(0.14, "dW_xh", "a sum over the batch", _STEPS),
    right(0.14, "dW_hh", "a sum over the batch", _STEPS),
    right(0.1, "db_h", "a sum over the batch", _STEPS),
    Criterion(
        "sizes",
        0.1,
        "It is right at any size: a batch, an input or a unit of one, D = H, many units.",
    ).of(_STEP_GRADIENTS, *SIZES, WIDE),
    numeric(0.13, TOGETHER),
    unchanged(0.05, UNCHANGED),
    *later_calls(0.04, 0.03, _STEP_GRADIENTS, TOGETHER),
)
_TRY_STEP = "_, cache = rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h)\n"


def _small_steps(rng: np.random.Generator) -> list[Inputs]:
    return [short(_step(rng, *sizes)) for sizes in ((1, 1, 1), (1, 2, 2), (2, 1, 1), (2, 2, 2))]


EXERCISE = Exercise(
    name="rnn_step_backward",
    title="Back through one step",
    version=4,
    reference={"forward": recurrence.rnn_step_forward, "backward": bptt.rnn_step_backward},
    make_cases=_step_cases,
    axes=_STEP_AXES,
    criteria=_STEP_CRITERIA,
    derived=_STEP_SLOPES,
    large_cases=(WIDE,),
    trial=Trial(
        _small_steps, each_of(_STEP_GRADIENTS, f"{_TRY_STEP}rnn_step_backward(dh_t, cache)")
    ),
    tolerance=TOLERANCE,
    slow_sentence=SLOW,
)
