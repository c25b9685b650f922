"""Every gate of ``autograder release --check``: silent on a sound course, loud on a fault."""

from __future__ import annotations

import base64
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course import Course
from autograder.grading.release import check_release, release_unit
from autograder.grading.release_audit import stray_files
from tests.course.small_course import ANSWER, EXTRA, UNIT, add_extra, edit, settings

SOLUTION_LINE = "mixed_inputs = x + h @ W"


@pytest.fixture
def course(small_course: Course) -> Course:
    release_unit(small_course, UNIT)
    return small_course


def complaints(course: Course) -> str:
    findings = [*stray_files(course), *check_release(course, UNIT)]
    return "\n".join(map(str, findings))


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
    def reword(notebook: NotebookNode) -> None:
        notebook.cells[0].source = "# Another title"

    edit(course.source_notebook(UNIT), reword)
    assert "differs from its source" in complaints(course)


def in_text(notebook: NotebookNode) -> None:
    notebook.cells[0].source += f"\n`{SOLUTION_LINE}`"


def in_code_spaced_otherwise(notebook: NotebookNode) -> None:
    notebook.cells[5].source = "mixed_inputs=x  +  h@W"


def in_output(notebook: NotebookNode) -> None:
    output = nbformat.v4.new_output("stream", text=f"def step():\n    {SOLUTION_LINE}\n")
    notebook.cells[5].outputs = [output]


def in_cell_metadata(notebook: NotebookNode) -> None:
    notebook.cells[0].metadata["old"] = {"source": ["def step():\n", f"    {SOLUTION_LINE}"]}


def in_metadata_key(notebook: NotebookNode) -> None:
    notebook.metadata[SOLUTION_LINE] = True


def in_attachment_name(notebook: NotebookNode) -> None:
    picture = base64.b64encode(b"no picture").decode()
    notebook.cells[0]["attachments"] = {SOLUTION_LINE: {"image/png": picture}}


def as_model_answer(notebook: NotebookNode) -> None:
    notebook.cells[3].source = ANSWER.split("\n")[1]


def as_prediction(notebook: NotebookNode) -> None:
    notebook.cells[4].source += '\nprediction = "quite different"'


@pytest.mark.parametrize(
    "plant",
    [
        in_text,
        in_code_spaced_otherwise,
        in_output,
        in_cell_metadata,
        in_metadata_key,
        in_attachment_name,
        as_model_answer,
        as_prediction,
    ],
)
def test_check_leaked_answer_is_found(
    course: Course, plant: Callable[[NotebookNode], None]
) -> None:
    edit(course.release_notebook(UNIT), plant)
    assert "gives an answer away" in complaints(course)


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


def outputs(notebook: NotebookNode) -> None:
    notebook.cells[5].outputs = [nbformat.v4.new_output("stream", text="1\n")]


def executed(notebook: NotebookNode) -> None:
    notebook.cells[5].execution_count = 3


def old_format(notebook: NotebookNode) -> None:
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def grade_id_twice(notebook: NotebookNode) -> None:
    notebook.cells[4].metadata["nbgrader"]["grade_id"] = "written"


def fewer_points(notebook: NotebookNode) -> None:
    notebook.cells[2].metadata["nbgrader"]["points"] = 5


def other_shares(notebook: NotebookNode) -> None:
    notebook.cells[0].source = notebook.cells[0].source.replace("(6 c", "(7 c").replace("4", "3")


def heading(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_markdown_cell("## Step (5 points)", id="heading"))
    notebook.cells.insert(4, new_markdown_cell("### In words\n\n## Next", id="next"))


def heading_in_german(notebook: NotebookNode) -> None:
    notebook.cells.insert(1, new_markdown_cell("## Schritt (5 Punkte)", id="heading"))
    notebook.cells.insert(4, new_markdown_cell("## Weiter", id="next"))


def title_in_french(notebook: NotebookNode) -> None:
    shares = "**9 points** (6 corrigés par la machine, 4 par une personne)"
    notebook.cells[0].source = f"# Une unité\n\n**30 minutes** · {shares}"


def heading_of_nothing(notebook: NotebookNode) -> None:
    notebook.cells.append(new_markdown_cell("# Nothing (1 point)", id="heading"))


def points_of_an_ungraded_cell(notebook: NotebookNode) -> None:
    notebook.cells[2].metadata["nbgrader"]["grade"] = False


def solution_elsewhere(notebook: NotebookNode) -> None:
    notebook.cells[5].source = "### BEGIN SOLUTION\nprint(step)\n### END SOLUTION"


def forgotten_markers(notebook: NotebookNode) -> None:
    notebook.cells[1].source = "def step(x, h, W):\n    return np.tanh(x + h @ W)"


def given_with_a_region(notebook: NotebookNode) -> None:
    notebook.cells[1].metadata["tags"] = ["given"]


