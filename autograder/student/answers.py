"""Running a probe on a learner's functions and keeping what came out, as plain data."""

import linecache
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import SimpleNamespace, TracebackType
from typing import Any

import numpy as np

from autograder.student import wire
from autograder.student.stand_ins import STAND_IN, make_stand_ins, standing_in

MAX_MESSAGE_CHARACTERS = 400

#: Behind the name of the case that is answered a second time.
AGAIN = " (again)"

#: Before the name of an argument that another exercise watches: a change is told there, not here.
UNWATCHED = "_"

#: Before the line of the learner's code that raised, within a message.
LINE = " (line "


class Problem(StrEnum):
    """Why an answer stops short."""

    NONE = ""
    UNFINISHED = "unfinished"  # NotImplementedError
    EXCEPTION = "exception"  # the learner's function raised
    FORM = "form"  # what came back is not what the probe can read
    LIMIT = "limit"  # out of time


class FormError(Exception):
    """A learner's function returned something of the wrong form; the message says what."""


@dataclass(frozen=True)
class Answer:
    """What the probe of one exercise yielded on one case.

    Attributes
    ----------
    case : str
        Name of the case.
    outputs : dict of str to array
        Copies, made as soon as each came back; those before a problem are kept.
    problem : Problem
    exception : str
        Type name of what was raised, or "".
    message : str
        What happened, in a sentence.
    changed : tuple of str
        Arguments that a function changed in place, such as "h_prev".
    """

    case: str
    outputs: dict[str, np.ndarray] = field(default_factory=dict)
    problem: Problem = Problem.NONE
    exception: str = ""
    message: str = ""
    changed: tuple[str, ...] = ()


Outputs = Iterator[tuple[str, Any]]
ProbeFunction = Callable[[Any, Mapping[str, Any]], Outputs]


@dataclass(frozen=True)
class Probe:
    """How one exercise is asked: a generator of named outputs, and the roles it calls.

    Attributes
    ----------
    roles : dict of str to tuple of str
        Keyword of ``check`` → names of the arguments its function takes, in order; the judged
        function comes last, after those that it may call.
    """

    exercise: str
    run: ProbeFunction
    roles: dict[str, tuple[str, ...]]


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
    kind = "a pair" if len(names) == 2 else f"{len(names)} values"
    raise FormError(f"It returned {describe(value)}; expected {kind} ({', '.join(names)}).")


def describe(value: Any) -> str:
    """Return a few words that say what `value` is: its type, and its shape or length."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if value is None:
        return "None (is a return missing?)"
    return f"a value of type {type(value).__name__}"


def as_array(name: str, value: Any) -> np.ndarray:
    """Return a plain copy of `value` as an array of booleans, integers or floats.

    Raises
    ------
    FormError
        If `value` is no number, array or nested list of numbers.
    """
    if not isinstance(value, (np.ndarray, np.generic, bool, int, float, list, tuple)):
        raise FormError(f"{name} is {describe(value)}; expected a NumPy array.")
    try:
        array = np.array(value, copy=True, subok=False)
    except (ValueError, TypeError, OverflowError):
        raise FormError(
            f"{name} is {describe(value)} that NumPy cannot make an array of."
        ) from None
    if array.dtype.kind not in "biuf":
        raise FormError(f"{name} has dtype {array.dtype}; expected real numbers.")
    return array


class _Recorder:
    """A learner's function that is handed fresh copies and watched for changes to them."""

    def __init__(self, role: str, names: tuple[str, ...], function: Any, changed: set[str]) -> None:
        self.role, self.names, self.function, self.changed = role, names, function, changed

    def __call__(self, *arguments: Any) -> Any:
        if not callable(self.function):
            raise FormError(f"{self.role} is {describe(self.function)}; expected a function.")
        fresh = [_copy(argument) for argument in arguments]
        try:
            return self.function(*fresh)
        finally:
            names = self.names[: len(arguments)]  # arguments with a default may be left out
            for name, before, after in zip(names, arguments, fresh, strict=True):
                if not name.startswith(UNWATCHED) and not _same(before, after):
                    self.changed.add(name)


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return _like(value, [_copy(item) for item in value])
    return value


