"""Unit 09: back through one step and through a sequence of an LSTM, and along the cells alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array, parts
from autograder.student.probes import probe

_STEP = "x_t h_prev c_prev W_xh W_hh b"
_SEQUENCE = "x h_0 c_0 W_xh W_hh b"
_STEP_GRADIENTS = ("dx_t", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db")
_SEQUENCE_GRADIENTS = ("dx", "dh_0", "dc_0", "dW_xh", "dW_hh", "db")
_STEP_SIZE = 1e-4

Gradients = dict[str, np.ndarray]


@probe("lstm_step_backward", forward=_STEP, backward="dh_t dc_t cache")
def lstm_step_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the six gradients, then db gate by gate; where asked, again, and against the forward.

    Outputs "own_…" come from central differences of the learner's own forward.
    """
    upstream = inputs["dh_t"], inputs["dc_t"]
    arguments = [inputs[name] for name in _STEP.split()]
    *_, cache = parts(call.forward(*arguments), "h_t", "c_t", "cache")
    gradients = _gradients(call.backward(*upstream, cache), _STEP_GRADIENTS)
    yield from gradients.items()
    yield from _gates(gradients["db"], inputs["h_prev"].shape[1])
    if "directions" in inputs:
        yield "second_call", _joined(_gradients(call.backward(*upstream, cache), _STEP_GRADIENTS))
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
    """Yield the six gradients; where asked, again, and against the learner's own functions."""
    dh = inputs["dh"]
    arguments = [inputs[name] for name in _SEQUENCE.split()]
    *_, cache = parts(call.forward(*arguments), "h", "c", "cache")
    gradients = _gradients(call.backward(dh, cache), _SEQUENCE_GRADIENTS)
    yield from gradients.items()
    if "directions" in inputs:
        yield "second_call", _joined(_gradients(call.backward(dh, cache), _SEQUENCE_GRADIENTS))
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


def _gates(db: np.ndarray, H: int) -> Outputs:
    """Yield db in four blocks, summed over a batch axis that is still there."""
    if db.size % (4 * H):
        raise FormError(f"db has shape {db.shape}; expected ({4 * H},) = (4H,).")
    blocks = db.reshape(-1, 4, H).sum(axis=0)
    for k, name in enumerate("ifog"):
        yield f"db_{name}", blocks[k]


def _joined(gradients: Gradients) -> np.ndarray:
    return np.concatenate([gradient.ravel() for gradient in gradients.values()])


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
