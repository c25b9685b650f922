"""What a forward keeps for its backward is the learner's: in any form, looked at, left alone."""

import inspect
from collections.abc import Callable, Iterable
from functools import reduce
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of, units_with_exercises
from tests.judge.judged import details, failed, verdict

Function = Callable[..., Any]
Form = tuple[Function, Function]

EXERCISES = [
    exercise
    for unit in units_with_exercises()
    for exercise in exercises_of(unit)
    if "own_cache" in {criterion.name for criterion in exercise.criteria}
]
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def linked(parts: Iterable[Any]) -> Any:
    """Return tuples within tuples, as deep as there are steps: 800 in the longest case."""
    return reduce(lambda kept, part: (part, kept), parts, None)


def unlinked(kept: Any) -> list[Any]:
    parts: list[Any] = []
    while kept is not None:
        part, kept = kept
        parts.insert(0, part)
    return parts


def remade(kind: Any, parts: list[Any]) -> Any:
    return getattr(kind, "_make", kind)(parts)


#: What is kept of a cache, and the way back.
FORMS: dict[str, Form] = {
    "dict": (lambda c: {"note": "mine", "kept": c}, lambda kept: kept["kept"]),
    "object": (lambda c: SimpleNamespace(kept=c), lambda kept: kept.kept),
    "nested": (
        lambda c: {"rest": [list(c), type(c)]},
        lambda k: remade(k["rest"][1], k["rest"][0]),
    ),
    "function": (lambda c: lambda: c, lambda kept: kept()),
    "linked": (lambda c: (type(c), linked(c)), lambda kept: remade(kept[0], unlinked(kept[1]))),
}


def keeping(exercise: Exercise, form: Function) -> Function:
    """Return the reference's forward with its cache in another form."""
    forward = exercise.reference["forward"]

    def another(*arguments: Any) -> Any:
        *states, cache = forward(*arguments)
        return (*states, form(cache))

    return another


def reading(exercise: Exercise, back: Function) -> Function:
    """Return the reference's backward, handed what `back` makes of the cache."""
    backward = exercise.reference[exercise.role]
    place = list(inspect.signature(backward).parameters).index("cache")

    def another(*arguments: Any) -> Any:
        return backward(*arguments[:place], back(arguments[place]), *arguments[place + 1 :])

    return another


@each_exercise
@pytest.mark.parametrize("form", FORMS)
def test_any_form_of_cache_earns_all(exercise: Exercise, form: str) -> None:
    kept, back = FORMS[form]
    functions = {"forward": keeping(exercise, kept), exercise.role: reading(exercise, back)}
    report = verdict(exercise.name, **functions)
    assert report.points == exercise.points, report


@each_exercise
def test_object_emptied_by_the_first_call_is_found(exercise: Exercise) -> None:
    """What a backward does to an object of the learner's comes to light as any other change."""
    right = reading(exercise, lambda kept: kept.kept)

    def emptying(*arguments: Any) -> Any:
        gradients = right(*arguments)
        (kept,) = (one for one in arguments if isinstance(one, SimpleNamespace))
        kept.kept = remade(type(kept.kept), [None] * len(kept.kept))
        return gradients

    forward = keeping(exercise, FORMS["object"][0])
    report = verdict(exercise.name, **{"forward": forward, exercise.role: emptying})
    assert failed(report) == {"unchanged"}


@each_exercise
def test_backward_from_the_last_forward_is_told_by_its_cache_alone(exercise: Exercise) -> None:
    """Its numbers are right as long as no other forward comes between."""
    last: list[Any] = []

    def remembering(*arguments: Any) -> Any:
        last[:] = exercise.reference["forward"](*arguments)
        return last

    from_the_last = reading(exercise, lambda kept: last[-1])
    report = verdict(exercise.name, **{"forward": remembering, exercise.role: from_the_last})
    assert failed(report) - {"numeric", "pieces"} == {"own_cache"}
    assert "after another forward" in details(report)
