"""The book's pages in Chromium: from disk, without network, on a narrow screen, in the dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.reports.book.outputs import Kind, Output
from tests.reports.book_course import PAGES, bare_pages, made_up_chapter, page_of
from tests.reports.canaries import open_page
from tests.reports.made_up_class import in_base64, png

NARROW = 360
CONTRAST = """() => {
  const linear = value => value <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(value => linear(value / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = element => {
    const own = getComputedStyle(element).backgroundColor;
    const above = element.parentElement;
    return own === 'rgba(0, 0, 0, 0)' && above ? ground(above) : own;
  };
  const seen = [...document.querySelectorAll('body *')].filter(element =>
    [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
  return Math.min(...seen.map(element => {
    const pair = [getComputedStyle(element).color, ground(element)].map(light);
    return (Math.max(...pair) + .05) / (Math.min(...pair) + .05);
  }));
}"""
ENOUGH_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3


@pytest.mark.parametrize("name", PAGES)
def test_page_asks_for_nothing_and_fits_a_narrow_screen(
    chromium: Any, tmp_path: Path, name: str
) -> None:
    opened = open_page(chromium, bare_pages()[name], tmp_path, width=NARROW)
    assert opened.shouts == ()
    assert opened.requests == ()
    assert opened.foreign == ()
    assert opened.width <= NARROW


def test_page_with_wide_outputs_fits_a_narrow_screen(chromium: Any, tmp_path: Path) -> None:
    picture = f"data:image/png;base64,{in_base64(png())}"
    table = f"<table><tr>{'<td>0.12345</td>' * 20}</tr></table>"
    image = f'<img class="unrolled-figure" alt="a" width="624" src="{picture}">'
    outputs = [Output(Kind.HTML, table), Output(Kind.STILL, image), Output(Kind.TEXT, "x" * 500)]
    cells = [
        new_markdown_cell(
            "# Title\n\n$$" + "x + " * 60 + "x$$\n\n" + "|a" * 30 + "|\n" + "|-" * 30
        ),
        new_code_cell("x = " + "1 + " * 100 + "1", id="c"),
    ]
    page = page_of(made_up_chapter(tmp_path / "course", cells, {"c": outputs}))
    assert open_page(chromium, page, tmp_path, width=NARROW).width <= NARROW


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "05_bptt.html", "11_bug_hunt.html", "errata.html"])
def test_page_text_has_contrast(chromium: Any, tmp_path: Path, name: str, scheme: str) -> None:
    path = tmp_path / name
    path.write_text(bare_pages()[name], encoding="utf-8")
    page = chromium.new_page(color_scheme=scheme)
    page.goto(path.as_uri())
    contrast = page.evaluate(CONTRAST)
    page.close()
    assert contrast >= ENOUGH_CONTRAST


def test_contrast_of_grey_on_white_is_found_wanting(chromium: Any) -> None:
    page = chromium.new_page()
    page.set_content("<body style='background:#fff'><p style='color:#888'>faint</p></body>")
    contrast = page.evaluate(CONTRAST)
    page.close()
    assert contrast == pytest.approx(3.54, abs=0.01)
