"""Unit 09 beyond the lists: own caches, wrong parts beside right ones, differences, sizes."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.judge.mistakes import lstm_gradients as mistakes
from autograder.student.report import Status
from rnn_ref.lstm import lstm_step_forward
from rnn_ref.lstm_gradients import lstm_backward, lstm_step_backward
from tests.judge.judged import failed, verdict

Function = Callable[..., Any]


def loop_over(step: Function) -> Function:
    """A right lstm_backward that uses `step`."""

    def backward(dh: Any, caches: Any) -> Any:
        dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
        dx, sums = [], [0.0, 0.0, 0.0]
        for t in reversed(range(dh.shape[1])):
            dx_t, dh_next, dc_next, *steps = step(dh[:, t] + dh_next, dc_next, caches[t])
            dx.append(dx_t)
            sums = [a + b for a, b in zip(sums, steps, strict=True)]
        return (np.stack(dx[::-1], axis=1), dh_next, dc_next, *sums)

    return backward


def forward_over(step: Function) -> Function:
    """A right lstm_forward that uses `step`."""

    def forward(x: Any, h_t: Any, c_t: Any, *weights: Any) -> Any:
        h, c, caches = [], [], []
        for t in range(x.shape[1]):
            h_t, c_t, kept = step(x[:, t], h_t, c_t, *weights)
            h.append(h_t)
            c.append(c_t)
            caches.append(kept)
        return np.stack(h, axis=1), np.stack(c, axis=1), caches

    return forward


# --- what a wrong result costs ------------------------------------------------------------------

STEP_NAMES = ("dx_t", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db")
STEP_COSTS = ("inputs", "inputs", "dc_prev", "weights", "weights", "bias")
COSTS = ("inputs", "first_states", "first_states", "weights", "weights", "bias")


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("how", [lambda g: 3 * g, np.zeros_like, lambda g: -g[..., ::-1]])
def test_one_wrong_result_costs_its_own_criteria_alone(place: int, how: Function) -> None:
    def spoiled(function: Function) -> Function:
        def wrong(*arguments: Any) -> Any:
            results = list(function(*arguments))
            results[place] = how(results[place])
            return results

        return wrong

    report = verdict("lstm_step_backward", backward=spoiled(lstm_step_backward))
    assert failed(report) == {STEP_COSTS[place], "own_forward"}
    report = verdict("lstm_backward", backward=spoiled(lstm_backward))
    assert failed(report) == {COSTS[place], "own_forward", "own_step"}


@pytest.mark.parametrize("place", range(6))
def test_missing_result_costs_its_own_criteria_and_what_looks_at_it(place: int) -> None:
    def without(function: Function) -> Function:
        return lambda *arguments: [
            None if i == place else result for i, result in enumerate(function(*arguments))
        ]

    report = verdict("lstm_step_backward", backward=without(lstm_step_backward))
    assert failed(report) == {STEP_COSTS[place], "own_forward", "again", "own_cache"}
    assert f"None for {STEP_NAMES[place]};" in report.headline
    report = verdict("lstm_backward", backward=without(lstm_backward))
    assert failed(report) == {COSTS[place], "own_forward", "own_step", "again", "own_cache"}


def test_exchanged_weights_do_not_blame_the_gates() -> None:
    report = verdict("lstm_step_backward", backward=_named_step("dW_xh_and_dW_hh_swapped"))
    assert failed(report) - {"own_forward"} == {"weights"}
    report = verdict("lstm_step_backward", backward=_named_step("mean_over_the_batch"))
    assert failed(report) == {"weights", "bias", "own_forward"}


# --- a wrong part beside a right one ------------------------------------------------------------


def _named_step(name: str) -> Function:
    return mistakes.STEP[name].function


def test_right_loop_over_a_wrong_step_is_told_where_to_look() -> None:
    """The values are those of a loop that carries no dc; the loop does, and is told so."""
    step = _named_step("dc_t_ignored")
    report = verdict("lstm_backward", step=step, backward=loop_over(step))
    assert {"own_step", "unchanged", "state_carried"}.isdisjoint(failed(report))
    assert report.mistake == ""
    assert report.advice[0].startswith("Your loop gives what your own lstm_step_backward gives")


def test_mistake_in_the_loop_is_named_beside_a_wrong_step() -> None:
    report = verdict(
        "lstm_backward",
        step=_named_step("db_not_summed"),
        backward=mistakes.BACKWARD["dc_not_carried"].function,
    )
    assert report.mistake == "dc_not_carried"


def test_loop_without_carries_over_a_wrong_step_is_named_by_what_it_gives() -> None:
    def step(*arguments: Any) -> Any:
        *right, db = lstm_step_backward(*arguments)
        return (*right, 1.5 * db)

    def backward(dh: Any, caches: Any) -> Any:
        zero = np.zeros_like(dh[:, 0])
        steps = [step(dh[:, t], zero, kept) for t, kept in enumerate(caches)]
        sums = (sum(kind) for kind in list(zip(*steps, strict=True))[3:])
        return (np.stack([s[0] for s in steps], axis=1), steps[0][1], steps[0][2], *sums)

    report = verdict("lstm_backward", step=step, backward=backward)
    assert report.mistake == "nothing_carried"
    assert "db" not in report.mistake_sentence.partition(" what comes when ")[0]


def test_step_that_overwrites_dc_t_pays_once() -> None:
    step = _named_step("overwrites_dc_t")
    assert failed(verdict("lstm_step_backward", backward=step)) == {"unchanged"}
    assert verdict("lstm_backward", step=step, backward=loop_over(step)).points == 5


def test_gradient_of_a_changed_forward_keeps_its_share_and_is_told() -> None:
    """h = o c, without the tanh, and its right gradient."""

    def step_forward(*arguments: Any) -> Any:
        _, c_t, kept = lstm_step_forward(*arguments)
        return kept.o_t * c_t, c_t, kept

    step_backward = step_with(
        through_h=lambda s: s.dh_t * s.o_t,
        do=lambda s: s.dh_t * s.c_t,
    )
    report = verdict("lstm_step_backward", forward=step_forward, backward=step_backward)
    assert "own_forward" not in failed(report)
    assert report.mistake == ""
    assert report.advice[0].startswith("Your gradients are the slopes of the lstm_step_forward")
    report = verdict(
        "lstm_backward",
        step_forward=step_forward,
        forward=forward_over(step_forward),
        step=step_backward,
        backward=loop_over(step_backward),
    )
    assert {"own_forward", "own_step"}.isdisjoint(failed(report))


# --- wrong in ways that are not listed -----------------------------------------------------------


def step_with(**wrong: Function) -> Function:
    """A step backward in which single stages are replaced; each is told all the others."""

    def backward(dh_t: Any, dc_t: Any, kept: Any) -> Any:
        s = SimpleNamespace(dh_t=dh_t, dc_t=dc_t, **kept._asdict())
        s.tanh_c = np.tanh(s.c_t)

        def stage(name: str, right: Function) -> None:
            setattr(s, name, wrong.get(name, right)(s))

        stage("do", lambda s: s.dh_t * s.tanh_c)
        stage("through_h", lambda s: s.dh_t * s.o_t * (1 - s.tanh_c**2))
        stage("dc", lambda s: s.dc_t + s.through_h)
        stage("da_i", lambda s: s.dc * s.g_t * s.i_t * (1 - s.i_t))
        stage("da_f", lambda s: s.dc * s.c_prev * s.f_t * (1 - s.f_t))
        stage("da_o", lambda s: s.do * s.o_t * (1 - s.o_t))
        stage("da_g", lambda s: s.dc * s.i_t * (1 - s.g_t**2))
        stage("da", lambda s: np.concatenate([s.da_i, s.da_f, s.da_o, s.da_g], axis=1))
        stage("dx_t", lambda s: s.da @ s.W_xh.T)
        stage("dh_prev", lambda s: s.da @ s.W_hh.T)
        stage("dc_prev", lambda s: s.dc * s.f_t)
        stage("dW_xh", lambda s: s.x_t.T @ s.da)
        stage("dW_hh", lambda s: s.h_prev.T @ s.da)
        stage("db", lambda s: s.da.sum(axis=0))
        return s.dx_t, s.dh_prev, s.dc_prev, s.dW_xh, s.dW_hh, s.db

    return backward


def test_step_with_nothing_wrong_earns_all() -> None:
    assert verdict("lstm_step_backward", backward=step_with()).status is Status.PASSED


AFTER_A_GATE = {"from_h", "from_c", "inputs", "weights", "bias", "own_forward"}


@pytest.mark.parametrize(
    ("stage", "wrong", "fails"),
    [
        ("do", lambda s: s.dh_t, (AFTER_A_GATE - {"from_c"}) | {"gate_o"}),
        ("da_f", lambda s: s.dc * s.c_prev * s.f_t**2, AFTER_A_GATE | {"gate_f"}),
        ("da_i", lambda s: s.dc * s.i_t * (1 - s.i_t), AFTER_A_GATE | {"gate_i"}),
        ("da_g", lambda s: s.dc * s.i_t * (1 + s.g_t**2), AFTER_A_GATE | {"gate_g"}),
        ("dc_prev", lambda s: s.dc * s.o_t, {"dc_prev", "own_forward"}),
        ("dh_prev", lambda s: s.dh_t @ s.W_hh[:, : s.dh_t.shape[1]].T, {"inputs", "own_forward"}),
        ("dx_t", lambda s: 2 * s.da @ s.W_xh.T, {"inputs", "own_forward"}),
        ("dW_hh", lambda s: s.c_prev.T @ s.da, {"weights", "own_forward"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_step_wrong_in_one_stage_loses_that_stage_alone(
    stage: str, wrong: Function, fails: set[str]
) -> None:
    report = verdict("lstm_step_backward", backward=step_with(**{stage: wrong}))
    assert failed(report) == fails
