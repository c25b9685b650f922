"""What comes back in a wrong form is described, and a limit is told as one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from autograder.student.answers import Outputs, Problem, as_array, pair
from tests.student.asked import answer

x_t, h_prev = np.ones((4, 6)), np.ones((4, 3))


# --- the form of what comes back ------------------------------------------------------------------


def pairs(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    h, _ = pair(call.judged(inputs["x"]), "h_t", "cache")
    yield "h_t", h


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "It returned None: is a return missing?"),
        ((None, 1), "h_t is None: still to come?"),
        (h_prev, "It returned an array of shape (4, 3); expected a pair (h_t, cache)."),
        (
            (h_prev, [1, 2], 3),
            "It returned a tuple of 3: an array of shape (4, 3), a list of 2, a number; expected "
            "a pair (h_t, cache).",
        ),
        (
            ((x_t, h_prev), h_prev),
            "h_t is a tuple of 2 (arrays of shapes (4, 6), (4, 3)); expected one NumPy array. The "
            "array stands second in the pair that came back.",
        ),
        (
            ValueError("no"),
            "It returned a ValueError that was not raised; expected a pair (h_t, cache).",
        ),
        ((KeyError, 1), "h_t is a KeyError that was not raised; expected a NumPy array."),
    ],
)
def test_wrong_form_is_described(value: Any, words: str) -> None:
    got = answer(lambda x: value, run=pairs)
    assert (got.problem, got.message) == (Problem.FORM, words)


def test_wrong_form_of_another_function_says_whose_it_is() -> None:
    def helper_first(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        _, cache = pair(call.helper(inputs["x"]), "h", "cache")
        yield "h", call.judged(cache)

    def forward(x: Any) -> Any:
        return x

    message = answer(lambda x: x, helper=forward, run=helper_first).message
    assert message.startswith("forward (not judged_exercise) returned an array of shape (4, 6)")


def test_wrong_form_read_after_another_call_is_not_pinned_on_that_one() -> None:
    def late(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        mine = call.judged(inputs["x"])
        call.helper(inputs["x"])
        yield "h", as_array("h", mine)

    assert answer(lambda x: {1: 2}, helper=lambda x: x, run=late).message.startswith("h is a dict")


def test_kind_of_a_wrong_form_is_the_same_for_every_cache() -> None:
    caches: tuple[Any, ...] = ((x_t, h_prev), [h_prev, x_t, 1], {"x": 1})
    kinds = {answer(lambda x, c=cache: (c, h_prev), run=pairs).kind for cache in caches}
    assert kinds == {"h_t is several values."}


@pytest.mark.parametrize("error", [MemoryError("Unable to allocate"), None])
def test_memory_that_ran_out_is_a_limit_of_its_own(error: BaseException | None) -> None:
    class OutOfMemory(BaseException):
        """As the judge raises it."""

    def grows(x: Any) -> Any:
        raise error or OutOfMemory

    got = answer(grows)
    assert (got.problem, got.exception) == (Problem.LIMIT, "OutOfMemory")


def test_time_that_ran_out_while_memory_grew_is_told_as_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class OutOfTime(BaseException):
        """As the sandbox raises it."""

    held = iter([10**8, 10**9])
    monkeypatch.setattr("autograder.student.answers.resident_bytes", lambda: next(held))

    def grows(x: Any) -> Any:
        raise OutOfTime

    assert answer(grows).exception == "OutOfMemory"
