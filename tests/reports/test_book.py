"""The readable edition: what stands on its pages, and what must not."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.release_audit import leaks, notebooks_in
from autograder.grading.stubs import solution_lines, stub_source
from autograder.judge.exercises import find_exercise
from autograder.judge.hints.bug_hunt import HINTS as BUG_HINTS
from autograder.reports.book.formulas import formula_html
from autograder.reports.book.outputs import Kind, Output, outputs_of
from autograder.reports.book.pages import Book, book_pages
from autograder.reports.book.prose import Prose
from autograder.reports.untrusted import code_html
from autograder.units import folder_name
from tests.course.small_course import settings
from tests.reports.book_course import (
    CHAPTERS,
    DOCUMENTS,
    PAGES,
    ROOT,
    bare_pages,
    made_up_chapter,
    page_of,
)
from tests.reports.made_up_class import in_base64, png


class Seen(HTMLParser):
    """What a reader finds in a page: headings, links, names, and text outside of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.links: list[str] = []
        self.names: list[str] = []
        self.prose: list[str] = []
        self._code = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self._code += tag in ("code", "pre", "style")
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if given.get("id"):
            self.names.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given["href"]))

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre", "style")

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.prose.append(data)


def test_book_has_a_page_for_every_notebook_the_errata_and_every_document_in_order() -> None:
    assert list(bare_pages()) == PAGES
    links = [link for link in Seen(bare_pages()["index.html"]).links if link != "#text"]
    chapters = PAGES[1 : -len(DOCUMENTS)]
    assert links[: len(chapters)] == chapters
    assert set(links[len(chapters) :]) == {*DOCUMENTS, "errata.html"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_stands_beside_the_chapters_and_not_among_them(name: str) -> None:
    turns = re.findall(r'<nav class="turn".*?</nav>', bare_pages()[name], re.DOTALL)
    assert [Seen(turn).links for turn in turns] == [["index.html"]] * 2
    assert f'<a href="{name}" rel=' not in "".join(bare_pages().values())
    assert "<img" not in bare_pages()[name]  # a picture would have to come along


@pytest.mark.parametrize("name", CHAPTERS)
def test_index_says_what_a_chapter_is_for_and_how_long_it_takes(name: str) -> None:
    entry = bare_pages()["index.html"].split(f'<a href="{name}">')[1].split("</li>")[0]
    assert re.search(r"<p>\w", entry)
    assert re.search(r"<strong>\d+ minutes", entry)


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_formula_left_as_source(name: str) -> None:
    text = "".join(Seen(bare_pages()[name]).prose)
    assert not re.search(r"[$\\]", text), re.findall(r".{0,40}[$\\].{0,40}", text)


@pytest.mark.parametrize("name", PAGES)
def test_page_headings_go_down_one_level_at_a_time_from_one_title(name: str) -> None:
    levels = Seen(bare_pages()[name]).levels
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_page_links_lead_somewhere(name: str) -> None:
    names = {page: Seen(html).names for page, html in bare_pages().items()}
    assert len(set(names[name])) == len(names[name])
    for link in Seen(bare_pages()[name]).links:
        if not link.startswith("https://"):
            page, _, place = link.partition("#")
            assert not place or place in names[page or name], link
            assert not page or page in names, link


def readable(html: str) -> str:
    """Return a page's text as a reader could copy it, tags and all markup gone."""
    return unescape(re.sub(r"<[^>]*>", "", html))


def answers_in(html: str, unit: str, folder: Path) -> list[str]:
    """Return what a page tells of a unit's answers, found as the release's audit finds it."""
    path = folder / "page.json"
    path.write_text(json.dumps({"cells": [], "page": [readable(html)]}), encoding="utf-8")
    return [str(f) for f in leaks(Course(ROOT).source_notebook(unit), path, "the page")]


@pytest.mark.parametrize("unit", notebooks_in(Course(ROOT).source))
def test_page_tells_no_answer_and_no_hidden_test(unit: str, tmp_path: Path) -> None:
    html = bare_pages()[f"{folder_name(unit)}.html"]
    assert answers_in(html, unit, tmp_path) == []
    assert "HIDDEN TESTS" not in html


@pytest.mark.parametrize("unit", notebooks_in(Course(ROOT).source))
def test_page_with_a_planted_answer_is_found(unit: str, tmp_path: Path) -> None:
    cells = json.loads(Course(ROOT).source_notebook(unit).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    given = "".join(map(stub_source, sources))
    lines = (line for source in sources for line in solution_lines(source))
    longest = max((line for line in lines if line.strip() not in given), key=len)
    assert answers_in(f"<pre>{code_html(longest)}</pre>", unit, tmp_path)


def test_hints_are_folded_and_follow_their_check() -> None:
    page = bare_pages()["01_recurrence.html"]
    after = page.split("Check, 3 points</figcaption>")[1].split("<h2")[0]
    folded = re.findall(r'<details class="hint"><summary>(.*?)</summary><p>(.*?)</p>', after)
    expected = [(f"Hint {n}", h) for n, h in enumerate(find_exercise("rnn_step_forward").hints, 1)]
    assert [(label, unescape(text)) for label, text in folded] == expected


def test_hints_of_the_bug_hunt_are_those_of_each_case() -> None:
    page = unescape(bare_pages()["11_bug_hunt.html"])
    assert [hint for case in BUG_HINTS.values() for hint in case if hint not in page] == []


def test_chapter_check_keeps_its_points_and_answers_have_their_place(tmp_path: Path) -> None:
    check = settings("check_rnn_forward", 2.5, grade=True, locked=True)
    written = settings("written", 1, grade=True, solution=True)
    chapter = made_up_chapter(
        tmp_path,
        [
            new_markdown_cell("# A title with $x_t$\n\n**Goal.** Read `this`."),
            new_code_cell('raise E("not written yet")', metadata=settings("f", solution=True)),
            new_code_cell("def g():\n    return 0", metadata=settings("g", solution=True)),
            new_code_cell('check("rnn_forward")', metadata=check),
            new_markdown_cell("*Write your answer here.*", metadata=written),
        ],
    )
    assert [part.label for part in chapter.parts] == [
        *("", "Yours to write", "Yours to fill in", "Check, 2.5 points", ""),
    ]
    assert [part.is_answer for part in chapter.parts] == [False] * 4 + [True]
    assert chapter.goal == "Read <code>this</code>."
    assert chapter.facts == ""
    assert "<title>A title with" in page_of(chapter)


STREAM = {"output_type": "stream", "name": "stdout"}
STILL = '<style>p{{}}</style><img class="unrolled-figure unrolled-still-1" alt="A claim." src="{}">'
WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "VBox()"}


def shown(*outputs: object) -> list[Output]:
    return outputs_of({"cells": [{"id": "c", "outputs": list(outputs)}]}).get("c", [])


def display(**data: object) -> dict[str, object]:
    return {
        "output_type": "display_data",
        "data": {k.replace("_", "/"): v for k, v in data.items()},
    }


def test_outputs_pieces_of_one_text_are_joined_and_errors_of_the_run_left_out() -> None:
    pieces = [{**STREAM, "text": "a\n"}, {**STREAM, "name": "stderr", "text": "!"}]
    assert shown(*pieces, {**STREAM, "text": ["b\n"]}) == [Output(Kind.TEXT, "a\nb\n")]


def test_outputs_widget_leaves_its_still_picture() -> None:
    live = {"output_type": "display_data", "data": WIDGET}
    source = f"data:image/png;base64,{in_base64(png())}"
    (still,) = shown(display(text_html=STILL.format(source), text_plain="A claim."), live)
    assert still.kind is Kind.STILL
    assert still.html == f'<img class="unrolled-figure" alt="A claim." src="{source}">'


def test_outputs_frames_of_a_widget_can_be_chosen_and_begin_at_its_start() -> None:
    source = f"data:image/png;base64,{in_base64(png())}"
    frame = '<img data-frame="{}" style="display:none" class="unrolled-figure" alt="{}" src="{}">'
    frames = "".join(frame.format(*both, source) for both in (("0 back", "B."), ("3", "A claim.")))
    (still,) = shown(display(text_html=STILL.format(source) + frames))
    assert still.html.count('type="radio"') == still.html.count("<img") == 2
    assert still.html.index("0 back") < still.html.index(" checked>") < still.html.index("3</")
    assert "display:none" not in still.html
    assert "<script" not in still.html


def test_outputs_picture_without_html_has_its_text_as_alt_text() -> None:
    (picture,) = shown(display(image_png=in_base64(png()), text_plain='<a "b">'))
    assert 'alt="&lt;a &quot;b&quot;&gt;"' in picture.html
    assert "data:image/png;base64," in picture.html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<b onclick="alert(1)">b</b>',
        '<img src="https://127.0.0.1/x.png" alt="x">',
        "<style>body{display:none}</style>",
        '<iframe src="data:text/html,x"></iframe>',
    ],
)
def test_outputs_html_loads_and_runs_nothing(hostile: str) -> None:
    html = Output(Kind.HTML, f"<table><tr><td>1</td></tr></table>{hostile}").html
    assert "<td>1</td>" in html
    assert not re.search("script|onclick|https|style|iframe", html)


