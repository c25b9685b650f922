"""The autograded notebook as people and nbgrader read it: verdicts, safe texts, bounded outputs."""

import base64
from collections.abc import Mapping
from typing import Any

from autograder.grading.pictures import is_whole_png
from autograder.grading.rebuild import Rebuilt, RebuiltCell
from autograder.grading.shown import MAX_SHOWN_CHARACTERS, safe_markdown, safe_raw
from autograder.grading.template import Template
from autograder.sandbox.job import CellRun, Output
from autograder.student.display import as_text
from autograder.student.report import Report, Status

STATUS_KEY = "unrolled"
#: Below it: what a student typed, where the cell shows it made safe. No program renders metadata.
WRITTEN = "written"
MAX_TEXT_CHARACTERS = 100_000  # of a student's, that all cells of a notebook together show
MAX_OUTPUTS = 1_000  # that a notebook shows: whoever opens it checks each by a schema
LEFT_OUT = "[more was put out than a notebook shows]"
NO_PICTURE = "[a picture that is no whole PNG, or too large to show]"
Notebook = dict[str, Any]


def notebook_of(
    template: Template,
    rebuilt: Rebuilt,
    runs: Mapping[int, CellRun],
    reports: Mapping[str, Report],
) -> Notebook:
    """Return `rebuilt` with the outputs of a run; a check shows its verdict instead."""
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
    return notebook_of(template, rebuilt, {}, {})


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
