"""Reads what pyproject.toml, environment.yml and requirements.lock say, and compares them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Wanted = dict[str, Requirement]

NOT_PACKAGES = ("python", "pip")


def by_name(lines: Iterable[str]) -> Wanted:
    """Return requirements by their normalised name."""
    requirements = map(Requirement, lines)
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def of_project(path: Path) -> Wanted:
    """Return what pyproject.toml names: dependencies and the extra ``dev``."""
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    return by_name([*project["dependencies"], *project["optional-dependencies"]["dev"]])


def of_environment(path: Path) -> Wanted:
    """Return what environment.yml names, pip's part included."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"]
    conda = [entry for entry in entries if isinstance(entry, str)]
    pip = [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]
    wanted = by_name([*conda, *pip])
    return {name: wanted[name] for name in wanted if name not in NOT_PACKAGES}


def differences(one: Wanted, other: Wanted) -> list[str]:
    """Return the names that one side lacks, or gives another version or marker."""

    def told(requirement: Requirement | None) -> tuple[str, str] | None:
        return requirement and (str(requirement.specifier), str(requirement.marker))

    names = sorted(one.keys() | other.keys())
    return [name for name in names if told(one.get(name)) != told(other.get(name))]


def pins(lock: str) -> list[tuple[Requirement, list[str]]]:
    """Return every pin of a lock file with its hashes."""
    joined = lock.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
    return [
        (Requirement(line.split("--hash=")[0].strip()), re.findall(r"--hash=(\S+)", line))
        for line in lines
    ]


def unsatisfied(wanted: Wanted, lock: str, environment: dict[str, str]) -> list[str]:
    """Return the names that the lock does not pin, exactly once and as wanted, on a machine.

    Parameters
    ----------
    environment : dict
        What markers are evaluated with: ``sys_platform``, ``python_full_version`` and so on.
    """

    def applies(requirement: Requirement) -> bool:
        return requirement.marker is None or requirement.marker.evaluate(environment)

    versions: dict[str, list[str]] = {}
    for pin, _ in filter(lambda entry: applies(entry[0]), pins(lock)):
        name = canonicalize_name(pin.name)
        versions.setdefault(name, []).append(str(pin.specifier).removeprefix("=="))
    return [
        name
        for name, requirement in wanted.items()
        if applies(requirement)
        and [requirement.specifier.contains(v) for v in versions.get(name, [])] != [True]
    ]
