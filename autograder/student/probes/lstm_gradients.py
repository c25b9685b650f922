"""Unit 09: back through one step and through a sequence of an LSTM, and along the cells alone."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.student.answers import Outputs, as_array, parts
from autograder.student.gradients import LATER, SECOND, elsewhere, moved, named, shaped
from autograder.student.probes import probe

_STEP = "x_t h_prev c_prev W_xh W_hh b"
_SEQUENCE = "x h_0 c_0 W_xh W_hh b"
_STEP_GRADIENTS = ("dx_t", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db")
_SEQUENCE_GRADIENTS = ("dx", "dh_0", "dc_0", "dW_xh", "dW_hh", "db")

#: States of the forward with each argument moved in turn; gradients of the learner's single steps.
MOVED, PIECE = "own_moved ", "own_piece "


@probe("lstm_step_backward", forward=_STEP, backward="dh_t dc_t cache")
def lstm_step_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the six gradients; where asked, of later calls, and states of moved arguments."""
    upstream = inputs["dh_t"], inputs["dc_t"]
    *_, cache = parts(call.forward(*_arguments(_STEP, inputs)), "h_t", "c_t", "cache")
    yield from named(_STEP_GRADIENTS, call.backward(*upstream, cache))
    if "directions" not in inputs:
        return
    yield from named(_STEP_GRADIENTS, call.backward(*upstream, cache), SECOND)
    call.forward(*elsewhere(_STEP, inputs))
    yield from named(_STEP_GRADIENTS, call.backward(*upstream, cache), LATER)
    steps = [parts(call.forward(*args), "h_t", "c_t", "cache") for args in moved(_STEP, inputs)]
    for i, name in enumerate(("h_t", "c_t")):
        shape = upstream[i].shape
        yield MOVED + name, np.stack([shaped(name, step[i], shape) for step in steps])


@probe(
    "lstm_backward",
    step_forward=_STEP,
    forward=_SEQUENCE,
    step="_dh_t _dc_t _cache",
    backward="dh cache",
)
def lstm_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield as for a step; then the gradients of the learner's own steps, one by one."""
    dh = inputs["dh"]
    arguments = _arguments(_SEQUENCE, inputs)
    *_, cache = parts(call.forward(*arguments), "h", "c", "cache")
    yield from named(_SEQUENCE_GRADIENTS, call.backward(dh, cache))
    if "directions" not in inputs:
        return
    yield from named(_SEQUENCE_GRADIENTS, call.backward(dh, cache), SECOND)
    call.forward(*elsewhere(_SEQUENCE, inputs))
    yield from named(_SEQUENCE_GRADIENTS, call.backward(dh, cache), LATER)
    along = [parts(call.forward(*args), "h", "c", "cache") for args in moved(_SEQUENCE, inputs)]
    yield MOVED + "h", np.stack([shaped("h", h, dh.shape) for h, *_ in along])
    yield from _step_by_step(call, arguments, dh)


@probe("direct_path_gain", gain="f")
def direct_path_gain(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the gain."""
    yield "gain", call.gain(inputs["f"])


def _arguments(names: str, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    return [inputs[name] for name in names.split()]


def _step_by_step(call: Any, arguments: list[np.ndarray], dh: np.ndarray) -> Outputs:
    """Yield the gradients of the learner's own steps of a sequence, in the order of time."""
    x, h_t, c_t, *weights = arguments
    caches = []
    for t in range(x.shape[1]):
        made = call.step_forward(x[:, t], h_t, c_t, *weights)
        h_t, c_t, cache = parts(made, "h_t", "c_t", "cache")
        caches.append(cache)
    carried, steps = [np.zeros_like(dh[:, 0])] * 2, []
    for t in reversed(range(x.shape[1])):
        gradients = parts(call.step(dh[:, t] + carried[0], carried[1], caches[t]), *_STEP_GRADIENTS)
        arrays = [as_array(*each) for each in zip(_STEP_GRADIENTS, gradients, strict=True)]
        names = zip(_STEP_GRADIENTS[1:3], arrays[1:3], strict=True)
        carried = [shaped(name, array, dh[:, 0].shape) for name, array in names]
        steps.append(arrays)
    for name, each in zip(_SEQUENCE_GRADIENTS, zip(*steps[::-1], strict=True), strict=True):
        yield PIECE + name, np.stack(each)
