"""Marks are the same in other environments: the short form; and proof that it can say no."""

from dataclasses import replace
from typing import Any

import pytest

from tests.course.grading_folders import NEEDS_SANDBOX
from tests.environments.harness import SHORT, Run, compare, markdown, perform
from tests.environments.rows import QUICK, Row

STUB = "course/notebooks/00_gradcheck/00_gradcheck.ipynb"
EARLY = "course/course/submitted/early/00_gradcheck/"
PLAIN = Run((0, 0), "", {"a: x, y": "1, passed, "})
REFUSED = Row("planted", refused="no room")


@pytest.fixture(scope="module")
def plain() -> Run:
    """What the commands leave behind where nothing is changed."""
    run = perform(Row("plain"), SHORT)
    assert isinstance(run, Run)
    return run


@NEEDS_SANDBOX
@pytest.mark.parametrize("row", QUICK, ids=lambda r: r.name)
def test_environment_gives_the_marks_of_the_plain_run_or_the_named_sentence(
    row: Row, plain: Run
) -> None:
    outcome = compare(row, plain, perform(row, SHORT))
    assert outcome.well, outcome


@NEEDS_SANDBOX
def test_environment_that_changes_a_mark_is_reported(plain: Run) -> None:
    row = Row("planted", prepared=f"cp {STUB} {EARLY}")
    outcome = compare(row, plain, perform(row, SHORT))
    assert outcome.well is False
    assert any("early, check_numeric_gradient: 0" in found for found in outcome.differences)


@NEEDS_SANDBOX
def test_plain_run_keeps_marks_of_every_kind_gradebook_export_and_pages(plain: Run) -> None:
    assert plain.codes == (0, 1, 0)  # one submission cannot be read
    assert plain.kept["course: correct, check_relative_error"] == "1, passed, "
    assert plain.kept["course: gradebook, late, check_relative_error"] == "1.0, 2.0 taken off"
    assert "early" in plain.kept["course: marks.csv"]
    assert "course: feedback, hostile" in plain.kept


@pytest.mark.parametrize(
    "changed",
    [
        *({"kept": kept} for kept in ({}, {"a: x, y": "0, failed, None"}, {**PLAIN.kept, "b": ""})),
        {"codes": (0, 1)},
        {"said": "This should not have happened (OSError)"},
    ],
)
def test_any_difference_of_what_is_kept_or_said_is_reported(changed: dict[str, Any]) -> None:
    assert compare(Row("planted"), PLAIN, PLAIN).well is True
    assert compare(Row("planted"), PLAIN, replace(PLAIN, **changed)).well is False


@pytest.mark.parametrize(
    ("run", "well"),
    [
        (Run((2,), "There is no room in /tmp.", {}), True),
        (Run((1,), "There is no room in /tmp.", {}), False),
        (Run((2,), "Something else.", {}), False),
        (Run((2,), "This should not have happened (OSError: no room in /tmp)", {}), False),
        (PLAIN, False),
    ],
)
def test_refusal_counts_with_exit_code_2_and_its_sentence_alone(run: Run, well: bool) -> None:
    assert compare(REFUSED, PLAIN, run).well is well


def test_row_that_cannot_be_tried_is_told_and_no_failure() -> None:
    row = Row("planted", prepared="echo no such locale >&2; exit 1")
    outcome = compare(row, PLAIN, perform(row, SHORT))
    assert outcome.well is None
    line = "| planted | not tried | 0 | 0 |  | Not tried here: no such locale |"
    assert line in markdown([outcome])
