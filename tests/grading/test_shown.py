"""Texts that no program can take for markup, and that still say what was written."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from autograder.grading.shown import (
    MAX_SHOWN_CHARACTERS,
    TAGS,
    TYPESET,
    UNTOUCHED,
    only_draws,
    safe_markdown,
    safe_raw,
)

TAG = "|".join(sorted(TAGS))
#: All that a safe text is made of: tags without attributes, references, letters, spaces.
ALPHABET = re.compile(
    rf'<div class="{UNTOUCHED}">'
    rf'(?:</?(?:{TAG})>|<span class="{TYPESET}">|</span>|&#\d+;|[^\W_]| )*'
    r"</div>"
)
PIECES = st.lists(
    st.text(max_size=8)
    | st.sampled_from(
        ["<b>", "`", "```\n", "\n\n", "* ", "# ", "> ", "[a](b)", "[a]: b\n", "$x$", "$$", "\\(",
         "|a|\n|-|\n", "<!--", "&lt;", "&#60;", "    ", "<div>", "\x00", "\u202e", "1. "]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(PIECES)
@example("<script>x</script>")
@example("a\n\n    <b>\n\n    c")
def test_safe_text_is_one_line_of_a_small_alphabet(text: str) -> None:
    for safe in (safe_markdown(text), safe_raw(text)):
        assert ALPHABET.fullmatch(safe)


def test_alphabet_refuses_what_a_page_could_run() -> None:
    for text in ("<script>", '<p onclick="x">', "[a](b)", '<span class="x">', "<a href>", "a\n"):
        assert not ALPHABET.fullmatch(f'<div class="{UNTOUCHED}">{text}</div>')


@given(PIECES)
def test_markdown_reader_of_nbgrader_changes_nothing_in_a_safe_text(text: str) -> None:
    for safe in (safe_markdown(text), safe_raw(text)):
        assert html.unescape(markdown2html_mistune(safe)).rstrip("\n") == html.unescape(
            safe
        ).rstrip("\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b", "<p>a < b</p>"),
        ("**so** `h < 1`", "<p><strong>so</strong> <code>h < 1</code></p>"),
        ("$x<y$", f'<p><span class="{TYPESET}">$x<y$</span></p>'),
        (r"$\frac{a}{b}$", rf'<p><span class="{TYPESET}">$\frac{{a}}{{b}}$</span></p>'),
        (r"$\href{javascript:1}{x}$", r"<p><code>$\href{javascript:1}{x}$</code></p>"),
        ("[x](javascript:1)", "<p>[x](javascript:1)</p>"),
        ("<b>x</b>", "<p><b>x</b></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
    ],
)
def test_safe_markdown_reads_as_it_was_written(text: str, shown: str) -> None:
    inside = html.unescape(safe_markdown(text)).removeprefix(f'<div class="{UNTOUCHED}">')
    assert inside.removesuffix("</div>").strip() == shown


@pytest.mark.parametrize(
    "command",
    ["href", "require", "class", "cssId", "style", "unicode", "def", "newcommand", "let", "url",
     "html", "bbox", "mmlToken", "data", "includegraphics", "color"],
)  # fmt: skip
def test_formula_that_does_more_than_draw_is_not_typeset(command: str) -> None:
    assert only_draws(r"$\tanh(W_{hh} h_{t-1} + b_h)$")
    assert not only_draws(rf"$\alpha\{command}{{x}}{{y}}$")


def test_formula_of_great_length_is_not_typeset() -> None:
    assert not only_draws("$" + "x" * 5000 + "$")


def test_long_text_is_cut_and_says_so() -> None:
    assert "more&#32;was" in safe_raw("x" * MAX_SHOWN_CHARACTERS + "y").replace(" ", "&#32;")


def test_hidden_and_turning_characters_are_shown() -> None:
    assert "\ufffd" in html.unescape(safe_markdown("a\u202eb"))
    assert "␛" in html.unescape(safe_raw("\x1b[31m"))
