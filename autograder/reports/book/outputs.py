"""What the cells of a run notebook showed, reduced to what a page can show without a kernel."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

import nh3
from markupsafe import Markup

from autograder.grading.shown import TAGS
from autograder.reports.book.prose import EMPTY_HEAD
from autograder.reports.untrusted import joined, picture_uri, printed_text

WIDGET = "application/vnd.jupyter.widget-view+json"
STILL = "unrolled-still-"
"""Part of the class that `rnn_ref.widgets.stage` gives to a widget's still picture."""

_STYLED = ("b", "span", "div", "table", "th", "td", "code", "p", "details", "summary")
_ATTRIBUTES = {
    **{tag: {"style"} for tag in _STYLED},
    "span": {"style", "role", "aria-label", "title"},
    "th": {"style", "scope"},
    "img": {"alt", "width", "src", "data-frame"},
}
_CLASSES = {"img": {"unrolled-figure"}}
_IMAGE = re.compile(r"<img [^>]*>")
_FRAME = re.compile(r' data-frame="([^"]*)"')
_ALT = re.compile(r' alt="[^"]*"')

Notebook = Mapping[str, Any]


class Kind(StrEnum):
    """What an output is made of."""

    TEXT = "text"
    HTML = "html"
    STILL = "still"
    """A widget's picture, made for where no kernel runs."""


@dataclass(frozen=True)
class Output:
    """Something that a cell showed."""

    kind: Kind
    text: str

    @property
    def html(self) -> Markup:
        """This, made fit for a page: no scripts, no style sheets, pictures within."""
        if self.kind is Kind.TEXT:
            return Markup(escape(printed_text(self.text)))
        tags = {*TAGS, *_STYLED, "img", "i"}
        clean = nh3.clean(
            self.text,
            tags=tags,
            attributes=_ATTRIBUTES,
            allowed_classes=_CLASSES,
            url_schemes={"data"},
            link_rel=None,
        )
        if "data-frame" in clean:
            still, *frames = _IMAGE.findall(clean)
            return _to_be_chosen(still, frames)
        filled = EMPTY_HEAD.sub("<td></td>", clean)
        wide = filled.replace("<table", '<div class="wide" tabindex="0"><table')
        return Markup(wide.replace("</table>", "</table></div>"))


def _to_be_chosen(still: str, frames: Sequence[str]) -> Markup:
    """Return a row of buttons of which each shows a picture, without a script: arrow keys work.

    Parameters
    ----------
    still : str
        The picture at the start, which is among the frames: the one with the same words.
    frames : sequence of str
    """
    group = f"frames-{hashlib.sha256(still.encode()).hexdigest()[:8]}"
    pieces = []
    for frame in frames:
        name, checked = _FRAME.search(frame), _ALT.findall(frame) == _ALT.findall(still)
        button = f'<input type="radio" name="{group}"{" checked" if checked else ""}>'
        label = f"<label>{button} {name[1] if name else ''}</label>"
        pieces.append(f'<span class="frame">{label}{_FRAME.sub("", frame)}</span>')
    legend = "<legend>Choose what is shown (arrow keys go on):</legend>"
    return Markup(f'<fieldset class="frames">{legend}{"".join(pieces)}</fieldset>')


def without_frames(html: str) -> str:
    """Return a still without what else its widget can show."""
    return _IMAGE.sub(lambda image: "" if "data-frame" in image[0] else image[0], html)


def outputs_of(notebook: Notebook) -> dict[str, list[Output]]:
    """Return what each cell showed, by its id; only those that showed something."""
    found = {cell["id"]: list(_shown(cell)) for cell in notebook["cells"]}
    return {name: outputs for name, outputs in found.items() if outputs}


def _shown(cell: Mapping[str, Any]) -> Iterator[Output]:
    """Yield a cell's outputs; what goes to stderr tells of the run, not of the subject."""
    text = ""
    for raw in cell.get("outputs", ()):
        if raw.get("name") == "stdout":
            text += joined(raw["text"])
        elif output := _of_data(raw.get("data", {})):
            if text:
                yield Output(Kind.TEXT, text)
                text = ""
            yield output
    if text:
        yield Output(Kind.TEXT, text)


def _of_data(data: Mapping[str, Any]) -> Output | None:
    """Return one display as an output; a live widget gives none, its still stands before it."""
    if WIDGET in data:
        return None
    if html := joined(data.get("text/html")):
        return Output(Kind.STILL if STILL in html else Kind.HTML, html)
    plain = joined(data.get("text/plain"))
    if source := picture_uri(data.get("image/png")):
        return Output(Kind.HTML, f'<img alt="{escape(plain)}" src="{source}">')
    return Output(Kind.TEXT, plain) if plain else None
