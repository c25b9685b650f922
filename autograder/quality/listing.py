"""What a check knows by name: exercises, their mistakes, and each as the function it makes."""

import random
import textwrap
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial
from itertools import count as count_up

from autograder.errors import AutograderError
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of, units_with_exercises
from autograder.quality.children import Batch, results_of
from autograder.quality.examine import Bench
from autograder.quality.measure import MUTANT_SEED
from autograder.quality.subjects import Subject, doubles_of, mutants_of
from autograder.student.display import as_text
from autograder.units import UNITS, folder_name

WIDTH = 96
MESSAGE_SEED = 3


def _exercises() -> list[Exercise]:
    units = [unit for unit in UNITS if unit in units_with_exercises()]
    return [exercise for unit in units for exercise in exercises_of(unit)]


def overview_lines() -> list[str]:
    """Return each exercise with the number of its mistakes."""
    return [f"{folder_name(e.unit)[:2]} {e.name}: {len(e.mistakes)}" for e in _exercises()]


def mistake_lines(exercise: str) -> list[str]:
    """Return the mistakes of `exercise`: name, and what is said of it.

    Raises
    ------
    AutograderError
        If there is no such exercise.
    """
    lines = []
    for mistake in _found(exercise).mistakes:
        said = f"Your numbers are those that come when {mistake.when}"
        text = said if mistake.when else "(only watched for: an observation tells it)"
        lines += [
            mistake.name,
            *textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  "),
        ]
    return lines


def function_lines(exercise: str, name: str) -> list[str]:
    """Return the text of the function that has the mistake `name`.

    Raises
    ------
    AutograderError
        If there is no such exercise or mistake.
    """
    by_name = {mistake.name: mistake for mistake in _found(exercise).mistakes}
    if name not in by_name:
        raise AutograderError(f"{exercise} has no mistake {name!r}.{_nearest(name, list(by_name))}")
    return by_name[name].source.rstrip().splitlines()


def _found(exercise: str) -> Exercise:
    by_name = {e.name: e for e in _exercises()}
    if exercise not in by_name:
        raise AutograderError(
            f"There is no exercise {exercise!r}.{_nearest(exercise, list(by_name))} "
            "`autograder mistakes` lists them."
        )
    return by_name[exercise]


def _nearest(name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def message_lines(exercises: list[Exercise], count: int) -> Iterator[str]:
    """Yield what is said of `count` mutants, half of them with two slips: a fixed sample."""
    chance = random.Random(MESSAGE_SEED)
    doubles = chance.sample(doubles_of(exercises, 2 * count), count // 2)
    singles = chance.sample([m for e in exercises for m in mutants_of(e)], count - len(doubles))
    groups: dict[str, list[Subject]] = {}
    for subject in [*singles, *doubles]:
        groups.setdefault(subject.exercise.name, []).append(subject)
    batches = [Batch(partial(_spoken, group), len(group)) for group in groups.values()]
    found = {(batch, item): said for batch, item, said in results_of(batches, 1)}
    number = count_up(1)
    for batch, (name, group) in enumerate(groups.items()):
        for item, subject in enumerate(group):
            yield f"{next(number)}. {name}: {subject.text}"
            yield textwrap.indent(found[batch, item] or "(ended by a limit)", "    ")
            yield ""


def _spoken(subjects: list[Subject]) -> Callable[[int], str]:
    bench = Bench(subjects[0].exercise, MUTANT_SEED)
    return lambda item: as_text(bench.report({bench.exercise.role: subjects[item].make()}))