def given_but_no_solution(notebook: NotebookNode) -> None:
    notebook.cells[5].metadata["tags"] = ["given"]


def open_region(notebook: NotebookNode) -> None:
    notebook.cells[1].source = notebook.cells[1].source.replace("    ### END SOLUTION", "")


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (outputs, "has outputs"),
        (executed, "has outputs"),
        (old_format, "has a cell without id"),
        (grade_id_twice, "has the grade_id 'written' twice"),
        (fewer_points, "says **10 …** in its title, but its cells are worth 9"),
        (points_of_an_ungraded_cell, "says **10 …** in its title, but its cells are worth 4"),
        (other_shares, "in its title, but the machine checks 6 and a person 4 points of its cells"),
        (heading, "says 'Step (5 points)', but the cells below are worth 6 (check_step 6)"),
        (heading_in_german, "says 'Schritt (5 Punkte)', but the cells below are worth 6"),
        (title_in_french, "says **9 …** in its title, but its cells are worth 10"),
        (heading_of_nothing, "says 'Nothing (1 point)', but the cells below are worth 0"),
        (solution_elsewhere, "in a cell that is no solution cell"),
        (forgotten_markers, "has no solution region"),
        (open_region, "has no partner"),
        (given_with_a_region, "a given cell must be"),
        (given_but_no_solution, "a given cell must be"),
    ],
)
def test_check_faulty_source_is_found(
    course: Course, plant: Callable[[NotebookNode], None], complaint: str
) -> None:
    edit(course.source_notebook(UNIT), plant)
    assert complaint in complaints(course)


@pytest.fixture
def with_extra(course: Course) -> Course:
    add_extra(course)
    release_unit(course, EXTRA)
    return course


def complaints_of_extra(course: Course) -> str:
    findings = [*stray_files(course), *check_release(course, EXTRA)]
    return "\n".join(map(str, findings))


def test_check_sound_ungraded_notebook_finds_nothing(with_extra: Course) -> None:
    assert complaints_of_extra(with_extra) == ""
    stub = nbformat.read(with_extra.release_notebook(EXTRA), as_version=4).cells[1]
    assert 'raise NotImplementedError("step: not written yet")' in stub.source


def a_point(notebook: NotebookNode) -> None:
    notebook.cells[2].metadata["nbgrader"]["points"] = 1


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (a_point, "is worth 1 points, and is not graded: only a unit's notebook is"),
        (forgotten_markers, "has no solution region"),
        (open_region, "has no partner"),
    ],
)
def test_check_faulty_source_of_an_ungraded_notebook_is_found(
    with_extra: Course, plant: Callable[[NotebookNode], None], complaint: str
) -> None:
    edit(with_extra.source_notebook(EXTRA), plant)
    assert complaint in complaints_of_extra(with_extra)


@pytest.mark.parametrize("plant", [in_text, in_cell_metadata, as_model_answer])
def test_check_leak_in_an_ungraded_notebook_is_found(
    with_extra: Course, plant: Callable[[NotebookNode], None]
) -> None:
    edit(with_extra.release_notebook(EXTRA), plant)
    complaint = complaints_of_extra(with_extra)
    assert "11_bug_hunt.ipynb differs from its source" in complaint
    assert "11_bug_hunt.ipynb gives an answer away" in complaint


def test_check_ungraded_notebook_missing_is_found(with_extra: Course) -> None:
    with_extra.release_notebook(EXTRA).unlink()
    assert "notebooks/11_bug_hunt/11_bug_hunt.ipynb is missing" in complaints_of_extra(with_extra)


def test_check_stray_file_beside_an_ungraded_notebook_is_found(with_extra: Course) -> None:
    (with_extra.release_notebook(EXTRA).parent / "data.csv").write_text("stray")
    assert "notebooks/11_bug_hunt/data.csv does not belong" in complaints_of_extra(with_extra)


def test_check_cell_id_twice_is_found(course: Course) -> None:
    source = course.source_notebook(UNIT)
    # By text: nbformat would repair the id while writing.
    source.write_text(source.read_text().replace('"id": "demo"', '"id": "title"'))
    assert "has the cell id 'title' twice" in complaints(course)


@pytest.mark.parametrize("content", ["{", "[]", '{"nbformat": 3, "worksheets": []}'])
def test_check_source_that_is_no_notebook_is_found(course: Course, content: str) -> None:
    course.source_notebook(UNIT).write_text(content)
    assert "is not a notebook" in complaints(course)


def test_check_release_that_is_no_notebook_is_found(course: Course) -> None:
    course.release_notebook(UNIT).write_text("{")
    assert "is not a notebook" in complaints(course)


def test_check_source_missing_is_found(course: Course) -> None:
    course.source_notebook(UNIT).unlink()
    assert "is missing" in complaints(course)
