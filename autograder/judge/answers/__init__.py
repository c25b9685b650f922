"""The model answers of the solution notebooks, one module a unit, made by ``autograder release``.

The judge edits these texts, so they are here also where there are no ``solutions/``.
"""

import importlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any


@cache
def answers_of_unit(unit: str) -> Mapping[str, Callable[..., Any]]:
    """Return the model answers of a unit, with the functions given beside them, by name."""
    module = importlib.import_module(f"{__name__}.{unit}")
    return dict(inspect.getmembers(module, inspect.isfunction))
