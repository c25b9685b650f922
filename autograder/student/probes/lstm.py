"""Unit 08: one step of an LSTM, the whole sequence, a matrix per gate, a program of weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array, pair, parts
from autograder.student.probes import probe

_STEP = "x_t h_prev c_prev W_xh W_hh b"
_STATES = ("h_t", "c_t")


@probe("lstm_step_forward", step=_STEP)
def lstm_step_forward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield both states after one step."""
    h_t, c_t, _ = parts(call.step(*_arguments(_STEP, inputs)), *_STATES, "cache")
    yield "h_t", h_t
    yield "c_t", c_t


@probe("lstm_forward", step=_STEP, forward="x h_0 c_0 W_xh W_hh b")
def lstm_forward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield all states at once, in two halves, and by the learner's own step."""
    x, h_t, c_t, *weights = _arguments("x h_0 c_0 W_xh W_hh b", inputs)
    h, c, _ = parts(call.forward(x, h_t, c_t, *weights), "h", "c", "cache")
    yield "h", h
    yield "c", c
    half = x.shape[1] // 2
    if half:
        states = [_states("h", h), _states("c", c)]
        last = [value[:, half - 1] for value in states]
        h, c, _ = parts(call.forward(x[:, half:], *last, *weights), "h", "c", "cache")
        yield "h_second_half", h
        yield "c_second_half", c
    own_states = []
    for t in range(x.shape[1]):
        h_t, c_t, _ = parts(call.step(x[:, t], h_t, c_t, *weights), *_STATES, "cache")
        h_t, c_t = as_array("h_t", h_t), as_array("c_t", c_t)
        own_states.append(h_t)
    yield "own_h", np.stack(own_states, axis=1)


@probe("lstm_step_gates", step=_STEP, gates="x_t h_prev c_prev W U b")
def lstm_step_gates(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield a step with a matrix per gate, and the learner's own step with the same stacked."""
    x_t, h_prev, c_prev, W, U, b = _arguments("x_t h_prev c_prev W U b", inputs)
    h_t, c_t = pair(call.gates(x_t, h_prev, c_prev, W, U, b), *_STATES)
    yield "h_t", h_t
    yield "c_t", c_t
    stacked = (np.concatenate([gates[key] for key in "ifoc"], axis=-1) for gates in (U, W, b))
    own = parts(call.step(x_t, h_prev, c_prev, *stacked), *_STATES, "cache")
    yield "own_h_t", own[0]


@probe("program_gates", program="")
def program_gates(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the weights; the judge runs them."""
    names = ("W_xh", "W_hh", "b")
    for name, value in zip(names, parts(call.program(), *names), strict=True):
        yield f"own_{name}", as_array(name, value)


def _arguments(names: str, inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(inputs[name] for name in names.split())


def _states(name: str, value: Any) -> np.ndarray:
    states = as_array(name, value)
    if states.ndim != 3 or states.shape[1] < 2:
        raise FormError(f"{name} has shape {states.shape}; expected three axes (N, T, H).")
    return states
