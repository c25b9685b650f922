"""From a run to marks: a report for every exercise, and the notebook with its outputs."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograder.grading.pictures import is_whole_png
from autograder.grading.rebuild import Rebuilt, RebuiltCell
from autograder.grading.shown import MAX_SHOWN_CHARACTERS, safe_markdown, safe_raw
from autograder.grading.template import Template
from autograder.judge.exercise import Exercise
from autograder.judge.key import AnswerKey
from autograder.judge.parse import MalformedAnswers, parse_answers
from autograder.judge.verdict import judge, no_answer, not_gradable, out_of_limit
from autograder.sandbox.job import Cell, CellRun, Ending, Job, Output, Run
from autograder.student.display import as_text
from autograder.student.report import Report, Status
from autograder.student.wire import WireLimits
from autograder.trouble import described
from autograder.visible import one_line

#: What stands in the sandbox in place of a module that is not there.
ABSENT_MARK = "is not there while your notebook is graded"
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


def make_job(key: str, template: Template, rebuilt: Rebuilt) -> Job:
    """Return what the sandbox is to run of `rebuilt`."""
    checks = template.exercises
    cells = []
    for index, cell in enumerate(rebuilt.cells):
        if cell.runs:
            name = cell.origin.grade_id if cell.origin else ""
            exercise = checks[name].name if name in checks else ""
            cells.append(Cell(index, cell.source, exercise))
    return Job(key, tuple(cells))


def mark(
    template: Template,
    rebuilt: Rebuilt,
    run: Run,
    keys: Mapping[str, AnswerKey],
    answer_limits: WireLimits | None = None,
    carry: bool = True,
) -> Marked:
    """Return the marks for what `run` sent.

    Parameters
    ----------
    keys : mapping of exercise name to AnswerKey
        For the cases whose inputs the sandbox was given.
    carry : bool
        Whether an error is paid for once.
    """
    places = {
        cell.origin.grade_id: index for index, cell in enumerate(rebuilt.cells) if cell.origin
    }
    reports = {
        name: _report(keys[exercise.name], run, places[name], answer_limits, carry)
        for name, exercise in template.exercises.items()
    }
    own_flags = [flag for report in reports.values() for flag in report.flags]
    flags = [*rebuilt.flags, *run.irregular, *own_flags, *_absent_imports(run, reports)]
    if run.ending is not Ending.DONE:
        flags.append(f"The run ended early: {run.detail}")
    notebook = _notebook(template, rebuilt, run.cells, reports)
    limited = run.ending in (Ending.CPU, Ending.WALL) or any(
        cell.soft_limit for cell in run.cells.values()
    )
    return Marked(reports, tuple(dict.fromkeys(flags)), notebook, run.cpu_s, limited, run.wall_s)


def mark_unreadable(template: Template, reason: str) -> Marked:
    """Return the marks of a submission that could not even be read: none, with the reason."""
    reports = {
        name: not_gradable(exercise, f"Not gradable: {reason}.")
        for name, exercise in template.exercises.items()
    }
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
            return judge(key, parse_answers(cell.answers[0], limits), carry)
        except MalformedAnswers as error:
            return _refused(exercise, str(error))
        except MemoryError:
            raise
        except Exception as error:  # a bug of ours: neither the student nor the others pay for it
            return _judge_failed(exercise, error)
    if cell.soft_limit:
        return out_of_limit(exercise, "time")
    if cell.error_name:
        return no_answer(exercise, _why_not_started(run, cell))
    return not_gradable(exercise, "The check ran, but no answers came out of it.")


def _refused(exercise: Exercise, reason: str) -> Report:
    report = no_answer(exercise, f"The answers were refused: {reason}.")
    return replace(report, flags=(f"{exercise.name}: {reason}.",))


def _judge_failed(exercise: Exercise, error: Exception) -> Report:
    told = f"the judge failed, not the student: {described(error)}; please report this"
    report = not_gradable(exercise, f"Not gradable: {told}.")
    return replace(report, flags=(f"{exercise.name}: {told}.",))


def _why_not_started(run: Run, cell: CellRun) -> str:
    """Return why the check failed before it asked anything: its error, and the first one before."""
    sentence = f"The check could not start: {cell.error_name}: {cell.error_text}."
    for earlier in sorted(run.cells.values(), key=lambda other: other.index):
        if earlier.index < cell.index and earlier.error_name and not earlier.answers:
            sentence += f" An earlier cell had stopped: {earlier.error_name}: {earlier.error_text}"
            break
    return one_line(sentence)


def _absent_imports(run: Run, reports: Mapping[str, Report]) -> list[str]:
    """Return a sentence for every module asked for that no submission gets."""
    texts = [cell.error_text for cell in run.cells.values()]
    texts += [report.headline for report in reports.values()]
    texts += [result.detail for report in reports.values() for result in report.criteria]
    sentences = [_absent_sentence(one_line(text)) for text in texts if ABSENT_MARK in text]
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
    if kind != "code" and not (cell.origin and cell.origin.source == source):
        safe = safe_markdown if kind == "markdown" else safe_raw
        source = safe(cell.source, min(room, MAX_SHOWN_CHARACTERS))
        kind = "markdown"
        metadata[STATUS_KEY] = {WRITTEN: cell.source}
    written: dict[str, Any] = {
        "cell_type": kind,
        "id": cell.cell_id,
        "metadata": metadata,
        "source": source,
    }
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
