"""What came back from a learner's function: whether it has the form that is asked for, in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np

#: What a result can be, by its number in the output "own_kind_of_…".
KINDS = (
    "an array",
    "an array of integers",
    "an array of truth values",
    "an array of floats",
    "a list",
    "a tuple",
    "a number",
    "something else",
    "a dict",
)
_MOST_PARTS = 6  # of several values, described one by one
_FEW_PARTS = 3  # of one of them that is several itself


class FormError(Exception):
    """A learner's function returned something of the wrong form; the message says what.

    Attributes
    ----------
    value : object
        What it is about, if that is known.
    kind : str
        The message without what differs between two caches or two ways to write the same.
    """

    def __init__(self, message: str, value: Any = None, kind: str = "") -> None:
        super().__init__(message)
        self.value, self.kind = value, kind or message


class ReturnedNothing(FormError):
    """A learner's function returned None."""


def pair(value: Any, first: str, second: str) -> tuple[Any, Any]:
    """Return `value` as a pair, or say that it is none.

    Raises
    ------
    FormError
        If `value` is not a tuple or list of two.
    """
    one, two = parts(value, first, second)
    return one, two


def parts(value: Any, *names: str) -> tuple[Any, ...]:
    """Return `value` as a tuple of as many values as there are names, or say that it is none.

    Raises
    ------
    FormError
        If `value` is not a tuple or list of that length.
    """
    if isinstance(value, (tuple, list)) and len(value) == len(names):
        return tuple(value)
    wanted = f"{'a pair' if len(names) == 2 else f'{len(names)} values'} ({', '.join(names)})"
    kinds = ", ".join(map(_kind, value)) if isinstance(value, (tuple, list)) else _kind(value)
    message = f"It returned {described(value, ': ')}; expected {wanted}."
    raise FormError(message, value, f"It returned {kinds}; expected {wanted}.")


def described(value: Any, before: str = " (") -> str:
    """Return what `value` is, and of several values what each of them is."""
    whole = describe(value)
    if not isinstance(value, (tuple, list)) or not value:
        return whole
    each = [_in_short(part) for part in value]
    if len(set(each)) == 1 and len(each) > 2:
        return f"{whole}, each {each[0]}"
    if all(isinstance(part, np.ndarray) for part in value):
        each = [f"arrays of shapes {', '.join(str(part.shape) for part in value)}"]
    told = ", ".join(each[:_MOST_PARTS]) + ", …" * (len(each) > _MOST_PARTS)
    return f"{whole}{before}{told}{')' * (before == ' (')}"


def _in_short(value: Any) -> str:
    """Return what `value` is; of a few values also each of these."""
    if not isinstance(value, tuple) or not 0 < len(value) <= _FEW_PARTS:
        return describe(value)
    return f"{describe(value)} ({', '.join(map(describe, value))})"


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return "an array"
    return "several values" if isinstance(value, (tuple, list, dict)) else describe(value)


def describe(value: Any) -> str:
    """Return a few words that say what `value` is: its type, and its shape or length."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    if value is None:
        return "None"
    if isinstance(value, (bool, np.bool_)):
        return "a truth value"
    if isinstance(value, (int, float, np.number)):
        return "a number"
    kind = value if isinstance(value, type) else type(value)
    if issubclass(kind, BaseException):
        return f"{_with_article(kind.__name__)} that was not raised"
    if isinstance(value, str):
        return "a text"
    return f"a value of type {type(value).__name__}"


def _with_article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"


def kind_of(name: str, value: Any, of_any_numbers: bool = False) -> tuple[str, int]:
    """Return the output that says what `value` is: its place in ``KINDS``."""
    kind = "something else"
    if isinstance(value, np.ndarray) and of_any_numbers:
        kind = "an array"
    elif isinstance(value, np.ndarray):
        numbers = {"i": "integers", "u": "integers", "b": "truth values", "f": "floats"}
        kind = f"an array of {numbers.get(value.dtype.kind, 'objects')}"
    elif isinstance(value, (list, tuple)):
        kind = "a list" if isinstance(value, list) else "a tuple"
    elif isinstance(value, Mapping):
        kind = "a dict"
    elif isinstance(value, (bool, int, float, np.generic)):
        kind = "a number"
    return f"own_kind_of_{name}", KINDS.index(kind if kind in KINDS else "something else")


def as_array(name: str, value: Any) -> np.ndarray:
    """Return a plain copy of `value` as an array of booleans, integers or floats.

    Raises
    ------
    FormError
        If `value` is no number, array or nested list of numbers.
    """
    if value is None:
        raise FormError(f"{name} is None: still to come?")
    kind = f"{name} is {_kind(value)}."
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float, list, tuple)):
        raise FormError(f"{name} is {describe(value)}; expected a NumPy array.", value, kind)
    try:
        array = np.array(value, copy=True, subok=False)
    except Exception:
        message = f"{name} is {described(value)}; expected one NumPy array."
        raise FormError(message, value, kind) from None
    if array.dtype.kind not in "biuf":
        raise FormError(f"{name} has dtype {array.dtype}; expected real numbers.")
    return array
