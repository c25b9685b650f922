"""Folders deeper than Python goes by calls."""

import os
import sys
from pathlib import Path


def deepened(folder: Path, depth: int = 3 * sys.getrecursionlimit()) -> None:
    """Make folders in `folder`, each in the one before."""
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=descriptor)
        deeper = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = deeper
    os.close(descriptor)
