"""Putting back what student code may have rebound, before the grader's own code runs.

Not a wall: student code shares this process, and whoever wants to ruin its own answers can. It is
for the honest parts of a notebook, which shall keep their marks whatever a cell has patched.
"""

import builtins
import sys
import types
from typing import Any

import numpy as np

# What the runner itself stands on; the rest of what a check stands on.
_CORE = ("autograder.sandbox.inside", "autograder.student.wire")
_CHECK = ("autograder", "numpy.linalg", "numpy._core.numeric", "numpy._core.fromnumeric")
_CHECK_ALONE = {"numpy", "numpy._core", "numpy._core.multiarray", "numpy._core.umath"}
_CHECK_ALONE |= {
    "struct",
    "math",
    "linecache",
    "warnings",
    "types",
    "functools",
    "dataclasses",
    "enum",
}
_OURS = "autograder."


class Pristine:
    """A picture of modules, taken before any student code has run.

    No larger than it has to be: putting a name back writes to the object it stands for, and in a
    fork each page that is written to must first be copied.
    """

    def __init__(self) -> None:
        core = {name: m for name, m in sys.modules.items() if _is_part(name, _CORE)}
        check = {
            name: m
            for name, m in sys.modules.items()
            if name not in core and (name in _CHECK_ALONE or _is_part(name, _CHECK))
        }
        self._builtins = dict(vars(builtins))
        self._core = _Picture(core)
        self._check = _Picture(check)
        self._modules = core | check
        self._finders = (list(sys.path), list(sys.meta_path), list(sys.path_hooks))
        self._recursion_limit = sys.getrecursionlimit()
        self._errors = np.geterr()

    def restore_core(self) -> None:
        """Put back what the runner itself stands on: after every cell.

        The built-in names come first; until they are back none of them is called.
        """
        current = builtins.__dict__
        current.update(self._builtins)
        for name in [name for name in current if name not in self._builtins]:
            current.pop(name, None)
        sys.settrace(None)
        sys.setprofile(None)
        sys.setrecursionlimit(self._recursion_limit)
        self._core.restore()

    def restore(self) -> None:
        """Put back what a check stands on as well: NumPy, and where modules are found."""
        self.restore_core()
        sys.modules.update(self._modules)
        sys.path[:], sys.meta_path[:], sys.path_hooks[:] = self._finders
        self._check.restore()
        np.seterr(**self._errors)


class _Picture:
    """Modules' names; and of the grader's own ones the code of functions and classes too."""

    def __init__(self, modules: dict[str, types.ModuleType]) -> None:
        self._names = [(vars(module), dict(vars(module))) for module in modules.values()]
        own = _own(modules)
        functions = [value for value in own if isinstance(value, types.FunctionType)]
        self._functions = [(f, f.__code__, f.__defaults__) for f in functions]
        self._classes = [(cls, dict(vars(cls))) for cls in own if isinstance(cls, type)]

    def restore(self) -> None:
        for namespace, original in self._names:
            namespace.update(original)
        for function, code, defaults in self._functions:
            if function.__code__ is not code or function.__defaults__ is not defaults:
                function.__code__, function.__defaults__ = code, defaults
        for cls, original in self._classes:
            _restore_class(cls, original)


def _is_part(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


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
