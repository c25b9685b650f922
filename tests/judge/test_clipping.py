"""Unit 07's exercises, tried with code that is in none of their lists."""

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnn_ref import clipping
from tests.judge.judged import failed, verdict

SEEDS = (3, 4, 5)
Function = Callable[..., Any]


def in_words(value: Any) -> str:
    """Return what a parameter is called in the test's name, the same in every process."""
    if isinstance(value, set):
        return " ".join(sorted(value))
    return str(getattr(value, "__name__", value))


def norm_of(grads: Any) -> float:
    return float(np.sqrt(sum(np.sum(g * g) for g in grads.values())))


# --- wrong in other ways ------------------------------------------------------------------------


def norm_in_half_precision_sum(grads: Any) -> Any:
    return np.sqrt(sum(np.float16(np.sum(g * g)) for g in grads.values()))


def norm_of_mean_gradient(grads: Any) -> Any:
    return np.linalg.norm([g.mean() for g in grads.values()])


def norm_with_a_floor(grads: Any) -> Any:
    return max(norm_of(grads), 1.0)


def clips_at_one(grads: Any, max_norm: float) -> Any:
    return clipping.clip_by_global_norm(grads, 1.0)


def clips_with_a_large_epsilon(grads: Any, max_norm: float) -> Any:
    norm = norm_of(grads)
    scale = min(1.0, max_norm / (norm + 0.1)) if np.isfinite(norm) else 0.0
    return {k: np.nan_to_num(g * scale) for k, g in grads.items()}, norm


def clips_all_but_biases(grads: Any, max_norm: float) -> Any:
    clipped, norm = clipping.clip_by_global_norm(grads, max_norm)
    return {k: c if c.ndim == 2 else grads[k].copy() for k, c in clipped.items()}, norm


def replaces_nan_by_zero(grads: Any, max_norm: float) -> Any:
    usable = {k: np.nan_to_num(g, posinf=0, neginf=0) for k, g in grads.items()}
    return clipping.clip_by_global_norm(usable, max_norm)


def descends_twice(params: Any, grads: Any, learning_rate: float) -> Any:
    return clipping.sgd_step(clipping.sgd_step(params, grads, learning_rate), grads, learning_rate)


def decays_the_weights(params: Any, grads: Any, learning_rate: float) -> Any:
    return {k: 0.99 * p - learning_rate * grads[k] for k, p in params.items()}


def adam_without_momentum(
    params: Any, grads: Any, state: Any, learning_rate: float, *constants: float
) -> Any:
    beta2, epsilon = constants[1:] or (0.999, 1e-8)
    return clipping.adam_step(params, grads, state, learning_rate, 0.0, beta2, epsilon)


def adam_with_decay(
    params: Any, grads: Any, state: Any, learning_rate: float, *constants: float
) -> Any:
    decayed = {k: 0.99 * p for k, p in params.items()}
    return clipping.adam_step(decayed, grads, state, learning_rate, *constants)


def train_twice(loss: Any, params: Any, batch: Any, h_0: Any, rate: float, max_norm: float) -> Any:
    params, *_ = clipping.train_step(loss, params, batch, h_0, rate, max_norm)
    return clipping.train_step(loss, params, batch, h_0, rate, max_norm)


def train_with_targets_and_inputs_swapped(
    loss: Any, params: Any, batch: Any, h_0: Any, rate: float, max_norm: float
) -> Any:
    return clipping.train_step(loss, params, (batch[1], batch[0]), h_0, rate, max_norm)


WRONG: list[tuple[str, str, Function, set[str]]] = [
    ("global_norm", "norm", norm_in_half_precision_sum, {"norm"}),
    ("global_norm", "norm", norm_of_mean_gradient, {"norm", "alone"}),
    ("global_norm", "norm", norm_with_a_floor, {"unusable"}),
    ("clip_by_global_norm", "clip", clips_at_one, {"long", "short", "together"}),
    ("clip_by_global_norm", "clip", clips_with_a_large_epsilon, {"long"}),
    ("clip_by_global_norm", "clip", clips_all_but_biases, {"long", "together"}),
    ("clip_by_global_norm", "clip", replaces_nan_by_zero, {"unusable"}),
    ("sgd_step", "update", descends_twice, {"values", "sizes"}),
    ("sgd_step", "update", decays_the_weights, {"values", "sizes"}),
    ("adam_step", "update", adam_without_momentum, {"several"}),
    ("adam_step", "update", adam_with_decay, {"first", "several"}),
    ("train_step", "train", train_twice, {"clipped", "within", "loss", "in_a_row"}),
    ("train_step", "train", train_with_targets_and_inputs_swapped, {"clipped", "loss", "state"}),
]


@pytest.mark.parametrize(("name", "role", "function", "expected"), WRONG, ids=in_words)
def test_wrong_in_another_way_fails_where_it_is_wrong(
    name: str, role: str, function: Function, expected: set[str]
) -> None:
    for seed in SEEDS:
        report = verdict(name, seed, **{role: function})
        assert expected <= failed(report)
        assert report.points is not None and report.points < report.max_points