def test_prose_link_to_a_notebook_leads_to_its_page_or_is_text() -> None:
    prose = Prose({"07_clipping.ipynb": "07_clipping.html"})
    html = prose.html("[a](07_clipping/07_clipping.ipynb#x) [b](../08_lstm/08_lstm.ipynb) [c](#d)")
    assert html == '<p><a href="07_clipping.html#x">a</a> b <a href="#d">c</a></p>\n'


def test_prose_headings_of_the_same_words_have_names_of_their_own() -> None:
    prose = Prose()
    prose.html("## A `b`, $c$?\n\ntext")
    prose.html("## A `b`, $c$?")
    assert [heading.name for heading in prose.headings] == ["a-b-c", "a-b-c-1"]


def test_prose_formula_in_code_stays_as_typed() -> None:
    assert Prose().html("`$x$`") == "<p><code>$x$</code></p>\n"


def test_prose_formula_stays_with_the_comma_or_bracket_beside_it() -> None:
    x, y = formula_html("$x$"), formula_html("$y$")
    both = f'<span class="whole"><span class="whole">({x}</span>),</span>'
    assert Prose().html("A ($x$), $y$ and") == f"<p>A {both} {y} and</p>\n"


def test_prose_formula_that_cannot_be_set_is_told() -> None:
    with pytest.raises(AutograderError, match="nosuch"):
        Prose().html(r"Take $\nosuch{x}$.")


@pytest.mark.parametrize("name", PAGES)
def test_page_can_be_skipped_through_and_names_its_language(name: str) -> None:
    page = bare_pages()[name]
    assert '<html lang="en">' in page
    assert page.index('<a class="skip" href="#text">') < page.index('<main id="text">')


def test_chapter_demo_stands_above_its_code_and_lends_the_list_its_picture(tmp_path: Path) -> None:
    demo = new_code_cell("# Demo: a picture\nshow()", id="c", metadata={"tags": ["demo"]})
    image = f'<img class="unrolled-figure" alt="A." src="data:image/png;base64,{in_base64(png())}">'
    outputs = {"c": [Output(Kind.HTML, image)]}
    chapter = made_up_chapter(tmp_path, [new_markdown_cell("# T"), demo], outputs)
    page = page_of(chapter)
    assert page.index("data:image/png") < page.index("<summary>The code") < page.index("Demo: a")
    index = dict(book_pages(Book((chapter,))))["index.html"]
    assert index.count('<img class="unrolled-figure" alt="" src="data:image/png') == 1
