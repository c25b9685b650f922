"""The search: one change that makes the check pass, then two, within the time."""

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from autograder.judge.repair.bench import Bench, Seen
from autograder.judge.repair.changes import FIRST, LAST, LATER, SOON, Change, Place, changes_of
from autograder.judge.repair.found import Changes, Found, made_of, place_before, texts_of
from autograder.judge.repair.influence import Reach, influences, rank
from autograder.judge.repair.pieces import Piece
from autograder.judge.repair.quiet import quietly
from autograder.judge.repair.text import Text
from autograder.student.answers import Problem

BUDGET_S = 8.0
_TELL_S = 0.25
_SURE_HALVES, _MOST_HALVES = 6, 40
_MOST_HANGS = 2  # in one loop, before nothing more is changed there

#: Costs of the changes that are tried together, and how badly they may fit what is wrong.
Round = tuple[tuple[int, ...], float]
_ROUNDS: tuple[Round, ...] = (((FIRST, SOON), 9.0), ((LATER,), 2.0), ((LAST,), 1.0))

Tell = Callable[[int], None]
_Try = tuple[Piece, Change, ast.AST | None]  # with the loop that it is in
_Key = tuple[Piece, tuple[Place, ...]]


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
        with quietly():
            try:
                self.baseline = self.bench.choose(self._began + self._budget_s / 2)
                if self.baseline is not None and self.pieces:
                    found = self._search()
            except KeyboardInterrupt:
                stopped = True
        return self._found(found, stopped)

    def _found(self, found: Changes | None, stopped: bool) -> Found:
        before = self.baseline.right if self.baseline else frozenset()
        wrong = frozenset(self.bench.outputs) - before
        result = Found(
            wrong=tuple(sorted(wrong)),
            tried=self.tried,
            stopped=stopped,
            seconds=self._clock() - self._began,
        )
        if found:
            (first, change), *more = found
            further = [made_of(p, c, change if p is first else None) for p, c in more]
            made = (made_of(first, change), *further)
            return replace(
                result,
                made=made,
                complete=True,
                right=result.wrong,
                wrong=(),
                texts=texts_of(found),
            )
        for half in sorted(self._halves, key=_by_gain):
            if right := half.seen.right & wrong:
                made = (made_of(half.piece, half.change),)
                still = tuple(sorted(wrong - right))
                return replace(result, made=made, right=tuple(sorted(right)), wrong=still)
        return result

    def _search(self) -> Changes | None:
        """Return one change that makes the check hold, or two: what is simple first."""
        end = self._began + self._budget_s
        return (
            self._tried_on(None, end, *_ROUNDS[0])
            or self._pairs(end, _SURE_HALVES, _ROUNDS[:1])
            or self._tried_on(None, end, *_ROUNDS[1])
            or self._blindly(self._part(end, 3), FIRST, FIRST)
            or self._tried_on(None, end, *_ROUNDS[2])
            or self._pairs(self._part(end, 2), _MOST_HALVES, _ROUNDS)
            or self._blindly(end, FIRST, SOON)
            or self._blindly(end, SOON, SOON)
        )

    def _part(self, end: float, parts: int) -> float:
        """Return when one of equal parts of the time that is left is over."""
        now = self._clock()
        return now + (end - now) / parts

    def _blindly(self, until: float, first: int, second: int) -> Changes | None:
        """Return two changes of these costs of which neither alone makes anything right."""
        used: set[_Key] = set()
        halves = [half for half in self._blind if half.change.cost == first]
        for half in sorted(halves, key=_by_gain):
            skipped = used if first == second else frozenset()  # else nothing comes twice
            if found := self._tried_on(half, until, (second,), 1.0, skipped):
                return found
            used.add((half.piece, half.change.places))
        return None

    def _pairs(self, end: float, most: int, rounds: Sequence[Round]) -> Changes | None:
        halves = sorted(self._halves, key=_by_gain)
        if len(rounds) == 1:
            halves = [half for half in halves if half.gained]
        for number, half in enumerate(halves[:most]):
            until = end
            if len(rounds) > 1:  # those that follow are to be tried, too
                until = self._part(end, min(len(halves) - number, 4))
            for costs, fit in rounds:
                if found := self._tried_on(half, until, costs, fit):
                    return found
        return None

    def _tried_on(
        self,
        half: _Half | None,
        until: float,
        costs: tuple[int, ...],
        most: float,
        skipped: Collection[_Key] = (),
    ) -> Changes | None:
        """Return the first change that makes the check hold, after that of `half` if given."""
        before = half.seen if half else self.baseline
        if before is None:
            return None
        base = {half.piece: half.change.made_in(half.piece.text)} if half else {}
        ordered = self._ordered(base, before, costs, most, until)
        if half and skipped:
            ordered = (one for one in ordered if _alone(one, half) not in skipped)
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
                        earlier = [(half.piece, half.change)] if half else []
                        return [*earlier, (piece, change)]
                elif half is None:
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


def _alone(tried: _Try, half: _Half) -> _Key:
    """Return a change after that of `half` as it would be made without it."""
    piece, change, _ = tried
    if piece is not half.piece:
        return piece, change.places
    places = (
        (place_before(half.change, a), place_before(half.change, b), new)
        for a, b, new in change.places
    )
    return piece, tuple(places)