# --- right in other ways ------------------------------------------------------------------------


def norm_by_hypot(grads: Any) -> Any:
    total = 0.0
    for g in grads.values():
        for value in np.nditer(g):
            total = np.hypot(total, value)
    return total


def clip_by_where(grads: Any, max_norm: float) -> Any:
    norm = norm_of(grads)
    factor = np.where(np.isfinite(norm), max_norm / np.maximum(norm, max_norm), 0.0)
    return {k: np.where(factor > 0, factor * g, 0.0) for k, g in grads.items()}, norm


_State = namedtuple("_State", "t m v")


def adam_with_a_named_tuple(
    params: Any, grads: Any, state: Any, rate: float, b1: float = 0.9, b2: float = 0.999, e=1e-8
) -> Any:
    state = state or _State(0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t, m, v, new = state.t + 1, {}, {}, {}
    for k, g in grads.items():
        m[k], v[k] = b1 * state.m[k] + g - b1 * g, b2 * state.v[k] + (1 - b2) * g * g
        new[k] = params[k] - rate * (m[k] / (1 - b1**t)) / (np.sqrt(v[k] / (1 - b2**t)) + e)
    return new, _State(t, m, v)


class _AdamObject:
    def __init__(self, t: int, m: Any, v: Any) -> None:
        self.t, self.m, self.v = t, m, v


def adam_with_an_object(
    params: Any, grads: Any, state: Any, rate: float, b1: float = 0.9, b2: float = 0.999, e=1e-8
) -> Any:
    old = state or _AdamObject(0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    new, inner = adam_with_a_named_tuple(
        params, grads, _State(old.t, old.m, old.v), rate, b1, b2, e
    )
    return new, _AdamObject(*inner)


def train_through_its_own_parts(
    loss: Any, params: Any, batch: Any, h_0: Any, rate: float, max_norm: float
) -> Any:
    value, grads, state = loss(params, batch, h_0)
    clipped, norm = clip_by_where(grads, max_norm)
    return {k: params[k] - rate * clipped[k] for k in clipped}, np.array([value]), norm, state


RIGHT: list[tuple[str, str, Function]] = [
    ("global_norm", "norm", norm_by_hypot),
    ("clip_by_global_norm", "clip", clip_by_where),
    ("adam_step", "update", adam_with_a_named_tuple),
    ("adam_step", "update", adam_with_an_object),
    ("train_step", "train", train_through_its_own_parts),
]


@pytest.mark.parametrize(("name", "role", "function"), RIGHT, ids=in_words)
def test_right_in_another_way_earns_all(name: str, role: str, function: Function) -> None:
    for seed in SEEDS:
        report = verdict(name, seed, **{role: function})
        assert failed(report) == set()


# --- one mistake is not marked down twice -------------------------------------------------------


def squared(grads: Any) -> Any:
    return sum(np.sum(g * g) for g in grads.values())


def clips_by_the_squared_norm(grads: Any, max_norm: float) -> Any:
    norm = squared(grads)
    if not np.isfinite(norm):
        return {k: np.zeros_like(g) for k, g in grads.items()}, norm
    return {k: g * min(1.0, max_norm / max(norm, 1e-30)) for k, g in grads.items()}, norm


def test_clip_by_one_s_own_wrong_norm_keeps_the_share_for_its_own_parts() -> None:
    report = verdict("clip_by_global_norm", norm=squared, clip=clips_by_the_squared_norm)
    assert "long" in failed(report) and "own_norm" not in failed(report)


def test_train_with_one_s_own_wrong_clipping_keeps_the_share_for_its_own_parts() -> None:
    def trains(loss: Any, params: Any, batch: Any, h_0: Any, rate: float, limit: float) -> Any:
        value, grads, h_T = loss(params, batch, h_0)
        clipped, norm = clips_by_the_squared_norm(grads, limit)
        return clipping.sgd_step(params, clipped, rate), value, norm, h_T

    report = verdict("train_step", norm=squared, clip=clips_by_the_squared_norm, train=trains)
    assert {"clipped", "norm"} <= failed(report) and "own_parts" not in failed(report)
    (sentence,) = report.advice
    assert sentence.startswith("It makes the step of your own clip_by_global_norm and sgd_step")


def test_train_is_not_marked_down_for_parts_that_write_into_their_arguments() -> None:
    def writes(params: Any, grads: Any, learning_rate: float) -> Any:
        for k in params:
            params[k] -= learning_rate * grads[k]
        return params

    assert failed(verdict("train_step", update=writes)) == set()


def test_clip_by_one_s_own_wrong_norm_is_told_where_to_look() -> None:
    def twice(grads: Any) -> Any:
        return 2 * norm_of(grads)

    def clips(grads: Any, max_norm: float) -> Any:
        norm = twice(grads)
        scale = max_norm / norm if norm > max_norm else 1.0
        return {k: g * scale for k, g in grads.items()}, norm

    report = verdict("clip_by_global_norm", norm=twice, clip=clips)
    (sentence,) = report.advice
    assert sentence.startswith("It scales as your own global_norm says")
    assert not report.mistake
