"""Unit 07's exercises, tried with code that is in none of their lists."""

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercise import Advice
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.report import Report
from rnn_ref import clipping

SEEDS = (3, 4, 5)
Function = Callable[..., Any]


def verdict(name: str, seed: int = 3, **functions: Function) -> Report:
    exercise = find_exercise(name)
    key = AnswerKey.draw(exercise, seed)
    return judge(key, list(key.answers_of({**exercise.reference, **functions}).values()))


def failed(report: Report) -> set[str]:
    return {result.name for result in report.criteria if not result.passed}


def advice_of(name: str, *failed_and_met: tuple[str, ...]) -> str:
    wanted = Advice("", *failed_and_met)
    exercise = find_exercise(name)
    return next(
        a.sentence for a in exercise.advice if (a.failed, a.met) == (wanted.failed, wanted.met)
    )


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


@pytest.mark.parametrize(("name", "role", "function", "expected"), WRONG, ids=lambda v: str(v)[:40])
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


@pytest.mark.parametrize(("name", "role", "function"), RIGHT, ids=lambda v: str(v)[:40])
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
    assert advice_of("train_step", ("clipped",), ("own_parts",)) in report.advice


def test_train_is_not_marked_down_for_parts_that_write_into_their_arguments() -> None:
    def writes(params: Any, grads: Any, learning_rate: float) -> Any:
        for k in params:
            params[k] -= learning_rate * grads[k]
        return params

    assert failed(verdict("train_step", update=writes)) == set()


# --- what the failures give away ----------------------------------------------------------------


def sums_lengths(grads: Any) -> Any:
    return 1.01 * sum(np.linalg.norm(g) for g in grads.values()) / (1.01 if len(grads) == 1 else 1)


def hides_inf(grads: Any) -> Any:
    return np.nan_to_num(norm_of(grads), posinf=1e9)


def clips_a_little_early(grads: Any, max_norm: float) -> Any:
    clipped, norm = clipping.clip_by_global_norm(grads, max_norm)
    return {k: c if norm > max_norm else 0.9 * c for k, c in clipped.items()}, norm


def unusable_is_cut(grads: Any, max_norm: float) -> Any:
    clipped, norm = clipping.clip_by_global_norm(grads, max_norm)
    return {k: c if np.isfinite(norm) else c + 1 for k, c in clipped.items()}, norm


def leaves_the_last_array(params: Any, grads: Any, learning_rate: float) -> Any:
    new = clipping.sgd_step(params, grads, learning_rate)
    last = list(params)[-1]
    return {**new, last: params[last].copy()} if len(params) > 1 else new


def adam_that_halves_its_mean(
    params: Any, grads: Any, state: Any, rate: float, *constants: float
) -> Any:
    new, state = clipping.adam_step(params, grads, state, rate, *constants)
    return new, state._replace(mean={k: m / 2 for k, m in state.mean.items()})


def adam_with_its_own_beta1(
    params: Any, grads: Any, state: Any, rate: float, *constants: float
) -> Any:
    constants = (0.9, *constants[1:]) if constants else ()
    return clipping.adam_step(params, grads, state, rate, *constants)


def adam_that_keeps_the_gradient(
    params: Any, grads: Any, state: Any, rate: float, *constants: float
) -> Any:
    kept = [*(state or []), grads]
    inner, new = None, params
    for past in kept:
        new, inner = clipping.adam_step(params, past, inner, rate, *constants)
    return new, kept


def trains_half_clipped(
    loss: Any, params: Any, batch: Any, h_0: Any, rate: float, limit: float
) -> Any:
    return clipping.train_step(loss, params, batch, h_0, rate, 2 * limit)


def trains_and_tells_twice_the_norm(
    loss: Any, params: Any, batch: Any, h_0: Any, rate: float, limit: float
) -> Any:
    new, value, norm, h_T = clipping.train_step(loss, params, batch, h_0, rate, limit)
    return new, value, 2 * norm, h_T


ADVISED: list[tuple[str, str, Function, tuple[str, ...], tuple[str, ...]]] = [
    ("global_norm", "norm", sums_lengths, ("norm",), ("alone",)),
    ("global_norm", "norm", hides_inf, ("unusable",), ("norm",)),
    ("clip_by_global_norm", "clip", clips_a_little_early, ("short",), ("long",)),
    ("clip_by_global_norm", "clip", unusable_is_cut, ("unusable",), ("long", "short")),
    ("sgd_step", "update", leaves_the_last_array, ("values",), ("sizes",)),
    ("adam_step", "update", adam_that_halves_its_mean, ("several",), ("first",)),
    ("adam_step", "update", adam_with_its_own_beta1, ("constants",), ("several",)),
    ("adam_step", "update", adam_that_keeps_the_gradient, ("apart",), ("several",)),
    ("train_step", "train", trains_half_clipped, ("clipped",), ("within",)),
    ("train_step", "train", trains_and_tells_twice_the_norm, ("norm",), ("clipped",)),
]


@pytest.mark.parametrize(
    ("name", "role", "function", "fails", "met"), ADVISED, ids=lambda v: str(v)[:40]
)
def test_unnamed_mistake_gets_the_advice_for_its_signature(
    name: str, role: str, function: Function, fails: tuple[str, ...], met: tuple[str, ...]
) -> None:
    for seed in SEEDS:
        report = verdict(name, seed, **{role: function})
        assert not report.mistake  # a named one needs no advice
        assert advice_of(name, fails, met) in report.advice, failed(report)


def test_every_advice_of_the_unit_is_proven() -> None:
    proven = {(name, fails, met) for name, _, _, fails, met in ADVISED}
    proven |= {
        ("train_step", ("clipped",), ("own_parts",)),
        ("clip_by_global_norm", ("long",), ("own_norm",)),
    }
    names = ("global_norm", "clip_by_global_norm", "sgd_step", "adam_step", "train_step")
    written = {(n, a.failed, a.met) for n in names for a in find_exercise(n).advice}
    assert written == proven


def test_clip_by_one_s_own_wrong_norm_is_told_where_to_look() -> None:
    def twice(grads: Any) -> Any:
        return 2 * norm_of(grads)

    def clips(grads: Any, max_norm: float) -> Any:
        norm = twice(grads)
        scale = max_norm / norm if norm > max_norm else 1.0
        return {k: g * scale for k, g in grads.items()}, norm

    report = verdict("clip_by_global_norm", norm=twice, clip=clips)
    assert advice_of("clip_by_global_norm", ("long",), ("own_norm",)) in report.advice
