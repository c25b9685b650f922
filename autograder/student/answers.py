"""Running a probe on a learner's functions and keeping what came out, as plain data."""

import re
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.student import wire
from autograder.student.caches import copied, unchanged
from autograder.student.crashes import LINE, crash_sentence
from autograder.student.forms import (
    FormError,
    ReturnedNothing,
    as_array,
    describe,
    described,
    kind_of,
    pair,
    parts,
)
from autograder.student.memory import resident_bytes
from autograder.student.stand_ins import STAND_IN, stand_ins_of, standing_in

__all__ = ["LINE", "FormError", "as_array", "describe", "described", "kind_of", "pair", "parts"]

MAX_MESSAGE_CHARACTERS = 400

#: Behind the name of the case that is answered a second time.
AGAIN = " (again)"

#: Before the name of an argument that another exercise watches: a change is told there, not here.
UNWATCHED = "_"

#: Kind of exception of an answer that ended because memory ran out, whoever noticed.
OUT_OF_MEMORY = "OutOfMemory"
_QUOTED = re.compile(r"'[^']*'")
_MUCH_MEMORY_BYTES = 2**28  # who runs out of time and has taken so much fills memory


class Problem(StrEnum):
    """Why an answer stops short."""

    NONE = ""
    UNFINISHED = "unfinished"  # NotImplementedError
    EXCEPTION = "exception"  # the learner's function raised
    FORM = "form"  # what came back is not what the probe can read
    LIMIT = "limit"  # out of time


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
    kind : str
        The message without names and lines of the learner's: mistakes are recognised by it.
    """

    case: str
    outputs: dict[str, np.ndarray] = field(default_factory=dict)
    problem: Problem = Problem.NONE
    exception: str = ""
    message: str = ""
    changed: tuple[str, ...] = ()
    kind: str = ""


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

    @property
    def judged(self) -> str:
        """The role of the function that is judged: the last one; the others are its helpers."""
        return next(reversed(self.roles))


@dataclass
class _Notes:
    """What is seen while functions are called.

    Attributes
    ----------
    running : str
        Role of the function that runs now, or in which an exception came; "" between calls.
    role, call : str
        Of the last call: whose it was, and how it reads.
    result : object
        What it returned.
    changed : set of str
        Arguments that were changed in place.
    """

    running: str = ""
    role: str = ""
    call: str = ""
    result: Any = None
    changed: set[str] = field(default_factory=set)


class _Recorder:
    """A learner's function that is handed fresh copies and watched for changes to them."""

    def __init__(self, role: str, names: tuple[str, ...], function: Any, notes: _Notes) -> None:
        self._role, self._names, self._function, self._notes = role, names, function, notes

    def __call__(self, *arguments: Any) -> Any:
        fresh = [copied(argument) for argument in arguments]
        try:
            return self.function(*fresh)
        finally:
            names = self._names[: len(arguments)]  # arguments with a default may be left out
            for name, before, after in zip(names, arguments, fresh, strict=True):
                if not name.startswith(UNWATCHED) and not unchanged(
                    before, after, may_grow="cache" in name
                ):
                    self._notes.changed.add(name)

    def function(self, *arguments: Any) -> Any:
        """Call it with the very `arguments`, unwatched."""
        notes = self._notes
        if not callable(self._function):
            raise FormError(f"{self._role} is {describe(self._function)}; expected a function.")
        outer, notes.running = notes.running, self._role
        notes.call = f"{name_of(self._function)}({', '.join(self._names[: len(arguments)])})"
        notes.call = (
            notes.call.replace(UNWATCHED, "", 1) if UNWATCHED in self._names else notes.call
        )
        notes.result = self._function(*arguments)
        notes.running, notes.role = outer, self._role
        if notes.result is None:
            raise ReturnedNothing("It returned None: is a return missing?")
        return notes.result


