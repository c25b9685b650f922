"""What the pages call things."""

from __future__ import annotations

import json

import pytest

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.reports.outline import Outline, graded_results, read_outline
from tests.reports.made_up_class import EXERCISES, MEMORY_HEADING, PREDICTION, TITLE, UNIT, WRITTEN


def test_outline_title_is_the_first_heading(outline: Outline) -> None:
    assert outline.title == TITLE


def test_outline_checks_have_the_points_of_their_cells(outline: Outline) -> None:
    points = {f"check_{name}": worth for name, (_, worth) in EXERCISES.items()}
    assert outline.checks == points
    assert outline.max_points == 10.0


def test_outline_prediction_is_recorded_and_not_written(outline: Outline) -> None:
    assert outline.by_hand == {PREDICTION: 0.0, WRITTEN: 1.0}
    assert outline.written == {WRITTEN: 1.0}


def test_outline_heading_above_a_written_answer_comes_without_its_points(outline: Outline) -> None:
    assert outline.headings[WRITTEN] == MEMORY_HEADING


def test_outline_changed_release_is_read_again(course: Course) -> None:
    before = read_outline(course, UNIT).title
    path = course.release_notebook(UNIT)
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["source"] = "```\n# a comment\n```\n# Another *title*\n"
    path.write_text(json.dumps(notebook))
    assert (before, read_outline(course, UNIT).title) == (TITLE, "Another *title")


def test_outline_unreleased_unit_names_the_command(course: Course) -> None:
    with pytest.raises(AutograderError, match="autograder release lstm"):
        read_outline(course, "lstm")


def test_graded_results_nothing_graded_names_the_command(course: Course) -> None:
    with pytest.raises(AutograderError, match="autograder grade recurrence"):
        graded_results(course, UNIT)
