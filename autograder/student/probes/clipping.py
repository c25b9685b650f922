"""Unit 07: the norm of a gradient, clipping, two optimisers, a training step.

"_later" is behind what a result holds once its caller has written other numbers into the
arrays that were handed in.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograder.student.answers import FormError, Outputs, as_array, describe, pair, parts
from autograder.student.probes import probe

_OTHER_NUMBER = 77.0


@probe("global_norm", norm="grads")
def global_norm(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the norm of one gradient, or the norms of several."""
    if "trials" in inputs:
        yield "norms", [_number("norm", call.norm(grads)) for grads in inputs["trials"]]
    else:
        yield "norm", _number("norm", call.norm(inputs["grads"]))


@probe("clip_by_global_norm", norm="grads", clip="grads max_norm")
def clip_by_global_norm(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield one clipped gradient and its norm, or several; then the learner's own norm."""
    max_norm = inputs["max_norm"]
    if "trials" in inputs:
        pairs = [_clipped(call.clip, grads, max_norm) for grads in inputs["trials"]]
        yield "clipped_each", np.stack([_flat(clipped) for clipped, _ in pairs])
        yield "norms", [norm for _, norm in pairs]
        return
    grads = inputs["grads"]
    clipped, norm = _clipped(call.clip, grads, max_norm)
    yield from _named("clipped", clipped)
    yield "norm", norm
    yield "clipped", _flat(clipped)
    mine = _copies(grads)
    clipped, _ = _clipped(call.clip.function, mine, max_norm, then=lambda: _overwrite(mine))
    yield "clipped_later", _flat(clipped)
    # Unwatched: what it changes is the business of its own exercise.
    yield "own_norm", _number("norm", call.norm.function(_copies(grads)))


def _clipped(
    clip: Callable[..., Any],
    grads: Mapping[str, np.ndarray],
    max_norm: float,
    then: Callable[[], None] = lambda: None,
) -> tuple[dict[str, np.ndarray], float]:
    clipped, norm = pair(clip(grads, max_norm), "clipped", "norm")
    then()
    return _arrays("clipped", clipped, grads), _number("norm", norm)


@probe("sgd_step", update="params grads learning_rate")
def sgd_step(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the new parameters."""
    given, grads, rate = inputs["params"], inputs["grads"], inputs["learning_rate"]
    params = _arrays("params", call.update(given, grads, rate), given)
    yield from _named("params", params)
    yield "params", _flat(params)
    mine = [_copies(given), _copies(grads)]
    params = call.update.function(*mine, rate)
    _overwrite(*mine)
    yield "params_later", _flat(_arrays("params", params, given))


@probe("adam_step", update="params grads state learning_rate beta1 beta2 epsilon")
def adam_step(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield the parameters after each step; the last step again; and from one reused gradient."""
    given, rate, constants = inputs["params"], inputs["learning_rate"], inputs["constants"]
    params, state, after, kept = given, None, [], (given, None)
    for grads in inputs["grads"]:
        kept = params, state
        params, state = _adam(call.update, params, grads, state, rate, *constants)
        after.append(_flat(params))
        if len(after) == 1:
            yield "params_first", after[0]
    yield "params", np.stack(after)
    yield "params_last", after[-1]
    again, _ = _adam(call.update, kept[0], grads, kept[1], rate, *constants)
    yield "params_again", _flat(again)
    params, state = _copies(given), None
    reused = _copies(given)
    for grads in inputs["grads"]:
        for name, array in grads.items():
            reused[name][...] = array
        old = params
        params, state = _adam(call.update.function, params, reused, state, rate, *constants)
        params = _copies(params)
        _overwrite(old, reused)
    yield "params_later", _flat(params)


def _adam(
    update: Callable[..., Any], params: Mapping[str, np.ndarray], *more: Any
) -> tuple[dict[str, np.ndarray], Any]:
    new, state = pair(update(params, *more), "params", "state")
    return _arrays("params", new, params), state


@probe(
    "train_step",
    loss="params batch h_0",
    norm="grads",
    clip="grads max_norm",
    update="params grads learning_rate",
    train="loss_and_gradients params batch h_0 learning_rate max_norm",
)
def train_step(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    """Yield what one step returns, or several in a row; then what the learner's parts make."""

    def loss_and_gradients(params: Any, batch: Any, h_0: Any) -> Any:
        return call.loss(params, tuple(batch), h_0)  # a recorder itself takes no keywords

    params, h, numbers = (
        inputs["params"],
        inputs["h_0"],
        (inputs["learning_rate"], inputs["max_norm"]),
    )
    losses, norms = [], []
    for inputs_and_targets in inputs["batches"]:
        batch = tuple(inputs_and_targets)
        answer = call.train(loss_and_gradients, params, batch, h, *numbers)
        new, loss, norm, h = parts(answer, "params", "loss", "norm", "h_T")
        params = _arrays("params", new, params)
        losses.append(_number("loss", loss))
        norms.append(_number("norm", norm))
        h = as_array("h_T", h)
    if len(inputs["batches"]) > 1:
        yield "params_in_a_row", _flat(params)
        yield "losses", losses
        return
    yield from _named("params", params)
    yield "loss", losses[0]
    yield "norm", norms[0]
    yield "h_T", h
    yield "params", _flat(params)
    first = _copies(inputs["params"])
    _, grads, _ = parts(call.loss(first, batch, inputs["h_0"]), "loss", "grads", "h_T")
    # Unwatched: what these two change is the business of their own exercises.
    clipped, _ = pair(call.clip.function(grads, inputs["max_norm"]), "clipped", "norm")
    own = call.update.function(first, clipped, inputs["learning_rate"])
    yield "own_params", _flat(_arrays("params", own, params))


def _arrays(what: str, value: Any, like: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return `value` as a dict of arrays with the names and shapes of `like`, or say what it is."""
    if not isinstance(value, Mapping):
        raise FormError(f"{what} is {describe(value)}; expected a dict of arrays.")
    if value.keys() != like.keys():
        names = ", ".join(str(name) for name in value) or "no names"
        raise FormError(f"{what} has {names}; expected {', '.join(like)}.")
    arrays = {name: as_array(name, value[name]) for name in like}
    for name, array in arrays.items():
        if array.shape != like[name].shape:
            raise FormError(
                f"{name} in {what} has shape {array.shape}; expected {like[name].shape}."
            )
    return arrays


def _number(what: str, value: Any) -> float:
    array = as_array(what, value)
    if array.size != 1:
        raise FormError(f"{what} is {describe(value)}; expected one number.")
    return float(array.reshape(()))


def _named(what: str, arrays: Mapping[str, np.ndarray]) -> Iterable[tuple[str, np.ndarray]]:
    return [(f"{what}_{name}", array) for name, array in arrays.items()]


def _flat(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.concatenate([array.ravel() for array in arrays.values()])


def _copies(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in arrays.items()}


def _overwrite(*dicts: Mapping[str, np.ndarray]) -> None:
    for arrays in dicts:
        for array in arrays.values():
            array[...] = _OTHER_NUMBER
