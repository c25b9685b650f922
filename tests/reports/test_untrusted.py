"""What students wrote, on its way into a page."""

from __future__ import annotations

import html
import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading import pictures, shown
from autograder.reports import untrusted
from autograder.reports.untrusted import (
    MATHML,
    MATHML_ATTRIBUTES,
    code_html,
    joined,
    markdown_html,
    picture_uri,
    printed_text,
    shortened,
)
from tests.reports.made_up_class import in_base64, png


def test_code_is_highlighted_by_classes() -> None:
    assert '<span class="k">return</span>' in code_html("return 1")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=200))
def test_code_any_text_comes_back_when_tags_are_taken_away(source: str) -> None:
    """Escaped, and nothing lost: the only tags are the highlighter's own."""
    page = code_html(source)
    assert re.fullmatch(r'(?:[^<>]|<span class="[a-z0-9]+">|</span>)*', page)
    shown = html.unescape(re.sub(r"</?span[^>]*>", "", page))
    assert shown.strip("\n\ufeff") == source.strip("\n\ufeff")


def test_code_beyond_the_limit_says_how_much_is_missing() -> None:
    page = code_html("x" * (untrusted.MAX_CODE_CHARACTERS + 1_500))
    assert re.sub("<[^>]+>", "", page).endswith("x\n… 1,500 more characters\n")


def test_shortened_short_text_stays_as_it_is() -> None:
    assert shortened("a\nb", 3, 2) == "a\nb"


def test_shortened_many_lines_are_cut() -> None:
    assert shortened("a\nb\nc", 99, 2) == "a\nb\n… 2 more characters"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://example.org\x07link\x1b]8;;\x07", "link"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        (" 10%\r 50%\r100%\n", "100%"),
        ("dos\r\nlines\r\n", "dos\nlines"),
    ],
)
def test_printed_terminal_codes_are_taken_out(written: str, shown: str) -> None:
    assert printed_text(written) == shown


def test_picture_whole_png_becomes_a_data_uri() -> None:
    encoded = in_base64(png())
    assert picture_uri(encoded) == f"data:image/png;base64,{encoded}"


def test_picture_with_line_breaks_in_its_base64_is_taken() -> None:
    encoded = in_base64(png())
    assert picture_uri(f"{encoded[:20]}\n{encoded[20:]}\n") == f"data:image/png;base64,{encoded}"


NO_PICTURES = {
    "not text": 7,
    "not base64": '" onerror="shout()',
    "svg": in_base64(b"<svg onload='shout()'/>"),
    "only a signature": in_base64(png()[:8]),
    "cut short": in_base64(png()[:-6]),
    "more behind its end": in_base64(png() + b"<script>"),
    "wrong checksum": in_base64(png()[:20] + b"\x01" + png()[21:]),
    "unfolds to gigabytes": in_base64(png(width=60_000, height=60_000)),
    "without size": in_base64(png(width=0)),
    "without data": in_base64(re.sub(rb"....IDAT.*(?=....IEND)", b"", png(), flags=re.DOTALL)),
    "header not first": in_base64(png()[:8] + png()[33:]),
    "chunk longer than the file": in_base64(png()[:33] + struct.pack(">I", 2**31) + b"IDAT"),
    "too large": in_base64(png() + b"\x00" * pictures.MAX_PICTURE_BYTES),
}


@pytest.mark.parametrize("encoded", NO_PICTURES.values(), ids=NO_PICTURES)
def test_picture_anything_else_is_left_out(encoded: object) -> None:
    assert picture_uri(encoded) == ""


def test_markdown_plain_formatting_is_shown() -> None:
    page = markdown_html("It is **here**:\n\n- `h_t`\n")
    assert "<strong>here</strong>" in page
    assert "<li><code>h_t</code></li>" in page


def test_markdown_table_is_shown_without_attributes() -> None:
    page = markdown_html("|a|b|\n|:-|-:|\n|1|2|\n")
    assert "<td>1</td>" in page


@pytest.mark.parametrize(
    ("formula", "drawn"),
    [
        (r"$h_t = f_W(h_{t-1}, x_t)$", "<msub>"),
        (r"$\frac{1}{2}$", "<mfrac>"),
        ("$$\n\\sum_i *x_i*\n$$", '<span class="formula" tabindex="0"><math'),
    ],
)
def test_markdown_formula_is_drawn(formula: str, drawn: str) -> None:
    page = markdown_html(f"So {formula} it is")
    assert drawn in page
    assert "$" not in page and "<em>" not in page


@pytest.mark.parametrize(
    "formula", [r"$\frac{1}{$", r"$\href{javascript:a()}{x}$", r"$\class{x}{y}$"]
)
def test_markdown_formula_that_does_more_than_draw_is_kept_as_its_source(formula: str) -> None:
    page = markdown_html(f"So {formula} it is")
    kept = re.search("<code>(.*)</code>", page, re.DOTALL)
    assert kept is not None and html.unescape(kept[1]) == formula


@given(st.lists(st.sampled_from([*shown._DRAWING, "", "{", "}", "a", "_", "^", "&", "<b>", '"'])))
def test_markdown_any_formula_has_tags_and_attributes_of_drawing_alone(parts: list[str]) -> None:
    page = markdown_html("$" + " ".join(f"\\{p}" if p.isalpha() else p for p in parts) + "$")
    tags = re.findall(r"<(/?)([a-zA-Z0-9]*)([^>]*)>", page)
    assert {name for _, name, _ in tags} <= {*shown.TAGS, *MATHML, "span", "wbr"}
    named = {name for *_, rest in tags for name in re.findall(r'([\w-]+)="', rest)}
    assert named <= {*MATHML_ATTRIBUTES, "class"}


def test_markdown_price_in_dollars_is_no_formula() -> None:
    assert "<code>" not in markdown_html("It costs 5$ or\nmore, 6$.")


@pytest.mark.parametrize(
    "text",
    [
        "<b onclick=shout()>x</b>",
        "[x](https://example.org)",
        "[x](javascript:shout())",
        "![x](https://example.org/x.png)",
        "<https://example.org>",
        "[x][y]\n\n[y]: https://example.org",
    ],
)
def test_markdown_links_and_markup_stay_visible_text(text: str) -> None:
    page = markdown_html(text)
    assert set(re.findall(r"<(\w+)([^>]*)>", page)) == {("p", "")}
    shown = html.unescape(re.sub("</?p>", "", page))
    assert "".join(shown.split()) == "".join(text.split())


@given(st.text(max_size=300))
def test_markdown_any_text_has_no_attributes_and_no_foreign_tags(text: str) -> None:
    page = re.sub(r"<math.*?</math>|</?span[^>]*>|<wbr>", "", markdown_html(text))
    tags = re.findall(r"<(/?)([a-z0-9]*)([^>]*)>", page)
    assert {name for _, name, _ in tags} <= shown.TAGS
    assert {rest for *_, rest in tags} <= {""}


@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), (["a\n", "b"], "a\nb"), (["a", 1], ""), (None, ""), (1, "")]
)
def test_joined_notebook_text_in_any_form(value: object, text: str) -> None:
    assert joined(value) == text
