"""Checks that are asked once more at the end of the notebook, where that may change the answer.

A check may stand above what it asks for, or a helper below it. Whichever answer is better counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.grading.pieces import Piece, pieces_of
from autograder.grading.rebuild import Rebuilt, RebuiltCell
from autograder.grading.template import Template


@dataclass(frozen=True)
class Recheck:
    """Code that runs behind the last cell.

    Attributes
    ----------
    check : str
        Name of the check that it repeats; "" if it is none.
    """

    source: str
    check: str = ""


def rechecks(template: Template, rebuilt: Rebuilt) -> tuple[Recheck, ...]:
    """Return what is to run at the end.

    First the checks of which something that they call was written below them. Then, if a student
    has changed what was given, that as it was given, and the checks that call it.
    """
    places = {cell.cell_id: index for index, cell in enumerate(rebuilt.cells)}
    binding = _binding(rebuilt.cells)
    checks = [cell for cell in template.cells if cell.grade_id in template.exercises]
    called = {check.grade_id: _reached(check.source, binding) for check in checks}
    late = [
        Recheck(check.source, check.grade_id)
        for check in checks
        if _is_bound_behind(places[check.cell_id], called[check.grade_id], binding)
    ]
    given = [
        cell.origin
        for cell in rebuilt.cells
        if cell.origin and cell.origin.is_given and cell.to_run != cell.origin.source
    ]
    names = frozenset(name for origin in given for name in origin.defines)
    anew = [Recheck(c.source, c.grade_id) for c in checks if called[c.grade_id] & names]
    if not anew:
        return tuple(late)
    return (*late, *(Recheck(origin.source) for origin in given), *anew)


def _binding(cells: Iterable[RebuiltCell]) -> dict[str, list[tuple[int, Piece]]]:
    """Return by name what gives it something to stand for, and in which cells."""
    found: dict[str, list[tuple[int, Piece]]] = {}
    for index, cell in enumerate(cells):
        if not (cell.origin and cell.origin.is_prediction):
            for piece in cell.pieces:
                for name in piece.binds:
                    found.setdefault(name, []).append((index, piece))
    return found


def _reached(check: str, binding: dict[str, list[tuple[int, Piece]]]) -> frozenset[str]:
    """Return the names that a check comes to look up, in functions that it calls, too."""
    found = set[str]()
    waiting = {name for piece in pieces_of(check) for name in piece.calls}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_called(binding.get(name, ()))) - found
    return frozenset(found)


def _called(bound: Iterable[tuple[int, Piece]]) -> Iterator[str]:
    for _, piece in bound:
        yield from piece.calls


def _is_bound_behind(
    place: int, names: frozenset[str], binding: dict[str, list[tuple[int, Piece]]]
) -> bool:
    return any(index > place for name in names for index, _ in binding.get(name, ()))