def _like(value: Any, items: list[Any]) -> Any:
    """Return `items` as the list, tuple or named tuple that `value` is."""
    if type(value) in (list, tuple):
        return type(value)(items)
    make = getattr(type(value), "_make", None)
    return value if make is None else make(items)


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and np.array_equal(before, after, equal_nan=True)
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[k], after[k]) for k in before)
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    return True


def answer_case(
    probe: Probe,
    functions: Mapping[str, Any],
    case: str,
    inputs: Mapping[str, Any],
    until: Collection[str] = (),
) -> Answer:
    """Run `probe` once and return what came of it; only an interrupt gets out.

    Parameters
    ----------
    functions : mapping of role to function
        The learner's, or the reference's.
    inputs : mapping of str to value
        The case's inputs. Every call is handed fresh copies.
    until : collection of str
        Outputs after which the rest is not asked for; everything is if there are none.
    """
    changed: set[str] = set()
    outputs: dict[str, np.ndarray] = {}
    problem, exception, message = Problem.NONE, "", ""
    recorders = {
        role: _Recorder(role, names, functions.get(role), changed)
        for role, names in probe.roles.items()
    }
    judged = list(probe.roles)[-1]
    stand_ins = make_stand_ins(inputs.get(STAND_IN, {}))
    try:
        with np.errstate(all="ignore"), standing_in(functions.get(judged), stand_ins):
            for name, value in probe.run(SimpleNamespace(**recorders), inputs):
                outputs[name] = as_array(name, value)
                if until and outputs.keys() >= set(until):
                    break
    except KeyboardInterrupt:
        raise
    except FormError as error:
        problem, message = Problem.FORM, str(error)
    except NotImplementedError as error:
        problem, exception, message = Problem.UNFINISHED, "NotImplementedError", str(error)
    except BaseException as error:
        out_of_time = type(error).__name__ == "OutOfTime"
        problem = Problem.LIMIT if out_of_time else Problem.EXCEPTION
        exception = type(error).__name__
        message = _sentence(error, functions)
    return Answer(
        case, outputs, problem, exception, message[:MAX_MESSAGE_CHARACTERS], tuple(sorted(changed))
    )


def _sentence(error: BaseException, functions: Mapping[str, Any]) -> str:
    text = " ".join(str(error).split())
    where = _learners_line(error.__traceback__, functions)
    return f"{type(error).__name__}: {text}{where}" if text else f"{type(error).__name__}{where}"


def _learners_line(trace: TracebackType | None, functions: Mapping[str, Any]) -> str:
    """Return the last line of the learner's own code that was running, as " (line …)"."""
    codes = (getattr(function, "__code__", None) for function in functions.values())
    files = {code.co_filename for code in codes if code is not None}
    found = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in files:
            source = linecache.getline(file, trace.tb_lineno).strip()
            found = f"{LINE}{trace.tb_lineno}{': ' + source if source else ''})"
        trace = trace.tb_next
    return found


def answer_cases(
    probe: Probe, functions: Mapping[str, Any], cases: Iterable[tuple[str, Mapping[str, Any]]]
) -> list[Answer]:
    """Answer every case in turn; the first one twice, the second time under its name with AGAIN.

    A call that ran out of time ends the round. So does a stub that is not written yet, for the
    remaining cases could only repeat it; but with a stand-in in its place they could not.
    """
    answers: list[Answer] = []
    unfinished = False
    for index, (case, inputs) in enumerate(cases):
        if unfinished and STAND_IN not in inputs:
            continue
        answers.append(answer_case(probe, functions, case, inputs))
        last = answers[-1]
        if last.problem is Problem.LIMIT:
            break
        unfinished = unfinished or (last.problem is Problem.UNFINISHED and not last.outputs)
        if index == 0 and not unfinished:
            answers.append(answer_case(probe, functions, case + AGAIN, inputs))
            if answers[-1].problem is Problem.LIMIT:
                break
    return answers


def encode_answers(answers: Iterable[Answer]) -> bytes:
    """Return `answers` as bytes for the judge outside."""
    return wire.encode(
        [
            {
                "case": answer.case,
                "outputs": answer.outputs,
                "problem": str(answer.problem),
                "exception": answer.exception,
                "message": answer.message,
                "changed": list(answer.changed),
            }
            for answer in answers
        ]
    )
