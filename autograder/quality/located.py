"""How well a mistake is located: slips made in functions of a notebook, and what ``where`` proves.

The slips come from the rules that measure recognition; the changes that are tried come from rules
of their own. What is proven is tried again on cases of seeds that the search has not seen.
"""

import importlib
import linecache
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from types import FunctionType
from typing import Any

from autograder.judge.backend import LIMIT_BYTES, limited
from autograder.judge.edits import base_source
from autograder.judge.exercise import PUBLIC_SEED, Exercise
from autograder.judge.key import AnswerKey
from autograder.judge.repair import bench
from autograder.judge.repair.cells import Workshop
from autograder.judge.repair.found import Found
from autograder.judge.repair.pieces import Piece
from autograder.judge.repair.search import BUDGET_S, Search
from autograder.judge.repair.telling import fails_on_values
from autograder.judge.verdict import holds
from autograder.quality.children import Batch, results_of
from autograder.quality.examine import FRESH_SEEDS
from autograder.quality.rules import Slip, changed
from autograder.quality.slips import single_slips

STYLES = 5
PATIENCE_S = 40.0
_SEED = 20261130


class Place(StrEnum):
    """What came of looking for one mistake."""

    LINE = "in the right line"
    OTHER = "in another line, as good a repair"
    PART = "some outputs"
    NOT = "not located"
    UNTRUE = "not a repair"
    NO_NEED = "not offered"  # it passes, stops, or is stopped


@dataclass(frozen=True)
class Subject:
    """A right function with slips in it."""

    exercise: Exercise
    base: str
    slips: tuple[Slip, ...]

    @property
    def text(self) -> str:
        """The wrong function."""
        return changed(base_source(self.exercise.unit, self.base), *self.slips)

    @property
    def lines(self) -> frozenset[int]:
        """The lines, from 1, that the slips have touched, in the wrong function."""
        text, found, moved = self.text, set[int](), 0
        for start, end, new in sorted(c for slip in self.slips for c in slip.changes):
            first = text.count("\n", 0, start + moved) + 1
            last = text.count("\n", 0, start + moved + len(new)) + 1
            found |= set(range(first, last + 1))
            moved += len(new) - (end - start)
        return frozenset(found)


@dataclass(frozen=True)
class Located:
    """What came of one subject, and how long the search took."""

    place: Place
    seconds: float = 0.0
    kinds: tuple[str, ...] = ()


def bases_of(exercise: Exercise) -> list[str]:
    """Return the model answer and right functions in other styles, by name."""
    return [exercise.name, *(variant.name for variant in exercise.variants)][: STYLES + 1]


@cache
def _slips(unit: str, base: str) -> list[Slip]:
    return single_slips(base_source(unit, base))


def singles(exercise: Exercise, count: int, styles: bool) -> list[Subject]:
    """Return `count` single slips in the model answer or in other styles, drawn always alike."""
    bases = bases_of(exercise)[1:] if styles else bases_of(exercise)[:1]
    chance = random.Random(f"{_SEED} {exercise.name} {styles}")
    chance.shuffle(bases)
    found: list[Subject] = []
    for number, base in enumerate(bases):
        share = count * (number + 1) // len(bases) - count * number // len(bases)
        slips = _slips(exercise.unit, base) if share else []
        drawn = chance.sample(slips, min(share, len(slips)))
        found += [Subject(exercise, base, (slip,)) for slip in drawn]
    return found


def doubles(exercise: Exercise, count: int) -> list[Subject]:
    """Return `count` pairs of slips in the model answer, drawn always alike."""
    chance = random.Random(f"{_SEED} {exercise.name} two")
    slips, found = _slips(exercise.unit, exercise.name), list[Subject]()
    while len(found) < count:
        one, other = chance.sample(slips, 2)
        if not one.overlaps(other):
            found.append(Subject(exercise, exercise.name, (one, other)))
    return found


