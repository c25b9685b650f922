"""An exception of a learner's function in plain words: what happened, and on which of its lines.

Only what is seen at the place where it happened is said: shapes, types, names. Where the words for
it are missing, Python's own stand.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import CodeType, FrameType, TracebackType
from typing import Any

from autograder.student.crash_words import WORDS
from autograder.student.expressions import places
from autograder.student.operands import Been, operands, said_of
from autograder.student.words import listed

#: Before the line of the learner's code that raised, within a message.
LINE = " (line "

_LONGEST_LINE = 90
_INNER = re.compile(r"\w+\.<locals>\.")  # before the name of what is defined in a function


def crash_sentence(
    error: BaseException,
    functions: Mapping[str, Any],
    subject: str,
    call: str,
    caller: CodeType | None = None,
) -> str:
    """Return what happened in one sentence, with the learner's own line of code.

    Parameters
    ----------
    functions : mapping of role to function
        The learner's: code of their files and modules is the learner's.
    subject : str
        What stopped: "It", or another function by name.
    call : str
        The call that was made, as code.
    caller : code, optional
        What called it: nothing before that is the learner's.
    """
    been = places(_behind(error.__traceback__, caller), _of_learner(functions))
    if not been:
        cannot = isinstance(error, TypeError) and error.__traceback__ is not None
        what = f"{subject} cannot be called as {call}" if cannot else f"{subject} stopped"
        return f"{what}: {_pythons_own(error)}"
    what = _in_words(error, been)  # leaves the caller last where the line is a caller's
    last, within = been[-1], ""
    if len(been) > 1 and last.name.isidentifier():
        within = f" in {last.name}, called in line {been[-2].line}"
    code = last.code[: _LONGEST_LINE - 1] + "…" * (len(last.code) >= _LONGEST_LINE)
    where = f"{LINE}{last.line}{': ' if code else ''}{code})"
    return f"{subject} stopped{within}: {what}{where}"


def _behind(trace: TracebackType | None, caller: CodeType | None) -> TracebackType | None:
    start = trace
    while start is not None:
        if start.tb_frame.f_code is caller:
            return start.tb_next
        start = start.tb_next
    return trace


def _of_learner(functions: Mapping[str, Any]) -> Callable[[FrameType], bool]:
    plain = [plain_function(function) for function in functions.values()]
    files = {f.__code__.co_filename for f in plain if hasattr(f, "__code__")}
    modules = [f.__globals__ for f in plain if hasattr(f, "__globals__")]

    def is_learners(frame: FrameType) -> bool:
        own = any(frame.f_globals is module for module in modules)
        return own or frame.f_code.co_filename in files

    return is_learners


def plain_function(function: Any) -> Any:
    """Return the function behind a method, a partial, a decorator or a callable object."""
    for _ in range(5):
        if hasattr(function, "__code__"):
            break
        inner = (getattr(function, name, None) for name in ("__func__", "func", "__wrapped__"))
        called = getattr(type(function), "__call__", None)  # noqa: B004 - what it is, not whether
        function = next((f for f in inner if f is not None), called)
    return function


def _pythons_own(error: BaseException) -> str:
    text = _INNER.sub("", " ".join(str(error).split()).rstrip("."))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _in_words(error: BaseException, been: Been) -> str:
    own = _pythons_own(error)
    with suppress(Exception):  # an object of the learner's that cannot be looked at
        for kind, words in WORDS:
            if isinstance(error, kind) and (said := words(error, been)):
                return said
        if isinstance(error, (ValueError, TypeError, IndexError)) and "argument" not in own:
            seen = [f"{text} is {said_of(value)}" for text, value in operands(been[-1])]
            stop = "" if own.endswith("?") else "."
            return f"{own}{stop} Here {listed(seen)}" if seen else own
    return own
