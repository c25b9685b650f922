"""Running a probe: fresh copies in, plain arrays out, and every mishap in words."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.student.answers import (
    AGAIN,
    Answer,
    FormError,
    Outputs,
    Probe,
    Problem,
    answer_case,
    answer_cases,
    as_array,
    pair,
    parts,
)


def double_probe(call: Any, inputs: Mapping[str, Any]) -> Outputs:
    yield "first", call.double(inputs["x"])
    yield "second", call.double(inputs["x"])


PROBE = Probe("double", double_probe, {"double": ("x",)})
X = np.array([1.0, 2.0])


def answer(function: Any, x: Any = X) -> Answer:
    return answer_case(PROBE, {"double": function}, "case", {"x": x})


def in_place(x: np.ndarray) -> np.ndarray:
    x *= 2
    return x


def raising(error: BaseException) -> Callable[[np.ndarray], np.ndarray]:
    def function(x: np.ndarray) -> np.ndarray:
        raise error

    return function


def test_answer_of_a_right_function_holds_its_outputs() -> None:
    got = answer(lambda x: 2 * x)
    assert got.problem is Problem.NONE
    np.testing.assert_array_equal(got.outputs["first"], [2.0, 4.0])


def test_answer_of_a_function_that_changes_its_argument_names_it_and_keeps_the_inputs() -> None:
    got = answer(in_place)
    assert got.changed == ("x",)
    np.testing.assert_array_equal(got.outputs["second"], [2.0, 4.0])
    np.testing.assert_array_equal(X, [1.0, 2.0])


def test_answer_of_a_function_that_changes_a_nested_argument_names_it() -> None:
    def in_place(x: dict[str, Any]) -> float:
        x["b"][0][0] = 5.0
        return 1.0

    assert answer(in_place, {"a": 1, "b": [np.zeros(2)]}).changed == ("x",)
    assert answer(lambda x: 1.0, {"a": 1, "b": [np.zeros(2)]}).changed == ()


def test_answer_of_a_result_changed_later_holds_it_as_it_came_back() -> None:
    buffer = np.zeros(2)

    def reusing(x: np.ndarray) -> np.ndarray:
        buffer[:] += x
        return buffer

    got = answer(reusing)
    np.testing.assert_array_equal(got.outputs["first"], [1.0, 2.0])
    np.testing.assert_array_equal(got.outputs["second"], [2.0, 4.0])


def test_answer_of_a_function_that_fails_late_keeps_what_came_before() -> None:
    calls = []

    def once(x: np.ndarray) -> np.ndarray:
        calls.append(1)
        if len(calls) > 1:
            raise ValueError("no more")
        return x

    got = answer(once)
    assert list(got.outputs) == ["first"]
    assert (got.problem, got.exception) == (Problem.EXCEPTION, "ValueError")
    assert got.message.startswith("It stopped: ValueError: no more (line ")


def test_answer_of_a_stub_is_unfinished() -> None:
    got = answer(raising(NotImplementedError("double: not written yet")))
    assert (got.problem, got.message) == (Problem.UNFINISHED, "double: not written yet")


@pytest.mark.parametrize("error", [SystemExit(0), GeneratorExit(), RecursionError("deep")])
def test_answer_of_a_function_that_wants_out_is_an_exception(error: BaseException) -> None:
    assert answer(raising(error)).exception == type(error).__name__


def test_answer_of_an_interrupt_gets_out() -> None:
    with pytest.raises(KeyboardInterrupt):
        answer(raising(KeyboardInterrupt()))


def test_answer_of_something_not_callable_says_so() -> None:
    got = answer(np.zeros(3))
    assert got.problem is Problem.FORM
    assert "expected a function" in got.message


@pytest.mark.parametrize(
    "value",
    [None, "text", lambda: 1, (n for n in "ab"), {1: 2}, object(), [[1], [1, 2]], ["a"], 1j],
)
def test_as_array_of_what_is_no_array_of_numbers_raises(value: object) -> None:
    with pytest.raises(FormError, match="h_t"):
        as_array("h_t", value)


@pytest.mark.parametrize("value", [1, 1.5, True, np.float32(2), [1, 2], ((1.0,), (2.0,))])
def test_as_array_of_numbers_gives_a_plain_array(value: object) -> None:
    assert type(as_array("h_t", value)) is np.ndarray


def test_as_array_of_an_object_that_claims_to_equal_all_is_refused() -> None:
    class Yes:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    with pytest.raises(FormError):
        as_array("h_t", Yes())


@pytest.mark.parametrize("value", [np.zeros((2, 3)), (1, 2, 3), None, "ab"])
def test_pair_of_what_is_no_pair_raises(value: object) -> None:
    with pytest.raises(FormError, match="expected a pair"):
        pair(value, "h_t", "cache")


def test_answer_cases_asks_the_first_case_twice() -> None:
    names = [a.case for a in answer_cases(PROBE, {"double": lambda x: x}, _cases("a", "b"))]
    assert names == ["a", "a" + AGAIN, "b"]


def test_answer_cases_of_a_stub_stops_after_the_first() -> None:
    stub = raising(NotImplementedError())
    assert len(answer_cases(PROBE, {"double": stub}, _cases("a", "b"))) == 1


def _cases(*names: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, {"x": X}) for name in names]


def test_parts_of_a_list_of_the_right_length_are_its_items() -> None:
    assert parts([1, 2, 3], "dh", "dW", "db") == (1, 2, 3)


@pytest.mark.parametrize("value", [None, (1, 2), np.zeros(3), 7])
def test_parts_of_anything_else_raises_and_names_what_is_expected(value: object) -> None:
    with pytest.raises(FormError, match=r"expected 3 values \(dh, dW, db\)"):
        parts(value, "dh", "dW", "db")


def test_answer_of_a_call_without_its_last_arguments_uses_their_defaults() -> None:
    def power_probe(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        yield "square", call.power(inputs["x"])
        yield "cube", call.power(inputs["x"], 3)

    def power(x: np.ndarray, exponent: int = 2) -> np.ndarray:
        return x**exponent

    probe = Probe("power", power_probe, {"power": ("x", "exponent")})
    got = answer_case(probe, {"power": power}, "case", {"x": X})
    assert {name: value.tolist() for name, value in got.outputs.items()} == {
        "square": [1.0, 4.0],
        "cube": [1.0, 8.0],
    }


class OutOfTime(BaseException):
    """As the sandbox raises it."""


class Pair(NamedTuple):
    x: np.ndarray
    h: np.ndarray


@pytest.mark.parametrize("make", [lambda x: (x, 1), lambda x: Pair(x, x + 1), lambda x: ((x,),)])
def test_answer_of_a_function_that_changes_an_array_in_a_tuple_tells_it(
    make: Callable[[np.ndarray], Any],
) -> None:
    def probe_twice(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        cache = make(inputs["x"])
        yield "first", call.backward(cache)
        yield "second", call.backward(cache)

    def spoil(cache: Any) -> np.ndarray:
        array = cache[0][0] if isinstance(cache[0], tuple) else cache[0]
        array *= 2
        return array

    probe = Probe("backward", probe_twice, {"backward": ("cache",)})
    got = answer_case(probe, {"backward": spoil}, "case", {"x": X})
    assert got.changed == ("cache",)
    assert got.outputs["first"].tolist() == got.outputs["second"].tolist()


def test_answer_is_handed_a_cache_of_its_own_type() -> None:
    def probe_named(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        yield "h", call.backward(Pair(inputs["x"], inputs["x"] + 1))

    probe = Probe("backward", probe_named, {"backward": ("cache",)})
    got = answer_case(probe, {"backward": lambda cache: cache.h}, "case", {"x": X})
    assert got.outputs["h"].tolist() == (X + 1).tolist()


def test_answer_cases_ends_with_the_case_that_ran_out_of_time() -> None:
    def half_probe(call: Any, inputs: Mapping[str, Any]) -> Outputs:
        yield "first", inputs["x"]
        yield "second", call.slow(inputs["x"])

    probe = Probe("slow", half_probe, {"slow": ("x",)})
    (only,) = answer_cases(probe, {"slow": raising(OutOfTime())}, _cases("a", "b"))
    assert only.problem is Problem.LIMIT


def test_answer_cases_ends_with_the_second_answer_that_ran_out_of_time() -> None:
    calls = []

    def slower(x: np.ndarray) -> np.ndarray:
        calls.append(x)
        if len(calls) > 2:  # the probe calls twice a case
            raise OutOfTime
        return x

    first, second = answer_cases(PROBE, {"double": slower}, _cases("a", "b"))
    assert (first.problem, second.problem) == (Problem.NONE, Problem.LIMIT)


def test_answer_does_not_watch_an_argument_that_another_exercise_watches() -> None:
    unwatched = Probe("double", double_probe, {"double": ("_x",)})
    got = answer_case(unwatched, {"double": in_place}, "case", {"x": X})
    assert got.changed == ()
    np.testing.assert_array_equal(got.outputs["second"], [2.0, 4.0])  # still a copy of its own
