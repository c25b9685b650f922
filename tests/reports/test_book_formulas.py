"""Formulas as MathML: all of the course's can be set, and one that cannot is told."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from autograder.errors import AutograderError
from autograder.reports.book.formulas import formula_html


@pytest.mark.parametrize(
    "formula",
    [r"$\nosuch{x}$", r"$\frac{1}$", "$x}$", r"$\left( x$", "$x_1_2$", "$$x^$$", "$x + \\$"],
)
def test_formula_that_cannot_be_set_is_an_error_that_shows_it(formula: str) -> None:
    with pytest.raises(AutograderError, match=re.escape(formula)):
        formula_html(formula)


@pytest.mark.parametrize("formula", [r"$\{x\}$", r"$a \setminus b$", "$$x_t^{\\top}$$"])
def test_formula_with_signs_that_latex_writes_as_commands_is_set(formula: str) -> None:
    assert formula_html(formula).count("<math") == 1


def test_formula_on_a_line_of_its_own_is_set_large() -> None:
    assert 'displaystyle="true"' in formula_html(r"$$\sum_i x_i$$")
    assert "displaystyle" not in formula_html(r"$\sum_i x_i$")


def words(html: str) -> list[str]:
    """Return the text of each piece of a formula."""
    root = ElementTree.fromstring(f"<p>{html}</p>".replace("<wbr>", ""))
    return ["".join(math.itertext()) for math in root.iter("math")]


def test_displayed_statements_may_stand_below_one_another() -> None:
    assert words(formula_html(r"$$a = (1,\, 2), b \qquad c = 3 \quad d$$")) == [
        *("a=(1,2),b", "c=3", "d"),
    ]


def test_long_displayed_formula_may_be_broken_after_commas_outside_of_brackets() -> None:
    numbers = ",".join(["0.123456789"] * 5)
    assert words(formula_html(f"$$a = ({numbers}), b = 2$$")) == [f"a=({numbers}),", "b=2"]


def operators(formula: str, sign: str) -> list[str]:
    """Return the forms of an operator in a formula, in order; "" where none is given."""
    root = ElementTree.fromstring(f"<p>{formula_html(formula)}</p>".replace("<wbr>", ""))
    return [mo.get("form", "") for mo in root.iter("mo") if mo.text == sign]


def test_minus_of_a_number_is_a_sign_and_of_two_a_difference() -> None:
    assert operators(r"$(-1,\, -2) = -3 - f(x) - 4! - y$", "−") == [
        *("prefix", "prefix", "prefix"),
        *("infix", "infix", "infix"),
    ]
    assert operators("$a-b$", "−") == [""]
    assert operators(r"$a + \dots + b$", "+") == ["", ""]


def test_name_of_a_function_stands_apart_from_what_it_takes() -> None:
    assert "mspace" in formula_html(r"$\ln 3$")
    assert "mspace" in formula_html(r"$\tanh^2 c$")
    assert "mspace" not in formula_html(r"$\ln(3)$")
    assert "mspace" not in formula_html("$a b$")


def test_label_of_an_arrow_has_no_width_that_browsers_do_not_know() -> None:
    assert "mpadded" not in formula_html(r"$h_0 \xrightarrow{x_1} h_1$")


def test_long_formula_in_a_line_may_be_broken_outside_of_brackets() -> None:
    html = formula_html(r"$h = \tanh(1 + 2, 3) = 0.9999 + 0.0001$")
    assert words(html) == ["h", "=tanh(1+2,3)", "=0.9999", "+0.0001"]
    assert html.count("<wbr>") == 3


def test_short_formula_and_block_stay_whole() -> None:
    assert "<wbr>" not in formula_html("$a = b$")
    assert "<wbr>" not in formula_html(r"$$h = \tanh(1 + 2) = 0.9999 + 0.0001$$")
