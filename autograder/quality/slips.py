"""Every single slip of the pen in a function's text, by rules of syntax alone.

These know nothing of the mistakes that the judge knows, nor of its own slips: they measure it.
"""

import ast
import warnings

from autograder.judge.repair.text import Text, open_nodes
from autograder.quality import expressions, statements
from autograder.quality.rules import RULES, Slip, changed

__all__ = ["expressions", "single_slips", "statements"]  # whose rules are there once imported


def single_slips(text: str) -> list[Slip]:
    """Return all slips in `text`, in a fixed order: no two give one text, and all can be read."""
    source, found = Text(text), []
    seen = {_tree(text)}
    for node in [source.root, *open_nodes(source.root, annotations=True)]:
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
