"""Rebuilding a submission on the released notebook: one rule instead of many repairs.

Every student cell stays, in the student's order, as untrusted code. Locked cells are restored,
missing ones put back, names and flags of graded cells come from the release, the last copy of a
duplicated one counts. A function counts wherever it stands, and no stub takes its place. What had
to be mended is told in one line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from autograder.grading.matching import ELSEWHERE, Seen, seen_cells
from autograder.grading.pictures import Picture
from autograder.grading.pieces import Piece, pieces_of, quiet, without_empty
from autograder.grading.submitted_cells import SubmittedCell
from autograder.grading.template import Template, TemplateCell
from autograder.grading.written import find_answers

OWN_CELL_PREFIX = "own-"
VERSION = 2
"""Raised when the same cells run otherwise than before, so that they are graded again."""


@dataclass(frozen=True)
class RebuiltCell:
    """One cell of the notebook that is graded.

    Attributes
    ----------
    origin : TemplateCell or None
        Its counterpart in the release; None for a cell of the student's own.
    code : str or None
        What runs, if that is not all of `source`: stubs are left out whose function stands
        elsewhere.
    pictures : tuple of Picture
        What an answer in words shows.
    is_lost : bool
        Whether an answer may have been given that was not found.
    """

    cell_id: str
    kind: str
    source: str
    origin: TemplateCell | None = None
    code: str | None = None
    pictures: tuple[Picture, ...] = ()
    is_lost: bool = False

    @property
    def runs(self) -> bool:
        """Whether grading runs it."""
        is_code = self.kind == "code" and not (self.origin and self.origin.is_demo)
        return is_code and (self.code is None or bool(quiet(self.code).strip()))

    @property
    def to_run(self) -> str:
        """What runs of it."""
        return self.source if self.code is None else self.code

    @property
    def is_students_code(self) -> bool:
        """Whether it runs and the student may have written it."""
        return self.runs and not (self.origin and self.origin.is_locked)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The statements of the student's that run."""
        return pieces_of(self.to_run) if self.is_students_code else ()

    @property
    def one_by_one(self) -> tuple[str, ...]:
        """What of it runs piece by piece once an error has ended it."""
        harmless = tuple(piece.source for piece in self.pieces if piece.is_harmless)
        return harmless if len(self.pieces) > 1 else ()


@dataclass(frozen=True)
class Rebuilt:
    """A submission on the released notebook.

    Attributes
    ----------
    flags : tuple of str
        What differed from the release and was mended: one line, if anything.
    """

    cells: tuple[RebuiltCell, ...]
    flags: tuple[str, ...] = ()

    @property
    def grounds(self) -> list[Any]:
        """All that its marks depend on, as JSON takes it."""
        cells = [
            [
                cell.kind,
                cell.source,
                cell.origin.cell_id if cell.origin else "",
                *(picture.digest for picture in cell.pictures),
            ]
            for cell in self.cells
        ]
        return [VERSION, cells, self.flags]


def rebuild(template: Template, submitted: Iterable[SubmittedCell]) -> Rebuilt:
    """Return `submitted` on `template`."""
    seen, flags = seen_cells(template, list(submitted))
    cells = [cell for index, one in enumerate(seen) for cell in _kept(index, one, flags)]
    _flag_order(template, cells, flags)
    cells, missing = _with_missing(template, cells, flags)
    cells = _imports_first(cells)
    cells = find_answers(cells, missing, flags)
    cells = _without_stubs(cells)
    return Rebuilt(tuple(cells), _in_one_line(flags))


def _in_one_line(flags: list[str]) -> tuple[str, ...]:
    """Return all that was mended as one line; none if nothing was."""
    moved = [flag.removesuffix(ELSEWHERE) for flag in flags if flag.endswith(ELSEWHERE)]
    others = [flag for flag in flags if not flag.endswith(ELSEWHERE)]
    first = [", ".join(dict.fromkeys(moved)) + ELSEWHERE] if moved else []
    return (" ".join(dict.fromkeys([*first, *others])),) if flags else ()


