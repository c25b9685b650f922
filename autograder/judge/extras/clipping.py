"""Unit 07 without points: what a prediction is told, and Adam with weight decay."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply
from rnn_ref.clipping import adam_step

REPLIES = {
    "predict_norm": Reply(
        "0.5",
        {
            "10": "The condition holds, 100 > 5, so something is done to it.",
            "5": "That is what the sentence promises. The code divides by the squared norm, 100, "
            "and so takes a factor of 5/100.",
            "0.5": "`np.sum(grad * grad)` is 100, the factor 5/100, and 10 times that is 0.5.",
        },
    )
}


def _problem() -> tuple[dict[str, Any], dict[str, Any]]:
    rng = np.random.default_rng(0)
    params = {"W": rng.normal(size=(2, 3)), "b": rng.normal(size=3)}
    return params, {name: rng.normal(size=p.shape) for name, p in params.items()}


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(np.allclose(one[name], other[name]) for name in other)


def _without_decay(step: Any) -> bool:
    params, grads = _problem()
    mine, state = step(params, grads, None, 0.01, 0.0)
    right, right_state = adam_step(params, grads, None, 0.01)
    mine_too, _ = step(mine, grads, state, 0.01, 0.0)
    return _same(mine, right) and _same(mine_too, adam_step(right, grads, right_state, 0.01)[0])


def _without_gradient(step: Any) -> bool:
    params, grads = _problem()
    nothing = {name: 0 * g for name, g in grads.items()}
    mine, _ = step(params, nothing, None, 0.1, 0.5)
    return _same(mine, {name: 0.95 * p for name, p in params.items()})


def _decoupled(step: Any) -> bool:
    params, grads = _problem()
    right, _ = adam_step(params, grads, None, 0.01)
    mine, _ = step(params, grads, None, 0.01, 0.3)
    return _same(mine, {name: p - 0.003 * params[name] for name, p in right.items()})


def _leaves_arguments(step: Any) -> bool:
    params, grads = _problem()
    step(params, grads, None, 0.1, 0.5)
    return _same(params, _problem()[0]) and _same(grads, _problem()[1])


OPTIONAL = {
    "adamw_step": (
        Claim("weight_decay = 0: two steps are those of `adam_step`.", _without_decay),
        Claim("No gradient, rate 0.1, decay 0.5: every weight shrinks to 0.95.", _without_gradient),
        Claim("Both: the decay is not divided by the root of v.", _decoupled),
        Claim("No argument is changed.", _leaves_arguments),
    )
}
