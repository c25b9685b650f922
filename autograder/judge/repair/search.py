"""The search: one change that makes the check pass, then two, within the time."""

import ast
import io
import os
import random
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field

import numpy as np

from autograder.judge.repair.bench import Bench, Seen
from autograder.judge.repair.cells import Piece, Workshop
from autograder.judge.repair.changes import FIRST, LAST, LATER, SOON, Change, changes_of
from autograder.judge.repair.influence import Reach, influences, rank
from autograder.judge.repair.text import Text
from autograder.student.answers import Problem

BUDGET_S = 8.0

#: Seconds on the wall, unless somebody measures on a machine that others use, too.
clock: Callable[[], float] = time.perf_counter
_TELL_S = 0.25
_LEAST_SHOWN = 3
_SURE_HALVES, _MOST_HALVES = 6, 40
_MOST_HANGS = 2  # in one loop, before nothing more is changed there

#: Costs of the changes that are tried together, and how badly they may fit what is wrong.
Round = tuple[tuple[int, ...], float]
_ROUNDS: tuple[Round, ...] = (((FIRST, SOON), 9.0), ((LATER,), 2.0), ((LAST,), 1.0))

Tell = Callable[[int], None]
Changes = list[tuple[Piece, Change]]


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
    budget_s : float
        ``BUDGET_S`` if left out.
    """

    def __init__(
        self,
        bench: Bench,
        shop: Workshop,
        tell: Tell = lambda tried: None,
        budget_s: float = 0.0,
    ) -> None:
        self.bench, self.shop, self._tell = bench, shop, tell
        self._budget_s, self.tried = budget_s or BUDGET_S, 0
        self._clock = clock
        self._began = self._told = clock()
        self._hung: Counter[ast.AST | None] = Counter()
        self._reach: dict[tuple[Piece, str, int], tuple[Text, Reach]] = {}
        self._halves: list[_Half] = []
        self._blind: list[_Half] = []
        self.baseline: Seen | None = None

    def run(self) -> Found:
        """Return what is found; an interrupt ends the search, and is told."""
        stopped, found = False, None
        with _quietly():
            try:
                self.baseline = self.bench.choose(self.shop.with_text({}))
                if self.baseline is not None and self.shop.pieces:
                    found = self._search(self.baseline)
            except KeyboardInterrupt:
                stopped = True
        return self._found(found, stopped)

    def _found(self, found: Changes | None, stopped: bool) -> Found:
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

    def _search(self, before: Seen) -> Changes | None:
        """Return one change that makes the check hold, or two: what is simple first."""
        end = self._began + self._budget_s
        for number, (costs, most) in enumerate(_ROUNDS):
            if found := self._tried_on({}, before, end, costs, most):
                return found
            if number == 0 and (found := self._pairs(end, _SURE_HALVES, _ROUNDS[:1])):
                return found
        return self._pairs(end, _MOST_HALVES, _ROUNDS) or self._blindly(end)

    def _blindly(self, end: float) -> Changes | None:
        """Return two simple changes of which neither alone makes anything right."""
        for half in self._blind:
            base = {half.piece: half.change.made_in(half.piece.text)}
            if found := self._tried_on(base, half.seen, end, (FIRST, SOON), 1.0, pairs=True):
                return [(half.piece, half.change), *found]
        return None

    def _pairs(self, end: float, most: int, rounds: Sequence[Round]) -> Changes | None:
        halves = sorted(self._halves, key=_by_gain)
        if len(rounds) == 1:
            halves = [half for half in halves if half.gained]
        for number, half in enumerate(halves[:most]):
            base = {half.piece: half.change.made_in(half.piece.text)}
            until = end
            if len(rounds) > 1:  # those that follow are to be tried, too
                until = self._clock() + (end - self._clock()) / min(len(halves) - number, 4)
            for costs, fit in rounds:
                found = self._tried_on(base, half.seen, until, costs, fit, pairs=True)
                if found:
                    return [(half.piece, half.change), *found]
        return None

    def _tried_on(
        self,
        base: dict[Piece, str],
        before: Seen,
        until: float,
        costs: tuple[int, ...],
        most: float,
        pairs: bool = False,
    ) -> Changes | None:
        """Return the first change of `base` that makes the check hold."""
        asked = self.bench.asked_of(self.bench.case)
        for piece, change, loop in self._ordered(base, before, costs, most, until):
            if self._clock() > until:
                return None
            if self._hung[loop] >= _MOST_HANGS:
                continue
            texts = {**base, piece: change.made_in(base.get(piece, piece.text))}
            seen = self._seen(texts)
            if seen is None:
                continue
            if seen.answer.problem is Problem.LIMIT:
                self._hung[loop] += loop is not None
            elif asked <= seen.right:
                if self._proves(texts):
                    return [(piece, change)]
            elif not pairs and before.right <= seen.right:
                gained = len(seen.right) - len(before.right)
                if change.cost <= SOON and not seen.answer.problem:
                    self._blind.append(_Half(seen, piece, change, gained))
                if gained or seen.near > before.near:
                    self._halves.append(_Half(seen, piece, change, gained))
        return None

    def _ordered(
        self,
        base: dict[Piece, str],
        before: Seen,
        costs: tuple[int, ...],
        most: float,
        until: float,
    ) -> Iterator[tuple[Piece, Change, ast.AST | None]]:
        """Yield changes with the loop they are in: those first that reach what is wrong alone."""
        asked: list[tuple[float, int, Piece, Change, ast.AST | None]] = []
        for place, piece in enumerate(self.shop.pieces):
            if self._clock() > until:
                return
            text = Text(base[piece]) if piece in base else piece.parsed
            if (piece, text.text, id(before)) not in self._reach:
                found = influences(self.bench, self.shop, base, piece, text, before)
                self._reach[piece, text.text, id(before)] = text, found
            text, reach = self._reach[piece, text.text, id(before)]
            nodes = (text.root, *text.nodes)
            ranks = {node: rank(reach, text, node, before.off) for node in nodes}
            fitting = {node for node, off in ranks.items() if off <= most}
            for change in changes_of(text, costs, fitting, lambda: self._clock() > until):
                order = change.cost + ranks[change.node] + 0.25 * place
                asked.append((order, len(asked), piece, change, text.loop(change.node)))
        for _, _, piece, change, loop in sorted(asked, key=lambda one: one[:2]):
            yield piece, change, loop

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
        return seen

    def _proves(self, texts: Mapping[Piece, str]) -> bool:
        try:
            return self.bench.proves(self.shop.with_text(texts))
        except KeyboardInterrupt:
            raise
        except BaseException:
            return False


def _by_gain(half: _Half) -> tuple[float, ...]:
    return (-half.gained, -half.seen.near, half.change.cost)


def _texts(found: Changes) -> dict[Piece, str]:
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
    drawn, state = random.getstate(), np.random.get_state()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        with _silent_libraries():
            try:
                yield
            finally:
                np.random.set_state(state)
                random.setstate(drawn)


@contextmanager
def _silent_libraries() -> Iterator[None]:
    """LAPACK complains on the process's own output, where Python has no say."""
    kept = [(number, os.dup(number)) for number in (1, 2) if _is_open(number)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number, _ in kept:
            os.dup2(nowhere, number)
        yield
    finally:
        for number, copy in kept:
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
