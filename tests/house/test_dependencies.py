"""pyproject.toml, environment.yml and requirements.lock name the same packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.dependencies import by_name, differences, of_environment, of_project, pins
from tests.house.dependencies import unsatisfied as unsatisfied_by

MACHINES = [
    {
        "sys_platform": system,
        "os_name": "nt" if system == "win32" else "posix",
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[system],
        "python_version": python,
        "python_full_version": f"{python}.1",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for system in ("linux", "darwin", "win32")
    for python in ("3.11", "3.12", "3.13")
]


def test_environment_names_what_the_project_names(repository: Path) -> None:
    project = of_project(repository / "pyproject.toml")
    assert differences(project, of_environment(repository / "environment.yml")) == []
    assert "numpy" in project


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (["numpy>=2.0"], ["rich"]),
        (["numpy>=2.0", "rich>=13", "scipy"], ["scipy"]),
        (["numpy>=1.26", "rich>=13"], ["numpy"]),
        (["numpy>=2.0; sys_platform == 'linux'", "rich>=13"], ["numpy"]),
        (["NumPy>=2.0", "rich>=13"], []),
    ],
)
def test_differences_planted_one_is_named(other: list[str], named: list[str]) -> None:
    assert differences(by_name(["numpy>=2.0", "rich>=13"]), by_name(other)) == named


@pytest.mark.parametrize(
    "machine", MACHINES, ids=lambda m: f"{m['sys_platform']}-{m['python_version']}"
)
def test_lock_satisfies_the_project(repository: Path, machine: dict[str, str]) -> None:
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    assert unsatisfied_by(of_project(repository / "pyproject.toml"), lock, machine) == []


@pytest.mark.parametrize(
    "lock",
    ["", "numpy==1.26.4", "numpy==2.1.0 ; sys_platform == 'win32'", "numpy==2.1\nnumpy==2.2"],
)
def test_unsatisfied_lock_without_the_one_right_pin_is_named(lock: str) -> None:
    assert unsatisfied_by(by_name(["numpy>=2.0"]), lock, MACHINES[0]) == ["numpy"]


def test_lock_pins_exactly_and_with_hashes(repository: Path) -> None:
    for pin, hashes in pins((repository / "requirements.lock").read_text(encoding="utf-8")):
        assert str(pin.specifier).startswith("==") and "*" not in str(pin.specifier), pin
        assert hashes and all(value.startswith("sha256:") for value in hashes), pin


def test_lock_names_no_place_to_download_from(repository: Path) -> None:
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    assert not any(word in lock for word in ("://", "--index-url", "--find-links"))
