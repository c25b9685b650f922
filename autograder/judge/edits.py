"""Mistakes as edits of the model answer: one at a time, or two.

A mistake is told by its replacements, ``old → new``, on the answer that stands in the solution
notebook, or on one in another style where the mistake belongs to that style. What no edit can say
is a function of its own.
"""

import importlib
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

Edit = tuple[str, str]

TOLD_ALREADY = ""
"""For the text of a mistake in which nothing is wrong but what is watched anyway: changed
arguments, results that share memory. The observation says it all."""


class EditError(ValueError):
    """An edit does not fit its base; the message says which and why."""


@dataclass(frozen=True)
class Mistake:
    """One mistake of one exercise.

    Attributes
    ----------
    name : str
    when : str
        Completes "Your numbers are those that come when …", and may go on with what is right.
    base : str
        Name of a function of ``answers/<unit>.py`` or ``variants/<unit>.py``.
    edits : tuple of (old, new)
        Each `old` stands exactly once in the base.
    written : function or None
        The wrong function itself, where no edit can say it.
    """

    name: str
    when: str
    unit: str
    base: str
    edits: tuple[Edit, ...] = ()
    written: Callable[..., Any] | None = None

    @property
    def source(self) -> str:
        """The text of the wrong function."""
        if self.written is not None:
            source = textwrap.dedent(inspect.getsource(self.written))
            return source[source.index("def ") :]
        return edited(base_source(self.unit, self.base), self.edits)

    @property
    def function(self) -> Callable[..., Any]:
        """The wrong function, compiled afresh."""
        return self.written or compiled(self.source, self.unit, self.base)

    def overlaps(self, other: "Mistake") -> bool:
        """Whether the two cannot stand in one function together."""
        if self.written or other.written or self.base != other.base:
            return True
        source = base_source(self.unit, self.base)
        taken = [_span(source, old) for mistake in (self, other) for old, _ in mistake.edits]
        taken.sort()
        return any(end > start for (_, end), (start, _) in zip(taken, taken[1:], strict=False))

    def and_also(self, other: "Mistake") -> "Mistake":
        """Return the mistake that is both."""
        return Mistake(
            f"{self.name} + {other.name}", "", self.unit, self.base, (*self.edits, *other.edits)
        )


class Mistakes:
    """The mistakes of one exercise.

    Parameters
    ----------
    unit : str
    exercise : str
        Also the name of the model answer, which is the base of its edits.
    """

    def __init__(self, unit: str, exercise: str) -> None:
        self.unit, self.exercise = unit, exercise
        self._collected: list[Mistake] = []

    def edit(self, name: str, when: str, *replacements: str, base: str = "") -> None:
        """Add a mistake, each of whose `replacements` reads ``old → new``."""
        edits = tuple(_old_and_new(text) for text in replacements)
        self._collected.append(Mistake(name, when, self.unit, base or self.exercise, edits))

    def written(self, when: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Add the decorated function, called after its mistake."""

        def collect(function: Callable[..., Any]) -> Callable[..., Any]:
            name: str = function.__name__
            self._collected.append(Mistake(name, when, self.unit, self.exercise, written=function))
            return function

        return collect

    def __getitem__(self, name: str) -> Mistake:
        """Return the mistake of that name."""
        return next(mistake for mistake in self._collected if mistake.name == name)

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self._collected)


@cache
def base_source(unit: str, name: str) -> str:
    """Return the text of a model answer or of a right variant."""
    for room in ("answers", "variants"):
        module = importlib.import_module(f"autograder.judge.{room}.{unit}")
        if hasattr(module, name):
            source = textwrap.dedent(inspect.getsource(getattr(module, name)))
            return source[source.index("def ") :]
    raise EditError(f"{unit} has no answer and no variant called {name}")


def _old_and_new(replacement: str) -> Edit:
    old, arrow, new = replacement.partition(" → ")
    if not arrow:
        raise EditError(f"{replacement!r} does not read “old → new”")
    return old, new


def _span(source: str, old: str) -> tuple[int, int]:
    if not old or source.count(old) != 1:
        raise EditError(f"{old!r} stands {source.count(old)} times in its base, not once")
    start = source.index(old)
    return start, start + len(old)


def edited(source: str, edits: tuple[Edit, ...]) -> str:
    """Return `source` with all `edits` made.

    Raises
    ------
    EditError
        If an `old` is not there exactly once, or two of them overlap.
    """
    places = sorted((*_span(source, old), new) for old, new in edits)
    parts, position = [], 0
    for start, end, new in places:
        if start < position:
            raise EditError(f"two edits overlap at {source[start:end]!r}")
        parts += [source[position:start], new]
        position = end
    return "".join((*parts, source[position:]))


def compiled(
    source: str, unit: str, name: str, bound: Mapping[str, Any] | None = None
) -> Callable[..., Any]:
    """Return the function called `name` that `source` defines, among the unit's model answers.

    Parameters
    ----------
    bound : mapping of str to value
        What further names mean in it, before what the model answers mean by them.
    """
    module = importlib.import_module(f"autograder.judge.answers.{unit}")
    namespace = {**vars(module), **(bound or {})}
    exec(compile(source, f"<{name}>", "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function