def _kept(index: int, seen: Seen, flags: list[str]) -> Iterator[RebuiltCell]:
    """Yield what is kept of a submitted cell, restored where it is one of the release."""
    cell, origin = seen.cell, seen.origin
    own = RebuiltCell(f"{OWN_CELL_PREFIX}{index}", cell.kind, cell.source, pictures=cell.pictures)
    if origin is None or not seen.counts:
        if origin is None or not origin.is_locked:
            yield own
        return
    name = origin.grade_id
    if name and cell.grade_id not in ("", name):
        flags.append(f"The name of the cell {name} had been changed.")
    if name and cell.kind != origin.kind:
        flags.append(f"The cell {name} had been made a {cell.kind} cell.")
    source = cell.source
    if origin.is_locked:
        if source.strip() != origin.source.strip():
            flags.append(f"The locked cell {name} had been changed; its own text ran.")
            if cell.kind == "code" and seen.written - origin.assigns:
                yield own  # something was written in it
        source = origin.source
    kind = origin.kind if name else cell.kind
    yield RebuiltCell(origin.cell_id, kind, source, origin, pictures=cell.pictures)


def _flag_order(template: Template, cells: list[RebuiltCell], flags: list[str]) -> None:
    places = [
        template.position[cell.cell_id] for cell in cells if cell.origin and cell.origin.grade_id
    ]
    if places != sorted(places):
        flags.append("Graded cells stand in another order than in the release.")


def _with_missing(
    template: Template, cells: list[RebuiltCell], flags: list[str]
) -> tuple[list[RebuiltCell], frozenset[str]]:
    """Return `cells` with every missing graded cell behind the released cell before it.

    In place of a stub whose functions all stand elsewhere comes a note. Also returns which cells
    were missing.
    """
    result = list(cells)
    present = {cell.cell_id for cell in cells}
    written = _written(cells)
    back = []
    missing = [o for o in template.cells if o.grade_id and o.cell_id not in present]
    for origin in missing:
        source, code = origin.source, None
        if origin.is_stub and origin.defines <= written:
            source = f"# {' and '.join(sorted(origin.defines))}: in another cell"
            flags.append(f"{', '.join(sorted(origin.defines))}{ELSEWHERE}")
        else:
            back.append(origin.grade_id)
            kept = [piece.source for piece in origin.pieces if piece.defined not in written]
            code = "\n".join(kept) if len(kept) < len(origin.pieces) else None
        before = {o.cell_id for o in template.cells[: template.position[origin.cell_id]]}
        place = max((i + 1 for i, cell in enumerate(result) if cell.cell_id in before), default=0)
        result.insert(place, RebuiltCell(origin.cell_id, origin.kind, source, origin, code))
    if back:
        flags.append(_put_back(back))
    return result, frozenset(origin.grade_id for origin in missing)


def _put_back(names: list[str]) -> str:
    if len(names) == 1:
        return f"The cell {names[0]} was missing and has been put back."
    return f"The cells {', '.join(names)} were missing and have been put back."


def _written(cells: Iterable[RebuiltCell]) -> frozenset[str]:
    """Return the names that the student's code gives something to stand for."""
    return frozenset(
        name
        for cell in cells
        for piece in cell.pieces
        if not piece.is_empty
        for name in piece.binds
    )


def _imports_first(cells: list[RebuiltCell]) -> list[RebuiltCell]:
    """Return the cells with the released imports before all of the student's code."""
    first = next((i for i, cell in enumerate(cells) if cell.is_students_code), len(cells))
    return [*cells[:first], *sorted(cells[first:], key=lambda cell: not _is_import(cell))]


def _is_import(cell: RebuiltCell) -> bool:
    origin = cell.origin
    return bool(origin and origin.kind == "code" and origin.is_locked and not origin.is_check)


def _without_stubs(cells: list[RebuiltCell]) -> list[RebuiltCell]:
    """Return the cells, none of whose stubs runs where the function stands in another one."""
    written = _written(cells)
    return [
        replace(cell, code=without_empty(cell.to_run, written))
        if any(piece.is_empty and piece.defined in written for piece in cell.pieces)
        else cell
        for cell in cells
    ]
