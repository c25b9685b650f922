"""Which unit a notebook is of: by its cells, whatever is left of them, and only then by names."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.submissions import read_cells
from autograder.grading.submitted_cells import SubmittedCell
from autograder.grading.which_unit import KnownUnits, Teller
from autograder.units import NOTEBOOKS, folder_name
from autograder.workers import workers
from tests.course.grading_folders import ROOT

COURSE = Course(ROOT)
KNOWN = KnownUnits.of(COURSE)


def cells_of(unit: str, solved: bool = True) -> list[SubmittedCell]:
    there = COURSE.source_notebook if solved else COURSE.release_notebook
    return read_cells(there(unit))


def whole(cells: list[SubmittedCell]) -> list[SubmittedCell]:
    return cells


def without_names(cells: list[SubmittedCell]) -> list[SubmittedCell]:
    return [replace(cell, grade_id="") for cell in cells]


def without_ids(cells: list[SubmittedCell]) -> list[SubmittedCell]:
    return [replace(cell, grade_id="", cell_id="") for cell in cells]


def as_one_cell(cells: list[SubmittedCell]) -> list[SubmittedCell]:
    code = "\n\n".join(cell.source for cell in cells if cell.kind == "code")
    return [SubmittedCell("code", code + "\n# all of it", "", "")]


def with_a_cell_of_another_unit(cells: list[SubmittedCell]) -> list[SubmittedCell]:
    other = "bptt" if any("char_lm" in cell.source for cell in cells) else "char_lm"
    pasted = next(cell for cell in cells_of(other) if cell.grade_id and cell.kind == "code")
    return [pasted, *cells]


FORMS = [whole, without_names, without_ids, as_one_cell, with_a_cell_of_another_unit]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("solved", [True, False], ids=["solved", "released"])
@pytest.mark.parametrize("unit", NOTEBOOKS)
def test_unit_is_told_by_what_is_left_of_the_cells(unit: str, solved: bool, form: object) -> None:
    assert callable(form)
    cells = form(cells_of(unit, solved))
    found = KNOWN.identify(cells, ["Untitled.ipynb"])
    assert (found.unit, found.contradicts) == (unit, False)
    wrong = "gradcheck" if unit == "clipping" else "clipping"
    misnamed = KNOWN.identify(cells, [f"{folder_name(wrong)}.ipynb"])
    assert (misnamed.unit, misnamed.contradicts) == (unit, True)


def test_unit_of_what_has_no_cell_of_the_course_is_told_by_its_name() -> None:
    cells = [SubmittedCell("code", "x = 1", "", "")]
    assert KNOWN.identify(cells, ["x.ipynb", "08_lstm"]).unit == "lstm"
    assert KNOWN.identify(cells, ["x.ipynb"]).unit == ""


def test_unit_of_two_whole_notebooks_in_one_is_told_by_its_name_alone() -> None:
    cells = [*cells_of("lstm"), *cells_of("recurrence")]
    assert KNOWN.identify(cells, ["08_lstm.ipynb"]).unit == "lstm"
    assert KNOWN.identify(cells, ["01_recurrence.ipynb"]).unit == "recurrence"
    assert KNOWN.identify(cells, ["mine.ipynb"]).unit == ""
    assert KNOWN.identify(cells, ["05_bptt.ipynb"]).contradicts


def test_unit_of_few_cells_beside_one_of_another_unit_is_the_named_one() -> None:
    (other,) = (cell for cell in cells_of("recurrence") if cell.grade_id == "stack_weights")
    own = [cell for cell in cells_of("lstm") if cell.grade_id == "lstm_step_gates"]
    assert KNOWN.identify([other, *own], ["08_lstm.ipynb"]).unit == "lstm"


def test_teller_finds_a_relative_path_although_its_worker_began_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = COURSE.source_notebook("recurrence")
    with workers() as pool:
        pool.call(read_cells, path)  # one has begun, here
        monkeypatch.chdir(path.parent)
        found, unreadable = Teller(COURSE, pool).identity(Path(path.name), [])
    assert (found.unit, unreadable) == ("recurrence", "")
