"""What students wrote, made fit for a page: escaped, shortened, pictures verified."""

import base64
import binascii
import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from pygments import formatters, highlight, lexers  # type: ignore[import-untyped]

from autograder.grading.pictures import MAX_PICTURE_BYTES, is_whole_png
from autograder.grading.shown import plain_html

MAX_CODE_CHARACTERS, MAX_CODE_LINES = 20_000, 400
MAX_COLOURED_LINE = 400  # characters
MAX_TEXT_CHARACTERS, MAX_TEXT_LINES = 4_000, 40
MAX_ANSWER_CHARACTERS, MAX_ANSWER_LINES = 20_000, 400

_TERMINAL_CODES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")

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


def picture_uri(encoded: Any) -> str:
    """Return a data URI of a picture in base64; "" unless it is one whole PNG of a sane size."""
    if not isinstance(encoded, str) or len(encoded) > 2 * MAX_PICTURE_BYTES:
        return ""
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    if not is_whole_png(data):
        return ""
    return "data:image/png;base64," + base64.b64encode(data).decode("ascii")


def markdown_html(text: str) -> Markup:
    """Return markdown as plain HTML: no links, no pictures, no attributes; formulas as source."""
    short = shortened(text.strip(), MAX_ANSWER_CHARACTERS, MAX_ANSWER_LINES)
    return Markup(plain_html(short))
