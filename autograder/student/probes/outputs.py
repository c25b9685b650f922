"""Unit 02: the output layer and its backward, the masked loss, which steps count, padding."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, describe, described, kind_of, pair, parts
from autograder.student.caches import arrays_in
from autograder.student.gradients import LATER, SECOND
from autograder.student.probes import probe
from autograder.student.refusals import refusals
from autograder.student.stand_ins import stand_ins_of

_FORWARD = "h W_hy b_y"

#: Outputs: what is found in the cache, in whatever it keeps it.
STATES, WEIGHTS = "h in your cache", "W_hy in your cache"


@probe("output_forward", forward=_FORWARD)
def output_forward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the scores of every step, and the states and weights that the cache holds."""
    scores, cache = _forward(call.forward, inputs)
    yield "scores", scores
    arrays = arrays_in(cache)
    h = next((array for array in arrays if array.ndim == 3), None)
    W_hy = next((array for array in arrays if array.ndim == 2), None)
    if h is None or W_hy is None:
        axes = [array.ndim for array in arrays]
        message = f"The cache is {described(cache)}; expected the pair (h, W_hy)."
        raise FormError(message, cache, f"The cache is {describe(cache)}, of {axes} axes.")
    yield STATES, h
    yield WEIGHTS, W_hy


@probe("output_backward", forward=_FORWARD, backward="dscores cache")
def output_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the three gradients; then the same again, and after the forward has run elsewhere."""
    forward = stand_ins_of(inputs).get("output_forward", call.forward)
    _, cache = _forward(forward, inputs)
    names = ("dh", "dW_hy", "db_y")
    for when in ("", SECOND, LATER):
        if when == LATER:
            forward(*(np.cos(inputs[name]) for name in _FORWARD.split()))
        gradients = parts(call.backward(inputs["dscores"], cache), *names)
        for name, gradient in zip(names, gradients, strict=True):
            yield name + when, gradient


@probe("softmax_cross_entropy", loss="scores targets mask")
def softmax_cross_entropy(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the loss and its gradient; the mask is left out where a case has none."""
    names = [name for name in ("scores", "targets", "mask") if name in inputs]
    loss, dscores = pair(call.loss(*(inputs[name] for name in names)), "loss", "dscores")
    yield "loss", loss
    yield "dscores", dscores


@probe("loss_mask", mask="pattern T n_in n_out")
def loss_mask(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the mask and what it is; for a list of requests, which of them are refused."""
    if "requests" in inputs:
        trials = [_mask_arguments(request) for request in inputs["requests"]]
        yield from refusals("refused", call.mask, trials)
        return
    mask = call.mask(*_mask_arguments(inputs))
    yield "mask", mask
    yield kind_of("mask", mask)


@probe("pad_and_mask", pad="sequences")
def pad_and_mask(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the padded array and its mask, and what these are."""
    padded, mask = pair(call.pad(inputs["sequences"]), "padded", "mask")
    name = "padded_ids" if inputs["sequences"][0].ndim == 1 else "padded"
    yield name, padded
    yield "mask", mask
    yield kind_of(name, padded)
    yield kind_of("mask", mask)


def _forward(forward: Callable[..., Any], inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    return pair(forward(*(inputs[name] for name in _FORWARD.split())), "scores", "cache")


def _mask_arguments(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    return inputs["pattern"], inputs["T"], inputs["n_in"], inputs["n_out"]
