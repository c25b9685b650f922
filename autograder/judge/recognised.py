"""What is said of a mistake that gives a learner's numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.judge.edits import Mistake
from autograder.student.answers import Problem
from autograder.student.words import listed

Covered = list[tuple[Mistake, frozenset[str]]]
"""Mistakes, each with outputs that it explains."""

_SHORT_WORDS = ("a", "an", "as", "at", "if", "in", "it", "no", "of", "on", "so")


@dataclass(frozen=True)
class Recognised:
    """What gives the learner's answers.

    Attributes
    ----------
    mistakes : tuple of Mistake
        One; or two that are made at once; or one for each of several outputs.
    outputs : tuple of (tuple of str), aligned with `mistakes`
        The outputs that each explains; empty where they explain all together.
    problem : Problem
        What both stop with; NONE where numbers are compared.
    case : str
        The edge it was seen at; "" for the main cases.
    """

    mistakes: tuple[Mistake, ...]
    outputs: tuple[tuple[str, ...], ...] = ()
    problem: Problem = Problem.NONE
    case: str = ""

    @property
    def name(self) -> str:
        """Stable names of the mistakes."""
        return " + ".join(mistake.name for mistake in self.mistakes)

    @property
    def sentence(self) -> str:
        """What has been reproduced, addressed to the learner."""
        whens = [mistake.when for mistake in self.mistakes]
        if self.outputs:
            return " ".join(
                f"Your {listed(names)} {_is(names)} what comes when {when}"
                for names, when in zip(self.outputs, whens, strict=True)
            )
        if self.problem is Problem.EXCEPTION:
            return f"The same error comes when {whens[0]}"
        if self.problem:
            return f"The same form comes back when {whens[0]}"
        subject = f"{_capital(self.case)}: your" if self.case else "Your"
        if len(whens) == 1:
            return f"{subject} numbers are those that come when {whens[0]}"
        said = f"{subject} numbers are those that come with"
        if len(set(whens)) == 1:
            return f"{said} one mistake in two places: {whens[0]}"
        both = " ".join(f"({i}) {when}" for i, when in enumerate(whens, 1))
        return f"{said} two mistakes at once: {both}"


def apart(covered: Covered) -> Covered:
    """Return mistakes that explain outputs of their own, those that explain most first."""
    chosen: Covered = []
    for mistake, names in sorted(covered, key=lambda one: -len(one[1])):
        if not any(names & taken for _, taken in chosen):
            chosen.append((mistake, names))
    return chosen


def recognised_apart(parts: Covered) -> Recognised:
    """Return what is found where each mistake explains outputs of its own."""
    return Recognised(tuple(m for m, _ in parts), tuple(tuple(sorted(n)) for _, n in parts))


def _is(names: Sequence[str]) -> str:
    several = len(names) > 1 or (names[0].endswith("s") and not names[0].endswith("ss"))
    return "are" if several else "is"


def _capital(text: str) -> str:
    """Return `text` as the beginning of a sentence; a symbol (c_t, db, f) stays as it is."""
    first = text.split(" ", 1)[0]
    is_symbol = "_" in first or (len(first) < 3 and first not in _SHORT_WORDS)
    return text if is_symbol else text[:1].upper() + text[1:]
