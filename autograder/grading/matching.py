"""Which released cell a submitted one comes from, also where the way here took its names away.

Colab, copying and pasting, and other editors lose nbgrader's names, ids and tags. A cell is then
known by its text, or by the function that it defines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from autograder.grading.pieces import Piece, is_tail, pieces_of
from autograder.grading.submitted_cells import SubmittedCell
from autograder.grading.template import Template, TemplateCell

_MOST_CHARACTERS = 500_000  # of a notebook's code that are looked at; nobody writes as much
ELSEWHERE = " stood in another cell."
_FENCE = re.compile(r"^```.*$", re.MULTILINE)


@dataclass(frozen=True)
class Seen:
    """A submitted cell and what its text defines.

    Attributes
    ----------
    origin : TemplateCell or None
        Its counterpart in the release; None for a cell of the student's own.
    counts : bool
        False for copies of a cell that stands elsewhere, too.
    """

    cell: SubmittedCell
    pieces: tuple[Piece, ...] = ()
    origin: TemplateCell | None = None
    counts: bool = True

    @cached_property
    def written(self) -> frozenset[str]:
        """The names that it gives something to stand for: functions with something in them."""
        return frozenset().union(*(piece.binds for piece in self.pieces if not piece.is_empty))

    @property
    def is_own(self) -> bool:
        """Whether it is the student's own, and no copy."""
        return self.origin is None

    @property
    def is_students_code(self) -> bool:
        """Whether it is code that the student may have written."""
        locked = self.origin is not None and self.origin.is_locked
        return not locked and self.kind == "code"

    @property
    def kind(self) -> str:
        """The kind that it is taken for: that of the release, where it is a cell of that."""
        named = self.origin is not None and self.origin.grade_id
        return self.origin.kind if self.origin and named else self.cell.kind


def seen_cells(
    template: Template, submitted: Sequence[SubmittedCell]
) -> tuple[list[Seen], list[str]]:
    """Return what is submitted, each with its counterpart, and sentences on what was put right."""
    found, flags = [], list[str]()
    room = _MOST_CHARACTERS
    for cell in _joined(submitted, flags):
        room -= len(cell.source)
        origin = _by_name(template, cell)
        if origin and (origin.kind, origin.source) == (cell.kind, cell.source):
            pieces = origin.pieces  # as released: they are known
        else:
            pieces = pieces_of(cell.source) if room >= 0 else ()
        found.append(Seen(cell, pieces, origin))
    _count_once(found, flags)
    _by_text(template, found)
    _by_function(template, found, flags)
    _by_variable(template, found)
    return found, flags


def _joined(submitted: Sequence[SubmittedCell], flags: list[str]) -> list[SubmittedCell]:
    """Return the cells; a function that was cut in two is whole again."""
    cells = list[SubmittedCell]()
    for cell in submitted:
        if cells and cell.kind == cells[-1].kind == "code" and is_tail(cell.source):
            last = pieces_of(cells[-1].source)[-1]
            if last.defined and not cell.grade_id:
                cells[-1] = replace(cells[-1], source=f"{cells[-1].source}\n{cell.source}")
                flags.append(f"{last.defined} was cut in two cells.")
                continue
        cells.append(cell)
    return cells


def _by_name(template: Template, cell: SubmittedCell) -> TemplateCell | None:
    """Return the released cell that nbgrader's name, an id, or an ungraded text speaks of."""
    return (
        template.by_grade_id.get(cell.grade_id)
        or template.by_cell_id.get(cell.cell_id)
        or template.by_source.get((cell.kind, cell.source.strip()))
    )


def _count_once(found: list[Seen], flags: list[str]) -> None:
    """Let one of several copies count: the last one with something in it."""
    copies: dict[str, list[int]] = {}
    for index, seen in enumerate(found):
        if seen.origin:
            copies.setdefault(seen.origin.cell_id, []).append(index)
    for indices in copies.values():
        origin = found[indices[0]].origin
        assert origin is not None
        filled = [i for i in indices if origin.is_locked or _has_something(found[i], origin)]
        last = (filled or indices)[-1]
        for index in indices:
            if index != last:
                found[index] = replace(found[index], counts=False)
        if len(indices) > 1 and origin.grade_id:
            which = "last one" if last == indices[-1] else "last one with something in it"
            flags.append(
                f"The cell {origin.grade_id} was there {len(indices)} times; the {which} counts."
            )


def _has_something(seen: Seen, origin: TemplateCell) -> bool:
    text = seen.cell.source.strip()
    if origin.kind != "code" or not origin.defines:
        return text not in ("", origin.source.strip())
    return bool(seen.written & origin.defines)


def _by_text(template: Template, found: list[Seen]) -> None:
    """Find cells that lost their names, but not their text."""
    taken = {seen.origin.cell_id for seen in found if seen.origin}
    waiting: dict[str, list[TemplateCell]] = {}
    for origin in template.cells:
        if origin.grade_id and origin.cell_id not in taken:
            waiting.setdefault(_bare(origin.source), []).append(origin)
    for index, seen in enumerate(found):
        same = waiting.get(_bare(seen.cell.source)) if seen.is_own else None
        if same:
            found[index] = replace(seen, origin=same.pop(0))


def _bare(source: str) -> str:
    return " ".join(source.split())


def _by_function(template: Template, found: list[Seen], flags: list[str]) -> None:
    """Find the cells with the functions that their own cells do not hold."""
    for origin in template.cells:
        if not origin.is_stub:
            continue
        there = next((i for i, s in enumerate(found) if s.origin is origin and s.counts), None)
        if there is not None and _has_something(found[there], origin):
            continue
        if any(s.written & origin.defines and s.is_students_code and s.origin for s in found):
            continue  # together with another function
        for kind in ("code", ""):
            elsewhere = [
                index
                for index, seen in enumerate(found)
                if seen.is_own
                and (seen.cell.kind == kind or not kind)
                and any(p.defined in origin.defines and not p.is_empty for p in seen.pieces)
            ]
            if elsewhere:
                break
        if not elsewhere:
            continue
        if there is not None:
            found[there] = replace(found[there], origin=None)
        index = elsewhere[-1]
        cell = found[index].cell
        if cell.kind != "code":
            cell = replace(cell, source=_FENCE.sub("", cell.source))
        found[index] = replace(found[index], cell=cell, origin=origin)
        flags.append(f"{', '.join(sorted(origin.defines))}{ELSEWHERE}")


def _by_variable(template: Template, found: list[Seen]) -> None:
    """Find predictions, in their order, by the variable that they are kept in."""
    taken = {seen.origin.cell_id for seen in found if seen.origin}
    for origin in template.cells:
        if origin.is_prediction and origin.cell_id not in taken:
            for index, seen in enumerate(found):
                mine = seen.is_own and seen.cell.kind == "code" and len(seen.pieces) <= 2
                if mine and any(piece.binds & origin.assigns for piece in seen.pieces):
                    found[index] = replace(seen, origin=origin)
                    break
