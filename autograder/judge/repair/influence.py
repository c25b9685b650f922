"""Which numbers hang on which part of a text: each part is moved a little, and they are seen."""

import ast
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from autograder.judge.repair.bench import Bench, Seen
from autograder.judge.repair.pieces import Piece
from autograder.judge.repair.text import Text

_MOVED = "_moved_a_little"
_MOVES = Piece(_MOVED, "", 1, "<moved>")
_MOVES_TEXT = f"""
def {_MOVED}(value):
    if getattr(getattr(value, "dtype", None), "kind", "") == "f" or isinstance(value, float):
        return value * 1.01 + 0.013
    if isinstance(value, (tuple, list)):
        return (list if isinstance(value, list) else tuple)(map({_MOVED}, value))
    if isinstance(value, dict):
        return {{name: {_MOVED}(one) for name, one in value.items()}}
    return value
"""
Reach = Mapping[ast.AST, np.ndarray]


def influences(
    bench: Bench,
    base: Mapping[Piece, str],
    piece: Piece,
    text: Text,
    before: Seen,
    late: Callable[[], bool],
) -> Reach:
    """Return, for what is assigned, handed over and returned, which numbers it reaches."""
    found: dict[ast.AST, np.ndarray] = {}
    nodes = list(_parts(text))
    while nodes and not late():
        some, nodes = nodes[: bench.runs.at_once], nodes[bench.runs.at_once :]
        tries = [{**base, piece: _moved(text, node), _MOVES: _MOVES_TEXT} for node in some]
        for node, seen in zip(some, bench.seen(tries), strict=True):
            if seen is not None and seen.answer.problem == before.answer.problem:
                found[node] = bench.differing(before.answer, seen.answer)
    return found


def _moved(text: Text, node: ast.AST) -> str:
    start, end = text.span(node)
    return f"{text.text[:start]}{_MOVED}({text.of(node)}){text.text[end:]}"


def _parts(text: Text) -> Iterator[ast.expr]:
    for node in text.nodes:
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and value is not None:
            yield from value.elts if isinstance(value, ast.Tuple) else [value]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from (a for a in node.value.args if not isinstance(a, ast.Starred))


def rank(reach: Reach, text: Text, at: ast.AST, wrong: np.ndarray) -> float:
    """Return how badly a change at a node fits: 0 if it reaches what is wrong and nothing else."""
    node: ast.AST | None = at
    while node is not None and node not in reach:
        node = text.parents.get(node)
    if node is None or not reach[node].any() or not wrong.any():
        return 0.5
    reached = reach[node]
    if (reached == wrong).all():
        return 0.0
    if (reached >= wrong).all():
        return 0.6
    return 1.1 if (reached & wrong).any() else 4.0
