"""A made-up unit with its released notebook, and submissions of it in every state."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.grading.autograded import write_autograded
from autograder.grading.entries import Entry
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.marked_notebook import STATUS_KEY, verdict_outputs
from autograder.grading.marking import Marked
from autograder.grading.results import Result, write_result
from autograder.grading.submissions import Submission
from autograder.student.report import CriterionResult, Report, Status
from autograder.units import folder_name
from tests.course.small_course import settings

UNIT = "recurrence"
TITLE = "One step at a time"
EXERCISES = {
    "rnn_step_forward": ("One step of the recurrence", 3.0),
    "rnn_forward": ("The unrolled network", 3.0),
    "stack_weights": ("One matrix for both", 1.0),
    "rnn_step_stacked": ("The same step with one matrix", 2.0),
}
WRITTEN, PREDICTION = "written_memory", "predict_order"
MEMORY_HEADING = "Where is the memory?"
STUB = 'def {0}(x):\n    raise NotImplementedError("{0}: not written yet")'
CHECK = 'check("{0}", function={0})'


def write_course(root: Path) -> Course:
    """Write a course of one released unit: 9 points by checks, 1 by hand, a prediction."""
    course = Course(root)
    path = course.release_notebook(UNIT)
    path.parent.mkdir(parents=True)
    nbformat.write(released_notebook(), path)
    return course


def released_notebook() -> Any:
    """Return the notebook as students get it."""
    cells = [new_markdown_cell(f"# {TITLE}\n\nA unit for tests.", id="title")]
    predict = settings(PREDICTION, 0, grade=True, solution=True)
    for name, (_, points) in EXERCISES.items():
        if name == "stack_weights":
            cells += [
                new_markdown_cell("### Does the order matter?\n\nSay it first.", id="order"),
                new_code_cell('prediction = ""', id="prediction", metadata=predict),
            ]
        stub = settings(name, solution=True)
        check = settings(f"check_{name}", points, grade=True, locked=True)
        cells += [
            new_code_cell(STUB.format(name), id=f"{name}-stub", metadata=stub),
            new_code_cell(CHECK.format(name), id=f"{name}-check", metadata=check),
        ]
    cells += [
        new_markdown_cell(f"### {MEMORY_HEADING} (1 point)", id="question"),
        new_markdown_cell(
            "Your answer here.",
            id="answer",
            metadata=settings(WRITTEN, 1, grade=True, solution=True),
        ),
    ]
    return new_notebook(cells=cells)


def report(exercise: str, status: Status = Status.PASSED, **changed: Any) -> Report:
    """Return a report of `status`: half of the points where some are earned."""
    title, most = EXERCISES[exercise]
    points = {Status.PASSED: most, Status.PARTIAL: most / 2, Status.NOT_GRADABLE: None}
    met = CriterionResult("values", "The numbers are right.", most / 2, most / 2)
    missed = CriterionResult(
        "sizes", "Any sizes work.", 0.0, most / 2, "A batch of one: shape (4,)."
    )
    criteria = {
        Status.PASSED: (met, CriterionResult("sizes", "Any sizes work.", most / 2, most / 2)),
        Status.PARTIAL: (met, missed),
        Status.FAILED: (missed,),
    }
    values: dict[str, Any] = {
        "exercise": exercise,
        "title": title,
        "status": status,
        "points": points.get(status, 0.0),
        "max_points": most,
        "headline": f"It is {status}.",
        "criteria": criteria.get(status, ()),
    }
    return Report(**{**values, **changed})


def result(student: str, *reports: Report, **changed: Any) -> Result:
    """Return a result; exercises without a report among `reports` are passed."""
    given = {one.exercise: one for one in reports}
    every = {f"check_{name}": given.get(name) or report(name) for name in EXERCISES}
    return Result(**{"student": student, "unit": UNIT, "digest": "", "reports": every, **changed})


def autograded(
    graded: Result,
    sources: Mapping[str, str] | None = None,
    outputs: Mapping[str, list[dict[str, Any]]] | None = None,
    own: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the autograded notebook of `graded`.

    Parameters
    ----------
    sources, outputs : mapping
        What the student wrote, and what came out of it, by name of the cell.
    own : mapping of str to str
        Cells of the student's own, by the name of the graded cell that each stands before.
    """
    notebook = released_notebook()
    cells = []
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in (own or {}):
            one = new_code_cell(own[name], id=f"own-{len(cells)}")
            one.outputs = nbformat.from_dict((outputs or {}).get("own", []))
            cells.append(one)
        cell.source = (sources or {}).get(name, cell.source)
        if cell.cell_type == "code":
            cell.outputs = nbformat.from_dict((outputs or {}).get(name, []))
        if name in graded.reports:
            cell.metadata[STATUS_KEY] = {"status": str(graded.reports[name].status)}
            cell.outputs = nbformat.from_dict(verdict_outputs(graded.reports[name]))
        cells.append(cell)
    notebook.cells = cells
    plain: dict[str, Any] = notebook
    return plain


def record(course: Course, *results: Result) -> None:
    """Keep results as grading does: beside the gradebook, in it, and as autograded notebooks."""
    with UnitGradebook(course, UNIT) as gradebook:
        for graded in results:
            notebook = autograded(graded, {WRITTEN: f"{graded.student}: in the state."})
            marked = Marked(graded.reports, graded.flags, notebook, graded.cpu_s)
            submission = Submission(graded.student, UNIT, course.submitted / graded.student)
            gradebook.record([Entry(submission, marked)])
            write_autograded(course, submission, marked)
            write_result(course, graded)


def mark_by_hand(course: Course, student: str, points: float, comment: str = "") -> None:
    """Mark the written answer, as an instructor does in the Formgrader."""
    name = folder_name(UNIT)
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        submitted = gradebook.find_submission_notebook(name, name, student)
        next(g for g in submitted.grades if g.name == WRITTEN).manual_score = points
        next(c for c in submitted.comments if c.name == WRITTEN).manual_comment = comment
        gradebook.db.commit()


def grade(points: float | None, manual: float | None = None) -> dict[str, Any]:
    """Return one cell's entry of `UnitGradebook.scores`."""
    given = manual if manual is not None else points
    return {"auto_score": points, "manual_score": manual, "score": given or 0.0}


def scores(graded: Result, **manual: float) -> dict[str, dict[str, Any]]:
    """Return a student's entry of `UnitGradebook.scores`, with marks given by hand."""
    automatic = {name: one.points for name, one in graded.reports.items()}
    every: dict[str, float | None] = {**automatic, WRITTEN: None, PREDICTION: None}
    return {name: grade(points, manual.get(name)) for name, points in every.items()}


def png(width: int = 2, height: int = 2) -> bytes:
    """Return a grey picture; its header may claim any size."""
    rows = b"".join(b"\x00" + b"\x80" * 2 for _ in range(2))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def in_base64(data: bytes) -> str:
    """Return bytes as a notebook keeps them."""
    return base64.b64encode(data).decode("ascii")
