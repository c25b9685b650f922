"""The notebook on extensions without points: a scan, and how many operations it takes."""

from typing import Any

import numpy as np

from autograder.judge.extras import Claim, Reply
from rnn_ref.extensions import linear_loop

REPLIES: dict[str, Reply] = {}
LONG = 1024
ENOUGH = 100
"""Operations for ``LONG`` steps: a scan needs about four a pass, a loop two a step."""


class Counted(np.ndarray[Any, Any]):
    """An array that counts the operations on it and on what comes of it."""

    operations = 0

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **settings: Any
    ) -> Any:
        Counted.operations += 1
        if out is not None:
            settings["out"] = tuple(np.asarray(one) for one in out)
        result = getattr(ufunc, method)(*(np.asarray(one) for one in inputs), **settings)
        return out[0] if out is not None else np.asarray(result).view(Counted)


def _drawn(T: int, N: int = 2, H: int = 3) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(T)
    return rng.uniform(size=(N, T, H)), rng.normal(size=(N, T, H)), rng.normal(size=(N, H))


def _agrees(function: Any, a: Any, b: Any, h_0: Any) -> bool:
    h = np.asarray(function(a, b, h_0))
    expected = linear_loop(a, b, h_0)
    return h.shape == expected.shape and bool(np.allclose(h, expected))


def _any_length(function: Any) -> bool:
    return all(_agrees(function, *_drawn(T)) for T in (1, 2, 3, 8, 21))


def _zero_factors(function: Any) -> bool:
    a, b, h_0 = _drawn(50)
    a[:, ::7] = 0.0
    return _agrees(function, a, b, h_0)


def _keeps_arguments(function: Any) -> bool:
    given = _drawn(8)
    before = [one.copy() for one in given]
    function(*given)
    return all(np.array_equal(one, old) for one, old in zip(given, before, strict=True))


def _few_operations(function: Any) -> bool:
    arguments = [one.view(Counted) for one in _drawn(LONG)]
    Counted.operations = 0
    function(*arguments)
    return Counted.operations <= ENOUGH


OPTIONAL = {
    "scan": (
        Claim("Sequences of 1, 2, 3, 8 and 21 steps come as from the loop.", _any_length),
        Claim("Factors of 0 do no harm.", _zero_factors),
        Claim("a, b and h_0 are as they were.", _keeps_arguments),
        Claim(f"{LONG} steps take at most {ENOUGH} operations on arrays.", _few_operations),
    )
}
