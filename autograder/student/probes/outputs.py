"""Unit 02: the output layer and its backward, the masked loss, which steps count, padding."""

from collections.abc import Callable, Mapping
from typing import Any

from autograder.student.answers import FormError, Outputs, as_array, pair, parts
from autograder.student.probes import probe

_FORWARD = "h W_hy b_y"


@probe("output_forward", forward=_FORWARD)
def output_forward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the scores of every step."""
    scores, _ = _forward(call, inputs)
    yield "scores", scores


@probe("output_backward", forward=_FORWARD, backward="dscores cache")
def output_backward(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the three gradients, then the same again from the same cache."""
    _, cache = _forward(call, inputs)
    names = ("dh", "dW_hy", "db_y")
    for again in ("", "_again"):
        gradients = parts(call.backward(inputs["dscores"], cache), *names)
        for name, gradient in zip(names, gradients, strict=True):
            yield name + again, gradient


@probe("softmax_cross_entropy", loss="scores targets mask")
def softmax_cross_entropy(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the loss and its gradient."""
    answer = call.loss(inputs["scores"], inputs["targets"], inputs["mask"])
    loss, dscores = pair(answer, "loss", "dscores")
    yield "loss", loss
    yield "dscores", dscores


@probe("loss_mask", mask="pattern T n_in n_out")
def loss_mask(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the mask; for a list of requests, which of them are refused."""
    if "requests" in inputs:
        requests = [_mask_arguments(request) for request in inputs["requests"]]
        yield "refused", [_refuses(call.mask, *arguments) for arguments in requests]
    else:
        yield "mask", call.mask(*_mask_arguments(inputs))


@probe("pad_and_mask", pad="sequences")
def pad_and_mask(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the padded array and its mask; for ids, whether they are still whole numbers, too."""
    padded, mask = pair(call.pad(inputs["sequences"]), "padded", "mask")
    if inputs["sequences"][0].ndim == 1:
        yield "padded_ids", padded
        yield "whole_numbers", as_array("padded", padded).dtype.kind in "iu"
    else:
        yield "padded", padded
    yield "mask", mask


def _forward(call: Any, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    arguments = (inputs[name] for name in _FORWARD.split())
    return pair(call.forward(*arguments), "scores", "cache")


def _mask_arguments(inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    return inputs["pattern"], inputs["T"], inputs["n_in"], inputs["n_out"]


def _refuses(function: Callable[..., Any], *arguments: Any) -> int:
    """Return 1 if the call raises a ValueError, else 0; a stub stays a stub."""
    try:
        function(*arguments)
    except (NotImplementedError, FormError):
        raise
    except ValueError:
        return 1
    except Exception:
        return 0
    return 0
