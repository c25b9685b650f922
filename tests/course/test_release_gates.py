"""Gates of ``autograder release --check`` on what is released: nothing stray, nothing told."""

from __future__ import annotations

import base64
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.grading.release import release_unit
from tests.course.small_course import ANSWER, EXTRA, UNIT, complaints, edit, settings

SOLUTION_LINE = "mixed_inputs = x + h @ W"
PICTURE = {"image/png": base64.b64encode(b"no picture").decode()}
PRINTED = nbformat.v4.new_output("stream", text=f"def step():\n    {SOLUTION_LINE}\n")


def test_check_sound_course_finds_nothing(course: Course) -> None:
    assert complaints(course) == ""


def test_check_release_missing_is_found(course: Course) -> None:
    course.release_notebook(UNIT).unlink()
    assert "notebooks/01_recurrence/01_recurrence.ipynb is missing" in complaints(course)


def test_check_one_changed_byte_is_found(course: Course) -> None:
    with course.release_notebook(UNIT).open("ab") as notebook:
        notebook.write(b"\n")
    assert "differs from its source" in complaints(course)


def test_check_source_changed_after_release_is_found(course: Course) -> None:
    edit(course.source_notebook(UNIT), lambda nb: nb.cells[0].update(source="# Another title"))
    assert "differs from its source" in complaints(course)


#: Where an answer can be told: the cell of the released notebook, and what is new in it.
LEAKS: dict[str, tuple[int, dict[str, Any]]] = {
    "text": (0, {"source": f"# A small unit\n`{SOLUTION_LINE}`"}),
    "code spaced otherwise": (5, {"source": "mixed_inputs=x  +  h@W"}),
    "output": (5, {"outputs": [PRINTED]}),
    "cell metadata": (
        0,
        {"metadata": {"old": {"source": ["def step():\n", f"    {SOLUTION_LINE}"]}}},
    ),
    "attachment's name": (0, {"attachments": {SOLUTION_LINE: PICTURE}}),
    "model answer": (3, {"source": ANSWER.split("\n")[1]}),
    "prediction": (4, {"source": 'prediction = ""\nprediction = "quite different"'}),
}


@pytest.mark.parametrize("place", LEAKS)
def test_check_leaked_answer_is_found(course: Course, place: str) -> None:
    cell, changes = LEAKS[place]
    edit(course.release_notebook(UNIT), lambda nb: nb.cells[cell].update(changes))
    assert "gives an answer away" in complaints(course)


def test_check_answer_leaked_in_the_notebooks_metadata_is_found(course: Course) -> None:
    edit(course.release_notebook(UNIT), lambda nb: nb.metadata.update({SOLUTION_LINE: True}))
    assert "gives an answer away" in complaints(course)


@pytest.mark.parametrize("place", ["text", "cell metadata", "model answer"])
def test_check_leak_in_an_ungraded_notebook_is_found(with_extra: Course, place: str) -> None:
    cell, changes = LEAKS[place]
    edit(with_extra.release_notebook(EXTRA), lambda nb: nb.cells[cell].update(changes))
    complaint = complaints(with_extra, EXTRA)
    assert "11_bug_hunt.ipynb differs from its source" in complaint
    assert "11_bug_hunt.ipynb gives an answer away" in complaint


def test_check_leaked_region_is_found(course: Course) -> None:
    edit(course.release_notebook(UNIT), lambda nb: nb.cells[0].update(source="### END SOLUTION"))
    assert "holds a solution region" in complaints(course)


def test_check_line_given_in_the_stub_is_no_leak(course: Course) -> None:
    def give(notebook: NotebookNode) -> None:
        stub = notebook.cells[1]
        given = f"    {SOLUTION_LINE}\n    ### BEGIN SOLUTION\n"
        stub.source = stub.source.replace("    ### BEGIN SOLUTION\n", given)

    edit(course.source_notebook(UNIT), give)
    release_unit(course, UNIT)
    assert complaints(course) == ""


def test_release_given_cell_stays_as_it_is(course: Course) -> None:
    def give(notebook: NotebookNode) -> None:
        cell = nbformat.v4.new_code_cell("def given():\n    return 1", id="given")
        cell.metadata.update(settings("given", solution=True) | {"tags": ["given"]})
        notebook.cells.insert(1, cell)

    edit(course.source_notebook(UNIT), give)
    release_unit(course, UNIT)
    assert complaints(course) == ""
    released = nbformat.read(course.release_notebook(UNIT), as_version=4).cells[1]
    assert released.source == "def given():\n    return 1"
    assert not released.metadata["nbgrader"]["locked"]


@pytest.mark.parametrize(
    "place",
    [
        "notebooks/notes.txt",
        "notebooks/01_recurrence/data.csv",
        "notebooks/02_outputs/02_outputs.ipynb",
        "solutions/draft.ipynb",
        "solutions/01_recurrence/answers.py",
        "solutions/01_recurence/01_recurence.ipynb",
    ],
)
def test_check_stray_file_is_found(course: Course, place: str) -> None:
    path = course.root / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("stray")
    assert f"{place} does not belong there" in complaints(course)


@pytest.mark.parametrize(
    "place",
    ["notebooks/ERRATA.md", "solutions/01_recurrence/.ipynb_checkpoints/x-checkpoint.ipynb"],
)
def test_check_expected_file_beside_is_left_alone(course: Course, place: str) -> None:
    path = course.root / place
    path.parent.mkdir(exist_ok=True)
    path.write_text("expected")
    assert complaints(course) == ""


def test_check_sound_ungraded_notebook_finds_nothing(with_extra: Course) -> None:
    assert complaints(with_extra, EXTRA) == ""
    stub = nbformat.read(with_extra.release_notebook(EXTRA), as_version=4).cells[1]
    assert 'raise NotImplementedError("step: not written yet")' in stub.source


def test_check_ungraded_notebook_missing_is_found(with_extra: Course) -> None:
    with_extra.release_notebook(EXTRA).unlink()
    assert "notebooks/11_bug_hunt/11_bug_hunt.ipynb is missing" in complaints(with_extra, EXTRA)


def test_check_stray_file_beside_an_ungraded_notebook_is_found(with_extra: Course) -> None:
    (with_extra.release_notebook(EXTRA).parent / "data.csv").write_text("stray")
    assert "notebooks/11_bug_hunt/data.csv does not belong" in complaints(with_extra, EXTRA)


def test_check_release_that_is_no_notebook_is_found(course: Course) -> None:
    course.release_notebook(UNIT).write_text("{")
    assert "is not a notebook" in complaints(course)
