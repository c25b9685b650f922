"""A worker's own end: takes a call, holds itself to the limits, hands back what came of it.

What crosses is pickled on both ends by our own code; no byte of a student's is ever unpickled.
"""

import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from autograder.trouble import described, with_its_place

if sys.platform != "win32":
    import resource

_STATUS = Path("/proc/self/statm")
READY, RETURNED, RAISED, FULL, ASKED = "ready", "returned", "raised", "full", "asked"
_GROWN = 0.5  # of the memory that a call may take: a worker that keeps so much is replaced

Reply = tuple[str, Any, bool]
"""What came of a call, with what, and whether the worker is used up."""

_caller: list[tuple[BinaryIO, BinaryIO]] = []  # where calls come from, while this is a worker


def ask(question: Any) -> Any:
    """Return what the caller of this worker answers, in the middle of a call."""
    calls, replies = _caller[0]
    _send(replies, (ASKED, question, False))
    return pickle.load(calls)


def main() -> None:
    """Answer calls until nobody asks any more."""
    calls, replies = _channel()
    _caller.append((calls, replies))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller's to take
    _send(replies, (READY, None, False))
    first_bytes = _held_bytes()
    while True:
        try:
            function, arguments, cpu_s, memory_bytes = pickle.load(calls)
        except EOFError:
            return
        except Exception as error:  # a call that cannot be read is answered like one that fails
            _send(replies, (*_told(error), True))
            return
        _limit(cpu_s, memory_bytes)
        kind, value = _outcome(function, arguments)
        used_up = kind == FULL or _held_bytes() - first_bytes > _GROWN * memory_bytes
        _send(replies, (kind, value, used_up))
        if used_up:
            return
        del function, arguments, value


def _channel() -> tuple[BinaryIO, BinaryIO]:
    """Return standard input and output for our own use; what anybody prints goes nowhere."""
    calls, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return calls, replies


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return RETURNED, function(*arguments)
    except Exception as error:
        return _told(error)


def _told(error: Exception) -> tuple[str, Any]:
    """Return how an error is sent: as it is, if it can be, and with the place it came from."""
    if isinstance(error, MemoryError):
        return FULL, None
    try:
        pickle.loads(pickle.dumps(with_its_place(error)))
    except Exception:
        return RAISED, RuntimeError(described(error))
    return RAISED, error


def _send(replies: BinaryIO, reply: Reply) -> None:
    try:
        data = pickle.dumps(reply, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # what came back cannot be sent
        data = pickle.dumps((*_told(error), reply[2]), pickle.HIGHEST_PROTOCOL)
    replies.write(data)
    replies.flush()


def _limit(cpu_s: int, memory_bytes: int) -> None:
    """Let the kernel end this process after `cpu_s` more, and give it no more than that memory.

    Where a system has no such limit, the caller's clock is all there is.
    """
    if sys.platform == "win32":
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used_s = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    _set(resource.RLIMIT_CPU, used_s + cpu_s + 1, hard)
    _set(resource.RLIMIT_CORE, 0, 0)
    if _STATUS.exists():
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        _set(resource.RLIMIT_AS, _held_bytes() + memory_bytes, hard)


def _set(which: int, soft: int, hard: int) -> None:
    least = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(which, (least, hard))


def _held_bytes() -> int:
    """Return the address space that this process holds; 0 where that is not told."""
    try:
        return int(_STATUS.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
