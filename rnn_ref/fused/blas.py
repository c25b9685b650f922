"""What NumPy's BLAS is, and how many threads it takes, here and in processes to come."""

import ctypes
import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from typing import Any

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def threads() -> int:
    """How many OpenBLAS takes; 1 if it is another."""
    return _openblas()[0]()


@contextmanager
def one_thread() -> Iterator[None]:
    """Products in here take one thread, if NumPy was built with OpenBLAS; others stay as they are.

    OpenBLAS' threads wait for the next product without sleeping, on a core that is not theirs.
    """
    get, set_to = _openblas()
    before = get()
    set_to(1)
    try:
        yield
    finally:
        set_to(before)


def core() -> str:
    """OpenBLAS' name for the processor that it computes for; nothing if NumPy has another."""
    function = _function("get_corename")
    if function is None:
        return ""
    function.restype = ctypes.c_char_p
    return bytes(function()).decode()


@cache
def _openblas() -> tuple[Callable[[], int], Callable[[int], object]]:
    """Its functions that tell and set the number of threads."""
    get, set_to = _function("get_num_threads"), _function("set_num_threads")
    if get is None or set_to is None:
        return lambda: 1, lambda number: None
    return get, set_to


def _function(name: str) -> Any:
    """One of OpenBLAS' own functions, or None."""
    try:
        library = ctypes.CDLL(importlib.import_module("numpy._core._multiarray_umath").__file__)
    except OSError:
        return None
    for prefix, suffix in product(("scipy_", ""), ("64_", "")):  # NumPy's own build, or another
        function = getattr(library, f"{prefix}openblas_{name}{suffix}", None)
        if function is not None:
            return function
    return None


@contextmanager
def one_thread_in_new_processes() -> Iterator[None]:
    """A process that starts in here has a BLAS of one thread, whichever BLAS it is."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    try:
        os.environ.update(dict.fromkeys(VARIABLES, "1"))
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
