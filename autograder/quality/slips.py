"""Every single slip of the pen in a function's text, by rules of syntax alone.

These know nothing of the mistakes that the judge knows, nor of its own slips: they measure it.
"""

import ast
import warnings

from autograder.quality import expressions, statements
from autograder.quality.rules import RULES, Slip, changed
from autograder.quality.source import Source

__all__ = ["expressions", "single_slips", "statements"]  # whose rules are there once imported


def single_slips(text: str) -> list[Slip]:
    """Return all slips in `text`, in a fixed order: no two give one text, and all can be read."""
    source, found = Source(text), []
    seen = {_tree(text)}
    for node in [source.function, *source.nodes]:
        for kind, make in RULES.items():
            for changes in make(source, node):
                slip = Slip(kind, changes)
                tree = _tree(changed(text, slip))
                if tree and tree not in seen:
                    seen.add(tree)
                    found.append(slip)
    return found


def _tree(text: str) -> str:
    """Return the syntax of `text`; "" if Python would refuse it, or warn."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)
            compile(text, "<slip>", "exec")
        return ast.dump(ast.parse(text))
    except (SyntaxError, SyntaxWarning, ValueError):
        return ""
