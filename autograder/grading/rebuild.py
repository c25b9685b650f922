"""Rebuilding a submission on the released notebook: one rule instead of many repairs.

Every student cell stays, in the student's order, as untrusted code. Locked cells are restored,
missing ones put back, names and flags of graded cells come from the release, the last copy of a
duplicated one counts. What had to be mended is told.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.grading.submissions import SubmittedCell
from autograder.grading.template import Template, TemplateCell

OWN_CELL_PREFIX = "own-"


@dataclass(frozen=True)
class RebuiltCell:
    """One cell of the notebook that is graded.

    Attributes
    ----------
    origin : TemplateCell or None
        Its counterpart in the release; None for a cell of the student's own.
    """

    cell_id: str
    kind: str
    source: str
    origin: TemplateCell | None = None

    @property
    def runs(self) -> bool:
        """Whether grading runs it."""
        return self.kind == "code" and not (self.origin and self.origin.is_demo)


@dataclass(frozen=True)
class Rebuilt:
    """A submission on the released notebook.

    Attributes
    ----------
    flags : tuple of str
        What differed from the release and was mended, one sentence each.
    """

    cells: tuple[RebuiltCell, ...]
    flags: tuple[str, ...] = ()


def rebuild(template: Template, submitted: Iterable[SubmittedCell]) -> Rebuilt:
    """Return `submitted` on `template`."""
    flags: list[str] = []
    matched = [(cell, _origin(template, cell)) for cell in submitted]
    last = {origin.cell_id: index for index, (_, origin) in enumerate(matched) if origin}
    _flag_duplicates(matched, flags)
    cells: list[RebuiltCell] = []
    for index, (cell, origin) in enumerate(matched):
        if origin is None or last[origin.cell_id] != index:
            if origin is None or not origin.is_locked:
                cells.append(RebuiltCell(f"{OWN_CELL_PREFIX}{index}", cell.kind, cell.source))
        else:
            cells.append(_restored(cell, origin, flags))
    _flag_order(template, cells, flags)
    return Rebuilt(tuple(_with_missing(template, cells, flags)), tuple(flags))


def _origin(template: Template, cell: SubmittedCell) -> TemplateCell | None:
    """Return the released cell that `cell` comes from: by nbgrader's name, its id, or its text."""
    return (
        template.by_grade_id.get(cell.grade_id)
        or template.by_cell_id.get(cell.cell_id)
        or template.by_source.get((cell.kind, cell.source.strip()))
    )


def _restored(cell: SubmittedCell, origin: TemplateCell, flags: list[str]) -> RebuiltCell:
    name = origin.grade_id
    if name and cell.grade_id != name:
        flags.append(f"The name of the cell {name} had been changed.")
    if name and cell.kind != origin.kind:
        flags.append(f"The cell {name} had been made a {cell.kind} cell.")
    source = cell.source
    if origin.is_locked:
        if source.strip() != origin.source.strip():
            flags.append(f"The locked cell {name} had been changed; its own text ran.")
        source = origin.source
    kind = origin.kind if name else cell.kind
    return RebuiltCell(origin.cell_id, kind, source, origin)


def _flag_duplicates(
    matched: list[tuple[SubmittedCell, TemplateCell | None]], flags: list[str]
) -> None:
    copies = Counter(origin.grade_id for _, origin in matched if origin and origin.grade_id)
    for name, count in copies.items():
        if count > 1:
            flags.append(f"The cell {name} was there {count} times; the last one counts.")


def _flag_order(template: Template, cells: list[RebuiltCell], flags: list[str]) -> None:
    places = [
        template.position[cell.cell_id] for cell in cells if cell.origin and cell.origin.grade_id
    ]
    if places != sorted(places):
        flags.append("Graded cells stand in another order than in the release.")


def _with_missing(
    template: Template, cells: list[RebuiltCell], flags: list[str]
) -> list[RebuiltCell]:
    """Return `cells` with every missing graded cell behind the released cell before it."""
    result = list(cells)
    present = {cell.cell_id for cell in cells}
    for index, origin in enumerate(template.cells):
        if origin.cell_id in present or not origin.grade_id:
            continue
        flags.append(f"The cell {origin.grade_id} was missing and has been put back.")
        before = {earlier.cell_id for earlier in template.cells[:index]}
        place = max((i + 1 for i, cell in enumerate(result) if cell.cell_id in before), default=0)
        result.insert(place, RebuiltCell(origin.cell_id, origin.kind, origin.source, origin))
    return result
