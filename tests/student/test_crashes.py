"""An exception in plain words: the operands of the line that failed, and nobody blamed wrongly."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.student.answers import Outputs, Problem
from tests.student.asked import answer

W_xh, W_hh, b_h = np.ones((6, 3)), np.ones((3, 3)), np.ones(3)
x_t, h_prev = np.ones((4, 6)), np.ones((4, 3))
x = np.ones((4, 5, 6))


def step(x_t: Any, h_prev: Any) -> Any:
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h), (x_t, h_prev)


def no_return(x_t: Any, h_prev: Any) -> Any:
    np.tanh(x_t @ W_xh)


def adds_in_place(x_t: Any) -> Any:
    total = np.zeros(3)
    total += x_t @ W_xh
    return total


def stacks_pairs(x_t: Any) -> Any:
    states = [step(x_t, h_prev) for _ in range(3)]
    return np.stack(states)


def unpacks_three(x_t: Any) -> Any:
    h, cache, more = step(x_t, h_prev)
    return h, cache, more


def unpacks_none(x_t: Any) -> Any:
    h, cache = no_return(x_t, h_prev)
    return h, cache


def stores_a_pair(x_t: Any) -> Any:
    h = np.zeros((4, 2, 3))
    h[:, 0] = step(x_t, h_prev)
    return h


def stores_too_much(x_t: Any) -> Any:
    h = np.zeros((4, 3, 2))
    h[:, 0] = x_t @ W_xh
    return h


def float_size(x_t: Any) -> Any:
    H = x_t.shape[1] / 2
    return x_t[:, :H]


def before_assignment(x_t: Any) -> Any:
    for _ in range(0):
        h = x_t
    return h


def late_step(x_t: Any) -> Any:
    states = [x_t]
    t = 1
    return states[t]


def no_such_key(x_t: Any) -> Any:
    cache = {"x": x_t}
    return cache["h"]


def starts_as_none(x_t: Any) -> Any:
    dh_next = None
    return x_t + dh_next  # type: ignore[operator]


CASES: list[tuple[Callable[..., Any], str]] = [
    (
        lambda x_t: W_xh @ x_t,
        "W_xh is (6, 3) and x_t is (4, 6): rows are examples, so the data stands on the left",
    ),
    (
        lambda x_t: np.dot(W_xh, x_t),
        "W_xh is (6, 3) and x_t is (4, 6): rows are examples, so the data stands on the left",
    ),
    (
        lambda x_t: x_t @ W_hh + b_h,
        "x_t is (4, 6) and W_hh is (3, 3): 6 columns on the left of @, 3 rows on the right",
    ),
    (
        lambda x_t: h_prev @ x_t.T,
        "h_prev is (4, 3) and x_t.T is (6, 4): h_prev @ x_t.T does not fit, x_t.T @ h_prev would",
    ),
    (
        lambda x_t: x_t @ W_xh + x_t,
        "x_t @ W_xh is (4, 3) and x_t is (4, 6): + pairs lengths from the right, and 3 is not 6",
    ),
    (
        adds_in_place,
        "total is (3,) and x_t @ W_xh is (4, 3): the result is (4, 3), and += cannot change the "
        "shape of total",
    ),
    (
        lambda x_t: np.concatenate([x_t, h_prev]),
        "x_t is (4, 6) and h_prev is (4, 3): joined along one axis, all else must be equal",
    ),
    (stores_too_much, "h[:, 0] has room for (4, 2), and what is put there is (4, 3)"),
    (stores_a_pair, "what step returned holds parts of different shapes: into h[:, 0] goes one"),
    (stacks_pairs, "states is a list of 3, each a tuple of 2"),
    (unpacks_three, "step returned 2 values; expected h, cache, more"),
    (unpacks_none, "no_return returned None; expected h, cache"),
    (lambda x_t: np.stack(reversed([x_t])), "reversed([x_t]) can only be looped over; np.stack"),
    (lambda x_t: np.tanh(x_tt), "x_tt is not defined; did you mean x_t?"),  # type: ignore[name-defined]  # noqa: F821
    (before_assignment, "h is used before anything was assigned to it"),
    (lambda x_t: np.tanhh(x_t), "np has no tanhh; did you mean tanh?"),
    (lambda x_t: x_t.summ(0), "x_t is (4, 6), which has no summ; did you mean sum?"),
    (starts_as_none, "dh_next is None"),
    (float_size, "H is 3.0, a float: sizes and places are integers (/ gives a float, // an int"),
    (lambda x_t: x_t[:, 6], "x_t is (4, 6): 6 was asked of axis 1, its places end at 5"),
    (lambda x_t: x_t[:, 0, :], "x_t is (4, 6): fewer axes than x_t[:, 0, :] asks for"),
    (late_step, "t is 1, and the places of states end at 0"),
    (lambda x_t: [][1], "1 was asked for, and [] is empty"),
    (lambda x_t: W_xh(x_t), "W_xh is (6, 3), and ( ) calls it"),  # type: ignore[operator]
    (
        lambda x_t: (x_t @ W_xh + h_prev @ W_hh + b_h + b_h).T @ W_xh,
        "a longer expression is (3, 4) and W_xh is (6, 3): they would fit the other way round",
    ),
    (no_such_key, "cache has no 'h'; it has 'x'"),
]


@pytest.mark.parametrize(
    ("function", "words"), CASES, ids=lambda v: getattr(v, "__name__", str(v)[:30])
)
def test_crash_is_told_by_the_operands_of_the_failing_part(function: Any, words: str) -> None:
    got = answer(function)
    assert got.problem is Problem.EXCEPTION
    assert got.message.startswith(f"It stopped: {words}"), got.message
    assert " (line " in got.message


def passes_the_pair_on(x: Any) -> Any:
    h = h_prev
    for t in range(x.shape[1]):
        h = step(x[:, t], h)
    return h


def test_crash_within_a_right_step_is_told_where_the_caller_went_wrong() -> None:
    message = answer(passes_the_pair_on, x).message
    assert "step returns a tuple of 2 (an array of shape (4, 3), a tuple of 2 (" in message
    assert "and h holds both: unpack it" in message
    assert message.endswith(": h = step(x[:, t], h))")


def test_crash_within_another_function_names_it_and_both_lines() -> None:
    message = answer(lambda x: step(x, h_prev), x).message
    assert message.startswith("It stopped in step, called in line ")
    assert "x_t @ W_xh is (4, 5, 3) and h_prev @ W_hh is (4, 3)" in message


def test_crash_of_another_function_than_the_judged_one_says_which() -> None:
    def both(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        yield "h", call.judged(call.helper(inputs["x"]))

    def forward(x: Any) -> Any:
        return x @ W_hh

    message = answer(lambda x: x, helper=forward, run=both).message
    assert message.startswith("forward (not judged_exercise) stopped: x is (4, 6) and W_hh")


def test_call_that_the_signature_does_not_take_is_shown() -> None:
    def takes_nothing() -> Any:
        return 1

    message = answer(takes_nothing).message
    assert message.startswith("It cannot be called as takes_nothing(x): TypeError")


class Model:
    def step(self, x: Any) -> Any:
        return x @ W_hh


@pytest.mark.parametrize("function", [Model().step, partial(Model().step), partial(Model.step, 1)])
def test_crash_of_a_method_or_partial_is_told_with_its_line(function: Any) -> None:
    assert answer(function).message.endswith(": return x @ W_hh)")


def test_crash_looks_at_operands_without_running_code_of_the_learner() -> None:
    class Loud(np.ndarray):
        def __matmul__(self, other: Any) -> Any:
            raise ValueError("matmul: Input operand 1 has a mismatch in its core dimension 0")

    loud = np.ones((2, 2)).view(Loud)
    assert "stopped" in answer(lambda x: (loud @ x) + 1).message


def test_crash_with_an_object_that_cannot_be_looked_at_is_told_in_pythons_words() -> None:
    class Hidden(dict[str, int]):
        def __len__(self) -> int:
            raise RuntimeError("no")

    hidden = Hidden()
    assert "TypeError: unsupported operand" in answer(lambda x: hidden - x).message  # type: ignore[operator]


def test_exception_in_the_probe_is_not_the_learners() -> None:
    def stumbles(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        yield "h", np.stack([call.judged(inputs["x"]), np.ones(7)])

    got = answer(lambda x: x, run=stumbles)
    assert (got.problem, got.exception) == (Problem.FORM, "")
    assert got.message.startswith("What came back cannot be worked with (ValueError")


def test_exception_while_a_nested_call_has_ended_is_the_learners() -> None:
    def nested(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        yield "h", call.judged(lambda: call.helper(inputs["x"]))

    got = answer(lambda again: again() @ W_hh, helper=lambda x: x, run=nested)
    assert (got.problem, got.exception) == (Problem.EXCEPTION, "ValueError")


def test_deep_recursion_is_told_and_needs_no_recursion_to_tell() -> None:
    def endless(x: Any) -> Any:
        return endless(x)

    assert "went deeper than Python allows (RecursionError)" in answer(endless).message


def test_kind_of_a_crash_is_the_same_whatever_the_names_are() -> None:
    def other(a: Any) -> Any:
        return 2 * (a @ W_hh)

    kinds = {answer(function).kind for function in (lambda x_t: x_t @ W_hh, other)}
    assert len(kinds) == 1
