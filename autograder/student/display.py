"""How a report looks in a notebook: a card in HTML, and the same in plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import starmap
from typing import Any

from autograder.student.crashes import LINE
from autograder.student.report import CriterionResult, Example, Report, Status
from autograder.student.words import counted

#: Sign and colour of each status. Okabe and Ito's colours, never one without its sign.
LOOKS = {
    Status.PASSED: ("✓", "#009E73"),
    Status.PARTIAL: ("◐", "#E69F00"),
    Status.FAILED: ("✗", "#D55E00"),
    Status.UNFINISHED: ("○", "#56B4E9"),
    Status.LIMIT: ("■", "#0072B2"),
    Status.NOT_GRADABLE: ("?", "#CC79A7"),
}

#: Signs of properties; the last one is neither right nor wrong.
HOLDS, FAILS, NOT_JUDGED = "✓", "✗", "–"

TO_TRY = "A case to try"

MOST_WORDS = 80  # of a card before the fold
_SENTENCE_ENDS = re.compile(r"(?<=[.?!])\s+(?=[A-Z(“`])")
_CODE = re.compile(r"`([^`]+)`")

# A failed check raises, for nbgrader's sake. In JupyterLab its line would only repeat the card.
_WITHOUT_ERROR_LINE = (
    "<style>.jp-OutputArea-child:has(.unrolled-card) + .jp-OutputArea-child"
    ":has([data-mime-type='application/vnd.jupyter.stderr'])"
    "{display:none}</style>"
)


class Card:
    """A report as a notebook output: HTML where it can be shown, text elsewhere."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def __repr__(self) -> str:
        return as_text(self.report)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        html = _WITHOUT_ERROR_LINE + as_html(self.report)
        return {"text/plain": as_text(self.report), "text/html": html}


def show(report: Report) -> None:
    """Show `report` below the cell that runs, or print it where there is no notebook."""
    show_card(Card(report))


def show_hint(exercise: str, text: str) -> None:
    """Show one hint, such as "2 of 3: …"."""
    print(f"{exercise}, hint {text}" if text[:1].isdigit() else text)


def in_notebook() -> Any:
    """Return what shows things in the running notebook, IPython's; None where there is none."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return None
    return display if get_ipython() is not None else None


def show_card(card: object) -> None:
    """Show what knows how it looks as HTML and as text; print it where there is no notebook."""
    (in_notebook() or print)(card)


def one_line(report: Report) -> str:
    """Return the report in one sentence, for places that have only a line."""
    return f"{report.exercise}: {report.headline}"


def score_text(report: Report) -> str:
    """Return the score as in "2.5 of 3 points"."""
    if not report.max_points:
        return "no points"
    if report.points is None:
        return f"no automatic mark ({counted(report.max_points, 'point')})"
    return f"{report.points:g} of {counted(report.max_points, 'point')}"


@dataclass(frozen=True)
class _Layout:
    """What stands above the fold, at most ``MOST_WORDS``, and what below.

    Attributes
    ----------
    above, below : tuple of str
        Sentences that have been reproduced; the headline is not among them.
    rows : tuple of (str, str, str)
        A line of each property: sign, sentence, and a detail that was not said before.
    counts : str
        How many properties hold; "" if none was judged.
    """

    above: tuple[str, ...]
    below: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]
    counts: str


def _layout(report: Report) -> _Layout:
    rows = tuple(_rows(report))
    held, judged = (sum(getattr(c, n) for c in report.criteria) for n in ("passed", "judged"))
    counts = f"{held} of {len(report.criteria)} properties hold"
    if not judged:
        counts = ""
    elif judged < len(report.criteria):
        counts += f", {len(report.criteria) - judged} not judged"
    room = MOST_WORDS - _words(
        report.title,
        score_text(report),
        report.headline,
        counts,
        TO_TRY,
        "Hint 1 of 3",
        "Which line?",
    )
    above: list[str] = []
    below: list[str] = []
    for i, text in enumerate(filter(None, (report.mistake_sentence, *report.advice))):
        first, *more = _SENTENCE_ENDS.split(text)
        if below or (i and _words(first) > room):
            below.append(text)
            continue
        while more and _words(first, more[0]) <= room:
            first = f"{first} {more.pop(0)}"
        room -= _words(first)
        above.append(first)
        below += [" ".join(more)] if more else []
    return _Layout(tuple(above), tuple(below), rows, counts)


def _words(*texts: str) -> int:
    return sum(len(text.split()) for text in texts)


def _rows(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield the properties that were judged, each detail once; then the number of the others."""
    said = {report.headline}
    for result in report.criteria:
        if result.judged:
            detail = "" if result.detail in said else result.detail
            said.add(detail)
            yield _sign(result), result.sentence, detail
    others = [result.sentence for result in report.criteria if not result.judged]
    if len(others) == 1:
        yield NOT_JUDGED, f"Not judged: {others[0]}", ""
    elif others:
        yield NOT_JUDGED, f"{len(others)} properties could not be judged.", ""


