"""How much memory this process holds: what grows without an end is told as that."""

import os
import sys
from pathlib import Path

_OWN_PAGES = Path("/proc/self/statm")
_KIB = 1024


def resident_bytes() -> int:
    """Return the memory that is held now; the most that ever was where that is all one can ask.

    0 where the system tells neither (Windows).
    """
    try:
        return int(_OWN_PAGES.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        pass
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * _KIB
