"""Which installed packages a submission may import, and where their files lie."""

import os
import stat
import sys
import sysconfig
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.errors import SandboxUnavailable

#: What notebooks import, and what the shell itself is made of. Their requirements come with them.
ALLOWED = ("numpy", "matplotlib", "ipython", "matplotlib-inline")

_NOT_READ = ("site-packages", "dist-packages", "__pycache__")


@cache
def site_entries() -> dict[str, Path]:
    """Return the top-level files and folders of the allowed distributions, by name.

    Raises
    ------
    SandboxUnavailable
        If a distribution is missing, or was installed without a list of its files.
    """
    entries: dict[str, Path] = {}
    for name in sorted(closure(ALLOWED)):
        for entry in _top_level(metadata.distribution(name)):
            entries[entry.name] = entry
    return entries


def closure(roots: tuple[str, ...]) -> set[str]:
    """Return the names of installed distributions and of all that they need.

    Raises
    ------
    SandboxUnavailable
        If one is missing.
    """
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError as error:
            raise SandboxUnavailable(
                f"The package {name} is not installed, which the sandbox needs: run make setup."
            ) from error
        for need in map(Requirement, lines):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                waiting.append(need.name)
    return found


def _top_level(distribution: metadata.Distribution) -> set[Path]:
    files = distribution.files
    if not files:
        raise SandboxUnavailable(
            f"The package {distribution.name} has no list of its files: install it with pip."
        )
    names = {file.parts[0] for file in files} - {"..", "__pycache__"}
    paths = {Path(str(distribution.locate_file(name))).resolve() for name in names}
    return {path for path in paths if path.exists()}


def closed_to_others(top: Path) -> str:
    """Return a file or folder in `top` that not everybody may read; "" if there is none.

    Packages beside the standard library and compiled copies do not count.
    """
    paths = [str(top)]
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in _NOT_READ]
        paths += [os.path.join(folder, name) for name in (*folders, *files)]
    return next(filter(_is_closed, paths), "")


def _is_closed(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:  # a link to nothing
        return False
    wanted = 0o005 if stat.S_ISDIR(mode) else 0o004
    return mode & wanted != wanted


def base_python() -> Path:
    """Return the real interpreter behind a virtual environment."""
    executable: str = getattr(sys, "_base_executable", "") or sys.executable
    return Path(executable).resolve()


def standard_library() -> Path:
    """Return the folder of the interpreter's standard library."""
    return Path(sysconfig.get_path("stdlib")).resolve()
