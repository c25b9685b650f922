"""A course of one unit, small enough to read: what the release and its gates are tried on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import CONFIG_NAME, Course
from autograder.grading.release import check_release
from autograder.grading.release_audit import stray_files

UNIT = "recurrence"
EXTRA = "bug_hunt"

STEP = '''import numpy as np


def step(x, h, W):
    """Advance the state."""
    ### BEGIN SOLUTION
    mixed_inputs = x + h @ W
    return np.tanh(mixed_inputs)
    ### END SOLUTION'''

PREDICTION = """prediction = ""  # "same" or "different"
### BEGIN SOLUTION
prediction = "quite different"
### END SOLUTION"""

TOTAL = "**10 points** (6 checked by the machine, 4 by a person)"

ANSWER = "The memory is in the hidden state.\nThe weights hold what was learned, not what was seen."


def settings(grade_id: str, points: float | None = None, **flags: bool) -> dict[str, Any]:
    """Return nbgrader's metadata for a cell; ``flags`` are grade, solution and locked."""
    off = {"grade": False, "solution": False, "locked": False, "task": False}
    worth = {} if points is None else {"points": points}
    return {"nbgrader": {**off, **flags, **worth, "grade_id": grade_id, "schema_version": 3}}


def small_notebook() -> NotebookNode:
    """Return the source of the unit: text, stub, check, written question, prediction, demo."""
    written = settings("written", 4, grade=True, solution=True)
    recorded = settings("predict", 0, grade=True, solution=True)
    check = settings("check_step", 6, grade=True, locked=True) | {"tags": ["raises-exception"]}
    return new_notebook(
        metadata={"kernelspec": {"display_name": "mine", "language": "python", "name": "mine"}},
        cells=[
            new_markdown_cell(f"# A small unit\n\n{TOTAL}", id="title"),
            new_code_cell(STEP, id="step-stub", metadata=settings("step", solution=True)),
            new_code_cell('check("step", step=step)', id="step-check", metadata=check),
            new_markdown_cell(ANSWER, id="answer", metadata=written),
            new_code_cell(PREDICTION, id="prediction", metadata=recorded),
            new_code_cell("print(step)", id="demo", metadata={"tags": ["demo"]}),
        ],
    )


def write_small_course(root: Path) -> Course:
    """Write the course into a new folder, with the repository's own nbgrader_config.py."""
    (root / "solutions").mkdir(parents=True)
    shutil.copy(Path(__file__).parents[2] / CONFIG_NAME, root / CONFIG_NAME)
    course = Course(root)
    course.source_notebook(UNIT).parent.mkdir()
    nbformat.write(small_notebook(), course.source_notebook(UNIT))
    return course


def add_extra(course: Course) -> None:
    """Add an ungraded notebook to the course: a title, a stub, a check and a written question."""
    notebook = small_notebook()
    notebook.cells = notebook.cells[:4]
    for cell in notebook.cells[2:]:
        cell.metadata["nbgrader"]["points"] = 0
    course.source_notebook(EXTRA).parent.mkdir()
    nbformat.write(notebook, course.source_notebook(EXTRA))


def edit(path: Path, change: Callable[[NotebookNode], object]) -> None:
    """Change a notebook on disk: how the tests plant a fault."""
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def complaints(course: Course, unit: str = UNIT) -> str:
    """Return all that the gates of the release find."""
    return "\n".join(map(str, [*stray_files(course), *check_release(course, unit)]))
