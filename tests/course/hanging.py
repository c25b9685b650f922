"""Which demonstrations of a notebook show the same, whatever its learner has written or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nbgrader.utils import is_solution


@dataclass(frozen=True)
class Names:
    """What a cell uses, gives a value, defines as function or class, and imports."""

    used: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()

    @classmethod
    def of(cls, cell: Any) -> Names:
        """Read a cell; of one that cannot be read, no names are known."""
        if cell.cell_type != "code" or not _can_be_read(cell):
            return cls()
        names = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)]
        outside = list(_outside_of_functions(ast.parse(cell.source)))
        return cls(
            frozenset(name.id for name in names if isinstance(name.ctx, ast.Load)),
            frozenset(
                n.id for n in outside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
            ),
            frozenset(n.name for n in outside if isinstance(n, ast.FunctionDef | ast.ClassDef)),
            frozenset((n.asname or n.name) for n in outside if isinstance(n, ast.alias)),
        )


def hang_on_nothing(released: Sequence[Any], solution: Sequence[Any]) -> set[str]:
    """Return the ids of demonstrations that use no name which is to be written.

    What a cell gives a value hangs on what it uses; so does an object that it uses beside that, for
    it may have been changed. What cannot be read, or reads otherwise in the solution, stays in; so
    does what a cell that stays in has names from.

    Parameters
    ----------
    released, solution : sequences of cells
        Of one notebook; each cell has its id in both.
    """
    answers, hanging, without = {cell.id: cell for cell in solution}, set[str](), set[str]()
    values = {name for cell in solution for name in Names.of(cell).made}
    for cell in released:
        names = Names.of(cell)
        if is_solution(cell):
            answer = Names.of(answers[cell.id])
            hanging |= names.made | names.defined | answer.made | answer.defined
        elif names.used & hanging:
            hanging |= names.made | names.defined | (names.used & values)
        elif "demo" in cell.metadata.get("tags", ()) and cell.source == answers[cell.id].source:
            without |= {cell.id} if _can_be_read(cell) else set()
    needed: set[str] = set()
    for cell in reversed(released):
        names = Names.of(cell)
        if (names.made | names.defined | names.imported) & needed:
            without.discard(cell.id)
        if cell.id not in without:
            needed |= names.used - names.imported
    return without


def _can_be_read(cell: Any) -> bool:
    try:
        ast.parse(cell.source)
    except SyntaxError:
        return False
    return True


def _outside_of_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes, of functions and classes but the first: what is made in one is its own."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from _outside_of_functions(node)
