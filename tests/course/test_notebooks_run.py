"""Every notebook in a plain kernel: the solution runs through, the stubs stop nothing.

This is also how plain nbgrader, without our preprocessors, runs a submission: its Execute uses the
same client, and `determine_grade` reads the outcome. A release is run without the demonstrations
that hang on nothing to be written: with the solution they have run, and they train for minutes.
"""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.utils import determine_grade, is_grade, is_locked

from autograder.course import Course
from autograder.grading.release_audit import notebooks_in
from autograder.reports.book.run import executed
from autograder.units import UNITS
from tests.course.hanging import hang_on_nothing

COURSE = Course.find(Path(__file__))
NOTEBOOKS = notebooks_in(COURSE.source)
GRADED = [name for name in NOTEBOOKS if name in UNITS]
UNGRADED = [name for name in NOTEBOOKS if name not in UNITS]


def errors(notebook: Any) -> list[str]:
    return [
        f"{cell.id}: {output.ename}: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]


def check_cells(notebook: Any) -> list[Any]:
    return [c for c in notebook.cells if c.cell_type == "code" and is_grade(c) and is_locked(c)]


def executed_release(name: str, folder: Path) -> Any:
    """Return a release after a run without what the run of its solution has shown."""
    released, solution = (
        nbformat.read(path, as_version=4)
        for path in (COURSE.release_notebook(name), COURSE.source_notebook(name))
    )
    without = hang_on_nothing(released.cells, solution.cells)
    released.cells = [cell for cell in released.cells if cell.id not in without]
    nbformat.write(released, folder / "release.ipynb")
    return executed(folder / "release.ipynb", folder)


@pytest.mark.parametrize("unit", NOTEBOOKS)
def test_solution_runs_without_an_error_and_earns_full_marks(unit: str, tmp_path: Path) -> None:
    notebook = executed(COURSE.source_notebook(unit), tmp_path)
    assert errors(notebook) == []
    for cell in check_cells(notebook):
        score, most = determine_grade(cell)
        assert score == most, cell.id


@pytest.mark.parametrize("unit", GRADED)
def test_untouched_release_stops_at_its_checks_alone_and_earns_nothing(
    unit: str, tmp_path: Path
) -> None:
    notebook = executed_release(unit, tmp_path)
    checks = check_cells(notebook)
    assert [determine_grade(cell)[0] for cell in checks] == [0] * len(checks)
    tagged = {c.id for c in notebook.cells if "raises-exception" in c.metadata.get("tags", ())}
    stopped = {line.partition(":")[0] for line in errors(notebook)}
    assert stopped <= tagged, errors(notebook)  # the checks, and demos that need a stub
    of_checks = [line for line in errors(notebook) if line.split(":")[0] in {c.id for c in checks}]
    assert len(of_checks) == len(checks)
    assert all("NotDoneYet" in line for line in of_checks), of_checks


@pytest.mark.parametrize("name", UNGRADED)
def test_untouched_ungraded_release_stops_at_each_of_its_checks(name: str, tmp_path: Path) -> None:
    notebook = executed_release(name, tmp_path)
    tagged = {c.id for c in notebook.cells if "raises-exception" in c.metadata.get("tags", ())}
    stopped = {line.partition(":")[0] for line in errors(notebook)}
    assert stopped <= tagged, errors(notebook)
    assert {cell.id for cell in check_cells(notebook)} <= stopped
