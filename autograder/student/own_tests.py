"""Tests of an instructor's own, run apart from the code that they test.

What they call is called twice: ``answer`` makes the calls in the learner's process and hands out
what came back, and in the tests' own process, where no code of the learner's runs, functions of the
same name return just that. So the tests are nowhere for a submission to read, and nothing but right
results makes them pass. Which calls there are is recorded beforehand, with the model answer.
"""

import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from traceback import extract_tb
from typing import Any

import numpy as np

from autograder.student.plain_data import NotData, decode, encode

MAX_CALLS = 20_000
VALUE, CALL = "value", "call"
DATA, NO_DATA, ERROR, OUT_OF_TIME = "data", "no data", "error", "out of time"
_FILE = "<tests>"
_MAX_TEXT = 1_000  # characters of a message
_KNOWN_ERRORS = ("builtins", "numpy.linalg", "rnn_ref.errors")

Namespace = dict[str, Any]
#: What is asked of the learner's process: the kind, a name, and the arguments of a call, encoded.
Question = tuple[str, str, bytes]
#: What came of it: a word, and what belongs to it.
Answer = tuple[Any, ...]


class Unanswered(BaseException):
    """A call that was not made in the learner's process yet; no test swallows it."""


class UnknownError(Exception):
    """Stands for an exception of the learner's process that does not exist in the tests'."""


class OutOfTime(Exception):
    """The learner's function ran out of time."""


class Opaque:
    """What the tests get for a value that is more than data: equal to nothing, good for nothing."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __repr__(self) -> str:
        return f"({self._what})"


def hand_out(cell: str, value: Any) -> None:
    """Send `value` out of the sandbox, from within the graded cell of that name."""
    sys.modules["autograder.student.check"].sink(cell, encode(value))


def answer(cell: str, namespace: Namespace, questions: bytes) -> None:
    """Answer questions in the learner's process; for what time did not suffice it says so."""
    answers: list[Answer] = []
    try:
        for kind, name, arguments in decode(questions):
            answers.append(_answer(namespace, kind, name, arguments))
    except BaseException:  # the clock; whatever else there is, a function has raised it
        answers.append((OUT_OF_TIME,))
    try:
        hand_out(cell, answers)
    except NotData as error:  # too much of it
        hand_out(cell, [(NO_DATA, str(error))])


def _answer(namespace: Namespace, kind: str, name: str, arguments: bytes) -> Answer:
    if name not in namespace:
        return (ERROR, "builtins", "NameError", f"name {name!r} is not defined")
    if kind == VALUE:
        return _as_data(namespace[name])
    positional, named = decode(arguments)
    try:
        result = namespace[name](*positional, **named)
    except BaseException as error:
        if type(error).__name__ == "OutOfTime":  # the clock's
            raise
        return (ERROR, str(type(error).__module__), str(type(error).__name__), _text(error))
    with suppress(NotData):
        after = encode((positional, named))
        return _as_data(result) if after == arguments else (*_as_data(result), after)
    return _as_data(result)


def _as_data(value: Any) -> Answer:
    try:
        return (DATA, encode(value))
    except NotData as error:
        return (NO_DATA, str(error))


def _text(error: BaseException) -> str:
    try:
        return "".join(["", str(error)])[:_MAX_TEXT]
    except Exception:
        return ""


