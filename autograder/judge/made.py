"""The mistakes of one exercise, made here: the model answer is edited, compiled and asked."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, combinations, product
from typing import TYPE_CHECKING

from autograder.judge.edits import Mistake
from autograder.judge.exercise import Case
from autograder.judge.slips import slips
from autograder.student.answers import Answer
from autograder.student.stand_ins import stand_ins_of

if TYPE_CHECKING:
    from autograder.judge.key import AnswerKey


class MadeHere:
    """Every mistake that was written down, every slip, any two at once.

    Parameters
    ----------
    cases : sequence of Case
        All with the same stand-ins, or all without.
    """

    def __init__(self, key: "AnswerKey", cases: Sequence[Case]) -> None:
        from autograder.judge.key import right_functions

        exercise = key.exercise
        self._key = key
        self._bound = stand_ins_of(cases[0].inputs)
        self._right = right_functions(exercise, cases[0])
        self.written = [mistake for mistake in exercise.mistakes if mistake.when]
        self.slips = slips(exercise.unit, exercise.name)

    def pairs(self) -> Iterator[Mistake]:
        """Yield two at once: of those written first, then with slips, then of slips."""
        written = combinations(self.written, 2)
        pairs = chain(written, product(self.written, self.slips), combinations(self.slips, 2))
        return (one.and_also(other) for one, other in pairs if not one.overlaps(other))

    def answer(self, mistake: Mistake, case: str, wanted: Collection[str]) -> Answer:
        """Return what the model answer with `mistake` in it gives in `case`."""
        functions = {**self._right, self._key.exercise.role: mistake.function_with(self._bound)}
        return self._key.answer_of(functions, case, wanted)
