"""Finding an answer in words that stands beside the cell it belongs in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.grading.pieces import is_prose

if TYPE_CHECKING:
    from autograder.grading.rebuild import RebuiltCell
    from autograder.grading.template import TemplateCell

_BADGE = "colab-badge.svg"  # Colab's own first cell
_OPTIONAL = "optional_"  # before the name of a cell that is worth nothing


@dataclass(frozen=True)
class _Found:
    """An answer, and which cells it is made of."""

    parts: tuple[RebuiltCell, ...]
    used: tuple[int, ...] = ()


def find_answers(
    cells: Sequence[RebuiltCell], missing: frozenset[str], flags: list[str]
) -> list[RebuiltCell]:
    """Return the cells with every answer in words in the cell of its question.

    Words of the student's own that stand between the released cells before and behind it are moved
    there. Where none are, but some stand elsewhere, or the cell was deleted, the answer is lost:
    an instructor has to look.
    """
    result = list(cells)
    used = set[int]()
    open_ones = []
    for index, cell in enumerate(cells):
        if cell.origin is None or not cell.origin.is_written:
            continue
        found = _answer_at(cells, index, missing)
        if found.used or len(found.parts) > 1 or (found.parts and found.parts[0] is not cell):
            flags.append(f"The answer to {cell.origin.grade_id} stood beside its cell.")
            source = "\n\n".join(part.source.strip() for part in found.parts)
            pictures = tuple(picture for part in found.parts for picture in part.pictures)
            result[index] = replace(cell, source=source, pictures=pictures)
            used.update(found.used)
        elif not found.parts:
            open_ones.append(index)
    strays = [i for i, cell in enumerate(cells) if i not in used and _may_hold_words(cell)]
    for index in open_ones:
        origin = cells[index].origin
        assert origin is not None
        if strays or origin.grade_id in missing:
            flags.append(f"No answer to {origin.grade_id} was found, so it waits for you.")
            result[index] = replace(cells[index], is_lost=True)
    return [cell for index, cell in enumerate(result) if index not in used]


def _answer_at(cells: Sequence[RebuiltCell], index: int, missing: frozenset[str]) -> _Found:
    """Return the answer that belongs into cell `index`; without parts if there is none."""
    cell = cells[index]
    behind = list(_own_words(cells, range(index + 1, len(cells)), missing))
    if _is_filled(cell):
        behind = [i for n, i in enumerate(behind) if i == index + 1 + n]  # the next cells alone
        behind = [i for i in behind if cells[i].kind != "code"]
        return _Found((cell, *(cells[i] for i in behind)), tuple(behind))
    before = list(_own_words(cells, range(index - 1, -1, -1), missing))
    around = [*reversed(before), *behind]
    if around:
        return _Found(tuple(cells[i] for i in around), tuple(around))
    asked = next(_released(cells[i] for i in range(index - 1, -1, -1)), None)
    if asked is not None and asked.origin is not None and asked.kind == "markdown":
        text, added = asked.source.strip(), asked.origin.source.strip()
        if text != added and text.startswith(added):
            return _Found((replace(asked, source=text[len(added) :].strip()),))
    return _Found(())


def _is_filled(cell: RebuiltCell) -> bool:
    released = cell.origin.source.strip() if cell.origin else ""
    return bool(cell.pictures) or cell.source.strip() not in ("", released)


def _released(cells: Iterable[RebuiltCell]) -> Iterator[RebuiltCell]:
    return (cell for cell in cells if cell.origin is not None)


def _own_words(
    cells: Sequence[RebuiltCell], places: Iterable[int], missing: frozenset[str]
) -> Iterator[int]:
    """Yield where words of the student's own stand, up to the next cell of the release.

    What was `missing` and has been put back stands nowhere, and code without points parts nothing.
    """
    for index in places:
        origin = cells[index].origin
        if origin is None and _is_words(cells[index]):
            yield index
        elif origin is not None and origin.grade_id not in missing and not _is_extra(origin):
            return


def _is_extra(origin: TemplateCell) -> bool:
    """Return whether a cell of the release is code that nothing hangs on."""
    return origin.kind == "code" and (not origin.grade_id or origin.grade_id.startswith(_OPTIONAL))


def _is_words(cell: RebuiltCell) -> bool:
    if cell.kind == "code":
        return is_prose(cell.source)
    return bool(cell.pictures or cell.source.strip()) and _BADGE not in cell.source


def _may_hold_words(cell: RebuiltCell) -> bool:
    """Return whether an answer may stand in a cell that is not for it."""
    if cell.origin is None:
        return cell.kind != "code" and _is_words(cell)
    asks = cell.origin.kind == "markdown" and not cell.origin.grade_id
    return asks and (bool(cell.pictures) or cell.source.strip() != cell.origin.source.strip())
