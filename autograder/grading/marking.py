"""From a run to marks: a report for every exercise, and the notebook with its outputs."""

import base64
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from autograder.grading.pictures import is_whole_png
from autograder.grading.rebuild import Rebuilt, RebuiltCell
from autograder.grading.rechecks import Round
from autograder.grading.shown import MAX_SHOWN_CHARACTERS, safe_markdown, safe_raw
from autograder.grading.template import Template
from autograder.judge.exercise import Asked, Exercise
from autograder.judge.key import AnswerKey
from autograder.judge.parse import MalformedAnswers, parse_answers
from autograder.judge.verdict import judge, no_answer, not_gradable, out_of_limit
from autograder.sandbox.job import (
    NO_CASES,
    SECRET,
    Cell,
    CellRun,
    Ending,
    Job,
    Output,
    Run,
)
from autograder.student.answers import Answer
from autograder.student.display import as_text
from autograder.student.report import Report, Status
from autograder.student.wire import WireLimits
from autograder.trouble import described
from autograder.visible import one_line

#: What stands in the sandbox in place of a module that is not there.
ABSENT_MARK = "is not there while your notebook is graded"
_NOT_INSTALLED = re.compile(r"No module named '([\w.]{1,60})'")
_PLACE = re.compile(r"\(<[^<>]{1,60}>, line (\d{1,6})\)")
STATUS_KEY = "unrolled"
#: Below it: what a student typed, where the cell shows it made safe. No program renders metadata.
WRITTEN = "written"
MAX_TEXT_CHARACTERS = 100_000  # of a student's, that all cells of a notebook together show
MAX_OUTPUTS = 1_000  # that a notebook shows: whoever opens it checks each by a schema
LEFT_OUT = "[more was put out than a notebook shows]"
NO_PICTURE = "[a picture that is no whole PNG, or too large to show]"
_LIMIT_NAMES = {
    Ending.CPU: "processor time",
    Ending.WALL: "time",
    Ending.MEMORY: "memory",
    Ending.DISK: "disk",
    Ending.OUTPUT: "output",
}
Notebook = dict[str, Any]


@dataclass(frozen=True)
class Marked:
    """A submission with its marks.

    Attributes
    ----------
    reports : dict of str to Report
        By name of the check cell, in the order of the release.
    flags : tuple of str
        For the instructor: what was mended, what was irregular, how it ended.
    notebook : dict
        The autograded notebook, ready to be written.
    out_of_time : bool
        Whether a limit on time was reached anywhere.
    cpu_s, wall_s : float
        Processor time and time by the clock that the run took.
    """

    reports: dict[str, Report]
    flags: tuple[str, ...]
    notebook: Notebook
    cpu_s: float = 0.0
    out_of_time: bool = False
    wall_s: float = 0.0


def make_job(
    key: str, template: Template, rebuilt: Rebuilt, asked: Round, cases: str = SECRET
) -> Job:
    """Return what the sandbox is to run of `rebuilt`.

    Parameters
    ----------
    asked : Round
        Which checks are asked, and where they stand.
    cases : str
        Which cases they are asked: "secret" or "public".
    """
    exercises = {name: exercise.name for name, exercise in template.exercises.items()}
    end = len(rebuilt.cells)
    cells = cells_besides(rebuilt, exercises)
    cells += [Cell(index, text) for index, text in enumerate(asked.before, end)]
    for name, index in asked.places(template, rebuilt).items():
        which = cases if name in asked.checks else NO_CASES
        cells.append(Cell(index, template.by_grade_id[name].source, exercises[name], which))
    return Job(key, tuple(sorted(cells, key=lambda cell: cell.index)))


def cells_besides(rebuilt: Rebuilt, checks: Container[str]) -> list[Cell]:
    """Return what runs of `rebuilt` besides `checks`."""
    return [
        Cell(index, cell.to_run, pieces=cell.one_by_one)
        for index, cell in enumerate(rebuilt.cells)
        if cell.runs and not (cell.origin and cell.origin.grade_id in checks)
    ]


def judged(
    template: Template,
    rebuilt: Rebuilt,
    run: Run,
    keys: Mapping[str, AnswerKey],
    asked: Round,
    answer_limits: WireLimits | None = None,
    carry: bool = True,
) -> dict[str, Report]:
    """Return the verdict on every check that `run` was asked, by name of its cell.

    Parameters
    ----------
    keys : mapping of exercise name to AnswerKey
        For the cases whose inputs the sandbox was given.
    asked : Round
        As for `make_job`.
    carry : bool
        Whether an error is paid for once.
    """
    places = asked.places(template, rebuilt)
    reports = {}
    for name in asked.checks:
        exercise = template.exercises[name]
        report = _report(keys[exercise.name], run, places[name], answer_limits, carry)
        if _has_not_started(run, places[name], report):
            report = _why_not_started(template, rebuilt, run, exercise, report)
        reports[name] = report
    return reports


