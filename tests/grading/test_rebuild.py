"""One rule mends everything that happens to cells, and tells what it mended."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.grading.rebuild import Rebuilt, rebuild
from autograder.grading.submitted_cells import SubmittedCell
from autograder.grading.template import Template, TemplateCell


def marks(name: str, *, grade: bool = False, solution: bool = False) -> dict[str, Any]:
    return {"nbgrader": {"grade_id": name, "grade": grade, "solution": solution, "locked": True}}


TEMPLATE = Template(
    "recurrence",
    (
        TemplateCell("text", "markdown", "# Title", {}),
        TemplateCell("imports", "code", "import numpy as np", marks("imports")),
        TemplateCell("stub", "code", "raise NotImplementedError", marks("step", solution=True)),
        TemplateCell("check", "code", "check('step')", marks("check_step", grade=True)),
        TemplateCell("demo", "code", "plot()", {"tags": ["demo"]}),
        TemplateCell("answer", "markdown", "?", marks("written", grade=True, solution=True)),
    ),
    {},
)
HONEST = [
    SubmittedCell(cell.kind, cell.source, cell.cell_id, cell.grade_id) for cell in TEMPLATE.cells
]
SOLVED = [replace(c, source="def step(): ...") if c.grade_id == "step" else c for c in HONEST]


def sources(rebuilt: Rebuilt) -> list[str]:
    return [cell.source for cell in rebuilt.cells]


def changed(name: str, **changes: Any) -> list[SubmittedCell]:
    return [replace(c, **changes) if c.grade_id == name else c for c in SOLVED]


def test_rebuild_of_an_honest_submission_keeps_it_and_flags_nothing() -> None:
    rebuilt = rebuild(TEMPLATE, SOLVED)
    assert sources(rebuilt) == [cell.source for cell in SOLVED]
    assert rebuilt.flags == ()


def test_rebuild_keeps_own_cells_where_they_stand() -> None:
    own = SubmittedCell("code", "helper = 1", "own", "")
    rebuilt = rebuild(TEMPLATE, [*SOLVED[:2], own, *SOLVED[2:]])
    assert sources(rebuilt)[2] == "helper = 1"
    assert rebuilt.cells[2].origin is None
    assert rebuilt.flags == ()


def test_rebuild_leaves_demo_cells_out_of_the_run_even_when_edited() -> None:
    cells = [replace(c, source="train_for_hours()") if c.cell_id == "demo" else c for c in SOLVED]
    demo = next(cell for cell in rebuild(TEMPLATE, cells).cells if cell.cell_id == "demo")
    assert demo.source == "train_for_hours()"
    assert not demo.runs


def test_rebuild_restores_a_changed_locked_cell_and_flags_it() -> None:
    rebuilt = rebuild(TEMPLATE, changed("check_step", source="pass"))
    assert "check('step')" in sources(rebuilt)
    assert "pass" not in sources(rebuilt)
    assert any("check_step had been changed" in flag for flag in rebuilt.flags)


@pytest.mark.parametrize("name", ["step", "check_step", "written", "imports"])
def test_rebuild_puts_a_missing_cell_back_in_its_place(name: str) -> None:
    rebuilt = rebuild(TEMPLATE, [c for c in SOLVED if c.grade_id != name])
    ids = [cell.cell_id for cell in rebuilt.cells]
    assert ids == [cell.cell_id for cell in TEMPLATE.cells]
    flag = f"The cell {name} was missing and has been put back."
    if name == "written":
        flag += " No answer to written was found, so it waits for you."
    assert rebuilt.flags == (flag,)


def test_rebuild_of_a_duplicated_solution_counts_the_last_and_keeps_the_first_as_code() -> None:
    second = replace(SOLVED[2], source="def step(): better", cell_id="copy")
    rebuilt = rebuild(TEMPLATE, [*SOLVED[:3], second, *SOLVED[3:]])
    counted = [cell for cell in rebuilt.cells if cell.origin and cell.origin.grade_id == "step"]
    assert [cell.source for cell in counted] == ["def step(): better"]
    assert "def step(): ..." in sources(rebuilt)
    assert any("2 times" in flag for flag in rebuilt.flags)


def test_rebuild_of_a_duplicated_check_runs_it_once() -> None:
    rebuilt = rebuild(TEMPLATE, [*SOLVED, SOLVED[3]])
    assert sources(rebuilt).count("check('step')") == 1


def test_rebuild_of_a_changed_kind_gives_it_back() -> None:
    rebuilt = rebuild(TEMPLATE, changed("check_step", kind="markdown"))
    check = next(cell for cell in rebuilt.cells if cell.cell_id == "check")
    assert check.kind == "code" and check.runs
    assert any("markdown" in flag for flag in rebuilt.flags)


def test_rebuild_of_a_renamed_cell_finds_it_by_its_id() -> None:
    rebuilt = rebuild(TEMPLATE, changed("step", grade_id="stolen"))
    stub = next(cell for cell in rebuilt.cells if cell.cell_id == "stub")
    assert stub.source == "def step(): ..."
    assert any("name of the cell step" in flag for flag in rebuilt.flags)


def test_rebuild_of_reordered_cells_keeps_the_students_order_and_flags_it() -> None:
    rebuilt = rebuild(TEMPLATE, [*SOLVED[:2], SOLVED[3], SOLVED[2], *SOLVED[4:]])
    ids = [cell.cell_id for cell in rebuilt.cells]
    assert ids.index("check") < ids.index("stub")
    assert any("another order" in flag for flag in rebuilt.flags)


CELLS = st.sampled_from(SOLVED) | st.builds(
    SubmittedCell,
    st.sampled_from(["code", "markdown", "raw"]),
    st.text(max_size=5),
    st.sampled_from(["stub", "check", "demo", "x", ""]),
    st.sampled_from(["step", "check_step", "written", "imports", "other", ""]),
)


@given(st.lists(CELLS, max_size=12))
def test_rebuild_of_anything_has_every_graded_cell_once_and_all_ids_differ(
    cells: list[SubmittedCell],
) -> None:
    rebuilt = rebuild(TEMPLATE, cells)
    names = [c.origin.grade_id for c in rebuilt.cells if c.origin and c.origin.grade_id]
    assert sorted(names) == sorted(TEMPLATE.by_grade_id)
    ids = [cell.cell_id for cell in rebuilt.cells]
    assert len(set(ids)) == len(ids)
    locked = {c.cell_id: c.source for c in TEMPLATE.cells if c.is_locked}
    assert all(c.source == locked[c.cell_id] for c in rebuilt.cells if c.cell_id in locked)


@given(st.lists(CELLS, max_size=12))
@example(
    [
        SubmittedCell("code", "def step(): ...", "stub", "step"),
        SubmittedCell("code", "check('step')", "check", "check_step"),
        SubmittedCell("markdown", "0", "x", "other"),  # it is the answer, once imports stand first
        SubmittedCell("code", "import numpy as np", "imports", "imports"),
    ]
)
def test_rebuild_of_its_own_result_changes_nothing(cells: list[SubmittedCell]) -> None:
    once = rebuild(TEMPLATE, cells)
    again = rebuild(
        TEMPLATE,
        [
            SubmittedCell(c.kind, c.source, c.cell_id, c.origin.grade_id if c.origin else "")
            for c in once.cells
        ],
    )
    assert [(c.kind, c.source, c.origin) for c in again.cells] == [
        (c.kind, c.source, c.origin) for c in once.cells
    ]


def test_rebuild_knows_demo_cells_without_ids_by_their_text() -> None:
    cells = [replace(cell, cell_id="") for cell in SOLVED]  # as an old format has them
    rebuilt = rebuild(TEMPLATE, cells)
    assert [cell.runs for cell in rebuilt.cells] == [
        cell.runs for cell in rebuild(TEMPLATE, SOLVED).cells
    ]
    assert rebuilt.flags == ()
