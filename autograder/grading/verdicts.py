"""The verdict on one check of a run, also where no answers came of it."""

import re
from dataclasses import replace
from importlib.util import find_spec

from autograder.grading.rebuild import Rebuilt, RebuiltCell
from autograder.grading.template import Template
from autograder.judge.exercise import Exercise
from autograder.judge.key import AnswerKey
from autograder.judge.parse import MalformedAnswers, parse_answers
from autograder.judge.unjudged import no_answer, not_gradable, out_of_limit
from autograder.judge.verdict import judge
from autograder.sandbox.job import CellRun, Ending, Run
from autograder.student.answers import Answer
from autograder.student.report import Report, Status
from autograder.student.wire import WireLimits
from autograder.trouble import described
from autograder.visible import one_line

_PLACE = re.compile(r"\(<[^<>]{1,60}>, line (\d{1,6})\)")
_LIMIT_NAMES = {
    Ending.CPU: "processor time",
    Ending.WALL: "time",
    Ending.MEMORY: "memory",
    Ending.DISK: "disk",
    Ending.OUTPUT: "output",
}


def verdict(key: AnswerKey, run: Run, index: int, limits: WireLimits | None, carry: bool) -> Report:
    """Return the report on the exercise whose check is cell `index`."""
    exercise = key.exercise
    cell = run.cells.get(index)
    if run.ending is Ending.SETUP:
        return not_gradable(exercise, f"The sandbox failed, not the notebook: {run.detail}")
    if cell is None:
        return not_gradable(exercise, f"Never reached: {run.detail or 'the run ended before it.'}")
    if not cell.finished:
        return out_of_limit(exercise, _LIMIT_NAMES.get(run.ending, ""), run.detail)
    if len(cell.answers) > 1:
        return _refused(exercise, "more than one set of answers came out of its check")
    if cell.answers:
        try:
            return judge(key, _answers(run, cell.answers[0], limits), carry)
        except MalformedAnswers as error:
            return _refused(exercise, str(error))
        except MemoryError:
            raise
        except Exception as error:  # a bug of ours: neither the student nor the others pay for it
            return _judge_failed(exercise, error)
    if cell.soft_limit:
        return out_of_limit(exercise, "time")
    if cell.error_name:
        return no_answer(exercise, one_line(f"The check could not start: {_error(cell)}."))
    return not_gradable(exercise, "The check ran, but no answers came out of it.")


def _answers(run: Run, bundle: bytes, limits: WireLimits | None) -> list[Answer]:
    """Return the answers in `bundle`, without messages where those may hold a secret case."""
    answers = parse_answers(bundle, limits)
    return [replace(answer, message="") for answer in answers] if run.secret else answers


def has_not_started(run: Run, index: int, report: Report) -> bool:
    """Return whether a check did not find the function that it asks."""
    cell = run.cells.get(index)
    not_there = cell is not None and cell.error_name == "NameError" and not cell.answers
    return not_there and report.status is Status.FAILED


def why_not_started(
    template: Template, rebuilt: Rebuilt, run: Run, exercise: Exercise, report: Report
) -> Report:
    """Return the report on a check whose function is not there.

    Somebody who wrote it under another name has not got it wrong: that is left to the instructor.
    """
    module = _module_left_behind(rebuilt, run, exercise.name)
    if module:
        told = f"{exercise.name} comes from {module}, which is no part of the notebook."
        return not_gradable(exercise, told)
    homes = [i for i, cell in enumerate(rebuilt.cells) if exercise.name in _mentioned(cell)]
    stopped = [run.cells[i] for i in homes if i in run.cells and run.cells[i].error_name]
    if stopped:
        sentence = f"{exercise.name} is not there, for its cell stopped: {_error(stopped[-1])}."
        return replace(report, headline=one_line(sentence))
    if homes:
        return not_gradable(
            exercise, f"{exercise.name} is written, but was not there when its check asked for it."
        )
    stub = template.stub_of(exercise.name)
    own = next((i for i, cell in enumerate(rebuilt.cells) if stub and cell.origin == stub), None)
    if own is not None and rebuilt.cells[own].is_students_code:
        others = [piece.defined for piece in rebuilt.cells[own].pieces if piece.defined]
        found = f"its cell defines {' and '.join(others)}" if others else "its cell was changed"
        if own in run.cells and run.cells[own].error_name:
            found = f"its cell stopped: {_error(run.cells[own])}"
        return not_gradable(exercise, one_line(f"No cell defines {exercise.name}; {found}."))
    earlier = [one for i, one in sorted(run.cells.items()) if one.error_name and not one.answers]
    if len(earlier) > 1:
        sentence = f"{report.headline} An earlier cell had stopped: {_error(earlier[0])}."
        return replace(report, headline=one_line(sentence))
    return report


def _module_left_behind(rebuilt: Rebuilt, run: Run, name: str) -> str:
    """Return the module of a student's own that `name` was to be taken from, or ""."""
    asked = re.compile(rf"from +(\w+) +import\b.*(?:[*]|\b{name}\b)", re.DOTALL)
    found = ""
    absent: dict[str, str] = {}
    for index, cell in enumerate(rebuilt.cells):
        error = run.cells[index].error_name if index in run.cells else ""
        if error == "ModuleNotFoundError":
            for piece in cell.pieces:
                absent |= _absent_modules(piece.code)
        for piece in cell.pieces if error else ():
            if piece.defined == name:
                return ""
            if error == "ModuleNotFoundError" and (match := asked.match(piece.code)):
                found = match[1]
            if name in piece.binds and (read := [m for m in absent if _reads(piece.code, m)]):
                found = absent[read[0]]
    return found


def _absent_modules(code: str) -> dict[str, str]:
    """Return what ``import`` calls the modules that are not installed here: their names."""
    if not code.startswith("import "):
        return {}
    asked = re.findall(r"(\w+)(?:\.\w+)*(?:\s+as\s+(\w+))?\s*(?:,|$)", code[len("import ") :])
    return {called or name: name for name, called in asked if _is_absent(name)}


def _is_absent(name: str) -> bool:
    """Return whether no module is called so; it is looked for and never run."""
    try:
        return find_spec(name) is None
    except (ImportError, OSError, ValueError):  # such as __main__, or longer than a file's name
        return False


def _reads(code: str, name: str) -> bool:
    return re.search(rf"=.*(?<![.\w]){name}\b", code, re.DOTALL) is not None


def _mentioned(cell: RebuiltCell) -> frozenset[str]:
    """Return the names that the student's code of a cell gives something to stand for."""
    return frozenset().union(*(piece.binds for piece in cell.pieces))


def _error(cell: CellRun) -> str:
    """Return the error that ended a cell; where, in a place that its author knows."""
    text = _PLACE.sub(r"(line \1)", cell.error_text)
    return (f"{cell.error_name}: {text}" if text else cell.error_name).removesuffix(".")


def _refused(exercise: Exercise, reason: str) -> Report:
    report = no_answer(exercise, f"The answers were refused: {reason}.")
    return replace(report, flags=(f"{exercise.name}: {reason}.",))


def _judge_failed(exercise: Exercise, error: Exception) -> Report:
    told = f"the judge failed, not the student: {described(error)}; please report this"
    report = not_gradable(exercise, f"Not gradable: {told}.")
    return replace(report, flags=(f"{exercise.name}: {told}.",))
