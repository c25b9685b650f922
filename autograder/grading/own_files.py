"""Reading strangers' files: each has to be a regular file of its own, of a bounded size."""

import os
import stat
from pathlib import Path
from typing import IO

_NO_WAIT, _NO_LINK = getattr(os, "O_NONBLOCK", 0), getattr(os, "O_NOFOLLOW", 0)


class UnreadableSubmission(Exception):
    """A submission that cannot be graded as it is; the message says why, for the instructor."""


def open_regular_file(path: Path) -> IO[bytes]:
    """Open a file to read it.

    Raises
    ------
    UnreadableSubmission
        If it is missing, a link, linked to from elsewhere, or no regular file.
    """
    try:
        # Not to wait for the other end of a pipe, and not to follow a link.
        descriptor = os.open(path, os.O_RDONLY | _NO_WAIT | _NO_LINK)
    except FileNotFoundError:
        raise UnreadableSubmission(f"there is no {path.name} in it") from None
    except (OSError, ValueError) as error:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise _not_its_own(path) from error
        why = getattr(error, "strerror", "") or "it is no name of a file"
        raise UnreadableSubmission(f"{path.name} cannot be opened: {why}") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(descriptor)
        raise _not_its_own(path)
    return open(descriptor, "rb")


def read_regular_file(path: Path, most: int) -> bytes:
    """Return what a file holds.

    Raises
    ------
    UnreadableSubmission
        As `open_regular_file`, and if it is larger than `most` bytes.
    """
    with open_regular_file(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        size = f"{most // 2**20} MB" if most >= 2**20 else f"{most} bytes"
        raise UnreadableSubmission(f"{path.name} is larger than {size}")
    return data


def _not_its_own(path: Path) -> UnreadableSubmission:
    return UnreadableSubmission(f"{path.name} is a link or a special file, not a file of its own")
