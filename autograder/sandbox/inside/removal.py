"""Removing what submissions leave, however deep they have made it."""

import contextlib
import os
import shutil
import subprocess


def remove_tree(folder: str | os.PathLike[str]) -> None:
    """Remove a folder as far as it can be; what resists is left.

    Python goes down by calls, a thousand at most, and stops in the middle; ``rm`` has no end.
    """
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        with contextlib.suppress(OSError):  # a system without it
            subprocess.run(["rm", "-rf", "--", folder], stderr=subprocess.DEVNULL, check=False)
