"""Axe finds nothing on the book, the feedback and the class report, in both themes.

Axe-core (Deque) is no Python package: ``npm install --no-save axe-core`` in the project's root puts
it where it is looked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.reports.book.outputs import Kind, Output
from autograder.reports.class_report import class_page
from autograder.reports.class_summary import summarise
from autograder.reports.feedback import feedback_page
from autograder.reports.outline import Outline
from tests.conftest import ROOT
from tests.reports.book_course import bare_pages, made_up_chapter, page_of
from tests.reports.made_up_class import autograded, in_base64, png, result, scores

AXE = ROOT / "node_modules/axe-core/axe.min.js"
SHOWS = "async () => (await axe.run()).violations.map(v => `${v.id}: ${v.nodes[0].html}`)"

needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not there: npm install --no-save axe-core"
)
in_both_themes = pytest.mark.parametrize("scheme", ["light", "dark"])


def found(chromium: Any, html: str, scheme: str, width: int = 1000) -> list[str]:
    """Return what axe finds; the page's own policy would not let it in, so it is put aside."""
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(html)
    page.add_script_tag(path=str(AXE))
    violations: list[str] = page.evaluate(SHOWS)
    context.close()
    return violations


def with_outputs(root: Path) -> str:
    """Return a chapter with all that a cell can show: wide tables, long lines, frames, formulas."""
    source = f"data:image/png;base64,{in_base64(png())}"
    image = '<img {}class="unrolled-figure" alt="{}" width="624" src="' + source + '">'
    frames = image.format("", "A.") + image.format('data-frame="1 back" ', "A.")
    frames += image.format('data-frame="2 back" ', "B.")
    heads = "".join(f"<th>{i}</th>" for i in range(30))
    table = f"<table><tr><th></th>{heads}</tr><tr>{'<td>0.12345</td>' * 31}</tr></table>"
    outputs = [
        Output(Kind.HTML, table),
        Output(Kind.STILL, frames),
        Output(Kind.TEXT, "x" * 500),
    ]
    text = "# Title\n\n$$" + "x + " * 60 + "x$$\n\n| | a | |\n|-|-|-|\n| `b` | 1 | 2 |"
    cells = [new_markdown_cell(text), new_code_cell("x = " + "1 + " * 100 + "1", id="c")]
    return page_of(made_up_chapter(root / "course", cells, {"c": outputs}))


@needs_axe
@in_both_themes
@pytest.mark.parametrize(
    "name", ["index.html", "06_gradient_flow.html", "11_bug_hunt.html", "errata.html"]
)
def test_book_page_is_clean(chromium: Any, name: str, scheme: str) -> None:
    assert found(chromium, bare_pages()[name], scheme) == []


@needs_axe
@in_both_themes
@pytest.mark.parametrize("width", [360, 1000])
def test_book_page_with_outputs_is_clean(
    chromium: Any, tmp_path: Path, scheme: str, width: int
) -> None:
    assert found(chromium, with_outputs(tmp_path), scheme, width) == []


@needs_axe
@in_both_themes
@pytest.mark.parametrize("width", [360, 1000])
def test_feedback_is_clean(chromium: Any, outline: Outline, scheme: str, width: int) -> None:
    graded = result("s01")
    page = feedback_page(outline, graded, autograded(graded), scores(graded), {})
    assert found(chromium, page, scheme, width) == []


@needs_axe
@in_both_themes
@pytest.mark.parametrize("width", [360, 1000])
def test_class_report_is_clean(chromium: Any, outline: Outline, scheme: str, width: int) -> None:
    graded = result("s01")
    page = class_page(summarise(outline, [graded], {"s01": scores(graded)}), {})
    assert found(chromium, page, scheme, width) == []


@needs_axe
def test_what_axe_is_there_to_find_is_found(chromium: Any) -> None:
    html = "<!doctype html><title>t</title><body><div style='color:#aaa'>faint</div><img src=x>"
    kinds = {line.partition(":")[0] for line in found(chromium, html, "light")}
    assert {"color-contrast", "image-alt", "html-has-lang", "landmark-one-main"} <= kinds
