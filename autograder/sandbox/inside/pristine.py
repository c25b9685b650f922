"""Putting back what student code may have rebound, before the grader's own code runs.

Not a wall: student code shares this process, and whoever wants to ruin its own answers can. It is for
the honest parts of a notebook, which shall keep their marks whatever another cell has patched.
"""

import builtins
import sys
import types
from typing import Any

import numpy as np

_PLAIN = ("os", "struct", "math", "time", "signal", "threading", "types", "functools")
_PLAIN += ("linecache", "warnings", "traceback", "collections", "dataclasses", "enum")
_TREES = ("numpy", "autograder")
_OURS = "autograder."


class Pristine:
    """A picture of modules, taken before any student code has run."""

    def __init__(self) -> None:
        names = [name for name in sys.modules if name in _PLAIN or name.split(".")[0] in _TREES]
        self._builtins = dict(vars(builtins))
        self._modules = {name: sys.modules[name] for name in names}
        self._attributes = [(vars(m), dict(vars(m))) for m in self._modules.values()]
        self._functions = [(f, f.__code__, f.__defaults__) for f in _functions(self._modules)]
        self._classes = [(cls, dict(vars(cls))) for cls in _classes(self._modules)]
        self._finders = (list(sys.path), list(sys.meta_path), list(sys.path_hooks))
        self._recursion_limit = sys.getrecursionlimit()
        self._errors = np.geterr()

    def restore_builtins(self) -> None:
        """Put the built-in names back; calls none of them before it has."""
        current = builtins.__dict__
        current.update(self._builtins)
        for name in [name for name in current if name not in self._builtins]:
            current.pop(name, None)

    def restore(self) -> None:
        """Put everything back."""
        self.restore_builtins()
        sys.settrace(None)
        sys.setprofile(None)
        sys.setrecursionlimit(self._recursion_limit)
        sys.modules.update(self._modules)
        sys.path[:], sys.meta_path[:], sys.path_hooks[:] = self._finders
        for namespace, original in self._attributes:
            namespace.update(original)
        for function, code, defaults in self._functions:
            if function.__code__ is not code or function.__defaults__ is not defaults:
                function.__code__, function.__defaults__ = code, defaults
        for cls, original in self._classes:
            _restore_class(cls, original)
        np.seterr(**self._errors)


def _functions(modules: dict[str, types.ModuleType]) -> list[types.FunctionType]:
    return [f for f in _own(modules) if isinstance(f, types.FunctionType)]


def _classes(modules: dict[str, types.ModuleType]) -> list[type]:
    return [cls for cls in _own(modules) if isinstance(cls, type)]


def _own(modules: dict[str, types.ModuleType]) -> list[Any]:
    """Return what the grader's own modules define, methods included."""
    found: list[Any] = []
    for name, module in modules.items():
        if name.startswith(_OURS):
            for value in vars(module).values():
                if getattr(value, "__module__", None) == name:
                    found.append(value)
                    if isinstance(value, type):
                        found += vars(value).values()
    return found


def _restore_class(cls: type, original: dict[str, Any]) -> None:
    current = vars(cls)
    for name, value in original.items():
        if current.get(name) is not value:
            setattr(cls, name, value)
