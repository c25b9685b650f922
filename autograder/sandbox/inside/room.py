"""What a submission has written, where no file system of its own keeps it within bounds."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

_Gone = (FileNotFoundError, NotADirectoryError, ProcessLookupError)


def takes_too_much(pid: int, home: str, most_bytes: int, most_files: int) -> bool:
    """Return whether more than `most_bytes` or `most_files` are its: below `home`, or deleted."""
    try:
        for found in chain(_below(home), _deleted(pid)):
            most_bytes -= found.st_blocks * 512
            most_files -= 1
            if most_bytes < 0 or most_files < 0:
                return True
    except OSError as error:
        return error.errno == errno.ENAMETOOLONG  # deeper than can be seen: nobody needs that
    return False


def _below(folder: str) -> Iterator[os.stat_result]:
    waiting = [folder]
    while waiting:
        with suppress(*_Gone), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with suppress(*_Gone):
                    found = entry.stat(follow_symlinks=False)
                    yield found
                    if stat.S_ISDIR(found.st_mode):
                        waiting.append(entry.path)


def _deleted(pid: int) -> Iterator[os.stat_result]:
    """Yield files that it holds open and that have no name any more."""
    with suppress(*_Gone), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with suppress(*_Gone):
                found = os.stat(entry.path)
                if not found.st_nlink:
                    yield found
