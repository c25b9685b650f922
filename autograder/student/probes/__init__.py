"""How each exercise is asked, one module a unit.

A probe calls the learner's functions on a case's inputs and yields named outputs. It holds no
expected value; the judge gets those by running the same probe on the reference.
"""

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from autograder.student.answers import Probe, ProbeFunction

_registered: dict[str, Probe] = {}
"""Grows while the units' modules are imported; `_probes` alone reads it, once all of them are."""


def probe(exercise: str, **roles: str) -> Callable[[ProbeFunction], ProbeFunction]:
    """Register the decorated generator as the probe of `exercise`.

    Parameters
    ----------
    roles : str
        For each keyword of ``check``, the names of its function's arguments, separated by spaces.
    """

    def register(run: ProbeFunction) -> ProbeFunction:
        names = {role: tuple(arguments.split()) for role, arguments in roles.items()}
        _registered[exercise] = Probe(exercise, run, names)
        return run

    return register


def find_probe(exercise: str) -> Probe | None:
    """Return the probe of `exercise`, or None if there is no such exercise."""
    return _probes().get(exercise)


def exercise_names() -> list[str]:
    """Return the names of all exercises that have a probe."""
    return list(_probes())


@cache
def _probes() -> Mapping[str, Probe]:
    """All probes, by exercise. Of several threads each waits here until every module is there."""
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        importlib.import_module(f"{__name__}.{path.stem}")
    return MappingProxyType(_registered)
