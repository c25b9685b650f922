"""In a kit: functions that a unit asks its learner to write, for what else calls them.

Until the learner's own have passed their check, what calls them shows its picture as it was when
the kit was made.
"""

import json
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from autograder.student.answers import FormError
from autograder.student.check import CheckFailed, passing

STILLS = Path(__file__).with_name("stills.json")
ANSWERED = "answered("


class NotYoursYet(FormError):
    """A function of the course's own is asked for that is not in this copy."""

    shown = False

    def _render_traceback_(self) -> list[str]:
        """Show the still of the cell that runs, and return what a notebook shows below it."""
        if not self.shown:  # IPython asks twice
            self.shown = True
            _show_still()
        return [str(self)]


def own(name: str, unit: str) -> Callable[..., Any]:
    """Return a function that calls the learner's function `name` once it has passed.

    Parameters
    ----------
    unit : str
        The number of the unit that asks for it; "" for what is a part of answers, or comes later.
    """

    def function(*arguments: Any, **options: Any) -> Any:
        mine = passing(name) if unit else None
        if mine is not None:
            return mine(*arguments, **options)
        if not unit:
            raise NotYoursYet(
                f"This needs {name}, of an answer or a later unit: here it stays still."
            )
        raise NotYoursYet(
            f"This needs {name} of unit {unit}. Once yours has passed its check, run this again: "
            "then it runs with yours."
        )

    function.__name__ = function.__qualname__ = name
    return function


def keys_of(source: str) -> Iterator[str]:
    """Yield by what the still of a cell is found: its text, then its first line alone."""
    text = source.strip()
    yield f"{zlib.crc32(text.encode()):08x}"
    if text.startswith("# Demo:"):
        yield text.split("\n", 1)[0]


@cache
def _stills() -> dict[str, list[list[str]]]:
    kept: dict[str, list[list[str]]] = json.loads(STILLS.read_text(encoding="utf-8"))
    return kept


def _show_still() -> None:
    """Show what the cell that runs showed when the kit was made, and reply to a prediction."""
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    if shell is None:
        return
    source = str(shell.user_ns.get("In", [""])[-1])
    found = next((_stills()[key] for key in keys_of(source) if key in _stills()), [])
    for kind, text in found:
        plain = "A picture, as it was when this copy of the course was made."
        if kind == "text":
            sys.stdout.write(text)
        else:
            display({"text/html": text, "text/plain": plain}, raw=True)
    last = source.strip().rsplit("\n", 1)[-1]
    if found and last.startswith(ANSWERED):
        try:
            shell.ev(last)
        except (CheckFailed, NameError, SyntaxError):  # the cell was changed
            return
