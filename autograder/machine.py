"""What the machine offers, and whether it was overloaded while something ran."""

import os
import time
from pathlib import Path

PRESSURE = Path("/proc/pressure/cpu")
MUCH = 0.8  # of the time some task was kept waiting
LOADED = 1.5  # processes that want to run, for each processor


def processors() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crowding:
    """Watches the machine from its making on.

    Linux counts for how long some task had to wait for a processor (pressure stall information);
    where it does not, the load average has to do.
    """

    def __init__(self) -> None:
        self._started, self._waited = time.monotonic(), _waited_s()

    def overloaded(self, cpu_s: float) -> bool:
        """Return whether there was more to run than processors, and something of it was others'.

        Parameters
        ----------
        cpu_s : float
            Processor time of what was watched. With as much as one processor has it did not starve,
            whatever waited: its own threads, as a rule.
        """
        passed, waited = time.monotonic() - self._started, _waited_s()
        if cpu_s > MUCH * passed:
            return False
        if self._waited is not None and waited is not None:
            return waited - self._waited > MUCH * passed
        return hasattr(os, "getloadavg") and os.getloadavg()[0] > LOADED * processors()


def _waited_s() -> float | None:
    """Return for how long some task has waited since the machine started [s]."""
    try:
        first = PRESSURE.read_text(encoding="ascii").split("\n", 1)[0]
        return int(first.rpartition("total=")[2]) / 1e6
    except (OSError, ValueError):
        return None
