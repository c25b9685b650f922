"""Unit 09: back through one step and through a sequence of an LSTM, and along the cells alone."""

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array, parts
from autograder.student.gradients import LATER, SECOND, named
from autograder.student.probes import probe

_STEP = "x_t h_prev c_prev W_xh W_hh b"
_SEQUENCE = "x h_0 c_0 W_xh W_hh b"
_STEP_GRADIENTS = ("dx_t", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db")
_SEQUENCE_GRADIENTS = ("dx", "dh_0", "dc_0", "dW_xh", "dW_hh", "db")
_OF_THE_WEIGHTS = ("dW_xh", "dW_hh", "db")
_STEP_SIZE = 1e-4

#: The gates, in the order of their columns.
GATES = ("i", "f", "o", "g")

Gradients = dict[str, np.ndarray]


@probe("lstm_step_backward", forward=_STEP, backward="dh_t dc_t cache")
def lstm_step_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the six gradients, those of the weights gate by gate, too; where asked, of later calls.

    Outputs "own_…" come from central differences of the learner's own forward.
    """
    upstream = inputs["dh_t"], inputs["dc_t"]
    arguments = [inputs[name] for name in _STEP.split()]
    *_, cache = parts(call.forward(*arguments), "h_t", "c_t", "cache")
    gradients = yield from _by_gate(
        named(_STEP_GRADIENTS, call.backward(*upstream, cache)), inputs["h_prev"].shape[1]
    )
    if "directions" not in inputs:
        return
    yield from named(_STEP_GRADIENTS, call.backward(*upstream, cache), SECOND)
    call.forward(*_elsewhere(arguments, inputs["directions"]))
    yield from named(_STEP_GRADIENTS, call.backward(*upstream, cache), LATER)
    yield "sums", _sums(gradients, inputs["directions"])

    def loss(*moved: Any) -> Any:
        h_t, c_t, _ = parts(call.forward(*moved), "h_t", "c_t", "cache")
        return np.sum(h_t * upstream[0]) + np.sum(c_t * upstream[1])

    yield "own_sums", _differences(loss, arguments, inputs["directions"])


@probe(
    "lstm_backward",
    step_forward=_STEP,
    forward=_SEQUENCE,
    step="_dh_t _dc_t _cache",
    backward="dh cache",
)
def lstm_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the six gradients; where asked, of later calls, and by the learner's own functions."""
    dh = inputs["dh"]
    arguments = [inputs[name] for name in _SEQUENCE.split()]
    *_, cache = parts(call.forward(*arguments), "h", "c", "cache")
    copies = yield from named(_SEQUENCE_GRADIENTS, call.backward(dh, cache))
    if "directions" not in inputs:
        return
    yield from named(_SEQUENCE_GRADIENTS, call.backward(dh, cache), SECOND)
    call.forward(*_elsewhere(arguments, inputs["directions"]))
    yield from named(_SEQUENCE_GRADIENTS, call.backward(dh, cache), LATER)
    gradients = dict(zip(_SEQUENCE_GRADIENTS, copies, strict=True))
    yield "sums", _sums(gradients, inputs["directions"])

    def loss(*moved: Any) -> Any:
        h, *_ = parts(call.forward(*moved), "h", "c", "cache")
        return np.sum(h * dh)

    yield "own_sums", _differences(loss, arguments, inputs["directions"])
    yield "own_step_sums", _sums(_unrolled(call, arguments, dh), inputs["directions"])


@probe("direct_path_gain", gain="f")
def direct_path_gain(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the gain."""
    yield "gain", call.gain(inputs["f"])


def _gradients(returned: Any, names: tuple[str, ...]) -> Gradients:
    values = parts(returned, *names)
    return {name: as_array(name, value) for name, value in zip(names, values, strict=True)}


def _by_gate(gradients: Outputs, H: int) -> Generator[tuple[str, Any], None, Gradients]:
    """Yield the gradients, and behind each that has 4H columns its blocks; return them all."""
    seen: Gradients = {}
    for name, gradient in gradients:
        seen[name] = gradient
        yield name, gradient
        if name in _OF_THE_WEIGHTS and gradient.shape[-1:] == (4 * H,):
            for k, gate in enumerate(GATES):
                yield f"{name} of {gate}", gradient[..., k * H : (k + 1) * H]
    return seen


def _elsewhere(
    arguments: Sequence[np.ndarray], directions: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Return arguments of the same shapes with other numbers."""
    return [a + direction for a, direction in zip(arguments, directions, strict=True)]


def _sums(gradients: Gradients, directions: Sequence[np.ndarray]) -> np.ndarray:
    """Return, for each gradient, the slope of the loss when its argument moves in a direction."""
    for (name, gradient), direction in zip(gradients.items(), directions, strict=True):
        if gradient.shape != direction.shape:
            raise FormError(f"{name} has shape {gradient.shape}; expected {direction.shape}.")
    pairs = zip(gradients.values(), directions, strict=True)
    return np.array([np.sum(gradient * direction) for gradient, direction in pairs])


def _differences(
    loss: Callable[..., Any], arguments: list[np.ndarray], directions: Sequence[np.ndarray]
) -> np.ndarray:
    """Return the same slopes, measured: two calls of the forward for each."""
    slopes = []
    for k, direction in enumerate(directions):
        up, down = list(arguments), list(arguments)
        up[k] = arguments[k] + _STEP_SIZE * direction
        down[k] = arguments[k] - _STEP_SIZE * direction
        slopes.append((loss(*up) - loss(*down)) / (2 * _STEP_SIZE))
    return as_array("the slopes of your forward", slopes)


def _unrolled(call: Any, arguments: list[np.ndarray], dh: np.ndarray) -> Gradients:
    """Return the gradients of a sequence by the learner's own steps, forward and backward."""
    x, h_t, c_t, *weights = arguments
    caches = []
    for t in range(x.shape[1]):
        made = call.step_forward(x[:, t], h_t, c_t, *weights)
        h_t, c_t, cache = parts(made, "h_t", "c_t", "cache")
        caches.append(cache)
    carried_h, carried_c = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    dx, sums = np.zeros_like(x), [np.zeros_like(weight) for weight in weights]
    for t in reversed(range(x.shape[1])):
        gradients = _gradients(
            call.step(dh[:, t] + carried_h, carried_c, caches[t]), _STEP_GRADIENTS
        )
        dx[:, t], carried_h, carried_c, *steps = gradients.values()
        sums = [so_far + step for so_far, step in zip(sums, steps, strict=True)]
    values = (dx, carried_h, carried_c, *sums)
    return dict(zip(_SEQUENCE_GRADIENTS, values, strict=True))