def marked(
    template: Template,
    rebuilt: Rebuilt,
    reports: Mapping[str, Report],
    runs: Sequence[Run],
    shown: Sequence[Run],
    late: Sequence[str] = (),
) -> Marked:
    """Return `reports` with the notebook and with what an instructor should know.

    Parameters
    ----------
    runs : sequence of Run
        Those that are judged, the whole notebook first.
    shown : sequence of Run
        Those of which people read, the one whose outputs the notebook shows first.
    late : sequence of str
        Exercises that came out better at the end of the notebook.
    """
    reports = in_order(template, reports)
    every = runs if shown is runs else [*runs, *shown]
    own_flags = [flag for report in reports.values() for flag in report.flags]
    at_end = [f"At the end of the notebook, {', '.join(late)} came out better."] if late else []
    mended = [" ".join([*rebuilt.flags, *at_end])] if rebuilt.flags or late else []
    flags = [*mended, *(note for one in every for note in one.irregular), *own_flags]
    flags += _absent_imports(shown[0], reports)
    if runs[0].ending is not Ending.DONE:
        flags.append(f"The run ended early: {runs[0].detail}")
    notebook = _notebook(template, rebuilt, shown[0].cells, reports)
    limited = any(
        one.ending in (Ending.CPU, Ending.WALL) or any(c.soft_limit for c in one.cells.values())
        for one in runs
    )
    cpu_s, wall_s = sum(one.cpu_s for one in every), sum(one.wall_s for one in every)
    return Marked(reports, tuple(dict.fromkeys(flags)), notebook, cpu_s, limited, wall_s)


def in_order(template: Template, reports: Mapping[str, Report]) -> dict[str, Report]:
    """Return reports in the order of the notebook."""
    names = (cell.grade_id for cell in template.cells)
    return {name: reports[name] for name in names if name in reports}


def mark_unreadable(template: Template, reason: str, own: Iterable[Asked] = ()) -> Marked:
    """Return the marks of a submission that could not even be read: none, with the reason."""
    reports = {
        name: not_gradable(exercise, f"Not gradable: {reason}.")
        for name, exercise in template.exercises.items()
    }
    own_reports = {test.name: not_gradable(test, f"Not gradable: {reason}.") for test in own}
    reports = in_order(template, {**reports, **own_reports})
    untouched = tuple(
        RebuiltCell(cell.cell_id, cell.kind, cell.source, cell) for cell in template.cells
    )
    notebook = _notebook(template, Rebuilt(untouched), {}, reports)
    return Marked(reports, (f"Not gradable: {reason}.",), notebook)


def _report(key: AnswerKey, run: Run, index: int, limits: WireLimits | None, carry: bool) -> Report:
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


def _has_not_started(run: Run, index: int, report: Report) -> bool:
    """Return whether a check did not find the function that it asks."""
    cell = run.cells.get(index)
    not_there = cell is not None and cell.error_name == "NameError" and not cell.answers
    return not_there and report.status is Status.FAILED


