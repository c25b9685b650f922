"""Unit 05: one step back, the whole sequence, the losses one by one, chunks.

Where a case has directions, the learner's own forward runs again with one argument moved along its
direction. What it gave is handed on as it came: the judge measures slopes.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import Outputs, as_array, pair, parts
from autograder.student.gradients import LATER, SECOND, elsewhere, moved, named, shaped
from autograder.student.probes import probe

_STEP = "x_t h_prev W_xh W_hh b_h"
_SEQUENCE = "x h_0 W_xh W_hh b_h"

#: States of the forward with each argument moved in turn; gradients of a sequence's single steps.
MOVED, PIECE = "own_moved ", "own_piece "


@probe("rnn_step_backward", forward=_STEP, backward="dh_t cache")
def rnn_step_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the five gradients, the same from later calls, and states of moved arguments."""
    names, dh_t = _gradients_of(_STEP), inputs["dh_t"]
    _, cache = pair(call.forward(*_arguments(_STEP, inputs)), "h_t", "cache")
    yield from named(names, call.backward(dh_t, cache))
    if "directions" not in inputs:
        return
    yield from named(names, call.backward(dh_t, cache), SECOND)
    call.forward(*elsewhere(_STEP, inputs))
    yield from named(names, call.backward(dh_t, cache), LATER)
    steps = [pair(call.forward(*args), "h_t", "cache")[0] for args in moved(_STEP, inputs)]
    yield MOVED + "h_t", np.stack([shaped("h_t", h_t, dh_t.shape) for h_t in steps])


@probe("rnn_backward", forward=_SEQUENCE, backward="dh cache")
def rnn_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield as for a step; where it is asked for, the gradients of single steps."""
    names, dh = _gradients_of(_SEQUENCE), inputs["dh"]
    _, cache = pair(call.forward(*_arguments(_SEQUENCE, inputs)), "h", "cache")
    yield from named(names, call.backward(dh, cache))
    if "directions" not in inputs:
        return
    if inputs.get("in_pieces"):
        yield from _step_by_step(call, inputs)
        return
    yield from named(names, call.backward(dh, cache), SECOND)
    call.forward(*elsewhere(_SEQUENCE, inputs))
    yield from named(names, call.backward(dh, cache), LATER)
    yield MOVED + "h", np.stack([_states(call, args, dh) for args in moved(_SEQUENCE, inputs)])


@probe("per_step_weight_gradient", forward=_SEQUENCE, per_step="dh cache")
def per_step_weight_gradient(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the slices, the same from later calls, and states with W_hh moved."""
    dh = inputs["dh"]
    _, cache = pair(call.forward(*_arguments(_SEQUENCE, inputs)), "h", "cache")
    yield "slices", call.per_step(dh, cache)
    if "directions" not in inputs:
        return
    yield "slices" + SECOND, call.per_step(dh, cache)
    call.forward(*elsewhere(_SEQUENCE, inputs))
    yield "slices" + LATER, call.per_step(dh, cache)
    along = moved(_SEQUENCE, inputs, "W_hh")
    yield MOVED + "h", np.stack([_states(call, arguments, dh) for arguments in along])


@probe("truncated_bptt", forward=_SEQUENCE, truncated="dh cache k")
def truncated_bptt(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield as for a step; the forward runs chunk by chunk, from states that stay."""
    names, arguments = _gradients_of(_SEQUENCE), _arguments(_SEQUENCE, inputs)
    dh, k = inputs["dh"], inputs["k"]
    h, cache = pair(call.forward(*arguments), "h", "cache")
    yield from named(names, call.truncated(dh, cache, k))
    if "directions" not in inputs:
        return
    yield from named(names, call.truncated(dh, cache, k), SECOND)
    call.forward(*elsewhere(_SEQUENCE, inputs))
    yield from named(names, call.truncated(dh, cache, k), LATER)
    states = shaped("h", h, dh.shape)

    def in_chunks(x: np.ndarray, h_0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        chunks = []
        for start in range(0, x.shape[1], k):
            chunk = slice(start, start + k)
            before = states[:, start - 1] if start else h_0
            chunks.append(_states(call, [x[:, chunk], before, *weights], dh[:, chunk]))
        return np.concatenate(chunks, axis=1)

    yield MOVED + "h", np.stack([in_chunks(*args) for args in moved(_SEQUENCE, inputs)])


def _arguments(names: str, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    return [inputs[name] for name in names.split()]


def _gradients_of(names: str) -> tuple[str, ...]:
    return tuple(f"d{name}" for name in names.split())


def _states(call: Any, arguments: list[np.ndarray], dh: np.ndarray) -> np.ndarray:
    return shaped("h", pair(call.forward(*arguments), "h", "cache")[0], dh.shape)


def _step_by_step(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the gradients of each single step, as a sequence of its own, in the order of time."""
    x, state, *weights = _arguments(_SEQUENCE, inputs)
    dh, caches = inputs["dh"], []
    for t in range(x.shape[1]):
        h, cache = pair(call.forward(x[:, t : t + 1], state, *weights), "h", "cache")
        caches.append(cache)
        state = shaped("h", h, dh[:, :1].shape)[:, 0]
    names = _gradients_of(_SEQUENCE)
    carry, steps = np.zeros_like(state), []
    for t in reversed(range(x.shape[1])):
        upstream = dh[:, t : t + 1] + carry[:, None]
        gradients = parts(call.backward(upstream, caches[t]), *names)
        arrays = [as_array(*each) for each in zip(names, gradients, strict=True)]
        carry = shaped("dh_0", arrays[1], carry.shape)
        steps.append(arrays)
    for name, each in zip(names, zip(*steps[::-1], strict=True), strict=True):
        yield PIECE + name, np.stack(each)
