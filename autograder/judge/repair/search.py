"""The search: one change that makes the check pass, then two, within the time."""

import io
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field

import numpy as np

from autograder.judge.repair.bench import Bench, Seen
from autograder.judge.repair.cells import Piece, Workshop
from autograder.judge.repair.changes import FIRST, LAST, LATER, SOON, Change, changes_of
from autograder.judge.repair.influence import influences, rank
from autograder.judge.repair.text import Text
from autograder.student.answers import Problem

BUDGET_S = 8.0
SINGLES_S = 5.0  # after that, two are tried, if some change has been half the way
_TELL_S = 0.25
_LEAST_SHOWN = 3
_MOST_HALVES = 40

#: Costs of the changes that are tried together, and how badly they may fit what is wrong.
_ROUNDS = (((FIRST, SOON), 9.0), ((LATER,), 2.0), ((LAST,), 1.0))

Tell = Callable[[int], None]


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


@dataclass(frozen=True)
class _Half:
    seen: Seen
    piece: Piece
    change: Change
    gained: int


class Search:
    """Tries changes on one learner's functions.

    Parameters
    ----------
    bench : Bench
    shop : Workshop
    tell : function of int, optional
        Told from time to time how many changes have been tried.
    clock : function
        Seconds: those on the wall, unless somebody measures on a machine that others use, too.
    """

    def __init__(
        self,
        bench: Bench,
        shop: Workshop,
        tell: Tell = lambda tried: None,
        budget_s: float = BUDGET_S,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.bench, self.shop, self._tell = bench, shop, tell
        self._budget_s, self.tried = budget_s, 0
        self._clock = clock
        self._began = self._told = clock()
        self._halves: list[_Half] = []
        self.baseline: Seen | None = None

    def run(self) -> Found:
        """Return what is found; an interrupt ends the search, and is told."""
        stopped, found = False, None
        with _quietly():
            try:
                self.baseline = self.bench.choose(self.shop.with_text({}))
                if self.baseline is not None and self.shop.pieces:
                    found = (
                        self._singles({}, self.baseline, self._until(SINGLES_S)) or self._pairs()
                    )
            except KeyboardInterrupt:
                stopped = True
        return self._found(found, stopped)

    def _until(self, seconds: float) -> float:
        return self._began + self._budget_s * seconds / BUDGET_S

    def _found(self, found: list[tuple[Piece, Change]] | None, stopped: bool) -> Found:
        seconds = self._clock() - self._began
        before = self.baseline.right if self.baseline else frozenset()
        wrong = frozenset(self.bench.outputs) - before
        if found:
            texts = _texts(found)
            (first, change), *more = found
            further = [_made(p, c, change if p is first else None) for p, c in more]
            right = tuple(sorted(wrong))
            return Found(
                (_made(first, change), *further),
                True,
                right,
                (),
                self.tried,
                stopped,
                seconds,
                texts,
            )
        halves = sorted(self._halves, key=_by_gain)
        half = next((h for h in halves if h.seen.right & wrong), None)
        if half is None:
            return Found((), False, (), tuple(sorted(wrong)), self.tried, stopped, seconds)
        right = tuple(sorted(half.seen.right & wrong))
        still = tuple(sorted(wrong - half.seen.right))
        return Found(
            (_made(half.piece, half.change),), False, right, still, self.tried, stopped, seconds
        )

    def _singles(
        self, base: dict[Piece, str], before: Seen, until: float, pairs: bool = False
    ) -> list[tuple[Piece, Change]] | None:
        """Return the first change of `base` that makes the check hold."""
        asked = self.bench.asked_of(self.bench.case)
        for piece, change in self._ordered(base, before):
            if self._clock() > until:
                return None
            text = change.made_in(base.get(piece, piece.text))
            seen = self._seen({**base, piece: text})
            if seen is None:
                continue
            if asked <= seen.right:
                if self._proves({**base, piece: text}):
                    return [(piece, change)]
            elif not pairs and before.right <= seen.right:
                gained = len(seen.right) - len(before.right)
                if gained or seen.near > before.near:
                    self._halves.append(_Half(seen, piece, change, gained))
        return None

    def _pairs(self) -> list[tuple[Piece, Change]] | None:
        end = self._until(BUDGET_S)
        halves = sorted(self._halves, key=_by_gain)[:_MOST_HALVES]
        for number, half in enumerate(halves):
            left = end - self._clock()
            if left <= 0:
                return None
            base = {half.piece: half.change.made_in(half.piece.text)}
            share = left / min(len(halves) - number, 4)
            found = self._singles(base, half.seen, self._clock() + share, pairs=True)
            if found:
                return [(half.piece, half.change), *found]
        return None

    def _ordered(self, base: dict[Piece, str], before: Seen) -> Iterator[tuple[Piece, Change]]:
        """Yield changes: the simple ones first, and those that reach what is wrong, and no more."""
        texts = {p: Text(base[p]) if p in base else p.parsed for p in self.shop.pieces}
        reach = {
            piece: influences(self.bench, self.shop, base, piece, text, before)
            for piece, text in texts.items()
        }
        for costs, most in _ROUNDS:
            asked: list[tuple[float, int, Piece, Change]] = []
            for place, (piece, text) in enumerate(texts.items()):
                nodes = (text.root, *text.nodes)
                ranks = {node: rank(reach[piece], text, node, before.off) for node in nodes}
                fitting = {node for node, off in ranks.items() if off <= most}
                changes = changes_of(text, costs, fitting)
                for change in changes:
                    order = change.cost + ranks[change.node] + 0.25 * place
                    asked.append((order, len(asked), piece, change))
            for _, _, piece, change in sorted(asked, key=lambda one: one[:2]):
                yield piece, change

    def _seen(self, texts: Mapping[Piece, str]) -> Seen | None:
        self.tried += 1
        now = self._clock()
        if now - self._told > _TELL_S:
            self._told = now
            self._tell(self.tried)
        try:
            functions = self.shop.with_text(texts)
            seen = self.bench.seen(functions)
        except KeyboardInterrupt:
            raise
        except BaseException:  # of a text that Python refuses, or a limit just behind the call
            return None
        return None if seen.answer.problem is Problem.LIMIT else seen

    def _proves(self, texts: Mapping[Piece, str]) -> bool:
        try:
            return self.bench.proves(self.shop.with_text(texts))
        except KeyboardInterrupt:
            raise
        except BaseException:
            return False


def _by_gain(half: _Half) -> tuple[float, ...]:
    return (-half.gained, -half.seen.near, half.change.cost)


def _texts(found: list[tuple[Piece, Change]]) -> dict[Piece, str]:
    texts: dict[Piece, str] = {}
    for piece, change in found:
        texts[piece] = change.made_in(texts.get(piece, piece.text))
    return texts


def _made(piece: Piece, change: Change, earlier: Change | None = None) -> Made:
    """Return what is told of a change; `earlier` is one that was made in the same text before."""
    places = [(start, end) for start, end, _ in sorted(change.places)]
    if earlier is not None:
        places = [(_before(earlier, start), _before(earlier, end)) for start, end in places]
    lines = {piece.line + piece.parsed.line(start) for start, _ in places}
    start, end = places[0]
    stood = piece.text[start:end] if len(places) == 1 else ""
    if "\n" in stood or len(stood) < _LEAST_SHOWN:
        stood = piece.text.split("\n")[piece.parsed.line(start)].strip()
    return Made(change.kind, piece, tuple(sorted(lines)), stood)


def _before(change: Change, position: int) -> int:
    """Return where a character of the changed text stood before."""
    moved = 0
    for start, end, new in sorted(change.places):
        if position <= start + moved:
            break
        if position < start + moved + len(new):
            return start
        moved += len(new) - (end - start)
    return position - moved


@contextmanager
def _quietly() -> Iterator[None]:
    """Nothing is printed meanwhile, and the random generators are as before afterwards."""
    state = np.random.get_state()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            np.random.set_state(state)
