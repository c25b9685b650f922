"""What a search has proven, in words: the line first, then the kind, then what stands there.

The changed line is never shown, nor what was put in.
"""

from collections.abc import Iterator

from autograder.judge.key import AnswerKey
from autograder.judge.repair.found import Found, Made
from autograder.judge.repair.search import Search
from autograder.judge.repair.words import KINDS
from autograder.judge.verdict import holds
from autograder.student.answers import Answer, Problem
from autograder.student.located import Located
from autograder.student.words import listed

LEVELS = 3


def fails_on_values(key: AnswerKey, answers: list[Answer]) -> bool:
    """Return whether something is wrong and no main case stopped: a crash has its line already."""
    main = {case.name for case in key.asked if not case.edge}
    came = [answer for answer in answers if answer.case in main]
    limits = any(answer.problem is Problem.LIMIT for answer in answers)
    stopped = limits or len(came) < len(main) or any(answer.problem for answer in came)
    return not stopped and not holds(key, answers)


def told(found: Found, search: Search, level: int) -> Located:
    """Return what is said at the first, the second, or a later asking."""
    exercise = search.bench.key.exercise.name
    names = [piece.name for piece in search.pieces]
    if not found.made:
        return Located(exercise, *_nothing(found, search), tried=found.tried)
    sentence = f"{_changes(found.made, names)} {_effect(found)}"
    further = [*_kinds(found.made)] if level >= 2 else []
    further += [*_questions(found.made)] if level >= LEVELS else []
    left = "" if level >= LEVELS else f'`where("{exercise}")` once more tells {_NEXT[level]}.'
    return Located(exercise, sentence, tuple(further), left, found.tried)


_NEXT = {1: "what kind of change it is", 2: "what stands there, and what to ask about it"}


def _changes(made: tuple[Made, ...], names: list[str]) -> str:
    places = [_place(one, len(names) > 1) for one in made]
    if len(made) == 1:
        return f"One change in {places[0]}"
    if places[0] == places[1]:
        return f"Two changes in {places[0]}"
    return f"Two changes, one in {places[0]}, one in {places[1]},"


def _place(made: Made, several: bool) -> str:
    numbers = [str(number) for number in made.lines]
    lines = f"line {numbers[0]}"
    if len(numbers) > 1:
        lines = f"lines {listed(numbers)}"
    return f"{lines} of the cell with {made.piece.name}" if several else lines


def _effect(found: Found) -> str:
    verb = "makes" if len(found.made) == 1 else "make"
    if found.complete:
        return f"{verb} everything right."
    right, wrong = (listed(names) for names in (found.right, found.wrong))
    stays = "stays" if len(found.wrong) == 1 else "stay"
    return f"{verb} {right} right; {wrong} {stays} wrong. No second change was found that mends it."


def _kinds(made: tuple[Made, ...]) -> Iterator[str]:
    for one in made:
        yield f"Line {one.lines[0]}: {KINDS[one.kind][0]}."


def _questions(made: tuple[Made, ...]) -> Iterator[str]:
    for one in made:
        yield f"There stands `{one.stood}`. {KINDS[one.kind][1]}"


def _nothing(found: Found, search: Search) -> tuple[str, tuple[str, ...]]:
    if found.stopped:
        return f"Stopped, as you asked: none of {found.tried:,} small changes mended it so far.", ()
    if not search.pieces:
        return (
            "The text of your function cannot be read: it has to stand in a cell of its own, "
            "as a def that is not within something else.",
            (),
        )
    if search.baseline is None:
        return "No case shows a wrong value, so there is no line to look for.", ()
    sentence = f"No small change was found that mends it: {found.tried:,} were tried."
    first = search.bench.first_wrong(search.baseline)
    if not first:
        return sentence, ()
    return sentence, (
        f"The first value that goes wrong is {first} (case “{search.bench.case.name}”). "
        "Look at what it is made of.",
    )
