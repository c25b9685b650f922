"""What comes of calls that should be refused: a code for each, and what came in its place."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.student.forms import FormError, ReturnedNothing

REFUSED, ACCEPTED, ANOTHER_ERROR, NOT_FINITE = 1, 0, -1, -2

#: What came, by its number in the output "own_…".
RAISED = ("a ValueError", "an IndexError", "a KeyError", "a TypeError", "an AssertionError")
RETURNED = ("None", "an array", "a number", "a text", "a list", "a tuple", "a dict")
CAME = (
    *(f"raised {what}" for what in (*RAISED, "another error")),
    *(f"returned {what}" for what in RETURNED),
    "returned a ValueError, not raised it",
    "returned nan or inf",
    "returned something",
)


#: Behind the name of the output that holds what came where nothing was refused.
ANSWERS = " (answers)"
_END, _NO_NUMBERS = -999, -1000  # behind each answer; for what is no array of numbers, and below


def refusals(
    name: str,
    function: Callable[..., Any],
    trials: Iterable[tuple[Any, ...]],
    numbers: Callable[[Any], Any] | None = None,
) -> Iterable[tuple[str, np.ndarray]]:
    """Return the outputs of calls, some of which should raise a ValueError.

    Under `name`, for each: 1 if a ValueError came, -1 if another error, 0 if an answer, -2 if that
    holds nan or inf. Under "own_" and `name` which answer or error it was, as a place in ``CAME``.
    With `numbers`, which makes an array of an answer, a third output follows: all that came where
    nothing was refused, one behind the other.
    """
    found = [_tried(function, arguments) for arguments in trials]
    yield name, np.array([code for code, _, _ in found])
    yield f"own_{name}", np.array([CAME.index(came) for _, came, _ in found])
    if numbers is not None:
        flat = [_flat(numbers, *one) for one in found if one[0] != REFUSED]
        yield name + ANSWERS, np.concatenate([*flat, [_END]])


def _flat(numbers: Callable[[Any], Any], code: int, came: str, result: Any) -> np.ndarray:
    if code == ANOTHER_ERROR or result is None:
        return np.array([_NO_NUMBERS - CAME.index(came), _END])
    try:
        return np.append(np.asarray(numbers(result), dtype=float), _END)
    except Exception:
        return np.array([_NO_NUMBERS - CAME.index(came), _END])


def _tried(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[int, str, Any]:
    try:
        result = function(*arguments)
    except ReturnedNothing:
        return ACCEPTED, "returned None", None
    except (NotImplementedError, FormError):
        raise
    except Exception as error:
        raised = next((f"raised {w}" for w in RAISED if w.endswith(f" {type(error).__name__}")), "")
        code = REFUSED if isinstance(error, ValueError) else ANOTHER_ERROR
        came = "raised a ValueError" if code == REFUSED else raised or "raised another error"
        return code, came, None
    return *_returned(result), result


def _returned(result: Any) -> tuple[int, str]:
    kinds: tuple[Any, ...] = ((), np.ndarray, (int, float, np.number), str, list, tuple, dict)
    if isinstance(result, (float, np.floating, np.ndarray)) and not _is_finite(result):
        return NOT_FINITE, "returned nan or inf"
    if isinstance(result, ValueError) or result is ValueError:
        return ACCEPTED, "returned a ValueError, not raised it"
    for kind, what in zip(kinds, RETURNED, strict=True):
        if isinstance(result, kind):
            return ACCEPTED, f"returned {what}"
    return ACCEPTED, "returned something"


def _is_finite(value: Any) -> bool:
    array = np.asarray(value)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())
