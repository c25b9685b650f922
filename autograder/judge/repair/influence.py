"""Which numbers hang on which part of a text: each part is moved a little, and they are seen."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.judge.repair.bench import Bench, Seen
from autograder.judge.repair.cells import Piece, Workshop
from autograder.judge.repair.text import Text

_MOVED = "_moved_a_little"
Reach = Mapping[ast.AST, np.ndarray]


def influences(
    bench: Bench, shop: Workshop, base: Mapping[Piece, str], piece: Piece, text: Text, before: Seen
) -> Reach:
    """Return, for what is assigned, handed over and returned, which numbers it reaches."""
    found: dict[ast.AST, np.ndarray] = {}
    for node in _parts(text):
        start, end = text.span(node)
        moved = f"{text.text[:start]}{_MOVED}({text.of(node)}){text.text[end:]}"
        try:
            functions = shop.with_text({**base, piece: moved})
            shop.space[_MOVED] = _moved
            seen = bench.seen(functions)
        except KeyboardInterrupt:
            raise
        except BaseException:
            continue
        if seen.answer.problem == before.answer.problem:
            found[node] = bench.differing(before.answer, seen.answer)
    return found


def _parts(text: Text) -> Iterator[ast.expr]:
    for node in text.nodes:
        value = getattr(node, "value", None)
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and value is not None:
            yield from value.elts if isinstance(value, ast.Tuple) else [value]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from (a for a in node.value.args if not isinstance(a, ast.Starred))


def _moved(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value * 1.01 + 0.013
    if isinstance(value, float):
        return value * 1.01 + 0.013
    if isinstance(value, tuple):
        return tuple(map(_moved, value))
    if isinstance(value, list):
        return list(map(_moved, value))
    if isinstance(value, dict):
        return {name: _moved(one) for name, one in value.items()}
    return value


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
