"""The search: one change that makes the check pass, then two, within the time."""

import ast
import io
import os
import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from autograder.judge.repair.bench import Bench, Seen
from autograder.judge.repair.changes import FIRST, LAST, LATER, SOON, Change, changes_of
from autograder.judge.repair.influence import Reach, influences, rank
from autograder.judge.repair.pieces import Piece
from autograder.judge.repair.text import Text
from autograder.student.answers import Problem

BUDGET_S = 8.0
_TELL_S = 0.25
_LEAST_SHOWN = 3
_SURE_HALVES, _MOST_HALVES = 6, 40
_MOST_HANGS = 2  # in one loop, before nothing more is changed there

#: Costs of the changes that are tried together, and how badly they may fit what is wrong.
Round = tuple[tuple[int, ...], float]
_ROUNDS: tuple[Round, ...] = (((FIRST, SOON), 9.0), ((LATER,), 2.0), ((LAST,), 1.0))

Tell = Callable[[int], None]
Changes = list[tuple[Piece, Change]]
_Try = tuple[Piece, Change, ast.AST | None]  # with the loop that it is in


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
    gained: int = 0


class Search:
    """Tries changes on one learner's functions.

    Parameters
    ----------
    bench : Bench
    tell : function of int, optional
        Told from time to time how many changes have been tried.
    budget_s : float
        ``BUDGET_S`` if left out.
    """

    def __init__(
        self, bench: Bench, tell: Tell = lambda tried: None, budget_s: float = 0.0
    ) -> None:
        self.bench, self.pieces, self._tell = bench, bench.runs.pieces, tell
        self._budget_s, self.tried = budget_s or BUDGET_S, 0
        self._clock = bench.clock
        self._began = self._told = self._clock()
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
                self.baseline = self.bench.choose(self._began + self._budget_s / 2)
                if self.baseline is not None and self.pieces:
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
        ordered = self._ordered(base, before, costs, most, until)
        for tried in iter(lambda: self._taken(ordered, until), []):
            texts = [{**base, p: c.made_in(base.get(p, p.text))} for p, c, _ in tried]
            for (piece, change, loop), made, seen in zip(
                tried, texts, self._seen(texts), strict=True
            ):
                if seen is None:
                    continue
                if seen.answer.problem is Problem.LIMIT:
                    self._hung[loop] += loop is not None
                elif self.bench.asked_of(self.bench.case) <= seen.right:
                    if self.bench.proves(made):
                        return [(piece, change)]
                elif not pairs:
                    self._keep(_Half(seen, piece, change), before)
        return None

    def _taken(self, ordered: Iterator[_Try], until: float) -> list[_Try]:
        """Return what is tried next together; nothing once it is too late."""
        fit = (one for one in ordered if self._hung[one[2]] < _MOST_HANGS)
        taken = list(islice(fit, self.bench.runs.at_once))  # which may take long itself
        return [] if self._clock() > until else taken

    def _keep(self, half: _Half, before: Seen) -> None:
        """Remember a change that makes something right and nothing wrong: a second may follow."""
        if before.right <= half.seen.right:
            gained = len(half.seen.right) - len(before.right)
            half = replace(half, gained=gained)
            if half.change.cost <= SOON and not half.seen.answer.problem:
                self._blind.append(half)
            if gained or half.seen.near > before.near:
                self._halves.append(half)

    def _ordered(
        self,
        base: dict[Piece, str],
        before: Seen,
        costs: tuple[int, ...],
        most: float,
        until: float,
    ) -> Iterator[_Try]:
        """Yield changes with the loop they are in: those first that reach what is wrong alone."""
        asked: list[tuple[float, int, Piece, Change, ast.AST | None]] = []

        def late() -> bool:
            return self._clock() > until

        for place, piece in enumerate(self.pieces):
            if late():
                return
            text = Text(base[piece]) if piece in base else piece.parsed
            if (piece, text.text, id(before)) not in self._reach:
                found = influences(self.bench, base, piece, text, before, late)
                self._reach[piece, text.text, id(before)] = text, found
            text, reach = self._reach[piece, text.text, id(before)]
            nodes = (text.root, *text.nodes)
            ranks = {node: rank(reach, text, node, before.off) for node in nodes}
            fitting = {node for node, off in ranks.items() if off <= most}
            for change in changes_of(text, costs, fitting, late):
                order = change.cost + ranks[change.node] + 0.25 * place
                asked.append((order, len(asked), piece, change, text.loop(change.node)))
        for _, _, piece, change, loop in sorted(asked, key=lambda one: one[:2]):
            yield piece, change, loop

    def _seen(self, tries: list[dict[Piece, str]]) -> list[Seen | None]:
        self.tried += len(tries)
        now = self._clock()
        if now - self._told > _TELL_S:
            self._told = now
            self._tell(self.tried)
        return self.bench.seen(tries)


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
