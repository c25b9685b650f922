"""Unit 01: one step, the unrolled network, the stacked form."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array, pair
from autograder.student.probes import probe

_STEP = "x_t h_prev W_xh W_hh b_h"

#: Outputs of rnn_forward beside "h": the states of another call; the second half by itself, from
#: the state after the first one.
H_BEFORE, SECOND_HALF = "h before", "h_second_half"


@probe("rnn_step_forward", step=_STEP)
def rnn_step_forward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the new state of one step."""
    h_t, _ = pair(call.step(*_step_arguments(inputs)), "h_t", "cache")
    yield "h_t", h_t


@probe("rnn_forward", step=_STEP, forward="x h_0 W_xh W_hh b_h")
def rnn_forward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield all states; states of other calls that may depend on them; and by the own step."""
    x, h_0 = inputs["x"], inputs["h_0"]
    weights = inputs["W_xh"], inputs["W_hh"], inputs["b_h"]

    def states(x: np.ndarray, h_0: np.ndarray) -> np.ndarray:
        return as_array("h", pair(call.forward(x, h_0, *weights), "h", "cache")[0])

    h = states(x, h_0)
    yield "h", h
    half = x.shape[1] // 2
    if "x_before" in inputs or "h_0_before" in inputs:
        yield H_BEFORE, states(inputs.get("x_before", x), inputs.get("h_0_before", h_0))
    elif half:
        first = _three_axes(states(x[:, :half], h_0))
        yield SECOND_HALF, states(x[:, half:], first[:, -1])
    own_states, state = [], h_0
    for t in range(x.shape[1]):
        state = as_array("h_t", pair(call.step(x[:, t], state, *weights), "h_t", "cache")[0])
        own_states.append(state)
    yield "own_h", np.stack(own_states, axis=1)


@probe("stack_weights", stack="W_xh W_hh")
def stack_weights(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the stacked matrix."""
    yield "W", call.stack(inputs["W_xh"], inputs["W_hh"])


@probe("rnn_step_stacked", step=_STEP, stack="W_xh W_hh", stacked="x_t h_prev W b_h")
def rnn_step_stacked(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield a stacked step with the given matrix; then one with the learner's own, and a step."""
    x_t, h_prev, b_h = inputs["x_t"], inputs["h_prev"], inputs["b_h"]
    yield "h_t", call.stacked(x_t, h_prev, inputs["W"], b_h)
    W = call.stack(inputs["W_xh"], inputs["W_hh"])
    yield "own_stacked", call.stacked(x_t, h_prev, W, b_h)
    yield "own_step", pair(call.step(*_step_arguments(inputs)), "h_t", "cache")[0]


def _three_axes(h: np.ndarray) -> np.ndarray:
    if h.ndim != 3 or h.shape[1] == 0:
        raise FormError(f"h has shape {h.shape}; expected three axes (N, T, H).")
    return h


def _step_arguments(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(inputs[name] for name in _STEP.split())
