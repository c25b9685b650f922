"""The second backend: it judges by a table, where the model answers are not to be found.

A table holds, of one exercise, its public cases, what is expected in them, and what every mistake
answers. Cards, hints and verdicts are made by the same code as from the model answers themselves.
"""

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from autograder.judge.backend import JudgeBackend
from autograder.judge.edits import Mistake
from autograder.judge.exercise import Case
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.recognised import Recognised
from autograder.judge.recognition import Recogniser
from autograder.judge.sketches import sketched
from autograder.student import wire
from autograder.student.answers import Answer, Problem
from autograder.student.check import CheckFailed

FOLDER = Path(__file__).parent / "tables"
ENDING = ".table"
LIMITS = wire.WireLimits(total_bytes=2**28, items=10**7, depth=12, text_bytes=2**20)
AS_RIGHT, MISSING = 0, -1
"""In place of an array's number: it is as expected; it did not come."""

Plain = dict[str, Any]


class TableBackend(JudgeBackend):
    """Judges as ``JudgeBackend`` does, by tables."""

    def key(self, exercise: str) -> AnswerKey:
        """Return the key of the public cases.

        Raises
        ------
        CheckFailed
            If there is no table of this exercise.
        """
        return _key_of(exercise)


@cache
def _key_of(exercise: str) -> AnswerKey:
    path = FOLDER / f"{exercise}{ENDING}"
    if not path.is_file():
        raise CheckFailed(f"This copy of the course cannot check {exercise}: get the latest one.")
    return read_key(path.read_bytes(), exercise)


def read_key(data: bytes, exercise: str) -> "TableKey":
    """Return the key of `exercise` that a table holds."""
    table = unpacked(data)
    found = find_exercise(exercise)
    if table["version"] != found.version:
        raise CheckFailed(f"The table of {exercise} is of another version: get the latest one.")
    return TableKey(found, _cases_of(table), table)


def _cases_of(table: Plain) -> tuple[Case, ...]:
    return tuple(Case(**case) for case in table["cases"])


def packed(value: Any) -> bytes:
    """Return a value of `wire`, compressed."""
    return zlib.compress(wire.encode(value), 9)


def unpacked(data: bytes) -> Any:
    """Return the value that `data` holds."""
    return wire.decode(zlib.decompress(data), LIMITS)


def plain_case(case: Case) -> Plain:
    """Return a case as plain data."""
    return {name: getattr(case, name) for name in ("name", "inputs", "edge", "of", "shown")}


@dataclass(frozen=True)
class TableKey(AnswerKey):
    """The key of one exercise as a table has it.

    Attributes
    ----------
    table : dict
        As ``tabulate`` makes it.
    in_sketches : bool
        Whether what is expected is sketched, to be compared with mistakes.
    """

    table: Plain = field(default_factory=dict, repr=False, compare=False)
    in_sketches: bool = False

    @cached_property
    def expected(self) -> dict[str, Answer]:
        """The right answers by name of the case."""
        answers = {name: Answer(name, dict(one)) for name, one in self.table["expected"].items()}
        if not self.in_sketches:
            return answers
        return {name: sketched(self.exercise, answer) for name, answer in answers.items()}

    def chances(self, case: str, output: str) -> np.ndarray:
        """Return the probabilities of what `output` counts in `case`."""
        found: np.ndarray = self.table["chances"][case][output]
        return found

    def calls(self, case: str, output: str) -> Sequence[str]:
        """Return how the calls of `case` read whose refusals `output` holds."""
        found: Sequence[str] = self.table["calls"][case][output]
        return found

    @cached_property
    def further(self) -> tuple[AnswerKey, ...]:
        """The same exercise on other cases: one set of them, for they are large."""
        table = unpacked(self.table["further"].tobytes())
        return (TableKey(self.exercise, _cases_of(table), table),)

    @cached_property
    def recogniser(self) -> Recogniser:
        """Names the mistakes of this exercise on these cases."""
        return SketchRecogniser(self.of_sketches, self.asked)

    @cached_property
    def recogniser_with_ours(self) -> Recogniser:
        """The same on the cases with stand-ins."""
        return SketchRecogniser(self.of_sketches, self.with_ours)

    @cached_property
    def of_sketches(self) -> "TableKey":
        """This key with sketches of what is expected."""
        return replace(self, in_sketches=True)

    @cached_property
    def mistakes(self) -> Plain:
        """The part of the table on mistakes, read when somebody makes one."""
        found: Plain = unpacked(self.table["mistakes"].tobytes())
        return found

    def source(self, cases: Sequence[Case]) -> "Kept":
        """Return what the table keeps of mistakes."""
        return Kept(self)


class SketchRecogniser(Recogniser):
    """Names mistakes by sketches of what they answer."""

    def recognise(self, answers: Mapping[str, Answer], patience_s: float = 1.0) -> list[Recognised]:
        """Return what gives the wrong ones among `answers`."""
        return super().recognise(self._sketched(answers), patience_s)

    def explains(self, mistake: Mistake, answers: Mapping[str, Answer]) -> bool:
        """Return whether `mistake` gives the answers to all main cases."""
        return super().explains(mistake, self._sketched(answers))

    def _sketched(self, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        return {name: sketched(self.key.exercise, answer) for name, answer in answers.items()}


class Kept:
    """The mistakes of a table, and what they answer."""

    def __init__(self, key: TableKey) -> None:
        self._key, kept = key, key.mistakes
        self.written = [self._mistake(name, when) for name, when in kept["written"]]
        # Whose places are known is a slip; where they are is not told.
        self.slips = [self._mistake(name, when, ((0, 0, ""),)) for name, when in kept["slips"]]
        self._pairs = [self._mistake(name, "", ((0, 0, ""),)) for name in kept["pairs"]]
        every = [*self.written, *self.slips, *self._pairs]
        self._number = {mistake.name: i for i, mistake in enumerate(every)}

    def _mistake(self, name: str, when: str, places: Any = ()) -> Mistake:
        exercise = self._key.exercise
        return Mistake(name, when, exercise.unit, exercise.name, places=places)

    def pairs(self) -> Iterator[Mistake]:
        """Yield two at once."""
        return iter(self._pairs)

    def answer(self, mistake: Mistake, case: str, wanted: Collection[str]) -> Answer:
        """Return what `mistake` gives in `case`; nothing where the table has nothing."""
        kept, number = self._key.mistakes, self._number[mistake.name]
        table, right = kept["answers"].get(case), self._key.expected[case].outputs
        if table is None:
            return Answer(case)
        outputs = {}
        for name, row in zip(table["outputs"], table["arrays"], strict=True):
            if row[number] == AS_RIGHT:
                outputs[name] = right[name]
            elif row[number] != MISSING:
                outputs[name] = kept["pool"][row[number] - 1]
        problem, exception, kind = table["stops"].get(str(number), ("", "", ""))
        return Answer(case, outputs, Problem(problem), exception, kind=kind)
