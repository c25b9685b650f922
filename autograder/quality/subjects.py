"""What there is to examine: mutants of the model answers, written mistakes in pairs and styles."""

import ast
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

from autograder.judge.edits import EditError, Mistake, base_source, compiled, edited
from autograder.judge.exercise import Exercise
from autograder.quality.equivalents import reason
from autograder.quality.mutants import Mutant, double_mutants, single_mutants

DOUBLES = 300
PAIRS_EACH = 20


@dataclass(frozen=True)
class Subject:
    """A wrong function to be examined: how it is made, and what is wrong in it."""

    kind: str
    exercise: Exercise
    text: str
    make: Callable[[], Any]
    mutant: Mutant | None = None


def mutants_of(exercise: Exercise, every: int = 1) -> list[Subject]:
    """Return the exercise's mutants with one slip, or every so-many-th of them."""
    return [_of_mutant("singles", exercise, m) for m in singles_of(exercise)[::every]]


def singles_of(exercise: Exercise) -> tuple[Mutant, ...]:
    """Return the mutants of `exercise` with one slip."""
    return single_mutants(exercise.unit, exercise.name)


def doubles_of(exercises: list[Exercise], count: int = DOUBLES) -> list[Subject]:
    """Return the fixed sample of mutants with two slips."""
    by_name = {e.name: e for e in exercises}
    drawn = double_mutants(exercises, count, lambda mutant: bool(reason(mutant)))
    return [_of_mutant("doubles", by_name[m.exercise], m) for m in drawn]


def _of_mutant(kind: str, exercise: Exercise, mutant: Mutant) -> Subject:
    return Subject(kind, exercise, mutant.text, partial(_function, mutant), mutant)


def _function(wrong: Mutant | Mistake) -> Any:
    return wrong.function


def pairs_of(exercise: Exercise, count: int = PAIRS_EACH) -> list[Subject]:
    """Return two mistakes at once that can be made together: `count`, from all over the list."""
    named = [m for m in exercise.mistakes if m.when and not m.written]
    pairs = [(a, b) for a, b in combinations(named, 2) if not a.overlaps(b)]
    chosen = [a.and_also(b) for a, b in pairs[:: max(1, len(pairs) // count)][:count]]
    return [Subject("pairs", exercise, pair.name, partial(_function, pair)) for pair in chosen]


def styles_of(exercise: Exercise) -> list[Subject]:
    """Return each mistake made in every style that its edits fit, but its own."""
    found = []
    bases = [exercise.name, *(variant.name for variant in exercise.variants)]
    for mistake in exercise.mistakes:
        for base in bases:
            source = _in_style(mistake, base)
            if source:
                text = f"{mistake.name} in {base}"
                make = partial(compiled_in_style, exercise.unit, base, source)
                found.append(Subject("styles", exercise, text, make))
    return found


def _in_style(mistake: Mistake, base: str) -> str:
    """Return `base` with the mistake made in it, or "" if its edits do not fit there."""
    if not mistake.when or mistake.written or base == mistake.base:
        return ""
    try:
        source = base_source(mistake.unit, base)
        elsewhere = Mistake(mistake.name, mistake.when, mistake.unit, base, mistake.edits)
        changed = edited(source, elsewhere.replaced)
        set_there, read = _names(changed)
        new = set_there - _names(source)[0]
        dead = new and not new & read  # what it changes is nothing in this style
    except (EditError, SyntaxError):
        return ""
    return "" if dead else changed


def _names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that are given values in `source`, and those that are read."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    read = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    return {name.id for name in names if not isinstance(name.ctx, ast.Load)}, read


def compiled_in_style(unit: str, base: str, source: str) -> Any:
    """Return the function of `source`, among the variants where `base` is one of them."""
    variants = vars(importlib.import_module(f"autograder.judge.variants.{unit}"))
    return compiled(source, unit, base, variants if base in variants else None)
