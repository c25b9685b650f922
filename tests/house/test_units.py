"""A unit has one name, and every way of writing it is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import UngradedError, UnknownUnitError
from autograder.units import (
    COURSE_TABLE,
    EXTRAS,
    NOTEBOOKS,
    UNITS,
    earlier_units,
    folder_name,
    notebook_of,
    unit_of,
)


def test_units_are_the_taught_rows_of_the_table_that_have_points() -> None:
    rows = COURSE_TABLE.taught
    assert tuple(row.name for row in rows if row.points) == UNITS
    assert tuple(row.name for row in rows if not row.points) == EXTRAS
    assert set(NOTEBOOKS) == {*UNITS, *EXTRAS}


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "01",
        "recurrence",
        "01_recurrence",
        "solutions/01_recurrence",
        "solutions/01_recurrence/",
        "/a folder/01_recurrence/01_recurrence.ipynb",
        r"C:\course\01_recurrence",
    ],
)
def test_unit_of_any_way_of_writing_it_is_the_unit(text: str) -> None:
    assert unit_of(text) == "recurrence"


@given(st.sampled_from(UNITS))
def test_unit_of_folder_name_is_the_unit(unit: str) -> None:
    assert unit_of(folder_name(unit)) == unit


@pytest.mark.parametrize("text", ["recurence", "01_recurence", "Recurrence"])
def test_unit_of_misspelt_offers_the_nearest(text: str) -> None:
    with pytest.raises(UnknownUnitError, match=r"Did you mean .*recurrence"):
        unit_of(text)


@pytest.mark.parametrize("text", ["", "13", "-1", "001", "02_recurrence", "/"])
def test_unit_of_what_is_no_unit_is_refused(text: str) -> None:
    with pytest.raises(UnknownUnitError, match="is not a unit of this course"):
        unit_of(text)


@given(st.sampled_from(NOTEBOOKS))
def test_notebook_of_folder_name_is_the_notebook(name: str) -> None:
    assert notebook_of(folder_name(name)) == name


@pytest.mark.parametrize("text", ["11", "bug_hunt", "work/11_bug_hunt/11_bug_hunt.ipynb"])
def test_unit_of_an_ungraded_notebook_is_refused(text: str) -> None:
    with pytest.raises(UngradedError, match="11_bug_hunt is not graded and has no points"):
        unit_of(text)


def test_earlier_units_come_before_and_exclude_the_unit() -> None:
    assert earlier_units("gradcheck") == ()
    assert earlier_units("03_char_lm") == ("gradcheck", "recurrence", "outputs")
