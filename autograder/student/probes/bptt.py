"""Unit 05: one step back, the whole sequence, the losses one by one, chunks.

Where a case has directions, the learner's own forward is measured along them, too: gradients times
directions are "slopes", and central differences of the forward must give the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array, describe, pair, parts
from autograder.student.gradients import LATER, SECOND, named
from autograder.student.probes import probe

_STEP = "x_t h_prev W_xh W_hh b_h"
_SEQUENCE = "x h_0 W_xh W_hh b_h"

_DIFFERENCE = 1e-5  # of a central difference: its error is near 1e-10 of the numbers measured


@probe("rnn_step_backward", forward=_STEP, backward="dh_t cache")
def rnn_step_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the five gradients, the same from later calls, and slopes."""
    names, arguments, dh_t = _gradients_of(_STEP), _arguments(_STEP, inputs), inputs["dh_t"]
    _, cache = pair(call.forward(*arguments), "h_t", "cache")
    gradients = yield from named(names, call.backward(dh_t, cache))
    if "directions" not in inputs:
        return
    yield from named(names, call.backward(dh_t, cache), SECOND)
    call.forward(*_elsewhere(_STEP, inputs))
    yield from named(names, call.backward(dh_t, cache), LATER)
    if not _fit(gradients, arguments):
        return
    yield "slopes", _slopes(_STEP, gradients, inputs)

    def loss(*moved: np.ndarray) -> float:
        return _times(dh_t, "h_t", pair(call.forward(*moved), "h_t", "cache")[0])

    yield "own_slopes", _measured(loss, arguments, _directions(_STEP, inputs))


@probe("rnn_backward", forward=_SEQUENCE, backward="dh cache")
def rnn_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield as for a step; where it is asked for, slopes of gradients made of single steps."""
    names, arguments, dh = _gradients_of(_SEQUENCE), _arguments(_SEQUENCE, inputs), inputs["dh"]
    _, cache = pair(call.forward(*arguments), "h", "cache")
    gradients = yield from named(names, call.backward(dh, cache))
    if "directions" not in inputs:
        return
    if inputs.get("in_pieces") and _fit(gradients, arguments):
        yield "slopes", _slopes(_SEQUENCE, gradients, inputs)
        yield "own_pieces", _slopes(_SEQUENCE, _step_by_step(call, inputs), inputs)
    if inputs.get("in_pieces"):
        return
    yield from named(names, call.backward(dh, cache), SECOND)
    call.forward(*_elsewhere(_SEQUENCE, inputs))
    yield from named(names, call.backward(dh, cache), LATER)
    if not _fit(gradients, arguments):
        return
    yield "slopes", _slopes(_SEQUENCE, gradients, inputs)

    def loss(*moved: np.ndarray) -> float:
        return _times(dh, "h", pair(call.forward(*moved), "h", "cache")[0])

    yield "own_slopes", _measured(loss, arguments, _directions(_SEQUENCE, inputs))


@probe("per_step_weight_gradient", forward=_SEQUENCE, per_step="dh cache")
def per_step_weight_gradient(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the slices and their sum, the slices of later calls, and a slope for each loss."""
    arguments, dh = _arguments(_SEQUENCE, inputs), inputs["dh"]
    _, cache = pair(call.forward(*arguments), "h", "cache")
    slices = as_array("slices", call.per_step(dh, cache))
    yield "slices", slices
    if slices.ndim == 3:
        yield "total", slices.sum(axis=0)
    if "directions" not in inputs:
        return
    yield "slices" + SECOND, call.per_step(dh, cache)
    call.forward(*_elsewhere(_SEQUENCE, inputs))
    yield "slices" + LATER, call.per_step(dh, cache)
    direction = inputs["directions"]["W_hh"]
    if slices.shape != (dh.shape[1], *direction.shape):
        return
    yield "slopes", np.sum(slices * direction, axis=(1, 2))
    up, down = (
        _shaped("h", pair(call.forward(*moved), "h", "cache")[0], dh.shape)
        for moved in _moved(arguments, 3, direction)
    )
    yield "own_slopes", np.sum(dh * (up - down), axis=(0, 2)) / (2 * _DIFFERENCE)


