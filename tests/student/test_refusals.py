"""Calls that should be refused: a code for each, and what came in its place."""

from typing import Any

import numpy as np
import pytest

from autograder.student.forms import FormError, ReturnedNothing
from autograder.student.refusals import CAME, refusals


def tried(function: Any) -> tuple[int, str]:
    (name, codes), (own, came) = refusals("refused", function, [(1,)])
    assert (name, own) == ("refused", "own_refused")
    return int(codes[0]), CAME[int(came[0])]


def raising(error: BaseException) -> Any:
    def function(x: Any) -> Any:
        raise error

    return function


@pytest.mark.parametrize(
    ("function", "code", "came"),
    [
        (raising(ValueError("no")), 1, "raised a ValueError"),
        (raising(np.linalg.LinAlgError("no")), 1, "raised a ValueError"),
        (raising(IndexError("no")), -1, "raised an IndexError"),
        (raising(OSError("no")), -1, "raised another error"),
        (raising(ReturnedNothing("It returned None.")), 0, "returned None"),
        (lambda x: np.zeros(2), 0, "returned an array"),
        (lambda x: np.array([1, np.inf]), -2, "returned nan or inf"),
        (lambda x: float("nan"), -2, "returned nan or inf"),
        (lambda x: "text", 0, "returned a text"),
        (lambda x: ValueError("no"), 0, "returned a ValueError, not raised it"),
        (lambda x: {1}, 0, "returned something"),
    ],
)
def test_refusals_say_what_came(function: Any, code: int, came: str) -> None:
    assert tried(function) == (code, came)


@pytest.mark.parametrize("error", [NotImplementedError("later"), FormError("no function")])
def test_refusals_of_what_is_not_written_let_that_out(error: Exception) -> None:
    with pytest.raises(type(error)):
        tried(raising(error))


def test_refusals_with_numbers_hand_out_what_came_where_nothing_was_refused() -> None:
    def function(x: int) -> Any:
        if x > 1:
            raise (ValueError if x == 2 else KeyError)(x)
        return np.array([x, x]) if x else None

    *_, (name, answers) = refusals("refused", function, [(1,), (2,), (3,), (0,)], np.asarray)
    assert name == "refused (answers)"
    key_error, nothing = (
        -1000 - CAME.index(came) for came in ("raised a KeyError", "returned something")
    )
    assert answers.tolist() == [1, 1, -999, key_error, -999, nothing, -999, -999]
