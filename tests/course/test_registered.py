"""The table, the notebooks, the exercises and the units' page agree; each fault names its file."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.grading import registered
from autograder.grading.registered import units_page, with_next, write_units_page
from autograder.grading.release_audit import table_findings
from autograder.table import Table
from autograder.units import COURSE_TABLE, NOTEBOOKS, UNITS, folder_name

ROOT = Path(__file__).parents[2]
UNIT = UNITS[-1]
NAMED = folder_name(UNIT)
EXERCISE = next(name for name in COURSE_TABLE.row(UNIT).points if not name.startswith("written"))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """One unit's source and the page of units, in a folder that holds its judge, too."""
    shutil.copytree(ROOT / "solutions" / NAMED, tmp_path / "solutions" / NAMED)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "units.md", tmp_path / "docs")
    (tmp_path / "autograder" / "judge").mkdir(parents=True)
    return Course(tmp_path)


def faults(course: Course) -> str:
    return "\n".join(map(str, table_findings(course, [UNIT])))


def edit(course: Course, change: Callable[[list[dict[str, Any]]], None]) -> None:
    path = course.source_notebook(UNIT)
    notebook = json.loads(path.read_text())
    change(notebook["cells"])
    path.write_text(json.dumps(notebook))


def cell(cells: list[dict[str, Any]], grade_id: str) -> dict[str, Any]:
    return next(c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def test_every_notebook_and_exercise_is_as_the_table_says() -> None:
    assert table_findings(Course.find(ROOT), NOTEBOOKS) == []


def test_sound_unit_has_no_fault(course: Course) -> None:
    assert faults(course) == ""


def test_other_points_in_a_cell_name_both_files(course: Course) -> None:
    def more(cells: list[dict[str, Any]]) -> None:
        cell(cells, f"check_{EXERCISE}")["metadata"]["nbgrader"]["points"] = 7

    edit(course, more)
    told = f"solutions/{NAMED}/{NAMED}.ipynb the cell of {EXERCISE} says 7 points, autograder/units"
    assert told in faults(course)


def test_check_without_its_exercise_names_the_module(course: Course) -> None:
    def another(cells: list[dict[str, Any]]) -> None:
        cell(cells, f"check_{EXERCISE}")["metadata"]["nbgrader"]["grade_id"] = "check_new"

    edit(course, another)
    found = faults(course)
    assert f"autograder/judge/exercises/{UNIT} has no exercise new, which solutions/" in found
    assert f"solutions/{NAMED}/{NAMED}.ipynb has no check of the exercise {EXERCISE}" in found
    assert f"has no graded cell {EXERCISE} with points" in found


def test_unit_without_its_exercise_module_is_told_before_anything_is_graded(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registered, "units_with_exercises", lambda: UNITS[:-1])
    told = f"autograder/judge/exercises/{UNIT} is missing: nobody could grade {NAMED}"
    assert told in faults(course)


def test_exercise_module_that_cannot_be_loaded_is_named(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(unit: str) -> None:
        raise ValueError("the weights of step sum to 0.9, not to 1")

    monkeypatch.setattr(registered, "exercises_of", raising)
    told = f"autograder/judge/exercises/{UNIT} cannot be loaded (ValueError: the weights of step"
    assert told in faults(course)


def test_exercise_module_that_is_not_in_the_table_is_named(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registered, "folders_here", lambda: (*UNITS, "stray"))
    assert "autograder/judge/exercises/stray is there, and autograder/units" in faults(course)


def test_another_title_is_told(course: Course) -> None:
    edit(course, lambda cells: cells[0].update(source="# Unit 99: Something else"))
    assert f"without the '{NAMED[:2]}' of autograder/units.toml" in faults(course)
    assert f"without the {COURSE_TABLE.row(UNIT).title!r} of" in faults(course)


def test_missing_notebook_is_told(course: Course) -> None:
    course.source_notebook(UNIT).unlink()
    assert f"solutions/{NAMED}/{NAMED}.ipynb is missing, and autograder/units.toml" in faults(
        course
    )


def test_course_beside_another_judge_is_not_held_against_its_table(course: Course) -> None:
    shutil.rmtree(course.root / "autograder")
    course.source_notebook(UNIT).unlink()
    assert faults(course) == ""


@pytest.mark.parametrize("old_and_new", [("| **", "| **1"), (f"`{NAMED}` | ", f"`{NAMED}` | 9")])
def test_other_rows_on_the_page_of_units_are_told_and_mended(
    course: Course, old_and_new: tuple[str, str]
) -> None:
    page = course.root / "docs" / "units.md"
    sound = page.read_text()
    page.write_text(sound.replace(*old_and_new))
    assert "docs/units.md has another list of notebooks" in faults(course)
    assert write_units_page(course)
    assert page.read_text() == sound
    assert not write_units_page(course)


def test_page_of_units_of_a_smaller_course_has_its_rows_and_total_alone() -> None:
    text = (ROOT / "docs" / "units.md").read_text(encoding="utf-8")
    keep = {UNITS[0], UNITS[-1]}
    rows = tuple(replace(r, taught=r.name in keep, write="ein Wort") for r in COURSE_TABLE.rows)
    told = units_page(text, Table(rows))
    total = sum(COURSE_TABLE.row(name).total for name in keep)
    assert re.findall(r"^\| `\d\d_(\w+)`", told, re.MULTILINE) == [UNITS[0], UNITS[-1]]
    assert f"| | **{total:g}** | | |" in told
    assert told.split("\n")[0] == text.split("\n")[0]
    assert units_page(told) == text


def test_next_is_the_next_that_is_taught() -> None:
    rows = tuple(replace(r, taught=r.name in (UNITS[0], UNITS[3])) for r in COURSE_TABLE.rows)
    told = with_next("**Next, {{next.number}}:** {{next.coming}}", Table(rows), UNITS[0])
    row = COURSE_TABLE.row(UNITS[3])
    assert told == f"**Next, {row.number:02d}:** {row.coming}"
    assert with_next("Over.\n\n**Next {{next.number}}**", Table(rows), UNITS[3]) == "Over."


def test_released_notebooks_hold_no_place_to_be_filled_in() -> None:
    for name in NOTEBOOKS:
        assert "{{next" not in Course.find(ROOT).release_notebook(name).read_text(encoding="utf-8")
