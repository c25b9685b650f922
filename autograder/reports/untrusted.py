"""What students wrote, made fit for a page: escaped, shortened, pictures verified."""

import html
import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from pygments import formatters, highlight, lexers  # type: ignore[import-untyped]

from autograder.errors import AutograderError
from autograder.grading.pictures import picture_of
from autograder.grading.shown import TYPESET, plain_html
from autograder.reports.book.formulas import formula_html

MAX_CODE_CHARACTERS, MAX_CODE_LINES = 20_000, 400
MAX_COLOURED_LINE = 400  # characters
MAX_TEXT_CHARACTERS, MAX_TEXT_LINES = 4_000, 40
MAX_ANSWER_CHARACTERS, MAX_ANSWER_LINES = 20_000, 400

_TERMINAL_CODES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")

#: All that a drawn formula is made of.
MATHML = frozenset(
    """
    math mfrac mi mn mo mover mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd
    mtext mtr munder munderover
    """.split()  # noqa: SIM905
)
MATHML_ATTRIBUTES = frozenset(
    """
    accent columnalign display displaystyle fence form linebreak linethickness lspace mathvariant
    maxsize minsize movablelimits rspace scriptlevel separator stretchy width
    """.split()  # noqa: SIM905
)
_FORMULA = re.compile(rf'<span class="{TYPESET}">([^<]*)</span>')

_FORMATTER = formatters.HtmlFormatter(nowrap=True)


def joined(text: Any) -> str:
    """Return a notebook's text, which may be a string or a list of lines; "" for anything else."""
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        return "".join(text)
    return text if isinstance(text, str) else ""


def shortened(text: str, characters: int, lines: int) -> str:
    """Return the first lines of `text`, and a last one that says how much was left out."""
    kept = "\n".join(text[:characters].split("\n")[:lines])
    left_out = len(text) - len(kept)
    return f"{kept}\n… {left_out:,} more characters" if left_out else text


@lru_cache(maxsize=256)  # most cells of a class are those that were released
def code_html(source: str) -> Markup:
    """Return Python source, highlighted by classes and escaped.

    Source with a very long line goes without colours: the highlighter's patterns would look at a
    run of such signs as ``%000…`` from each of them again.
    """
    text = shortened(source.strip("\n"), MAX_CODE_CHARACTERS, MAX_CODE_LINES)
    if max(map(len, text.split("\n"))) > MAX_COLOURED_LINE:
        return escape(f"{text}\n")
    return Markup(highlight(text, lexers.PythonLexer(stripnl=False), _FORMATTER))


def printed_text(text: str) -> str:
    """Return what a terminal would show in the end: no control codes, overwritten lines gone."""
    plain = _TERMINAL_CODES.sub("", text).replace("\r\n", "\n")
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in plain.rstrip().split("\n")]
    return shortened("\n".join(lines), MAX_TEXT_CHARACTERS, MAX_TEXT_LINES)


def picture_uri(encoded: Any, kind: str = "image/png") -> str:
    """Return a data URI of a picture in base64; "" unless it is one whole one of a sane size."""
    picture = picture_of(encoded, kind)
    return picture.uri if picture else ""


def markdown_html(text: str) -> Markup:
    """Return markdown as plain HTML: no links, no pictures, no attributes; formulas are drawn.

    A formula that cannot be drawn, or does more than draw, stays as it was typed.
    """
    short = shortened(text.strip(), MAX_ANSWER_CHARACTERS, MAX_ANSWER_LINES)
    return Markup(_FORMULA.sub(_drawn, plain_html(short, typeset=True)))


def _drawn(found: re.Match[str]) -> str:
    formula = html.unescape(found[1])
    source = f"<code>{html.escape(formula)}</code>"
    try:
        drawn = formula_html(formula)
    except AutograderError:
        return source
    parts = {*re.findall(r"<(\w+)", drawn)} - {"span", "wbr"}
    named = {*re.findall(r' ([\w-]+)="', drawn)} - {"class", "tabindex"}
    return drawn if parts <= MATHML and named <= MATHML_ATTRIBUTES else source
