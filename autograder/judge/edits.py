"""Mistakes as edits of the model answer: one at a time, or two.

A mistake is told by its replacements, ``old → new``, on the answer that stands in the solution
notebook, or on one in another style where the mistake belongs to that style. What no edit can say
is a function of its own.
"""

import importlib
import inspect
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

Edit = tuple[str, str]
Place = tuple[int, int, str]
"""What is replaced, from where to where, by what."""

TOLD_ALREADY = ""
"""For the text of a mistake in which nothing is wrong but what is watched anyway: changed
arguments, results that share memory. The observation says it all."""

# What a wrong answer of ours stumbles over, such as a mean of nothing, is no word for a learner.
warnings.filterwarnings("ignore", module=r"autograder\.judge\.")


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
    places : tuple of (start, end, new)
        The same for who knows where it stands.
    written : function or None
        The wrong function itself, where no edit can say it.
    """

    name: str
    when: str
    unit: str
    base: str
    edits: tuple[Edit, ...] = ()
    places: tuple[Place, ...] = ()
    written: Callable[..., Any] | None = None

    @property
    def source(self) -> str:
        """The text of the wrong function."""
        if self.written is not None:
            source = textwrap.dedent(inspect.getsource(self.written))
            return source[source.index("def ") :]
        return edited(base_source(self.unit, self.base), self.replaced)

    @property
    def function(self) -> Callable[..., Any]:
        """The wrong function, compiled afresh."""
        return self.function_with({})

    def function_with(self, bound: Mapping[str, Any]) -> Callable[..., Any]:
        """Return the wrong function; `bound` says what names mean in it."""
        return self.written or compiled(self.source, self.unit, self.base, bound)

    @cached_property
    def replaced(self) -> tuple[Place, ...]:
        """Every replacement by its place, in the order of the text."""
        source = base_source(self.unit, self.base)
        return tuple(sorted([*self.places, *(_place(source, edit) for edit in self.edits)]))

    def overlaps(self, other: "Mistake") -> bool:
        """Whether the two cannot stand in one function together."""
        if self.written or other.written or self.base != other.base:
            return True
        taken = sorted((*self.replaced, *other.replaced))
        return any(one[1] > next_one[0] for one, next_one in pairwise(taken))

    def and_also(self, other: "Mistake") -> "Mistake":
        """Return the mistake that is both."""
        name, places = f"{self.name} + {other.name}", (*self.replaced, *other.replaced)
        return Mistake(name, "", self.unit, self.base, places=places)


class Mistakes:
    """The mistakes of one exercise.

    Parameters
    ----------
    unit : str
    exercise : str
        Also the name of the model answer, which is the base of its edits.
    base : str
        A right variant, where most mistakes belong to its style.
    """

    def __init__(self, unit: str, exercise: str, base: str = "") -> None:
        self.unit, self.exercise, self.base = unit, exercise, base or exercise
        self._collected: list[Mistake] = []

    def edit(self, name: str, when: str, *replacements: str, base: str = "") -> None:
        """Add a mistake, each of whose `replacements` reads ``old → new``."""
        edits = tuple(_old_and_new(text) for text in replacements)
        self._collected.append(Mistake(name, when, self.unit, base or self.base, edits))

    def also(self, others: "Mistakes", *names: str, base: str = "") -> None:
        """Add mistakes of another exercise, whose edits fit the base of these as well."""
        self._collected += [replace(others[name], base=base or self.base) for name in names]

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


def _place(source: str, edit: Edit) -> Place:
    old, new = edit
    if not old or source.count(old) != 1:
        raise EditError(f"{old!r} stands {source.count(old)} times in its base, not once")
    start = source.index(old)
    return start, start + len(old), new


def edited(source: str, places: tuple[Place, ...]) -> str:
    """Return `source` with all that is replaced; `places` stand in the order of the text.

    Raises
    ------
    EditError
        If two of them overlap.
    """
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
