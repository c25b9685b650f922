"""A kit names what the course's own check names: each written mistake, and each pair that it keeps.

``make soak`` asks every exercise, ``make test`` two small ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from autograder.judge import recognition, tabulate, verdict
from autograder.judge.edits import Mistake
from autograder.judge.exercise import PUBLIC_SEED, Exercise
from autograder.judge.exercises import exercises_of, find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.made import MadeHere
from autograder.judge.table import read_key
from autograder.judge.tabulate import table_of
from autograder.judge.verdict import judge
from autograder.units import UNITS

SMALL = ("relative_error", "stack_weights")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        whole = metafunc.config.getoption("--hypothesis-profile") == "soak"
        every = [exercise.name for unit in UNITS for exercise in exercises_of(unit)]
        metafunc.parametrize("name", every if whole else SMALL)


@pytest.fixture(autouse=True)
def all_the_time_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no clock end a search, and look among the pairs that a table keeps."""
    monkeypatch.setattr(verdict, "PATIENCE_S", 1e9)
    monkeypatch.setattr(recognition, "MAX_SEARCH_S", 1e9)
    monkeypatch.setattr(MadeHere, "pairs", lambda self: kept_pairs(self.written))


def kept_pairs(written: list[Mistake]) -> Iterator[Mistake]:
    both = (
        one.and_also(other)
        for i, one in enumerate(written)
        for other in written[i + 1 :]
        if not one.overlaps(other)
    )
    return islice(both, tabulate.MOST_PAIRS)


def told_otherwise(exercise: Exercise, data: bytes, every: int = 1) -> list[tuple[str, str, str]]:
    """Return what the table in `data` names otherwise: what was made, its name here and there."""
    live, table = AnswerKey.draw(exercise, PUBLIC_SEED), read_key(data, exercise.name)
    pairs = [] if exercise.chances else list(kept_pairs(list(live.recogniser._written)))
    otherwise = []
    for mistake in [*exercise.mistakes, *pairs[::every]]:
        functions = {**exercise.reference, exercise.role: mistake.function}
        here = judge(live, list(live.answers_of(functions).values())).mistake
        there = judge(table, list(table.answers_of(functions).values())).mistake
        if here != there:
            otherwise.append((mistake.name, here, there))
    return otherwise


def test_table_names_every_mistake_and_pair_as_the_model_answers_do(name: str) -> None:
    exercise = find_exercise(name)
    assert told_otherwise(exercise, table_of(exercise)) == []


def test_table_that_lacks_pairs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = find_exercise(SMALL[0])
    with monkeypatch.context() as patch:
        patch.setattr(tabulate, "MOST_PAIRS", 0)
        data = table_of(exercise)
    assert ("signs_dropped + scale_with_sign",) * 2 in [
        (made, here) for made, here, there in told_otherwise(exercise, data) if there != here
    ]
