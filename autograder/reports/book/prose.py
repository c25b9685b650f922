"""The course's own markdown as HTML: formulas as MathML, headings with ids, links within the book.

What students write goes through `autograder.reports.untrusted`, never through here.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from autograder.grading.shown import take_formula
from autograder.reports.book.formulas import formula_html
from autograder.reports.untrusted import code_html

_ELSEWHERE = ("http://", "https://", "#")
_OPENING, _CLOSING = re.compile(r"[(\[\"]+$"), re.compile(r"^[^\w\s]+")
EMPTY_HEAD = re.compile(r"<th[^>]*>\s*</th>")
"""A cell that heads nothing; it would be read out as a heading without words."""
_NOT_IN_SLUGS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Heading:
    """A heading of a page, as its table of contents names it."""

    level: int
    name: str
    html: Markup


@dataclass
class Prose:
    """Reads the markdown of one page, piece by piece.

    Parameters
    ----------
    pages : mapping of str to str
        Where links lead, by the name of the file they are written for.

    Attributes
    ----------
    headings : list of Heading
        Those met so far.
    """

    pages: Mapping[str, str] = field(default_factory=dict)
    headings: list[Heading] = field(default_factory=list)
    _names: Counter[str] = field(default_factory=Counter)

    def html(self, text: str) -> Markup:
        """Return markdown as HTML.

        Raises
        ------
        AutograderError
            If a formula cannot be set.
        """
        reader = _reader()
        tokens = reader.parse(text)
        for index, token in enumerate(tokens):
            if token.children:
                token.children = list(self._within_the_book(token.children))
                _keep_together(token.children)
            if index and tokens[index - 1].type == "heading_open":
                self._note(tokens[index - 1], token)
        return _rendered(tokens)

    def line(self, text: str) -> Markup:
        """Return one line of markdown as HTML, without a paragraph around it."""
        tokens = _reader().parseInline(text)
        return _rendered(list(self._within_the_book(tokens[0].children or [])))

    def _within_the_book(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """Yield tokens with links led to pages of the book; a link that leads nowhere is text."""
        kept = True
        for token in tokens:
            if token.type == "link_open":
                target = self._target(str(token.attrs["href"]))
                kept = bool(target)
                token.attrs["href"] = target
            if kept or not token.type.startswith("link_"):
                yield token

    def _target(self, address: str) -> str:
        if address.startswith(_ELSEWHERE):
            return address
        file, mark, place = address.rpartition("/")[2].partition("#")
        return f"{self.pages[file]}{mark}{place}" if file in self.pages else ""

    def _note(self, opening: Token, inline: Token) -> None:
        slug = slug_of(inline.content)
        name = f"{slug}-{self._names[slug]}" if self._names[slug] else slug
        self._names[slug] += 1
        opening.attrSet("id", name)
        inner = [t for t in inline.children or () if not t.type.startswith("link_")]
        self.headings.append(Heading(int(opening.tag[1]), name, _rendered(inner)))


def slug_of(heading: str) -> str:
    """Return the name that GitHub gives to a heading, so that the same links work.

    >>> slug_of("1. The norm without its root")
    '1-the-norm-without-its-root'
    """
    return _NOT_IN_SLUGS.sub("", heading.lower()).strip().replace(" ", "-")


def _keep_together(tokens: Sequence[Token]) -> None:
    """Hand brackets and commas to the formula beside them, lest a line end in between."""
    for left, right in pairwise(tokens):
        kinds = (left.type, right.type)
        if kinds == ("text", "formula") and (found := _OPENING.search(left.content)):
            right.meta["before"] = found.group()
            left.content = left.content[: found.start()]
        elif kinds == ("formula", "text") and (found := _CLOSING.search(right.content)):
            left.meta["after"] = found.group()
            right.content = right.content[found.end() :]


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True, "highlight": _fenced}).enable("table")
    reader.inline.ruler.before("escape", "formula", take_formula)
    reader.add_render_rule("formula", _formula)
    reader.add_render_rule("table_open", _table_open)
    reader.add_render_rule("table_close", _table_close)
    return reader


def _rendered(tokens: Sequence[Token]) -> Markup:
    reader = _reader()
    return Markup(EMPTY_HEAD.sub("<td></td>", reader.renderer.render(tokens, reader.options, {})))


def _fenced(text: str, language: str, attributes: str) -> str:
    return code_html(text) if language == "python" else html.escape(text)


def _formula(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    token = tokens[index]
    pieces = formula_html(token.content).split("<wbr>")
    if before := token.meta.get("before"):
        pieces[0] = f'<span class="whole">{html.escape(before)}{pieces[0]}</span>'
    if after := token.meta.get("after"):
        pieces[-1] = f'<span class="whole">{pieces[-1]}{html.escape(after)}</span>'
    return "<wbr>".join(pieces)


def _table_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    return '<div class="wide" tabindex="0"><table>\n'


def _table_close(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    return "</table></div>\n"
