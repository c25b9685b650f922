"""Tables in which nothing can be taken for a formula."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports.spreadsheet import csv_text, harmless

FORMULAS = [
    "\xa0=1+1",
    "\u3000@x",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_harmless_start_of_a_formula_is_marked_as_text(text: str) -> None:
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["s01", "a=1", "3.5", "", "b-2"])
def test_harmless_plain_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("text", ["a;=1+1", "a\n=cmd", "a\t@x", "a; +1"])
def test_harmless_formula_behind_another_division_is_marked_as_text(text: str) -> None:
    """Some countries' spreadsheets divide fields by semicolons, and some programs by tabs."""
    parts = re.split(r"[;\t\n]", harmless(text))
    assert not any(part.strip().startswith(tuple("=+-@")) for part in parts)


@pytest.mark.parametrize("text", ["\x1b[31m", "\u202e", "\u2066", "\x00", "\x9b31m", "\u2028"])
def test_csv_holds_no_control_nor_turning_character(text: str) -> None:
    assert text[0] not in csv_text([text], [[text]])


def test_csv_header_is_made_harmless_too() -> None:
    assert csv_text(["=a"], []) == '"\'=a"\n'


def test_csv_absent_value_is_empty_and_zero_is_not() -> None:
    assert csv_text(["a", "b"], [[None, 0.0]]).splitlines()[1] == '"","0"'


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_csv_any_text_stays_in_its_own_harmless_field(texts: list[str]) -> None:
    written = csv_text(["x"] * len(texts), [texts])
    rows = list(csv.reader(io.StringIO(written)))
    assert [len(row) for row in rows] == [len(texts)] * 2
    assert not any(field.lstrip(" ").startswith(tuple("=+-@\t\r\n")) for field in rows[1])
