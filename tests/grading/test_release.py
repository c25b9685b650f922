"""What ``autograder release`` makes of a source notebook, and that nbgrader makes the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course import Course
from autograder.errors import ReleaseError
from autograder.grading.release import generate, release_unit
from tests.course.small_course import ANSWER, UNIT, edit


@pytest.fixture
def released(small_course: Course) -> NotebookNode:
    release_unit(small_course, UNIT)
    return nbformat.read(small_course.release_notebook(UNIT), as_version=4)


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def test_release_region_in_function_names_the_function(released: NotebookNode) -> None:
    lines = cell(released, "step-stub").source.split("\n")
    assert lines[-1] == '    raise NotImplementedError("step: not written yet")'
    assert lines[-2] == '    """Advance the state."""'


def test_release_region_at_module_level_is_removed_whole(released: NotebookNode) -> None:
    assert cell(released, "prediction").source == 'prediction = ""  # "same" or "different"'


def test_release_written_answer_becomes_an_invitation(released: NotebookNode) -> None:
    assert cell(released, "answer").source == "*Write your answer here.*"


def test_release_graded_cells_are_locked_and_keep_ids_and_tags(released: NotebookNode) -> None:
    check = cell(released, "step-check")
    assert check.source == 'check("step", step=step)'
    assert check.metadata["tags"] == ["raises-exception"]
    assert (check.metadata["editable"], check.metadata["deletable"]) == (False, False)


def test_release_is_a_valid_notebook_with_the_source_order(released: NotebookNode) -> None:
    nbformat.validate(released)
    order = [cell.id for cell in released.cells]
    assert order == ["title", "step-stub", "step-check", "answer", "prediction", "demo"]


def test_release_metadata_of_an_editor_is_dropped(small_course: Course) -> None:
    def plant(notebook: NotebookNode) -> None:
        notebook.metadata["widgets"] = {"state": "mixed_inputs = x + h @ W"}
        cell(notebook, "title").metadata["secret"] = "the answer"

    edit(small_course.source_notebook(UNIT), plant)
    release_unit(small_course, UNIT)
    text = small_course.release_notebook(UNIT).read_text(encoding="utf-8")
    assert "mixed_inputs" not in text
    assert "secret" not in text


def test_release_attachment_of_a_model_answer_is_dropped(small_course: Course) -> None:
    picture = {"answer.png": {"image/png": "iVBORw0KGgo="}}
    source = small_course.source_notebook(UNIT)
    edit(source, lambda notebook: cell(notebook, "answer").update(attachments=picture))
    release_unit(small_course, UNIT)
    assert "iVBORw0KGgo=" not in small_course.release_notebook(UNIT).read_text(encoding="utf-8")


def test_release_second_run_is_byte_identical(small_course: Course) -> None:
    assert release_unit(small_course, UNIT)
    first = small_course.release_notebook(UNIT).read_bytes()
    assert not release_unit(small_course, UNIT)
    assert small_course.release_notebook(UNIT).read_bytes() == first


def test_release_existing_folder_is_replaced_whole(small_course: Course) -> None:
    release_unit(small_course, UNIT)
    old = small_course.release_notebook(UNIT).with_name("old.txt")
    old.write_text("left from before")
    assert release_unit(small_course, UNIT)
    assert not old.exists()


def test_release_fault_leaves_the_old_release(small_course: Course) -> None:
    release_unit(small_course, UNIT)
    before = small_course.release_notebook(UNIT).read_bytes()
    source = small_course.source_notebook(UNIT)
    edit(source, lambda notebook: cell(notebook, "title").update(source=ANSWER))
    with pytest.raises(ReleaseError, match="gives an answer away"):
        release_unit(small_course, UNIT)
    assert small_course.release_notebook(UNIT).read_bytes() == before


def test_generate_nbgrader_cannot_read_says_how_to_see_why(
    small_course: Course, tmp_path: Path
) -> None:
    small_course.source_notebook(UNIT).write_text("{")
    with pytest.raises(ReleaseError, match="nbgrader generate_assignment 01_recurrence --no-db"):
        generate(small_course, UNIT, tmp_path / "fresh")


def test_release_by_nbgrader_itself_gives_the_same_bytes(small_course: Course) -> None:
    release_unit(small_course, UNIT)
    ours = small_course.release_notebook(UNIT).read_bytes()
    small_course.release_notebook(UNIT).unlink()
    command = ["generate_assignment", small_course.source_notebook(UNIT).parent.name]
    programs = str(Path(sys.executable).parent)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command, "--force"],
        cwd=small_course.root,
        env=os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert small_course.release_notebook(UNIT).read_bytes() == ours
    assert small_course.gradebook.is_file()
