"""Folders in the system's temporary one that do not outlive their process by much.

What is made here is gone after its block. Where the process is killed first, the folder stays, and
with it the inputs of secret cases; the next one made here takes it away.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.sandbox.inside.removing import remove_tree

if sys.platform != "win32":
    import fcntl

PREFIX = "autograder-"
_YOUNG_S = 60.0
"""A folder younger than that may be one whose process has not locked it yet."""


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder of this user's own, and remove those whose process is gone."""
    remove_forgotten()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    descriptor = _locked(folder)
    try:
        yield folder
    finally:
        remove_tree(folder)
        if descriptor is not None:
            os.close(descriptor)


def remove_forgotten() -> list[Path]:
    """Remove this user's folders that nobody has locked, and return them.

    Where the system has no such locks nothing is removed.
    """
    if sys.platform == "win32":
        return []
    removed = []
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            found = folder.lstat()
            if found.st_uid != os.getuid() or time.time() - found.st_mtime < _YOUNG_S:
                continue
            descriptor = _locked(folder)
            if descriptor is not None:
                remove_tree(folder)
                os.close(descriptor)
                removed.append(folder)
    return removed


def _locked(folder: Path) -> int | None:
    """Lock a folder until the descriptor that comes back is closed; None if another has it."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