@probe("truncated_bptt", forward=_SEQUENCE, truncated="dh cache k")
def truncated_bptt(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield as for a step; the forward is measured chunk by chunk, from states that stay."""
    names, arguments = _gradients_of(_SEQUENCE), _arguments(_SEQUENCE, inputs)
    dh, k = inputs["dh"], inputs["k"]
    h, cache = pair(call.forward(*arguments), "h", "cache")
    gradients = yield from named(names, call.truncated(dh, cache, k))
    if "directions" not in inputs:
        return
    yield from named(names, call.truncated(dh, cache, k), SECOND)
    call.forward(*_elsewhere(_SEQUENCE, inputs))
    yield from named(names, call.truncated(dh, cache, k), LATER)
    if not _fit(gradients, arguments):
        return
    yield "slopes", _slopes(_SEQUENCE, gradients, inputs)
    states = _shaped("h", h, dh.shape)

    def loss(x: np.ndarray, h_0: np.ndarray, *weights: np.ndarray) -> float:
        total = 0.0
        for start in range(0, x.shape[1], k):
            chunk = slice(start, start + k)
            before = states[:, start - 1] if start else h_0
            h, _ = pair(call.forward(x[:, chunk], before, *weights), "h", "cache")
            total += _times(dh[:, chunk], "h", h)
        return total

    yield "own_slopes", _measured(loss, arguments, _directions(_SEQUENCE, inputs))


def _arguments(names: str, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    return [inputs[name] for name in names.split()]


def _directions(names: str, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    return [inputs["directions"][name] for name in names.split()]


def _elsewhere(names: str, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    """Return arguments of the same shapes with other numbers."""
    both = zip(_arguments(names, inputs), _directions(names, inputs), strict=True)
    return [argument + direction for argument, direction in both]


def _gradients_of(names: str) -> tuple[str, ...]:
    return tuple(f"d{name}" for name in names.split())


def _fit(gradients: Sequence[np.ndarray], arguments: Sequence[np.ndarray]) -> bool:
    """Return whether every gradient has its argument's shape, so that slopes can be made of it."""
    return [gradient.shape for gradient in gradients] == [value.shape for value in arguments]


def _shaped(name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    array = as_array(name, value)
    if array.shape != shape:
        raise FormError(f"{name} is {describe(array)}; expected shape {shape}.")
    return array


def _times(weights: np.ndarray, name: str, value: Any) -> float:
    return float(np.sum(weights * _shaped(name, value, weights.shape)))


def _slopes(names: str, gradients: Iterable[np.ndarray], inputs: Mapping[str, Any]) -> list[float]:
    """Return how fast the loss grows along each direction, by the gradients."""
    pairs = zip(_gradients_of(names), gradients, _directions(names, inputs), strict=True)
    return [_times(direction, name, gradient) for name, gradient, direction in pairs]


def _measured(
    loss: Callable[..., float], arguments: list[np.ndarray], directions: list[np.ndarray]
) -> list[float]:
    """Return the same by central differences, two evaluations of the loss for each direction."""
    slopes = []
    for i, direction in enumerate(directions):
        up, down = (loss(*moved) for moved in _moved(arguments, i, direction))
        slopes.append((up - down) / (2 * _DIFFERENCE))
    return slopes


def _moved(
    arguments: list[np.ndarray], i: int, direction: np.ndarray
) -> Iterable[list[np.ndarray]]:
    for step in (_DIFFERENCE, -_DIFFERENCE):
        yield [*arguments[:i], arguments[i] + step * direction, *arguments[i + 1 :]]


def _step_by_step(call: Any, inputs: Mapping[str, Any]) -> list[np.ndarray]:
    """Return the gradients of a sequence, made of the learner's own for sequences of one step."""
    x, state, *weights = _arguments(_SEQUENCE, inputs)
    dh, caches = inputs["dh"], []
    for t in range(x.shape[1]):
        h, cache = pair(call.forward(x[:, t : t + 1], state, *weights), "h", "cache")
        caches.append(cache)
        state = _shaped("h", h, dh[:, :1].shape)[:, 0]
    names = _gradients_of(_SEQUENCE)
    carry, steps, totals = np.zeros_like(state), [], [0.0] * len(weights)
    for t in reversed(range(x.shape[1])):
        upstream = dh[:, t : t + 1] + carry[:, None]
        dx, dh_0, *shares = parts(call.backward(upstream, caches[t]), *names)
        carry = _shaped("dh_0", dh_0, carry.shape)
        steps.append(_shaped("dx", dx, x[:, :1].shape))
        named = zip(names[2:], shares, weights, strict=True)
        shares = [_shaped(name, share, weight.shape) for name, share, weight in named]
        totals = [total + share for total, share in zip(totals, shares, strict=True)]
    return [np.concatenate(steps[::-1], axis=1), carry, *map(np.asarray, totals)]
