"""What students wrote, made fit for a page: escaped, shortened, pictures verified."""

import base64
import binascii
import re
import struct
import zlib
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markupsafe import Markup
from pygments import formatters, highlight, lexers  # type: ignore[import-untyped]

MAX_CODE_CHARACTERS, MAX_CODE_LINES = 20_000, 400
MAX_TEXT_CHARACTERS, MAX_TEXT_LINES = 4_000, 40
MAX_ANSWER_CHARACTERS, MAX_ANSWER_LINES = 20_000, 400
MAX_PICTURE_BYTES = 2 * 2**20
MAX_PICTURE_PIXELS = 8_000_000  # a small file can unfold to any size

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNK = struct.Struct(">I4s")
_TERMINAL_CODES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")
_MATHEMATICS = re.compile(r"\$\$[^$]+\$\$|\$[^$\n]+\$")
_MARKDOWN_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}


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


def code_html(source: str) -> Markup:
    """Return Python source, highlighted by classes and escaped."""
    text = shortened(source.strip("\n"), MAX_CODE_CHARACTERS, MAX_CODE_LINES)
    lexer, formatter = lexers.PythonLexer(stripnl=False), formatters.HtmlFormatter(nowrap=True)
    return Markup(highlight(text, lexer, formatter))


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
    if len(data) > MAX_PICTURE_BYTES or not _is_whole_png(data):
        return ""
    return "data:image/png;base64," + base64.b64encode(data).decode("ascii")


def _is_whole_png(data: bytes) -> bool:
    """Return whether `data` is PNG chunks with right checksums, from IHDR to IEND, and no more."""
    position = len(_PNG)
    names: list[bytes] = []
    if not data.startswith(_PNG):
        return False
    while position + _CHUNK.size + 4 <= len(data):
        length, name = _CHUNK.unpack_from(data, position)
        end = position + _CHUNK.size + length
        body = data[position + _CHUNK.size : end]
        if data[end : end + 4] != struct.pack(">I", zlib.crc32(name + body)):
            return False
        if not names and (name != b"IHDR" or not _is_sane_header(body)):
            return False
        names.append(name)
        position = end + 4
    return position == len(data) and b"IDAT" in names and names[-1] == b"IEND"


def _is_sane_header(body: bytes) -> bool:
    if len(body) != 13:
        return False
    width = int.from_bytes(body[:4], "big")
    height = int.from_bytes(body[4:8], "big")
    return 0 < width * height <= MAX_PICTURE_PIXELS


def _mathematics(state: StateInline, silent: bool) -> bool:
    """Keep a formula as its source: a rule of markdown-it."""
    found = _MATHEMATICS.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("code_inline", "code", 0).content = found.group()
    state.pos = found.end()
    return True


def _markdown() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")
    # A link or picture stays visible as the text it was written as, and leads nowhere.
    reader.disable(["link", "image", "autolink", "reference"])
    reader.inline.ruler.before("escape", "mathematics", _mathematics)
    return reader


_MARKDOWN = _markdown()


def markdown_html(text: str) -> Markup:
    """Return markdown as plain HTML: no links, no pictures, no attributes; formulas as source."""
    short = shortened(text.strip(), MAX_ANSWER_CHARACTERS, MAX_ANSWER_LINES)
    return Markup(nh3.clean(_MARKDOWN.render(short), tags=_MARKDOWN_TAGS, attributes={}))
