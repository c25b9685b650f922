"""Gates of ``autograder release --check`` on the source: each fault is told, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course import Course
from tests.course.small_course import EXTRA, UNIT, complaints, edit

Fault = Callable[[NotebookNode], object]


def old_format(notebook: NotebookNode) -> None:
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def heading(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_markdown_cell("## Step (5 points)", id="heading"))
    notebook.cells.insert(4, new_markdown_cell("### In words\n\n## Next", id="next"))


def heading_in_german(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_markdown_cell("## Schritt (5 Punkte)", id="heading"))
    notebook.cells.insert(4, new_markdown_cell("## Weiter", id="next"))


def other_shares(notebook: NotebookNode) -> None:
    notebook.cells[0].source = notebook.cells[0].source.replace("(6 c", "(7 c").replace("4", "3")


def title_in_french(notebook: NotebookNode) -> None:
    shares = "**9 points** (6 corrigés par la machine, 4 par une personne)"
    notebook.cells[0].source = f"# Une unité\n\n**30 minutes** · {shares}"


def set_in(cell: int, **values: object) -> Fault:
    return lambda nb: nb.cells[cell].update(values)


def set_for_nbgrader(cell: int, **values: object) -> Fault:
    return lambda nb: nb.cells[cell].metadata["nbgrader"].update(values)


def open_region(notebook: NotebookNode) -> None:
    notebook.cells[1].source = notebook.cells[1].source.replace("    ### END SOLUTION", "")


forgotten_markers = set_in(1, source="def step(x, h, W):\n    return np.tanh(x + h @ W)")
SOURCE_FAULTS: dict[str, tuple[Fault, str]] = {
    "outputs": (set_in(5, outputs=[nbformat.v4.new_output("stream", text="1\n")]), "has outputs"),
    "executed": (set_in(5, execution_count=3), "has outputs"),
    "old format": (old_format, "has a cell without id"),
    "grade id twice": (
        set_for_nbgrader(4, grade_id="written"),
        "has the grade_id 'written' twice",
    ),
    "fewer points": (
        set_for_nbgrader(2, points=5),
        "says **10 …** in its title, but its cells are worth 9",
    ),
    "points of an ungraded cell": (
        set_for_nbgrader(2, grade=False),
        "says **10 …** in its title, but its cells are worth 4",
    ),
    "other shares": (
        other_shares,
        "in its title, but the machine checks 6 and a person 4 points of its cells",
    ),
    "heading": (heading, "says 'Step (5 points)', but the cells below are worth 6 (check_step 6)"),
    "heading in German": (
        heading_in_german,
        "says 'Schritt (5 Punkte)', but the cells below are worth 6",
    ),
    "title in French": (title_in_french, "says **9 …** in its title, but its cells are worth 10"),
    "heading of nothing": (
        lambda nb: nb.cells.append(new_markdown_cell("# Nothing (1 point)", id="heading")),
        "says 'Nothing (1 point)', but the cells below are worth 0",
    ),
    "solution elsewhere": (
        set_in(5, source="### BEGIN SOLUTION\nprint(step)\n### END SOLUTION"),
        "in a cell that is no solution cell",
    ),
    "forgotten markers": (forgotten_markers, "has no solution region"),
    "open region": (open_region, "has no partner"),
    "given with a region": (
        lambda nb: nb.cells[1].metadata.update(tags=["given"]),
        "a given cell must be",
    ),
    "given but no solution": (
        lambda nb: nb.cells[5].metadata.update(tags=["given"]),
        "a given cell must be",
    ),
}


@pytest.mark.parametrize("fault", SOURCE_FAULTS)
def test_check_faulty_source_is_found(course: Course, fault: str) -> None:
    plant, complaint = SOURCE_FAULTS[fault]
    edit(course.source_notebook(UNIT), plant)
    assert complaint in complaints(course)


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (
            set_for_nbgrader(2, points=1),
            "is worth 1 points, and is not graded: only a unit's notebook is",
        ),
        (forgotten_markers, "has no solution region"),
        (open_region, "has no partner"),
    ],
    ids=["a point", "forgotten markers", "open region"],
)
def test_check_faulty_source_of_an_ungraded_notebook_is_found(
    with_extra: Course, plant: Fault, complaint: str
) -> None:
    edit(with_extra.source_notebook(EXTRA), plant)
    assert complaint in complaints(with_extra, EXTRA)


def test_check_cell_id_twice_is_found(course: Course) -> None:
    source = course.source_notebook(UNIT)
    # By text: nbformat would repair the id while writing.
    source.write_text(source.read_text().replace('"id": "demo"', '"id": "title"'))
    assert "has the cell id 'title' twice" in complaints(course)


@pytest.mark.parametrize("content", ["{", "[]", '{"nbformat": 3, "worksheets": []}'])
def test_check_source_that_is_no_notebook_is_found(course: Course, content: str) -> None:
    course.source_notebook(UNIT).write_text(content)
    assert "is not a notebook" in complaints(course)


def test_check_source_missing_is_found(course: Course) -> None:
    course.source_notebook(UNIT).unlink()
    assert "is missing" in complaints(course)
