"""How each exercise is asked, one module a unit.

A probe calls the learner's functions on a case's inputs and yields named outputs. It holds no
expected value; the judge gets those by running the same probe on the reference.
"""

import importlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from autograder.student.answers import Probe, ProbeFunction

_PROBES: dict[str, Probe] = {}


def probe(exercise: str, **roles: str) -> Callable[[ProbeFunction], ProbeFunction]:
    """Register the decorated generator as the probe of `exercise`.

    Parameters
    ----------
    roles : str
        For each keyword of ``check``, the names of its function's arguments, separated by spaces.
    """

    def register(run: ProbeFunction) -> ProbeFunction:
        names = {role: tuple(arguments.split()) for role, arguments in roles.items()}
        _PROBES[exercise] = Probe(exercise, run, names)
        return run

    return register


def find_probe(exercise: str) -> Probe | None:
    """Return the probe of `exercise`, or None if there is no such exercise."""
    _load_all()
    return _PROBES.get(exercise)


@cache
def _load_all() -> None:
    """Load every unit's probes, whichever of them has been imported before."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        importlib.import_module(f"{__name__}.{path.stem}")


def exercise_names() -> list[str]:
    """Return the names of all exercises that have a probe."""
    find_probe("")
    return list(_PROBES)
