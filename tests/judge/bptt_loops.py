"""Unit 05: right loops over anybody's step, and functions with a part of their results spoiled."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.judge.exercises import find_exercise

Function = Callable[..., Any]
UNSPOILED = ("unchanged", "again", "own_cache")  # met by wrong numbers that stay what they are


def all_but(name: str, *met: str) -> set[str]:
    return {criterion.name for criterion in find_exercise(name).criteria} - set(met)


def loop_over(step: Function) -> Function:
    """A right rnn_backward that uses `step`."""

    def backward(dh: Any, caches: Any) -> Any:
        carry, dx, shares = np.zeros_like(dh[:, 0]), [], []
        for t in reversed(range(dh.shape[1])):
            dx_t, carry, *share = step(dh[:, t] + carry, caches[t])
            dx.append(dx_t)
            shares.append(share)
        sums = (sum(kind) for kind in zip(*shares, strict=True))
        return (np.stack(dx[::-1], axis=1), carry, *sums)

    return backward


def forward_over(step: Function) -> Function:
    """A right rnn_forward that uses `step`."""

    def forward(x: Any, state: Any, *weights: Any) -> Any:
        h, caches = [], []
        for t in range(x.shape[1]):
            state, kept = step(x[:, t], state, *weights)
            h.append(state)
            caches.append(kept)
        return np.stack(h, axis=1), caches

    return forward


def spoiled(function: Function, how: Function, *places: int) -> Function:
    """Return `function` with some of its results put through `how`."""

    def wrong(*arguments: Any) -> Any:
        results = list(function(*arguments))
        for place in places:
            results[place] = how(results[place])
        return results

    return wrong


def half(array: Any) -> Any:
    return array / 2