def notebook(exercise: Exercise, base: str, text: str) -> dict[str, Any]:
    """Return the namespace of a notebook in which `text` is the last cell, among the unit's."""
    space: dict[str, Any] = {"__name__": "__main__"}
    answers = importlib.import_module(f"autograder.judge.answers.{exercise.unit}")
    room = vars(answers)
    if base != exercise.name:
        variants = importlib.import_module(f"autograder.judge.variants.{exercise.unit}")
        room = {**room, **vars(variants)}
    modules = {k: v for k, v in room.items() if not k.startswith("__")}
    space.update({k: v for k, v in modules.items() if not isinstance(v, FunctionType)})
    space.update({k: v for k, v in modules.items() if isinstance(v, FunctionType)})
    for name, function in modules.items():
        own = isinstance(function, FunctionType) and function.__module__ == answers.__name__
        if own and name != base:
            run_cell(base_source(exercise.unit, name), f"<cell {name}>", space)
    run_cell(text, f"<cell {base}>", space)
    return space


def run_cell(text: str, file: str, space: dict[str, Any]) -> None:
    """Run a cell as IPython does: its text is kept where tracebacks look for it."""
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    exec(compile(text, file, "exec"), space)


def functions_of(exercise: Exercise, base: str, space: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the check is handed, by role."""
    names = {role: f.__name__ for role, f in exercise.reference.items()}
    names[exercise.role] = base
    return {role: space.get(name, exercise.reference[role]) for role, name in names.items()}


class Ticks:
    """A clock that goes on by a millisecond when it is read: on every machine as far as here."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        """Return seconds."""
        self._now += 0.001
        return self._now


class Desk:
    """One exercise, at which mistakes are looked for one after another."""

    def __init__(self, exercise: Exercise, budget_s: float, clock: Callable[[], float]) -> None:
        self.exercise, self._budget_s = exercise, budget_s
        bench.clock = clock
        self.key = AnswerKey.draw(exercise, PUBLIC_SEED)
        self._fresh = [AnswerKey.draw(exercise, seed) for seed in FRESH_SEEDS]
        for key in (self.key, *self._fresh):  # before any wrong function has run
            key.expected  # noqa: B018

    def locate(self, subject: Subject) -> Located:
        """Return what is proven of the mistake in `subject`, and whether it holds."""
        try:
            space = notebook(self.exercise, subject.base, subject.text)
        except Exception:
            return Located(Place.NO_NEED)
        functions = functions_of(self.exercise, subject.base, space)
        with limited(PATIENCE_S / 4, LIMIT_BYTES):
            answers = list(self.key.answers_of(functions).values())
        if not fails_on_values(self.key, answers):
            return Located(Place.NO_NEED)
        shop = Workshop(self.key, functions, lambda seconds: limited(seconds, LIMIT_BYTES))
        found = Search(bench.Bench(self.key, shop), budget_s=self._budget_s).run()
        kinds = tuple(made.kind for made in found.made)
        return Located(self._place(subject, found), found.seconds, kinds)

    def _place(self, subject: Subject, found: Found) -> Place:
        if not found.made:
            return Place.NOT
        if not found.complete:
            return Place.PART
        if not self._is_repair(subject, found.texts):
            return Place.UNTRUE
        hit = {line for m in found.made if m.piece.name == subject.base for line in m.lines}
        return Place.LINE if hit & subject.lines else Place.OTHER

    def _is_repair(self, subject: Subject, texts: Mapping[Piece, str]) -> bool:
        space = notebook(self.exercise, subject.base, subject.text)
        for piece, text in texts.items():
            run_cell(text, f"<repaired {piece.name}>", space)
        functions = functions_of(self.exercise, subject.base, space)
        return all(holds(key, list(key.answers_of(functions).values())) for key in self._fresh)


def locate_all(
    subjects: list[Subject],
    jobs: int,
    budget_s: float = BUDGET_S,
    clock: Callable[[], float] = time.process_time,
) -> list[Located]:
    """Return what comes of each of `subjects`, in their order."""
    groups: dict[str, list[int]] = {}
    for number, subject in enumerate(subjects):
        groups.setdefault(subject.exercise.name, []).append(number)
    numbers = list(groups.values())

    def prepared(group: list[int]) -> Callable[[int], Located]:
        desk = Desk(subjects[group[0]].exercise, budget_s, clock)
        return lambda item: desk.locate(subjects[group[item]])

    batches = [Batch(partial(prepared, group), len(group), PATIENCE_S) for group in numbers]
    found = {
        numbers[batch][item]: result or Located(Place.NOT, BUDGET_S)
        for batch, item, result in results_of(batches, jobs)
    }
    return [found[number] for number in range(len(subjects))]
