"""How a report looks in a notebook: a card in HTML, and the same in plain text."""

from html import escape
from typing import Any

from autograder.student.report import CriterionResult, Report, Status

#: Sign and colour of each status. Okabe and Ito's colours, never one without its sign.
LOOKS = {
    Status.PASSED: ("✓", "#009E73"),
    Status.PARTIAL: ("◐", "#E69F00"),
    Status.FAILED: ("✗", "#D55E00"),
    Status.UNFINISHED: ("○", "#56B4E9"),
    Status.LIMIT: ("■", "#0072B2"),
    Status.NOT_GRADABLE: ("?", "#CC79A7"),
}

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
    _show(Card(report))


def show_hint(exercise: str, text: str) -> None:
    """Show one hint."""
    print(f"{exercise}: {text}")


def _show(card: Card) -> None:
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(card)
        return
    if get_ipython() is None:
        print(card)
    else:
        display(card)


def one_line(report: Report) -> str:
    """Return the report in one sentence, for places that have only a line."""
    return f"{report.exercise}: {report.headline}"


def score_text(report: Report) -> str:
    """Return the score as in "2.5 of 3 points"."""
    if report.points is None:
        return f"no automatic mark ({report.max_points:g} points)"
    unit = "point" if report.max_points == 1 else "points"
    return f"{report.points:g} of {report.max_points:g} {unit}"


def as_text(report: Report) -> str:
    """Return `report` as plain text, at most 100 characters a line where its sentences allow."""
    sign, _ = LOOKS[report.status]
    lines = [f"{sign} {report.exercise}: {report.headline}  [{score_text(report)}]"]
    if report.mistake_sentence:
        lines.append(f"  → {report.mistake_sentence}")
    for result in report.criteria:
        lines.append(f"  {_sign(result)} {result.sentence}")
        if result.detail:
            lines.append(f"      {result.detail}")
    lines += [f"  → {sentence}" for sentence in report.advice]
    if report.hint:
        lines.append(f"  Hint: {report.hint}")
    return "\n".join(lines)


def _sign(result: CriterionResult) -> str:
    return "✓" if result.passed else "✗"


_CARD = (
    "border-left:4px solid {colour};background:rgba(128,128,128,.08);border-radius:4px;"
    "padding:8px 14px 10px;margin:4px 0;max-width:46em;line-height:1.45;"
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:14px;"
    "color:var(--jp-ui-font-color1,inherit)"
)
_FAINT = "color:var(--jp-ui-font-color2,inherit)"


def as_html(report: Report) -> str:
    """Return `report` as one self-contained, escaped HTML card without scripts."""
    sign, colour = LOOKS[report.status]
    parts = [
        f'<div class="unrolled-card" style="{_CARD.format(colour=colour)}">',
        '<div style="display:flex;justify-content:space-between;gap:0 1em;flex-wrap:wrap">',
        f'<span><b style="color:{colour}">{sign}</b> <b>{escape(report.title)}</b></span>',
        f'<span style="{_FAINT}">{escape(score_text(report))}</span></div>',
        f"<div>{escape(report.headline)}</div>",
    ]
    if report.mistake_sentence:
        parts.append(_callout("What happened", report.mistake_sentence, colour))
    if report.criteria:
        rows = "".join(map(_criterion_html, report.criteria))
        parts.append(f'<div style="margin:6px 0 0">{rows}</div>')
    parts += [_callout("What it may mean", sentence, "#0072B2") for sentence in report.advice]
    if report.hint:
        parts.append(
            f'<details style="margin-top:6px"><summary style="cursor:pointer;{_FAINT}">Hint'
            f'</summary><div style="margin-top:2px">{escape(report.hint)}</div></details>'
        )
    parts.append("</div>")
    return "".join(parts)


def _criterion_html(result: CriterionResult) -> str:
    colour = "#009E73" if result.passed else "#D55E00"
    detail = f'<div style="{_FAINT}">{escape(result.detail)}</div>' if result.detail else ""
    return (
        '<div style="display:flex;gap:.6em">'
        f'<b style="color:{colour}">{_sign(result)}</b>'
        f"<div>{escape(result.sentence)}{detail}</div></div>"
    )


def _callout(label: str, sentence: str, colour: str) -> str:
    return (
        f'<div style="margin:6px 0 0;padding-left:.7em;border-left:2px solid {colour}">'
        f'<span style="{_FAINT}">{label}:</span> {escape(sentence)}</div>'
    )
