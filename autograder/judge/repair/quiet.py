"""Changed functions run without a word, and chance goes on after them as if they had not run."""

import io
import os
import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import numpy as np


@contextmanager
def quietly() -> Iterator[None]:
    """Nothing is printed meanwhile, and the random generators are as before afterwards."""
    drawn, state = random.getstate(), np.random.get_state()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        with _silent_libraries():
            try:
                yield
            finally:
                np.random.set_state(state)
                random.setstate(drawn)


@contextmanager
def _silent_libraries() -> Iterator[None]:
    """LAPACK complains on the process's own output, where Python has no say."""
    kept = [(number, os.dup(number)) for number in (1, 2) if _is_open(number)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number, _ in kept:
            os.dup2(nowhere, number)
        yield
    finally:
        for number, copy in kept:
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
