"""Unit 08 beyond the lists: what a mistake costs, own parts, sizes of one, cases to try."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from rnn_ref.lstm import lstm_step_forward, sigmoid
from tests.judge.judged import failed, verdict

Blocks = Callable[..., tuple[Any, Any]]


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
    ("combine", "fails"),
    [
        # Where c_t is right, it shows that sizes and limits do no harm.
        (sigmoid_of_cell, {"output", "together"}),
        (clipped_cell, {"forget", "output", "together", "limits", "sizes"}),
        # With one gate alone the forget gate is open wherever something is written.
        (forget_gate_on_all, {"together", "limits", "sizes"}),
        (overflows_in_one_gate, {"limits"}),
    ],
)
def test_step_wrong_in_a_way_not_listed_loses_what_it_gets_wrong(
    combine: Blocks, fails: set[str]
) -> None:
    report = verdict("lstm_step_forward", step=step_of(combine))
    assert failed(report) == fails
    assert report.mistake == ""


def test_overflow_in_all_gates_is_told_at_the_limits() -> None:
    def overflowing(i: Any, f: Any, o: Any, g: Any, c: Any) -> tuple[Any, Any]:
        i, f, o = (np.exp(a) / (1 + np.exp(a)) for a in (i, f, o))
        c_t = f * c + i * np.tanh(g)
        return o * np.tanh(c_t), c_t

    report = verdict("lstm_step_forward", step=step_of(overflowing))
    assert failed(report) == {"limits"}
    assert report.mistake_sentence.startswith("Gates driven to their limits: your numbers are")
    assert "overflows" in report.mistake_sentence


def test_right_h_beside_a_squashed_c_shows_that_the_gates_are_right() -> None:
    def squashed(*blocks: Any) -> tuple[Any, Any]:
        h_t, c_t = right(*blocks)
        return h_t, np.tanh(c_t)

    report = verdict("lstm_step_forward", step=step_of(squashed))
    assert (failed(report), report.mistake) == ({"together"}, "returns_tanh_of_c")


def right(i: Any, f: Any, o: Any, g: Any, c: Any) -> tuple[Any, Any]:
    c_t = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_t), c_t


# --- the loop and its step ----------------------------------------------------------------------


def test_loop_that_does_not_call_the_step_by_name_is_told_where_to_look() -> None:
    step = step_of(sigmoid_of_cell)

    def forward(x: Any, h_t: Any, c_t: Any, *weights: Any) -> Any:
        h, c = [], []
        for t in range(x.shape[1]):
            h_t, c_t, _ = step(x[:, t], h_t, c_t, *weights)
            h.append(h_t)
            c.append(c_t)
        return np.stack(h, axis=1), np.stack(c, axis=1), None

    report = verdict("lstm_forward", step=step, forward=forward)
    assert report.mistake == "" and report.advice[0].startswith("Your loop gives what your own")
    assert not failed(report) & {"own_step", "halves", "unchanged"}


def test_two_names_of_one_array_are_told() -> None:
    def filled(names: str, h_last: bool) -> Any:
        def forward(x: Any, h_t: Any, c_t: Any, *weights: Any) -> Any:
            h = c = np.zeros((*x.shape[:2], h_t.shape[1]))
            for t in range(x.shape[1]):
                if t and names == "read":
                    h_t, c_t = h[:, t - 1], c[:, t - 1]
                h_t, c_t, _ = lstm_step_forward(x[:, t], h_t, c_t, *weights)
                for array, state in ((c, c_t), (h, h_t))[:: 1 if h_last else -1]:
                    array[:, t] = state
            return h, c, None

        return forward

    told = {
        ("kept", True): "h_returned_twice",
        ("kept", False): "c_returned_twice",
        ("read", True): "one_array_read_as_hidden",
        ("read", False): "one_array_read_as_cell",
    }
    for arguments, name in told.items():
        assert verdict("lstm_forward", forward=filled(*arguments)).mistake == name


def test_second_half_is_compared_with_the_learners_own_states() -> None:
    """A wrong step makes wrong states, which go on from the middle all the same."""
    forward = find_exercise("lstm_forward").reference["forward"]

    def doubled(*arguments: Any) -> Any:
        h, c, cache = forward(*arguments)
        return h, c + 0 * c, cache

    def from_zeros(x: Any, h_0: Any, c_0: Any, *weights: Any) -> Any:
        return forward(x, 0 * h_0, 0 * c_0, *weights)

    assert failed(verdict("lstm_forward", forward=doubled)) == set()
    assert "halves" in failed(verdict("lstm_forward", forward=from_zeros))


def test_both_forms_wrong_alike_are_named_by_what_they_share() -> None:
    def combine(i: Any, f: Any, o: Any, g: Any, c: Any) -> tuple[Any, Any]:
        c_t = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * c_t, c_t

    step = step_of(combine)

    def gates(x_t: Any, h_prev: Any, c_prev: Any, W: Any, U: Any, b: Any) -> Any:
        stacked = (np.concatenate([part[k] for k in "ifoc"], axis=-1) for part in (U, W, b))
        return step(x_t, h_prev, c_prev, *stacked)[:2]

    report = verdict("lstm_step_gates", step=step, gates=gates)
    assert report.mistake == "gates_h_without_tanh"
    assert "both_forms" not in failed(report)


# --- gates set by hand --------------------------------------------------------------------------


def program(bias: tuple[float, ...], write: tuple[float, ...]) -> Callable[[], Any]:
    W_xh = np.array([[0.0, 0.0, 0.0, 3.0], write])
    return lambda: (W_xh, np.zeros((1, 4)), np.array(bias))


@pytest.mark.parametrize(
    ("bias", "write", "fails"),
    [
        ((-7.5, 6.0, 7.0, 0.0), (16.0, -16.0, 0.0, 0.0), {"holds", "shows"}),
        ((-10.0, 10.0, -10.0, 0.0), (20.0, -20.0, 20.0, 0.0), {"shows"}),
        ((-10.0, 10.0, 10.0, 0.0), (20.0, -10.0, 0.0, 0.0), {"overwrites", "shows"}),
    ],
)
def test_program_loses_what_its_gates_do_wrong(
    bias: tuple[float, ...], write: tuple[float, ...], fails: set[str]
) -> None:
    assert failed(verdict("program_gates", program=program(bias, write))) == fails


def test_program_that_only_resembles_a_mistake_is_not_called_by_it() -> None:
    """A bias of 5.5 holds more than one of 5; neither holds enough."""
    like = program((-10.0, 5.0, 10.0, 0.0), (20.0, -15.0, 0.0, 0.0))
    assert verdict("program_gates", program=like).mistake == "forget_bias_of_five"
    other = program((-10.0, 5.5, 10.0, 0.0), (20.0, -15.0, 0.0, 0.0))
    report = verdict("program_gates", program=other)
    assert "holds" in failed(report) and report.mistake != "forget_bias_of_five"


def test_write_that_hardly_opens_a_gate_is_not_told_to_have_no_weights() -> None:
    weak = program((-10.0, 10.0, 10.0, 0.0), (2.0, -2.0, 0.0, 0.0))
    said = verdict("program_gates", program=weak).mistake_sentence
    assert "nothing is ever written" in said and "leaves the input gate almost shut" in said
