"""``check``, ``hint``, ``where``, ``passed`` and so on: the names that notebooks import.

Where a judge is installed, ``check`` asks it and shows its report. In the grading sandbox there is
none: ``check`` only hands the answers out, and the judge outside decides.
"""

import textwrap
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Protocol

from autograder.student import display, logbook
from autograder.student.answers import answer_cases, encode_answers
from autograder.student.located import Located, Progress
from autograder.student.probes import exercise_names, find_probe
from autograder.student.replies import Reply, show_reply
from autograder.student.report import Report, Status

BACKEND_GROUP = "unrolled.backends"
_WIDTH = 72  # JupyterLab would break longer lines within words

#: Set by the sandbox's runner: where encoded answers go, and the cases of grading to answer.
sink: Callable[[str, bytes], None] | None = None
secret_cases: Mapping[str, list[Mapping[str, Any]]] = {}


#: The judged function of each exercise whose last check in this process earned full marks.
_passed: dict[str, Any] = {}


class Backend(Protocol):
    """What a judge offers to the notebook it is installed beside."""

    def check(self, exercise: str, functions: Mapping[str, Any]) -> Report:
        """Judge `functions` on the public cases."""

    def hint(self, exercise: str) -> str:
        """Return the next hint for `exercise`."""

    def where(self, exercise: str, tell: Callable[[int], None]) -> Located:
        """Look for the line in which the mistake lies that the last check saw."""

    def optional(self, exercise: str, function: Any) -> Report:
        """Judge `function` by the claims of an optional exercise."""

    def reply(self, question: str) -> Reply | None:
        """Return what is said to a prediction, None if nothing is."""


class CheckFailed(Exception):
    """A check did not earn full marks; shown as a sentence, for the report stands above it."""

    def _render_traceback_(self) -> list[str]:
        return textwrap.wrap(str(self), _WIDTH, break_long_words=False)


class Undefined:
    """Stands, while a graded check runs, where it calls for a name that the notebook has not.

    What does not need that one can so be judged.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Raise what an unfinished stub would."""
        raise NotImplementedError(f"{self.name}: not defined")


class NotDoneYet(CheckFailed):
    """Something is still to be written: not a failure."""


def check(exercise: str, /, **functions: Any) -> None:
    """Check the functions of one exercise and say what is right and what is not.

    Parameters
    ----------
    exercise : str
        Name of the exercise.
    functions : function
        What it is asked of, by role: ``check("rnn_step_forward", step=rnn_step_forward)``.

    Raises
    ------
    NotDoneYet
        If a stub is still to be written.
    CheckFailed
        If anything is missing to full marks.
    """
    probe = find_probe(exercise)
    if probe is None:
        raise CheckFailed(
            f'There is no exercise "{exercise}"; there are {", ".join(exercise_names())}.'
        )
    if set(functions) != set(probe.roles):
        expected = ", ".join(f"{role}=…" for role in probe.roles)
        raise CheckFailed(f'The check of this exercise reads check("{exercise}", {expected}).')
    if sink is not None:
        judged = functions[probe.judged]
        if isinstance(judged, Undefined):
            raise NameError(f"name {judged.name!r} is not defined", name=judged.name)
        cases = [(case["name"], case["inputs"]) for case in secret_cases.get(exercise, [])]
        sink(exercise, encode_answers(answer_cases(probe, functions, cases)))
        return
    report = backend().check(exercise, functions)
    logbook.note(report)
    display.show(report)
    if report.status is Status.PASSED:
        _passed[exercise] = functions[probe.judged]
    else:
        _passed.pop(exercise, None)
    _raise_unless_passed(report)


def _raise_unless_passed(report: Report) -> None:
    if report.status is Status.UNFINISHED:
        raise NotDoneYet(display.one_line(report))
    if report.status is not Status.PASSED:
        raise CheckFailed(display.one_line(report))


def optional_check(exercise: str, function: Any, /) -> None:
    """Check the function of an optional exercise, claim by claim; there are no points for it.

    Raises
    ------
    NotDoneYet
        If it is still to be written.
    CheckFailed
        If a claim does not hold, or there is no such exercise.
    """
    if sink is not None:
        return
    try:
        report = backend().optional(exercise, function)
    except LookupError as error:
        raise CheckFailed(str(error)) from None
    display.show(report)
    _raise_unless_passed(report)


def hint(exercise: str, /) -> None:
    """Show the next of three hints on an exercise, or a case of the bug hunt ("bug 1")."""
    if sink is None:
        display.show_hint(exercise, backend().hint(exercise))


def where(exercise: str, /) -> None:
    """Look for the line in which the mistake lies that the last check of `exercise` saw.

    Small changes of your own functions are tried, on copies, until one makes the check pass. Asked
    again it tells what kind of change that is, then what stands there; never the changed line.

    Raises
    ------
    NotDoneYet
        If no check has seen wrong values since the kernel started.
    """
    if sink is not None:
        return
    progress = Progress()
    try:
        located = backend().where(exercise, progress)
    except LookupError as error:
        raise NotDoneYet(str(error)) from None
    progress.end(located)


def passed(exercise: str, /) -> bool:
    """Return whether the last check of `exercise` in this session earned full marks.

    Demonstrations ask it: they run the learner's own functions where these are right, the
    reference's where not. Grading leaves demonstrations out, so nothing is graded by it.
    """
    return exercise in _passed


def passing(exercise: str, /) -> Any:
    """Return the judged function of `exercise` that earned full marks in this session, or None."""
    return _passed.get(exercise)


def needs(*exercises: str) -> None:
    """Go on only if the last checks of `exercises` in this session earned full marks.

    Raises
    ------
    NotDoneYet
        If one did not.
    """
    missing = [exercise for exercise in exercises if exercise not in _passed]
    if missing:
        raise NotDoneYet(f"This runs your own functions: first pass the check of {missing[0]}.")


def recorded(answer: Any, /, *choices: str, name: str = "prediction") -> None:
    """Go on only if an answer is recorded, a prediction as a rule: predict first, then look.

    Parameters
    ----------
    answer : str
    *choices : str
        What it may be; anything but empty if left out.
    name : str
        The variable that holds it.

    Raises
    ------
    NotDoneYet
        If `answer` is none of `choices`, or empty where there are none.
    """
    if answer in choices or (not choices and answer):
        return
    wanted = " or ".join(f'"{choice}"' for choice in choices) or f"your {name}"
    first = "Predict" if name == "prediction" else "Answer"
    raise NotDoneYet(f"{first} first: set {name} to {wanted} in the cell above, then run this.")


def answered(question: str, answer: str, /) -> None:
    """Show what was predicted, what came, and why the other answers tempt.

    It stands below what came, at the end of the cell that began with ``recorded``.

    Parameters
    ----------
    question : str
        Name of the cell that holds the prediction, such as "predict_order".
    answer : str
        What was predicted.
    """
    if sink is None and (reply := backend().reply(question)):
        show_reply(reply, answer)


@cache
def backend() -> Backend:
    """Return the judge that is installed beside this notebook.

    Raises
    ------
    CheckFailed
        If there is none.
    """
    for entry in entry_points(group=BACKEND_GROUP):
        found: Backend = entry.load()()
        return found
    raise CheckFailed("No judge is installed beside this notebook; run make setup, then restart.")
