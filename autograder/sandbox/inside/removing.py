"""Deleting a folder that a submission has made, of any depth."""

import contextlib
import itertools
import os
import shutil

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def remove_tree(folder: str | os.PathLike[str]) -> None:
    """Delete `folder` as far as it can be; what resists is left."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # it is gone, unless somebody has made it too deep for that
        remove_deep(os.fspath(folder))


def remove_deep(top: str) -> None:
    """Delete `top`: what lies in its folders is brought up before it is looked at.

    A library's way to do that calls itself once for each level, and gives up after a thousand.
    """
    prefix, number = f"{top}/{os.urandom(8).hex()}", itertools.count()
    while entries := list(os.scandir(top)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            folder = os.open(entry.path, _FOLDER)
            try:
                for name in os.listdir(folder):
                    os.rename(name, f"{prefix}-{next(number)}", src_dir_fd=folder)
            finally:
                os.close(folder)
            os.rmdir(entry.path)
    os.rmdir(top)
