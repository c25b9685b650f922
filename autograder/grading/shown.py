"""What a student wrote in words, so that any program may show it as markdown or as HTML.

The Formgrader renders autograded notebooks inside the Jupyter server's origin, where a script would
have the instructor's rights; JupyterLab and nbgrader's feedback read the same file. None of them is
relied on. The text becomes one line of a small alphabet: tags from a list, without attributes but
for two fixed classes, and between them letters, digits, spaces and numeric character references. No
character of it can mean anything to a markdown reader, and nothing is left to sanitise.
"""

import html
import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from autograder.visible import tidy

#: MathJax leaves alone what has one of these classes (version 2; 3 and later) ...
UNTOUCHED = "tex2jax_ignore mathjax_ignore"
#: ... but for formulas in it that say so.
TYPESET = "tex2jax_process mathjax_process"
MAX_SHOWN_CHARACTERS = 20_000  # of one cell
MAX_FORMULA_CHARACTERS = 1_000
MAX_EMPTY_CELLS = 1_000  # of tables, that nobody wrote: short rows are filled up

TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_FORMULA = re.compile(r"\$\$[^$]+\$\$|\$[^$\n]+\$")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_TAG_OR_TEXT = re.compile(r"(<[^<>]*>)")
#: Commands that only draw. What links, styles, defines or loads is not among them.
_DRAWING_COMMANDS = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
    rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi
    Psi Omega partial nabla infty ell hbar emptyset Re Im aleph prime dots ldots cdots vdots ddots
    frac dfrac tfrac sqrt binom sum prod int lim limits nolimits max min sup inf arg argmax argmin
    exp log ln sin cos tan sinh cosh tanh det dim ker gcd Pr operatorname mathop text textbf textit
    textrm texttt mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak boldsymbol hat widehat
    tilde widetilde bar overline underline vec dot ddot underbrace overbrace overset underset
    stackrel cdot times div pm mp odot oplus otimes circ ast star bullet cap cup setminus wedge vee
    neg lnot land lor forall exists in notin ni subset subseteq supset supseteq leq le geq ge neq ne
    ll gg approx equiv sim simeq cong propto mid parallel perp to gets mapsto leftarrow rightarrow
    leftrightarrow Leftarrow Rightarrow Leftrightarrow longrightarrow implies iff uparrow downarrow
    left right big Big bigg Bigg bigl bigr Bigl Bigr langle rangle lfloor rfloor lceil rceil lvert
    rvert lVert rVert vert Vert quad qquad begin end top colon displaystyle textstyle
    """
_DRAWING = frozenset(_DRAWING_COMMANDS.split())


def plain_html(text: str, typeset: bool = False) -> str:
    """Return markdown as plain HTML: no links, no pictures, no HTML of its author's.

    Parameters
    ----------
    typeset : bool
        Whether formulas that only draw may be typeset; all others stay as their source.
    """
    reader = _reader(_as_formula if typeset else _as_source)
    classes = {"span": {"class": {TYPESET}}} if typeset else {}
    tags = {*TAGS, "span"} if typeset else TAGS
    return nh3.clean(
        reader.render(tidy(text)), tags=tags, attributes={}, tag_attribute_values=classes
    )


def safe_markdown(text: str, most: int = MAX_SHOWN_CHARACTERS) -> str:
    """Return markdown that looks as `text` would and holds no character that could do harm."""
    return _wrapped(plain_html(_short(text, most), typeset=True))


def safe_raw(text: str, most: int = MAX_SHOWN_CHARACTERS) -> str:
    """Return markdown that shows `text` as it was typed."""
    return _wrapped(f"<pre>{html.escape(tidy(_short(text, most)))}</pre>")


def _short(text: str, most: int) -> str:
    kept = text[:most]
    return kept if kept == text else f"{kept}\n\n… (more was written)"


def _wrapped(clean: str) -> str:
    pieces = _TAG_OR_TEXT.split(clean)
    coded = (piece if i % 2 else _coded(html.unescape(piece)) for i, piece in enumerate(pieces))
    return f'<div class="{UNTOUCHED}">{"".join(coded)}</div>'


def _coded(text: str) -> str:
    return "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in text)


def only_draws(formula: str) -> bool:
    """Return whether a formula holds nothing but commands that draw."""
    return len(formula) <= MAX_FORMULA_CHARACTERS and _DRAWING.issuperset(_COMMAND.findall(formula))


def take_formula(state: StateInline, silent: bool) -> bool:
    """Keep a formula in one piece: a rule of markdown-it."""
    found = _FORMULA.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("formula", "code", 0).content = found.group()
    state.pos = found.end()
    return True


def take_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take a table, unless it would be filled up to far more than was written.

    A rule of markdown-it, whose own cap would let 20 kB become 12 MB. Once it is reached, the rest
    of the text has no tables.
    """
    room = state.env.setdefault("room for empty cells", MAX_EMPTY_CELLS)
    if room < 0 or not table(state, start, end, True):
        return False
    if silent:
        return True
    rows = list(takewhile(bool, (_line(state, number).strip() for number in range(start, end))))
    empty = rows[0].count("|") * len(rows) - sum(row.count("|") for row in rows)
    state.env["room for empty cells"] = room - max(0, empty)
    return empty <= room and table(state, start, end, False)


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _as_source(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    return f"<code>{html.escape(tokens[index].content)}</code>"


def _as_formula(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]
) -> str:
    formula = tokens[index].content
    if not only_draws(formula):
        return _as_source(self, tokens, index, options, env)
    return f'<span class="{TYPESET}">{html.escape(formula)}</span>'


def _reader(formula: Any) -> MarkdownIt:
    """A new one each time: it lists its rules at its first text, which threads must not share."""
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    reader.block.ruler.at("table", take_table, {"alt": ["paragraph", "reference"]})
    reader.enable("table")
    # A link or picture stays visible as the text it was written as, and leads nowhere.
    reader.disable(["link", "image", "autolink", "reference"])
    reader.inline.ruler.before("escape", "formula", take_formula)
    reader.add_render_rule("formula", formula)
    return reader
