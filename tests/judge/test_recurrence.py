"""Unit 01 beyond the lists: sizes of one, own outputs, steps of the judge's in the loop."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.judge.mistakes import recurrence as mistakes
from autograder.judge.verdict import judge
from autograder.student.report import CriterionResult, Report
from rnn_ref import recurrence
from tests.judge.judged import drawn, failed, verdict

Function = Callable[..., Any]


def result_of(report: Report, name: str) -> CriterionResult:
    return next(result for result in report.criteria if result.name == name)


# --- sizes --------------------------------------------------------------------------------------


def test_inputs_squeezed_are_told_as_a_crash_at_a_single_input() -> None:
    def squeezes(x: Any, h: Any, *weights: Any) -> Any:
        states = []
        for t in range(x.shape[1]):
            h, _ = recurrence.rnn_step_forward(np.squeeze(x[:, t]), h, *weights)
            states.append(h)
        return np.stack(states, 1), None

    report = verdict("rnn_forward", forward=squeezes)
    assert report.headline.startswith("A batch of one: ") or "A single input: " in report.headline
    assert result_of(report, "unchanged").passed  # the calls that came to an end show it
    assert not report.mistake


# --- each property by its own claim ---------------------------------------------------------------


def without_bias_inline(x: Any, h: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh)
        states.append(h)
    return np.stack(states, axis=1), None


def same_whatever_the_order(x: Any, h: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Any:
    return np.tanh(np.cumsum(x @ W_xh, axis=1) + (h @ W_hh)[:, None] + b_h), None


def test_wrong_values_leave_standing_what_the_learners_own_outputs_show() -> None:
    report = verdict("rnn_forward", forward=without_bias_inline)
    assert {"states", "own_step"} <= failed(report)
    assert not {"order", "first_state", "halves", "unchanged"} & failed(report)


def test_loop_that_does_not_mind_the_order_is_told_so() -> None:
    report = verdict("rnn_forward", forward=same_whatever_the_order)
    assert "order" in failed(report) and "first_state" not in failed(report)
    assert "the last state is the same as that after the same inputs" in (
        result_of(report, "order").detail
    )


def test_loop_that_does_not_start_at_h_0_is_told_so() -> None:
    report = verdict("rnn_forward", forward=mistakes.FORWARD["h_0_ignored"].function)
    assert "first_state" in failed(report) and "order" not in failed(report)
    assert "the same as that from another h_0" in result_of(report, "first_state").detail


def test_halves_are_held_against_the_learners_own_whole() -> None:
    calls = []

    def remembers(x: Any, h: Any, *weights: Any) -> Any:
        calls.append(1)
        states, cache = recurrence.rnn_forward(x, h, *weights)
        return states + 0.01 * len(calls), cache

    assert "halves" in failed(verdict("rnn_forward", forward=remembers))
    assert "halves" not in failed(verdict("rnn_forward", forward=without_bias_inline))


def test_noise_earns_no_more_than_what_is_seen_in_own_outputs() -> None:
    rng = np.random.default_rng(0)

    def noise(x: Any, h: Any, *weights: Any) -> Any:
        return rng.normal(size=(*x.shape[:2], h.shape[1])), None

    points = verdict("rnn_forward", forward=noise).points
    assert points is not None and points < 0.46


# --- an error is paid for once --------------------------------------------------------------------

LOOP = """
import numpy as np

def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):
    {step}

def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h = np.zeros((x.shape[0], x.shape[1], h_0.shape[1]))
    h_t = h_0
    for t in range(x.shape[1]):
        h_t, _ = {call}
        h[:, t] = h_t
    return h, None
"""
CALL = "rnn_step_forward(x[:, t], h_t, W_xh, W_hh, b_h)"
WRONG = "return np.tanh(x_t @ W_xh + h_prev @ W_hh), None"
MISSING = "raise NotImplementedError('rnn_step_forward: not written yet')"


def loop(step: str, call: str = CALL) -> dict[str, Function]:
    space: dict[str, Any] = {}
    exec(LOOP.format(step=step, call=call), space)
    return {"step": space["rnn_step_forward"], "forward": space["rnn_forward"]}


def test_loop_that_does_not_call_the_step_is_judged_as_it_stands() -> None:
    inline = "np.tanh(x[:, t] @ W_xh + h_t @ W_hh), None"
    report = verdict("rnn_forward", **loop(MISSING, inline))
    assert "states" in failed(report)
    assert "with ours" not in report.headline.lower()
    right = "np.tanh(x[:, t] @ W_xh + h_t @ W_hh + b_h), None"
    assert verdict("rnn_forward", **loop(MISSING, right)).points == 3


def test_switched_off_a_wrong_step_is_paid_for_in_the_loop_too_and_still_told() -> None:
    key, functions = drawn("rnn_forward"), loop(WRONG)
    report = judge(key, list(key.answers_of(functions).values()), carry=False)
    assert report.points is not None and report.points < 1.1
    assert report.advice[0].startswith("Your rnn_forward is right: with a function of ours")
