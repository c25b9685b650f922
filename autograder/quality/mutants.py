"""The mutants of an exercise: its model answer with one slip in it, or with two."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from autograder.judge.edits import base_source, compiled
from autograder.judge.exercise import Exercise
from autograder.quality.rules import Slip, changed
from autograder.quality.slips import single_slips

DOUBLE_SEED = 20261130


@dataclass(frozen=True)
class Mutant:
    """The model answer of one exercise with slips in it.

    Attributes
    ----------
    exercise, unit : str
    slips : tuple of Slip
        One or two.
    """

    exercise: str
    unit: str
    slips: tuple[Slip, ...]

    @property
    def source(self) -> str:
        """The text of the wrong function."""
        return changed(base_source(self.unit, self.exercise), *self.slips)

    @property
    def function(self) -> Callable[..., Any]:
        """The wrong function."""
        return compiled(self.source, self.unit, self.exercise)

    @property
    def kind(self) -> str:
        """The rules that its slips come from."""
        return " + ".join(slip.kind for slip in self.slips)

    @property
    def text(self) -> str:
        """The lines that differ, "old → new"; it names the mutant within its exercise."""
        return " | ".join(_lines(base_source(self.unit, self.exercise), s) for s in self.slips)


def _lines(text: str, slip: Slip) -> str:
    """Return the lines of `text` that a slip touches, before and after it."""
    before, after = text.splitlines(), changed(text, slip).splitlines()
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    if first == len(before) - last:  # a line put in: told with the one before it
        first -= 1
    old, new = before[first : len(before) - last], after[first : len(after) - last]
    same = sum(line in before[:first] for line in old[:1])
    place = f" ({same + 1}.)" if same else ""
    moved = " (moved into the loop, or out)" if _joined(old) == _joined(new) else ""
    return f"{_joined(old)}{place} → {_joined(new)}{moved}"


def _joined(lines: list[str]) -> str:
    return " ⏎ ".join(line.strip() for line in lines) or "–"


@cache
def single_mutants(unit: str, exercise: str) -> tuple[Mutant, ...]:
    """Return every mutant of the exercise with one slip."""
    slips = single_slips(base_source(unit, exercise))
    return tuple(Mutant(exercise, unit, (slip,)) for slip in slips)


def double_mutants(
    exercises: list[Exercise], count: int, harmless: Callable[[Mutant], bool]
) -> list[Mutant]:
    """Return a fixed sample of mutants with two slips, each exercise as often as any other.

    Neither of the two is `harmless` by itself.
    """
    drawn = [_doubles(e.unit, e.name, harmless) for e in exercises]
    found: list[Mutant] = []
    while len(found) < count:
        found += [next(mutants) for mutants in drawn[: count - len(found)]]
    return found


def _doubles(unit: str, exercise: str, harmless: Callable[[Mutant], bool]) -> Iterator[Mutant]:
    chance = random.Random(f"{DOUBLE_SEED} {exercise}")
    singles = single_mutants(unit, exercise)
    seen: set[str] = set()
    while True:
        one, other = chance.sample(singles, 2)
        if one.slips[0].overlaps(other.slips[0]) or harmless(one) or harmless(other):
            continue
        double = Mutant(exercise, unit, (*one.slips, *other.slips))
        if double.source not in seen:
            seen.add(double.source)
            yield double