def _why_not_started(
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
    return {called or name: name for name, called in asked if find_spec(name) is None}


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


def _absent_imports(run: Run, reports: Mapping[str, Report]) -> list[str]:
    """Return a sentence for every module asked for that no submission gets."""
    texts = [cell.error_text for cell in run.cells.values()]
    texts += [report.headline for report in reports.values()]
    texts += [result.detail for report in reports.values() for result in report.criteria]
    sentences = [_absent_sentence(one_line(text)) for text in texts if ABSENT_MARK in text]
    missing = [_NOT_INSTALLED.fullmatch(cell.error_text) for cell in run.cells.values()]
    sentences += [f"{found.group(1)} {ABSENT_MARK}." for found in missing if found]
    return [f"It asks for what it cannot get: {sentence}" for sentence in dict.fromkeys(sentences)]


def _absent_sentence(text: str) -> str:
    """Return the sentence of `text` that holds the mark, without what stands before and behind."""
    head, mark, _ = text.partition(ABSENT_MARK)
    return f"{head.rpartition(': ')[2]}{mark}."


def _notebook(
    template: Template,
    rebuilt: Rebuilt,
    runs: Mapping[int, CellRun],
    reports: Mapping[str, Report],
) -> Notebook:
    cells = []
    count = 0
    room, left = MAX_TEXT_CHARACTERS, MAX_OUTPUTS
    for index, cell in enumerate(rebuilt.cells):
        written = _written(cell, room)
        if WRITTEN in written["metadata"].get(STATUS_KEY, {}):
            room = max(0, room - len(cell.source))
        if cell.kind == "code":
            name = cell.origin.grade_id if cell.origin else ""
            if name in reports:
                written["outputs"] = verdict_outputs(reports[name])
                written["metadata"][STATUS_KEY] = {"status": str(reports[name].status)}
            else:
                outputs = runs[index].outputs if index in runs else ()
                written["outputs"] = [_output(o) for o in outputs[:left]]
                if len(outputs) > left > 0:
                    written["outputs"][-1] = _output(Output("display", "text/plain", LEFT_OUT))
                left = max(0, left - len(outputs))
            if index in runs:
                count += 1
                written["execution_count"] = count
                _number_results(written["outputs"], count)
        cells.append(written)
    return {"cells": cells, "metadata": {**template.metadata}, "nbformat": 4, "nbformat_minor": 5}


def blank_notebook(template: Template, rebuilt: Rebuilt) -> Notebook:
    """Return `rebuilt` as a notebook without outputs."""
    return _notebook(template, rebuilt, {}, {})


def _written(cell: RebuiltCell, room: int) -> dict[str, Any]:
    metadata = {**cell.origin.metadata} if cell.origin else {}
    kind, source = cell.kind, cell.source
    is_released = cell.origin is not None and cell.origin.source == source
    if kind != "code" and (cell.pictures or not is_released):
        safe = safe_markdown if kind == "markdown" else safe_raw
        source = safe(cell.source, min(room, MAX_SHOWN_CHARACTERS))
        kind = "markdown"
        metadata[STATUS_KEY] = {WRITTEN: cell.source}
    if cell.pictures:
        shown = "\n\n".join(f"![A picture](attachment:{one.name})" for one in cell.pictures)
        source = f"{source}\n\n{shown}"
    if cell.is_lost:
        metadata[STATUS_KEY] = {**metadata.get(STATUS_KEY, {}), "status": Status.NOT_GRADABLE}
    written: dict[str, Any] = {
        "cell_type": kind,
        "id": cell.cell_id,
        "metadata": metadata,
        "source": source,
    }
    if cell.pictures and kind == "markdown":
        bundles = {one.name: {one.kind: one.encoded} for one in cell.pictures}
        written["attachments"] = bundles
    if kind == "code":
        written.update(execution_count=None, outputs=[])
    return written


def as_written(cell: Mapping[str, Any]) -> Any:
    """Return the text of an autograded cell as its student typed it."""
    return cell["metadata"].get(STATUS_KEY, {}).get(WRITTEN, cell["source"])


def verdict_outputs(report: Report) -> list[dict[str, Any]]:
    """Return the outputs that tell nbgrader the score and people the reasons.

    nbgrader reads the score out of an ``execute_result``; anything else would be full marks.
    """
    score = min(max(float(report.points or 0.0), 0.0), float(report.max_points))
    return [
        {"output_type": "stream", "name": "stdout", "text": as_text(report) + "\n"},
        {
            "output_type": "execute_result",
            "execution_count": None,
            "metadata": {},
            "data": {"text/plain": repr(score)},
        },
    ]


def _number_results(outputs: list[dict[str, Any]], count: int) -> None:
    for output in outputs:
        if output["output_type"] == "execute_result":
            output["execution_count"] = count


def _output(output: Output) -> dict[str, Any]:
    text = output.data if isinstance(output.data, str) else ""
    match output.kind:
        case "stdout" | "stderr":
            return {"output_type": "stream", "name": output.kind, "text": text}
        case "error":
            return {
                "output_type": "error",
                "ename": "Error",
                "evalue": "",
                "traceback": text.split("\n"),
            }
        case _:
            shown = {"text/plain": text}
            if isinstance(output.data, bytes):
                shown = {"text/plain": NO_PICTURE}
                if is_whole_png(output.data):
                    shown = {"image/png": base64.b64encode(output.data).decode("ascii")}
            return {"output_type": "display_data", "metadata": {}, "data": shown}


def is_not_gradable(cell: Mapping[str, Any]) -> bool:
    """Return whether an autograded cell has no verdict."""
    status = cell["metadata"].get(STATUS_KEY, {}).get("status")
    return bool(status == Status.NOT_GRADABLE)
