"""Trusted work on untrusted bytes, in processes that may die of it.

Reading a notebook, rendering its texts and judging its answers run no code of a student's, yet a
parser or a comparison can be made to take hours or all memory. So they run in workers, one
submission at a time, each with limits that are kept from outside: the kernel's on processor time
and memory, the caller's on the clock. A worker's death is the trouble of that submission alone.
"""

from autograder.workers.pool import Workers, lasting_workers, workers
from autograder.workers.process import WorkerDied, WorkLimits

__all__ = ["WorkLimits", "WorkerDied", "Workers", "lasting_workers", "workers"]
