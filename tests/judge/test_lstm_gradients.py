"""Unit 09 beyond the lists: own caches, wrong parts beside right ones, differences, advice."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.judge import backend
from autograder.judge.backend import JudgeBackend
from autograder.judge.exercise import Advice
from autograder.judge.exercises import find_exercise
from autograder.judge.exercises.lstm_gradients import (
    LONG,
    SEQUENCE_ADVICE,
    SLOW,
    STEP_ADVICE,
    WIDE,
)
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes import lstm_gradients as mistakes
from autograder.judge.mistakes import lstm_gradients_sequence as sequence_mistakes
from autograder.judge.verdict import judge
from autograder.student.report import Report, Status
from rnn_ref.lstm import lstm_forward, lstm_step_forward
from rnn_ref.lstm_gradients import lstm_backward, lstm_step_backward

Function = Callable[..., Any]
SEED = 3


@cache
def drawn(name: str) -> AnswerKey:
    return AnswerKey.draw(find_exercise(name), SEED)


def verdict(name: str, **functions: Function) -> Report:
    key = drawn(name)
    answers = key.answers_of({**key.exercise.reference, **functions})
    return judge(key, list(answers.values()))


def failed(report: Report) -> set[str]:
    return {result.name for result in report.criteria if not result.passed}


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


# --- caches are the learner's own ---------------------------------------------------------------


def _as_dict(kept: Any) -> Any:
    return kept._asdict()


def _as_object(kept: Any) -> Any:
    return SimpleNamespace(**kept._asdict())


def _as_nested(kept: Any) -> Any:
    return {"inputs": list(kept[:3]), "rest": tuple(kept[3:])}


def _back(kept: Any) -> Any:
    values = vars(kept) if isinstance(kept, SimpleNamespace) else kept
    flat = [*values["inputs"], *values["rest"]] if "inputs" in values else values.values()
    return lstm_step_forward_cache(*flat)


lstm_step_forward_cache = lstm_step_forward.__annotations__["return"].__args__[2]


@pytest.mark.parametrize("form", [_as_dict, _as_object, _as_nested])
def test_any_form_of_cache_earns_all(form: Function) -> None:
    def step_forward(*arguments: Any) -> Any:
        h_t, c_t, kept = lstm_step_forward(*arguments)
        return h_t, c_t, form(kept)

    def step_backward(dh_t: Any, dc_t: Any, kept: Any) -> Any:
        return lstm_step_backward(dh_t, dc_t, _back(kept))

    report = verdict("lstm_step_backward", forward=step_forward, backward=step_backward)
    assert report.status is Status.PASSED, report
    report = verdict(
        "lstm_backward",
        step_forward=step_forward,
        forward=forward_over(step_forward),
        step=step_backward,
        backward=loop_over(step_backward),
    )
    assert report.status is Status.PASSED, report


def test_second_call_with_an_object_that_was_emptied_is_found() -> None:
    """An object is not copied between calls, so what a backward does to it comes to light."""

    def step_forward(*arguments: Any) -> Any:
        h_t, c_t, kept = lstm_step_forward(*arguments)
        return h_t, c_t, _as_object(kept)

    def step_backward(dh_t: Any, dc_t: Any, kept: Any) -> Any:
        gradients = lstm_step_backward(dh_t, dc_t, _back(kept))
        kept.i_t = 0 * kept.i_t
        return gradients

    report = verdict("lstm_step_backward", forward=step_forward, backward=step_backward)
    assert failed(report) == {"again"}


# --- a wrong part beside a right one ------------------------------------------------------------


def test_right_loop_over_a_wrong_step_keeps_its_share_and_is_not_blamed() -> None:
    """The values are those of a loop that carries no dc; the loop does, and is told so."""
    step = mistakes.dc_t_ignored
    report = verdict("lstm_backward", step=step, backward=loop_over(step))
    assert {"own_step", "unchanged", "state_carried"}.isdisjoint(failed(report))
    assert report.mistake == ""
    assert any("repair lstm_step_backward first" in sentence for sentence in report.advice)


def test_mistake_in_the_loop_is_named_beside_a_wrong_step() -> None:
    report = verdict(
        "lstm_backward", step=mistakes.db_not_summed, backward=sequence_mistakes.dc_not_carried
    )
    assert report.mistake == "dc_not_carried"


def test_right_sequence_beside_an_unfinished_step_earns_all() -> None:
    def stub(*arguments: Any) -> Any:
        raise NotImplementedError("lstm_step_backward: not written yet")

    assert verdict("lstm_backward", step=stub).points == 5


def test_step_that_overwrites_dc_t_pays_once() -> None:
    step = mistakes.overwrites_dc_t
    assert failed(verdict("lstm_step_backward", backward=step)) == {"unchanged"}
    assert verdict("lstm_backward", step=step, backward=loop_over(step)).points == 5


def test_gradient_of_a_changed_forward_keeps_its_share_and_is_advised() -> None:
    """h = o c, without the tanh, and its right gradient."""

    def step_forward(*arguments: Any) -> Any:
        _, c_t, kept = lstm_step_forward(*arguments)
        return kept.o_t * c_t, c_t, kept

    def step_backward(dh_t: Any, dc_t: Any, kept: Any) -> Any:
        dc = dc_t + dh_t * kept.o_t
        das = (
            dc * kept.g_t * kept.i_t * (1 - kept.i_t),
            dc * kept.c_prev * kept.f_t * (1 - kept.f_t),
            dh_t * kept.c_t * kept.o_t * (1 - kept.o_t),
            dc * kept.i_t * (1 - kept.g_t**2),
        )
        da = np.concatenate(das, axis=1)
        sums = kept.x_t.T @ da, kept.h_prev.T @ da, da.sum(axis=0)
        return (da @ kept.W_xh.T, da @ kept.W_hh.T, dc * kept.f_t, *sums)

    report = verdict("lstm_step_backward", forward=step_forward, backward=step_backward)
    assert "own_forward" not in failed(report)
    assert report.mistake == ""
    assert report.advice[0].startswith("Your backward is the gradient of the lstm_step_forward")
    report = verdict(
        "lstm_backward",
        step_forward=step_forward,
        forward=forward_over(step_forward),
        step=step_backward,
        backward=loop_over(step_backward),
    )
    assert {"own_forward", "own_step"}.isdisjoint(failed(report))


# --- gradients that are measured ----------------------------------------------------------------


def measured(forward: Function, loss_of: Function) -> tuple[Function, Function]:
    """Return a forward that keeps its arguments, and a backward that measures every slope."""

    def keeping(*arguments: Any) -> Any:
        return (*forward(*arguments)[:2], list(arguments))

    def backward(*arguments: Any) -> Any:
        *upstream, kept = arguments
        order = (0, 1, 2, 3, 4, 5)
        gradients = []
        for k in order:
            gradient = np.zeros_like(kept[k])
            for place in np.ndindex(gradient.shape):
                ends = []
                for move in (1e-5, -1e-5):
                    moved = [array.copy() for array in kept]
                    moved[k][place] += move
                    ends.append(loss_of(forward(*moved), *upstream))
                gradient[place] = (ends[0] - ends[1]) / 2e-5
            gradients.append(gradient)
        return gradients

    return keeping, backward


def _step_loss(made: Any, dh_t: Any, dc_t: Any) -> Any:
    return np.sum(made[0] * dh_t) + np.sum(made[1] * dc_t)


def _sequence_loss(made: Any, dh: Any) -> Any:
    return np.sum(made[0] * dh)


def test_measured_step_runs_out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "PATIENCE_S", 2.0)  # it needs a minute
    forward, backward = measured(lstm_step_forward, _step_loss)
    report = JudgeBackend().check("lstm_step_backward", {"forward": forward, "backward": backward})
    assert (report.status, report.points) == (Status.LIMIT, 0.0)
    assert SLOW in report.headline


def test_measured_sequence_runs_out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "PATIENCE_S", 2.0)  # it needs minutes
    forward, backward = measured(lstm_forward, _sequence_loss)
    functions = {
        "step_forward": lstm_step_forward,
        "forward": forward,
        "step": lstm_step_backward,
        "backward": backward,
    }
    report = JudgeBackend().check("lstm_backward", functions)
    assert (report.status, report.points) == (Status.LIMIT, 0.0)
    assert SLOW in report.headline


@pytest.mark.parametrize("name", ["lstm_step_backward", "lstm_backward"])
def test_large_case_asks_a_measuring_backward_for_a_million_steps_forward(name: str) -> None:
    """Or, of a step, for as many multiplications: even once for each weight, not twice."""
    inputs = {case.name: case.inputs for case in drawn(name).cases}
    if name == "lstm_backward":
        large = inputs[LONG]
        weights = sum(large[key].size for key in ("W_xh", "W_hh", "b"))
        assert weights * large["x"].shape[1] > 10**6
    else:
        weights = sum(inputs[WIDE][key].size for key in ("W_xh", "W_hh", "b"))
        assert weights**2 > 10**10


# --- failure signatures that are no listed mistake ----------------------------------------------


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


def said(all_advice: tuple[Advice, ...], words: str) -> str:
    """Return the one sentence that begins with these words."""
    (sentence,) = (advice.sentence for advice in all_advice if advice.sentence.startswith(words))
    return sentence


@pytest.mark.parametrize(
    ("stage", "wrong", "words"),
    [
        ("dc", lambda s: s.through_h - s.dc_t, "All that comes through h_t"),
        ("through_h", lambda s: s.dh_t * (1 - s.o_t), "What comes in as dc_t"),
        ("do", lambda s: s.dh_t, "Only the output gate"),
        ("da_f", lambda s: s.dc * s.c_prev * s.f_t**2, "Only the forget gate"),
        ("da_i", lambda s: s.dc * s.i_t * (1 - s.i_t), "Only the input gate"),
        ("da_g", lambda s: s.dc * s.i_t * (1 + s.g_t**2), "Only the candidate"),
        ("dc_prev", lambda s: s.dc * s.o_t, "The gates are right and dc_prev"),
        (
            "da",
            lambda s: np.concatenate([s.da_g, s.da_o, s.da_i, s.da_f], axis=1),
            "dc_prev is right and no gate",
        ),
        ("dh_prev", lambda s: s.dh_t @ s.W_hh[:, : s.dh_t.shape[1]].T, "The gates are right; the"),
        ("dx_t", lambda s: 2 * s.da @ s.W_xh.T, "The gates are right; the gradients"),
        ("dW_hh", lambda s: s.c_prev.T @ s.da, "The gates are right; dW_xh or"),
        ("db", lambda s: s.da.sum(axis=0)[:, None], "db has the right numbers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_step_wrong_in_one_stage_is_advised(stage: str, wrong: Function, words: str) -> None:
    report = verdict("lstm_step_backward", backward=step_with(**{stage: wrong}))
    assert report.mistake == ""
    assert said(STEP_ADVICE, words) in report.advice


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda g: (g[0], 2 * g[1], *g[2:]), "dx and the weights are right"),
        (lambda g: (*g[:3], 2 * g[3], g[4], g[5]), "The gradients of the states are right"),
        (lambda g: (np.roll(g[0], 1, axis=1), *g[1:]), "All is right but dx"),
    ],
)
def test_sequence_wrong_in_one_result_is_advised(change: Function, words: str) -> None:
    def backward(dh: Any, caches: Any) -> Any:
        return change(lstm_backward(dh, caches))

    report = verdict("lstm_backward", backward=backward)
    assert report.mistake == ""
    assert said(SEQUENCE_ADVICE, words) in report.advice


def carries_scaled(state: float, cell: float) -> Function:
    def backward(dh: Any, caches: Any) -> Any:
        def step(dh_t: Any, dc_t: Any, kept: Any) -> Any:
            dx_t, dh_prev, dc_prev, *sums = lstm_step_backward(dh_t, dc_t, kept)
            return (dx_t, state * dh_prev, cell * dc_prev, *sums)

        return loop_over(step)(dh, caches)

    return backward


@pytest.mark.parametrize(
    ("state", "cell", "words"),
    [
        (1.0, -1.0, "Where the state alone carries, all is right"),
        (-1.0, 1.0, "Where the cell alone carries, all is right"),
    ],
)
def test_sequence_wrong_in_one_carry_is_advised(state: float, cell: float, words: str) -> None:
    report = verdict("lstm_backward", backward=carries_scaled(state, cell))
    assert report.mistake == ""
    assert said(SEQUENCE_ADVICE, words) in report.advice
