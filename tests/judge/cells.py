"""Cells of a learner's, as a notebook runs them, and what ``where`` says of them."""

import linecache
from itertools import count
from typing import Any

import numpy as np

from autograder.judge.backend import _public_key, _within
from autograder.judge.exercises import find_exercise
from autograder.judge.repair.asking import Asked

_CELLS = count(1)
STEP = "rnn_step_backward"
FORWARD = find_exercise(STEP).reference["forward"]

OWN_STYLE = '''\
import numpy as np

# back through one step
def slope(h):
    return 1 - h * h


def rnn_step_backward(dh_t, cache):
    """Grüße: a text before the code does not shift what is read."""
    x, h, new, A, B = cache

    da = (dh_t     # what arrives
          * slope(new))
    return [da @ A.T, da @ B.T, x.T @ da, h.T @ da, da.sum(0)]
'''

HOPELESS = OWN_STYLE[: OWN_STYLE.index("    x, h, new")] + (
    "    x, h, new, A, B = cache\n"
    "    return (np.cos(x), np.cos(h), np.cos(A), np.cos(B), np.cos(B[0]))\n"
)


def cell(source: str, space: dict[str, Any]) -> None:
    """Run a cell as a notebook does."""
    file = f"<test cell {next(_CELLS)}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    exec(compile(source, file, "exec"), space)


def asked_of(source: str, **given: Any) -> Asked:
    """Return what ``where`` knows after a check of `source`, one cell."""
    space: dict[str, Any] = {"np": np, **given}
    cell(source, space)
    return Asked(_public_key(STEP), {"forward": FORWARD, "backward": space[STEP]}, _within)