class Tests:
    """Runs tests in one namespace, cell by cell.

    Parameters
    ----------
    definitions : iterable of str
        Statements of their author's, such as imports and helpers, run first.
    """

    def __init__(self, namespace: Namespace, definitions: Iterable[str] = ()) -> None:
        self.namespace = namespace
        self.questions: list[Question] = []
        self.more_than_data = ""
        self._kept: dict[Question, list[Answer]] = {}
        self._out_of_time = self._inside = False
        for text in definitions:
            with suppress(Exception):  # a test that needs it will say so
                exec(compile(text, "<notebook>", "exec"), namespace)

    def record(self, cell: str, names: Iterable[str]) -> None:
        """Note every call of those of `names` that are functions here; hand out which they are."""
        functions = [name for name in names if callable(self.namespace.get(name))]
        for name in functions:
            self.namespace[name] = self._recording(name, self.namespace[name])
        hand_out(cell, functions)

    def replay(self, functions: Iterable[str], questions: bytes, answers: bytes) -> None:
        """Let `functions` return what came of their calls in the learner's process."""
        came = decode(answers)
        self._kept = defaultdict(list)
        self._out_of_time = bool(came) and came[-1][0] == OUT_OF_TIME
        for question, one in zip(decode(questions), came, strict=False):
            self._kept[question].append(one)
            if question[0] == VALUE:
                self._bind(question[1], one)
        for name in functions:
            self.namespace[name] = self._stand_in(name)

    def run(self, cell: str, segments: Iterable[str]) -> None:
        """Run the tests of one cell, a text after the other, and hand out what came of them."""
        self.questions, self.more_than_data = [], ""
        random.seed(0)  # or every run would ask for something else
        np.random.seed(0)
        found: dict[str, Any] = {"failed": -1, "unanswered": False}
        for number, text in enumerate(segments):
            try:
                exec(compile(text, _FILE, "exec"), self.namespace)
            except Unanswered:
                found["unanswered"] = True
                break
            except BaseException as error:
                found |= {"failed": number, **_told(error, text)}
                break
        found |= {"questions": self.questions, "more than data": self.more_than_data}
        hand_out(cell, found)

    def _recording(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def recorded(*positional: Any, **named: Any) -> Any:
            if self._inside:  # called by another one, as it will be in the learner's process
                return function(*positional, **named)
            self._inside = True
            try:
                self._note(name, (positional, named))
                result = function(*positional, **named)
                self._note(name, result, is_call=False)
            finally:
                self._inside = False
            return result

        return recorded

    def _note(self, name: str, data: Any, is_call: bool = True) -> None:
        try:
            question = (CALL, name, encode(data))
        except NotData as error:
            self.more_than_data = self.more_than_data or f"{name}: {error}"
            return
        if is_call:
            self.questions.append(question)
        if len(self.questions) > MAX_CALLS:
            self.more_than_data = f"more than {MAX_CALLS} calls"

    def _stand_in(self, name: str) -> Callable[..., Any]:
        def stand_in(*positional: Any, **named: Any) -> Any:
            question = (CALL, name, encode((positional, named)))
            came = self._next(question)
            if came[0] == DATA and len(came) > 2:
                _write_back((positional, named), decode(came[2]))
            return _value(came)

        stand_in.__name__ = stand_in.__qualname__ = name
        return stand_in

    def _next(self, question: Question) -> Answer:
        if self._kept.get(question):
            return self._kept[question].pop(0)
        if self._out_of_time:
            return (OUT_OF_TIME,)
        self.questions.append(question)
        raise Unanswered

    def _bind(self, name: str, came: Answer) -> None:
        self.namespace.pop(name, None)
        with suppress(Exception):
            self.namespace[name] = _value(came)


def _value(came: Answer) -> Any:
    match came:
        case (word, data, *_) if word == DATA:
            return decode(data)
        case (word, module, name, text) if word == ERROR:
            raise _error(module, name, text)
        case (word, what, *_) if word == NO_DATA:
            return Opaque(what)
    raise OutOfTime("out of time")


def _error(module: str, name: str, text: str) -> Exception:
    """Return the exception that came up, if there is one of its name here."""
    found = getattr(sys.modules.get(module), name, None) if module in _KNOWN_ERRORS else None
    if isinstance(found, type) and issubclass(found, Exception):
        with suppress(Exception):
            return found(text)
    return UnknownError(f"{name}: {text}")


def _write_back(arguments: Any, after: Any) -> None:
    """Give arguments that can be changed the content that the call left in them."""
    positional, named = arguments
    pairs = [
        *zip(positional, after[0], strict=True),
        *((named[key], after[1][key]) for key in named),
    ]
    for mine, left in pairs:
        if isinstance(mine, np.ndarray):
            mine[...] = left
        elif isinstance(mine, list):
            mine[:] = left
        elif isinstance(mine, dict | set):
            mine.clear()
            mine.update(left)


def _told(error: BaseException, text: str) -> dict[str, str]:
    """Return the kind and text of an error, and the line of the tests that it came up in."""
    lines = [
        frame.lineno or 0 for frame in extract_tb(error.__traceback__) if frame.filename == _FILE
    ]
    if isinstance(error, SyntaxError) and error.filename == _FILE:
        lines.append(error.lineno or 0)
    source = text.split("\n")
    line = source[lines[-1] - 1].strip() if lines and lines[-1] <= len(source) else ""
    return {"error": type(error).__name__, "text": _text(error), "line": line}
