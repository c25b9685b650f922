"""Checks that are asked once more at the end of the notebook, where that may change the answer.

A check may stand above what it asks for, or a helper below it. Whichever answer is better counts.
Each is asked once in a process: nothing that a check has shown helps with it a second time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from autograder.grading.pieces import Piece, pieces_of
from autograder.grading.rebuild import Rebuilt, RebuiltCell
from autograder.grading.template import Template
from autograder.student.report import Report, Status


@dataclass(frozen=True)
class Round:
    """A further run of a notebook, with checks behind its last cell alone.

    Attributes
    ----------
    checks : tuple of str
        Their names.
    before : tuple of str
        Code that runs before them.
    """

    checks: tuple[str, ...]
    before: tuple[str, ...] = ()

    def only(self, checks: Collection[str]) -> "Round":
        """Return the round with no checks but `checks`."""
        return replace(self, checks=tuple(name for name in self.checks if name in checks))


def rounds(template: Template, rebuilt: Rebuilt) -> tuple[Round, ...]:
    """Return the further runs that may change an answer.

    First the checks of which something that they call was written below them. Then, if a student
    has changed what was given, the checks that call it, with that as it was given.
    """
    places = {cell.cell_id: index for index, cell in enumerate(rebuilt.cells)}
    binding = _binding(rebuilt.cells)
    checks = [cell for cell in template.cells if cell.grade_id in template.exercises]
    called = {check.grade_id: _reached(check.source, binding) for check in checks}
    late = [
        check.grade_id
        for check in checks
        if _is_bound_behind(places[check.cell_id], called[check.grade_id], binding)
    ]
    given = [
        cell.origin
        for cell in rebuilt.cells
        if cell.origin and cell.origin.is_given and cell.to_run != cell.origin.source
    ]
    names = frozenset(name for origin in given for name in origin.defines)
    anew = [check.grade_id for check in checks if called[check.grade_id] & names]
    found = (Round(tuple(late)), Round(tuple(anew), tuple(origin.source for origin in given)))
    return tuple(one for one in found if one.checks)


def is_open(report: Report) -> bool:
    """Return whether a check may still find something better."""
    return report.points is None or report.points < report.max_points


def better(first: Mapping[str, Report], late: Mapping[str, Report]) -> dict[str, Report]:
    """Return the reports of `first`, those of `late` in their place where they are better."""
    return {name: _better(report, late.get(name, report)) for name, report in first.items()}


def _better(first: Report, late: Report) -> Report:
    asked = bool(first.criteria) or first.status is not Status.FAILED
    if late.points is None:  # it may be right, if the first time nothing was there to be asked
        return first if asked else late
    return late if first.points is None or late.points > first.points else first


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
