"""What a slip of the pen is, and where the rules that make slips are kept."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from autograder.quality.source import Source

Change = tuple[int, int, str]
Changes = tuple[Change, ...]
Rule = Callable[[Source, ast.AST], Iterator[Changes]]
RULES: dict[str, Rule] = {}

ARITHMETIC: dict[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+", ("-", "*")),
    ast.Sub: ("-", ("+",)),
    ast.Mult: ("*", ("/", "@", "+", "-", "**")),
    ast.Div: ("/", ("*", "//", "-")),
    ast.FloorDiv: ("//", ("/", "*", "%")),
    ast.MatMult: ("@", ("*", "+")),
    ast.Pow: ("**", ("*", "+")),
    ast.BitAnd: ("&", ("|", "^")),
}


@dataclass(frozen=True)
class Slip:
    """One slip in one text.

    Attributes
    ----------
    kind : str
        The rule it comes from.
    changes : tuple of (start, end, new)
        Replacements in the text, in order.
    """

    kind: str
    changes: Changes

    def overlaps(self, other: "Slip") -> bool:
        """Whether the two touch the same characters."""
        spans = sorted((start, end) for start, end, _ in (*self.changes, *other.changes))
        return any(a[1] > b[0] or a == b for a, b in pairwise(spans))


def changed(text: str, *slips: Slip) -> str:
    """Return `text` with all of `slips` made, which must not overlap."""
    for start, end, new in sorted((c for s in slips for c in s.changes), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def rule(kind: str) -> Callable[[Rule], Rule]:
    """Collect the decorated function under `kind`; it yields the slips at one node."""

    def collect(function: Rule) -> Rule:
        RULES[kind] = function
        return function

    return collect


def replace(source: Source, node: ast.expr | ast.stmt | ast.keyword, new: str) -> Change:
    return (*source.span(node), new)