def as_text(report: Report) -> str:
    """Return `report` as plain text: what the card shows, and behind a line what it folds."""
    sign, _ = LOOKS[report.status]
    layout = _layout(report)
    lines = [f"{sign} {report.exercise}: {report.headline}  [{score_text(report)}]"]
    lines += [f"  → {sentence}" for sentence in layout.above]
    if layout.counts or layout.below:
        lines.append(f"  ── {layout.counts or 'more'}")
    lines += [f"  → {sentence}" for sentence in layout.below]
    for mark, sentence, detail in layout.rows:
        lines.append(f"  {mark} {sentence}")
        if detail:
            lines.append(f"      {detail}")
    if report.example:
        lines += [f"  {TO_TRY}:", *(f"      {line}" for line in _example(report.example))]
    if report.hint:
        lines.append("  {}: {}".format(*_hint(report)))
    if report.where:
        lines.append(f"  Which line? {report.where}")
    return "\n".join(lines)


def _example(example: Example) -> list[str]:
    """Return lines to paste into a cell; what comes and what is right are comments."""
    values = {"yours gives": example.yours, "right is": example.right}
    told = (f"# {example.output}: {label} {value}" for label, value in values.items())
    return [*example.code.split("\n"), *told]


def _hint(report: Report) -> tuple[str, str]:
    """Return the label of the hint and its text."""
    number, colon, text = report.hint.partition(": ")
    return (f"Hint {number}", text) if colon and number[:1].isdigit() else ("Hint", report.hint)


def _sign(result: CriterionResult) -> str:
    return (HOLDS if result.passed else FAILS) if result.judged else NOT_JUDGED


CARD_STYLE = (
    "border-left:4px solid {colour};background:rgba(128,128,128,.08);border-radius:4px;"
    "padding:8px 14px 10px;margin:4px 0;line-height:1.45;"
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:14px;"
    "color:var(--jp-ui-font-color1,inherit)"
)
_PASTE = "margin:2px 0;overflow-x:auto;font-size:13px"
FAINT = "color:var(--jp-ui-font-color2,inherit)"
_SIGN_STYLES = {HOLDS: "color:#009E73", FAILS: "color:#D55E00", NOT_JUDGED: FAINT}


def as_html(report: Report) -> str:
    """Return `report` as one self-contained, escaped HTML card without scripts."""
    sign, colour = LOOKS[report.status]
    layout = _layout(report)
    parts = [
        f'<div class="unrolled-card" style="{CARD_STYLE.format(colour=colour)}">',
        '<div style="display:flex;justify-content:space-between;gap:0 1em;flex-wrap:wrap">',
        f'<span><b style="color:{colour}">{sign}</b> <b>{escape(report.title)}</b></span>',
        f'<span style="{FAINT}">{escape(score_text(report))}</span></div>',
        _headline_html(report.headline),
    ]
    parts += [_callout(sentence, colour) for sentence in layout.above]
    rows = "".join(starmap(_row_html, layout.rows))
    more = "".join(_callout(sentence, colour) for sentence in layout.below)
    if layout.counts or more:
        rows = folded(layout.counts or "more", f"{more}{rows}")
    parts.append(rows)
    if report.example:
        lines = escape("\n".join(_example(report.example)))
        parts.append(folded(TO_TRY, f'<pre style="{_PASTE}"><code>{lines}</code></pre>'))
    if report.hint:
        label, text = _hint(report)
        parts.append(folded(label, f"<div>{marked(text)}</div>"))
    if report.where:
        parts.append(folded("Which line?", f"<div>{marked(report.where)}</div>"))
    parts.append("</div>")
    return "".join(parts)


def _headline_html(headline: str) -> str:
    """Return the first cause; a line of the learner's code has a line of its own."""
    what, line, code = headline.partition(LINE)
    if not line or not code.endswith(")"):
        return f"<div>{marked(headline)}</div>"
    number, _, code = code[:-1].partition(": ")
    shown = f'<div style="{FAINT}">line {escape(number)} <code>{escape(code)}</code></div>'
    return f"<div>{marked(what)}{'' if what.endswith('?') else '.'}</div>{shown}"


def marked(text: str) -> str:
    """Return `text` escaped, what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def folded(label: str, content: str) -> str:
    """Return HTML that stands behind a line to click on."""
    return (
        f'<details style="margin-top:6px"><summary style="cursor:pointer;{FAINT}">'
        f'{escape(label)}</summary><div style="margin-top:2px">{content}</div></details>'
    )


def _row_html(sign: str, sentence: str, detail: str) -> str:
    why = f'<div style="{FAINT}">{marked(detail)}</div>' if detail else ""
    return (
        f'<div style="display:flex;gap:.6em"><b style="{_SIGN_STYLES[sign]}">{sign}</b>'
        f"<div>{marked(sentence)}{why}</div></div>"
    )


def _callout(sentence: str, colour: str) -> str:
    return (
        f'<div style="margin:6px 0 0;padding-left:.7em;border-left:2px solid {colour}">'
        f"{marked(sentence)}</div>"
    )
