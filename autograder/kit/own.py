"""In a kit: functions that a unit asks its learner to write, for what else calls them.

They are the learner's own, once these have passed their check: in this session, or in the notebook
of their unit beside this one. Until then what calls them shows its picture as it was when the kit
was made.
"""

import json
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.student.answers import FormError
from autograder.student.check import CheckFailed, backend, passing
from autograder.student.probes import find_probe
from autograder.student.report import Status

STILLS = Path(__file__).with_name("stills.json")
ANSWERED = "answered("
DEMO, GIVEN = "demo", "given"


class NotYoursYet(FormError):
    """A function of the course's own is asked for that is not in this copy."""

    below = ""

    def _render_traceback_(self) -> list[str]:
        """Show the still of the cell that runs, and return what a notebook shows below it."""
        if not self.below:  # IPython asks twice
            above = " Above is what it showed when this copy was made." if _show_still() else ""
            self.below = f"{self}{above}"
        return [self.below]


def own(name: str, folder: str) -> Callable[..., Any]:
    """Return a function that calls the learner's function `name` once it has passed.

    Parameters
    ----------
    folder : str
        Of the unit that asks for it; "" for a part of an answer.
    """

    def function(*arguments: Any, **options: Any) -> Any:
        if not folder:
            raise NotYoursYet(f"This needs {name}, which tells an answer: it is not in this copy.")
        mine = _beside(name, folder) or passing(name)
        if mine is not None:
            _mind_what_stops()
            return mine(*arguments, **options)
        raise NotYoursYet(f"This needs {name} of unit {folder[:2]}. {_what_next(name, folder)}")

    function.__name__ = function.__qualname__ = name
    return function


def _what_next(name: str, folder: str) -> str:
    if find_probe(name) is None:
        return "That unit is not in this copy, nor is its answer: here it stays still."
    if Path.cwd().name != folder and _notebook(folder).is_file():
        return f"Once yours passes in {folder}.ipynb and that is saved, this runs with yours."
    return "Once yours has passed its check, run this again: then it runs with yours."


def _notebook(folder: str) -> Path:
    return Path.cwd().parent / folder / f"{folder}.ipynb"


def _beside(name: str, folder: str) -> Any:
    """Return the learner's function from the notebook of its unit, None if it does not pass."""
    path = _notebook(folder)
    if Path.cwd().name == folder or not path.is_file() or find_probe(name) is None:
        return None
    return _passing_in(path, path.stat().st_mtime_ns, name)


@cache
def _passing_in(path: Path, _changed: int, name: str) -> Any:
    functions = _asked_in(path, _changed).get(name)
    probe = find_probe(name)
    if functions is None or probe is None or set(functions) != set(probe.roles):
        return None
    report = backend().check(name, functions)
    if report.status is not Status.PASSED:
        return None
    return _given(path.parent.parent).get(name, functions[probe.judged])


@cache
def _given(work: Path) -> Mapping[str, Any]:
    """Return what notebooks of later units give of earlier ones: with a cache to go backward."""
    given: dict[str, Any] = {}
    for path in sorted(work.glob("*/*.ipynb")):
        names: dict[str, Any] = {"np": np}
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if GIVEN in cell["metadata"].get("tags", ()):
                with suppress(Exception):  # whatever a learner made of it
                    exec("".join(cell["source"]), names)
        given |= {n: value for n, value in names.items() if callable(value)}
    return given


@cache
def _asked_in(path: Path, _changed: int) -> Mapping[str, Mapping[str, Any]]:
    """Return the functions that each check of a notebook asks, by role.

    Its cells are run, demonstrations left out; one that fails is passed over.
    """
    from IPython.utils.capture import capture_output

    asked: dict[str, Mapping[str, Any]] = {}

    def check(exercise: str, /, **functions: Any) -> None:
        asked[exercise] = functions

    names: dict[str, Any] = {"__name__": path.stem}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code" or DEMO in cell["metadata"].get("tags", ()):
            continue
        names["check"] = check
        with capture_output():
            try:
                exec("".join(cell["source"]), names)
            except Exception:  # whatever a learner's cell may do
                continue
    return asked


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


def _show_still() -> bool:
    """Show what the cell that runs showed when the kit was made, and reply to a prediction.

    Return whether anything was kept of it.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return False
    _mind_what_stops()
    source = _running(shell)
    found = _still_of(source)
    _display(found)
    last = source.strip().rsplit("\n", 1)[-1]
    if found and last.startswith(ANSWERED):
        with suppress(CheckFailed, NameError, SyntaxError):  # the cell was changed
            shell.ev(last)
    return bool(found)


def _mind_what_stops() -> None:
    """Let demonstrations that stop from now on show their stills."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((Exception,), _stopped)


def _stopped(shell: Any, kind: Any, error: Any, trace: Any, tb_offset: int | None = None) -> None:
    """Show the still where a demonstration lacks what one before it would have made.

    The same where a learner's function, though right, is not all that one needs: a cache, say.
    """
    found = [] if hasattr(error, "_render_traceback_") else _still_of(_running(shell))
    if not found:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        return
    _display(found)
    if isinstance(error, NameError):
        print(f"This needs {error.name}, of a cell above, so it stays still.")
    else:
        print(f"With your functions this stops ({kind.__name__}: {error}), so it stays still.")


def _running(shell: Any) -> str:
    return str(shell.user_ns.get("In", [""])[-1])


def _still_of(source: str) -> list[list[str]]:
    return next((_stills()[key] for key in keys_of(source) if key in _stills()), [])


def _display(still: list[list[str]]) -> None:
    from IPython.display import display

    for kind, text in still:
        plain = "A picture, as it was when this copy of the course was made."
        if kind == "text":
            sys.stdout.write(text)
        else:
            display({"text/html": text, "text/plain": plain}, raw=True)
