"""Unit 08: advice where no known mistake fits, and marks for mistakes outside the list."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.report import Report
from rnn_ref.lstm import lstm_step_forward, sigmoid

Blocks = Callable[..., tuple[Any, Any]]


def verdict(exercise: str, seed: int = 5, **functions: Any) -> Report:
    key = AnswerKey.draw(find_exercise(exercise), seed)
    answers = key.answers_of({**key.exercise.reference, **functions})
    return judge(key, list(answers.values()))


def step_of(combine: Blocks) -> Callable[..., Any]:
    """A step whose four sums are right; what is made of them is `combine`'s."""

    def step(x_t: Any, h_prev: Any, c_prev: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
        sums = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
        return *combine(*sums, c_prev), None

    return step


def sigmoid_of_cell(i: Any, f: Any, o: Any, g: Any, c: Any) -> tuple[Any, Any]:
    c_t = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * sigmoid(c_t), c_t


def clipped_cell(i: Any, f: Any, o: Any, g: Any, c: Any) -> tuple[Any, Any]:
    c_t = np.clip(sigmoid(f) * c + sigmoid(i) * np.tanh(g), -1, 1)
    return sigmoid(o) * np.tanh(c_t), c_t


def forget_gate_on_all(i: Any, f: Any, o: Any, g: Any, c: Any) -> tuple[Any, Any]:
    c_t = sigmoid(f) * (c + sigmoid(i) * np.tanh(g))
    return sigmoid(o) * np.tanh(c_t), c_t


def overflows_in_one_gate(i: Any, f: Any, o: Any, g: Any, c: Any) -> tuple[Any, Any]:
    c_t = np.exp(f) / (1 + np.exp(f)) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_t), c_t


@pytest.mark.parametrize(
    ("combine", "failed"),
    [
        (sigmoid_of_cell, {"output", "together", "limits", "sizes"}),
        (clipped_cell, {"forget", "output", "together", "limits", "sizes"}),
        # With one gate alone the forget gate is open wherever something is written.
        (forget_gate_on_all, {"together", "limits", "sizes"}),
        (overflows_in_one_gate, {"limits"}),
    ],
)
def test_step_wrong_in_a_way_not_listed_loses_what_it_gets_wrong(
    combine: Blocks, failed: set[str]
) -> None:
    report = verdict("lstm_step_forward", step=step_of(combine))
    assert {result.name for result in report.criteria if not result.passed} == failed
    assert report.mistake == ""


def advised(report: Report) -> str:
    assert report.mistake == ""
    (sentence,) = report.advice
    return sentence


def test_advice_only_h_wrong_looks_at_its_line() -> None:
    report = verdict("lstm_step_forward", step=step_of(sigmoid_of_cell))
    assert "look at the line that makes h_t" in advised(report)


def test_advice_only_limits_wrong_speaks_of_overflow() -> None:
    report = verdict("lstm_step_forward", step=step_of(overflows_in_one_gate))
    assert "overflows" in advised(report)


def test_advice_every_gate_wrong_asks_for_the_order_of_the_blocks() -> None:
    def g_o_f_i(*arguments: Any) -> Any:
        *first, W_xh, W_hh, b = arguments
        turned = (np.concatenate(np.split(a, 4, axis=-1)[::-1], axis=-1) for a in (W_xh, W_hh, b))
        return lstm_step_forward(*first, *turned)

    report = verdict("lstm_step_forward", step=g_o_f_i)
    assert "in the order i, f, o, g" in advised(report)


def test_advice_loop_over_a_wrong_step_points_at_the_step() -> None:
    step = step_of(sigmoid_of_cell)

    def forward(x: Any, h_t: Any, c_t: Any, *weights: Any) -> Any:
        h, c = [], []
        for t in range(x.shape[1]):
            h_t, c_t, _ = step(x[:, t], h_t, c_t, *weights)
            h.append(h_t)
            c.append(c_t)
        return np.stack(h, axis=1), np.stack(c, axis=1), None

    report = verdict("lstm_forward", step=step, forward=forward)
    assert "repair lstm_step_forward first" in advised(report)
    assert report.points == pytest.approx(0.5)  # consistency and unchanged: a quarter of 2


def test_advice_right_hidden_states_and_wrong_cells_looks_at_c() -> None:
    forward = find_exercise("lstm_forward").reference["forward"]

    def squashed(*arguments: Any) -> Any:
        h, c, cache = forward(*arguments)
        return h, np.tanh(c), cache

    assert "look at what you collect for c" in advised(verdict("lstm_forward", forward=squashed))


def test_advice_both_forms_wrong_alike_looks_at_what_they_share() -> None:
    step = step_of(sigmoid_of_cell)

    def gates(x_t: Any, h_prev: Any, c_prev: Any, W: Any, U: Any, b: Any) -> Any:
        stacked = (np.concatenate([part[k] for k in "ifoc"], axis=-1) for part in (U, W, b))
        return step(x_t, h_prev, c_prev, *stacked)[:2]

    report = verdict("lstm_step_gates", step=step, gates=gates)
    assert "the mistake is one that both share" in advised(report)


def test_advice_input_alone_wrong_names_u() -> None:
    gates = find_exercise("lstm_step_gates").reference["gates"]

    def half_input(x_t: Any, h_prev: Any, c_prev: Any, W: Any, U: Any, b: Any) -> Any:
        return gates(x_t / 2, h_prev, c_prev, W, U, b)

    assert "U goes with the input" in advised(verdict("lstm_step_gates", gates=half_input))


def program(bias: tuple[float, ...], write: tuple[float, ...]) -> Callable[[], Any]:
    W_xh = np.array([[0.0, 0.0, 0.0, 3.0], write])
    return lambda: (W_xh, np.zeros((1, 4)), np.array(bias))


@pytest.mark.parametrize(
    ("weights", "advice"),
    [
        (((-7.5, 6.0, 7.0, 0.0), (16.0, -16.0, 0.0, 0.0)), "even a small leak counts"),
        (((-10.0, 10.0, -10.0, 0.0), (20.0, -20.0, 20.0, 0.0)), "output gate has to be open"),
        (((-10.0, 10.0, 10.0, 0.0), (20.0, -10.0, 0.0, 0.0)), "must reach the forget gate, too"),
    ],
)
def test_advice_on_programs_says_which_gate(
    weights: tuple[tuple[float, ...], tuple[float, ...]], advice: str
) -> None:
    report = verdict("program_gates", program=program(*weights))
    assert advice in advised(report)
