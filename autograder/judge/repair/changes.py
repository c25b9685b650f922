"""What a small change of a learner's code is, and where the rules that make them are kept."""

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from autograder.judge.repair.text import Text

Place = tuple[int, int, str]


@dataclass(frozen=True)
class Change:
    """One change of one text.

    Attributes
    ----------
    kind : str
        What is said of it: a key of ``words.KINDS``.
    cost : int
        The smaller, the sooner it is tried.
    node : node
        Where it is made.
    places : tuple of (start, end, new)
        What is replaced, in order.
    """

    kind: str
    cost: int
    node: ast.AST
    places: tuple[Place, ...]

    def made_in(self, text: str) -> str:
        """Return `text` with the change made."""
        for start, end, new in sorted(self.places, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    @property
    def apart(self) -> bool:
        """Whether no two of its places overlap."""
        return all(one[1] <= other[0] for one, other in pairwise(sorted(self.places)))


Rule = Callable[[Text, ast.AST], Iterator[tuple[Place, ...]]]
RULES: list[tuple[str, int, Rule]] = []

#: How far down the list a rule's changes stand.
FIRST, SOON, LATER, LAST = 0, 1, 2, 3


def rule(kind: str, cost: int) -> Callable[[Rule], Rule]:
    """Collect the decorated function, which yields changes at one node."""

    def collect(function: Rule) -> Rule:
        RULES.append((kind, cost, function))
        return function

    return collect


def put(text: Text, node: ast.AST, new: str) -> tuple[Place, ...]:
    """Return the change of `node` into `new`."""
    return ((*text.span(node), new),)


def changes_of(
    text: Text, costs: Collection[int], at: Collection[ast.AST], late: Callable[[], bool]
) -> list[Change]:
    """Return the changes of `text` of the given costs, made at nodes that are in `at`.

    No two of them give one text. Those are left out for which it is too late.
    """
    from autograder.judge.repair import additions, names, operators, statements  # noqa: F401

    found: dict[tuple[Place, ...], Change] = {}
    rules = [(kind, cost, make) for kind, cost, make in RULES if cost in costs]
    for node in (one for one in (text.root, *text.nodes) if one in at):
        if late():
            break
        for kind, cost, make in rules:
            for places in make(text, node):
                change = Change(kind, cost, node, places)
                if change.apart and any(text.text[a:b] != new for a, b, new in places):
                    found.setdefault(places, change)
    return list(found.values())
