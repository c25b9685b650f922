"""What a search has found, and where it stands in the text that the learner wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.judge.repair.changes import Change
from autograder.judge.repair.pieces import Piece

Changes = list[tuple[Piece, Change]]
_LEAST_SHOWN = 3


@dataclass(frozen=True)
class Made:
    """One change that was made.

    Attributes
    ----------
    kind : str
    piece : Piece
    lines : tuple of int
        In the cell.
    stood : str
        What the learner has written there.
    """

    kind: str
    piece: Piece
    lines: tuple[int, ...]
    stood: str


@dataclass(frozen=True)
class Found:
    """What a search has proven.

    Attributes
    ----------
    made : tuple of Made
        One change or two that make all of the check hold; or what makes `right` right.
    complete : bool
        Whether the check holds with them.
    right, wrong : tuple of str
        Outputs that were wrong: those that come right, and those that stay wrong.
    tried : int
    stopped : bool
        By the learner.
    seconds : float
    texts : mapping of Piece to str
        The changed texts: for whoever measures; never shown.
    """

    made: tuple[Made, ...] = ()
    complete: bool = False
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    tried: int = 0
    stopped: bool = False
    seconds: float = 0.0
    texts: Mapping[Piece, str] = field(default_factory=dict)


def texts_of(found: Changes) -> dict[Piece, str]:
    texts: dict[Piece, str] = {}
    for piece, change in found:
        texts[piece] = change.made_in(texts.get(piece, piece.text))
    return texts


def made_of(piece: Piece, change: Change, earlier: Change | None = None) -> Made:
    """Return what is told of a change; `earlier` is one that was made in the same text before."""
    places = [(start, end) for start, end, _ in sorted(change.places)]
    if earlier is not None:
        places = [
            (place_before(earlier, start), place_before(earlier, end)) for start, end in places
        ]
    lines = {piece.line + piece.parsed.line(start) for start, _ in places}
    start, end = places[0]
    stood = piece.text[start:end] if len(places) == 1 else ""
    if "\n" in stood or len(stood) < _LEAST_SHOWN:
        stood = piece.text.split("\n")[piece.parsed.line(start)].strip()
    return Made(change.kind, piece, tuple(sorted(lines)), stood)


def place_before(change: Change, position: int) -> int:
    """Return where a character of the changed text stood before."""
    moved = 0
    for start, end, new in sorted(change.places):
        if position <= start + moved:
            break
        if position < start + moved + len(new):
            return start
        moved += len(new) - (end - start)
    return position - moved