def name_of(function: Any) -> str:
    """Return the name of a learner's function, "" if it has none of its own."""
    name = getattr(function, "__name__", "")
    return name if isinstance(name, str) and name.isidentifier() else ""


def answer_case(
    probe: Probe,
    functions: Mapping[str, Any],
    case: str,
    inputs: Mapping[str, Any],
    until: Collection[str] = (),
    told: bool = True,
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
    told : bool
        Whether an exception is told in words, which takes longer than the call as a rule.
    """
    notes, outputs = _Notes(), dict[str, np.ndarray]()
    problem, exception, message, kind = Problem.NONE, "", "", ""
    recorders = {
        role: _Recorder(role, names, functions.get(role), notes)
        for role, names in probe.roles.items()
    }
    judged = list(probe.roles)[-1]
    stand_ins = stand_ins_of(inputs)
    before = resident_bytes()
    try:
        with np.errstate(all="ignore"), standing_in(functions.get(judged), stand_ins):
            for name, value in probe.run(SimpleNamespace(**recorders), inputs):
                outputs[name] = as_array(name, value)
                if until and outputs.keys() >= set(until):
                    break
    except KeyboardInterrupt:
        raise
    except FormError as error:
        problem, kind = Problem.FORM, error.kind
        message = _form_sentence(error, probe, functions, notes)
    except NotImplementedError as error:
        problem, exception, message = Problem.UNFINISHED, "NotImplementedError", str(error)
    except BaseException as error:
        problem, exception = _kind_of(error, before)
        message = str(error) if isinstance(error, MemoryError) else ""
        if problem is Problem.EXCEPTION and told:
            subject = _subject(probe, functions, notes.running)
            caller = _Recorder.function.__code__
            message = crash_sentence(error, functions, subject, notes.call, caller)
            kind = _QUOTED.sub("", str(error))
            if not notes.running:  # no function of the learner's ran: not theirs
                problem, exception = Problem.FORM, ""
                message = f"What came back cannot be worked with ({type(error).__name__}: {error})."
    message, kind = message[:MAX_MESSAGE_CHARACTERS], kind[:MAX_MESSAGE_CHARACTERS]
    return Answer(case, outputs, problem, exception, message, tuple(sorted(notes.changed)), kind)


def _kind_of(error: BaseException, before_bytes: int) -> tuple[Problem, str]:
    """Return the problem that an exception is, and its name."""
    name = type(error).__name__
    full = isinstance(error, MemoryError) or name == OUT_OF_MEMORY
    if name == "OutOfTime":
        full = resident_bytes() - before_bytes > _MUCH_MEMORY_BYTES
    if full:
        traceback.clear_frames(error.__traceback__)  # what fills memory hangs there
        return Problem.LIMIT, OUT_OF_MEMORY
    return (Problem.LIMIT if name == "OutOfTime" else Problem.EXCEPTION), name


def _subject(probe: Probe, functions: Mapping[str, Any], role: str) -> str:
    """Return how the function of `role` is called in a sentence: "It" if it is the judged one."""
    if role in ("", probe.judged):
        return "It"
    name = name_of(functions[role]) or f"The function given as {role}"
    return f"{name} (not {probe.exercise})"


def _form_sentence(
    error: FormError, probe: Probe, functions: Mapping[str, Any], notes: _Notes
) -> str:
    """Return the message of `error`, with whose result it is about if another function's."""
    text, result = str(error), notes.result
    several = result if isinstance(result, (tuple, list)) else ()
    if len(several) == 2 and several[0] is error.value and isinstance(several[1], np.ndarray):
        text += " The array stands second in the pair that came back."
    certain = error.value is result or any(part is error.value for part in several)
    subject = _subject(probe, functions, notes.role) if certain else "It"
    if subject == "It":
        return text
    return f"{subject}{text[2:]}" if text.startswith("It ") else f"{subject}: {text}"


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
    plain = ({**vars(a), "problem": str(a.problem), "changed": list(a.changed)} for a in answers)
    return wire.encode(list(plain))
