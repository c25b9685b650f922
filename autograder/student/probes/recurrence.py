"""Unit 01: one step, the unrolled network, the stacked form."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array, pair
from autograder.student.probes import probe

_STEP = "x_t h_prev W_xh W_hh b_h"


@probe("rnn_step_forward", step=_STEP)
def rnn_step_forward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the new state of one step."""
    h_t, _ = pair(call.step(*_step_arguments(inputs)), "h_t", "cache")
    yield "h_t", h_t


@probe("rnn_forward", step=_STEP, forward="x h_0 W_xh W_hh b_h")
def rnn_forward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield all states at once, in two halves, and by the learner's own step."""
    x, state = inputs["x"], inputs["h_0"]
    weights = inputs["W_xh"], inputs["W_hh"], inputs["b_h"]
    h, _ = pair(call.forward(x, state, *weights), "h", "cache")
    yield "h", h
    half = x.shape[1] // 2
    if half:
        first, _ = pair(call.forward(x[:, :half], state, *weights), "h", "cache")
        first = _three_axes(as_array("h", first))
        second, _ = pair(call.forward(x[:, half:], first[:, -1], *weights), "h", "cache")
        yield "h_second_half", second
    own_states = []
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
