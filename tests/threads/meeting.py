"""Two threads that meet at every line of what they share, to find what is seen half made there.

``python -m tests.threads.meeting SETUP ASKED FUNCTIONS`` prints what the threads got, equal things
once; in ASKED, ``who`` is 0 for the first and 1 for the second. The first stands still before one
line of FUNCTIONS, the second comes and stands still before another, the first goes on to its end,
then the second does. Every pair of lines is tried, each in a new copy of a process in which nobody
has asked before; of many, ``MOST_MEETINGS`` that are drawn from a fixed seed.
"""

import os
import random
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

Ask = Callable[[int], object]
MOST_MEETINGS = 100
PATIENCE_S = 0.05
"""One that stands still goes on after this: the other may be waiting for a lock that it holds."""
NEVER = -1


class Walker(threading.Thread):
    """A thread that asks, and can be met at a line."""

    def __init__(self, ask: Ask, who: int, functions: set[str], stop: int) -> None:
        super().__init__()
        self.lines, self.told = 0, ""
        self.stands = threading.Event()  # at its line, or at its end
        self.may_go_on = threading.Event()
        self._ask, self._who = ask, who
        self._functions, self._stop_at = functions, stop

    def run(self) -> None:
        sys.settrace(self._enter)
        try:
            self.told = repr(self._ask(self._who))
        except Exception as error:
            self.told = f"{type(error).__name__}: {error}"
        finally:
            sys.settrace(None)
            self.stands.set()

    def _enter(self, frame: FrameType, event: str, value: Any) -> Any:
        return self._line if frame.f_code.co_name in self._functions else None

    def _line(self, frame: FrameType, event: str, value: Any) -> Any:
        if event == "line":
            if self.lines == self._stop_at:
                self.stands.set()
                self.may_go_on.wait(PATIENCE_S)
            self.lines += 1
        return self._line


def meet(ask: Ask, functions: set[str], first_at: int, second_at: int) -> tuple[int, set[str]]:
    """Return how many lines the first thread ran, and what both got."""
    first, second = Walker(ask, 0, functions, first_at), Walker(ask, 1, functions, second_at)
    first.start()
    first.stands.wait()
    second.start()
    second.stands.wait(PATIENCE_S)
    first.may_go_on.set()
    first.join(PATIENCE_S)
    second.may_go_on.set()
    first.join()
    second.join()
    return first.lines, {first.told, second.told}


def in_a_copy(work: Callable[[], tuple[int, set[str]]]) -> tuple[int, set[str]]:
    """Return what `work` returns in a copy of this process."""
    read_end, write_end = os.pipe()
    if not os.fork():
        os.write(write_end, repr(work()).encode())
        os._exit(0)
    os.close(write_end)
    with open(read_end, encoding="utf-8") as answer:
        told = answer.read()
    os.wait()
    return eval(told)


def all_meetings(ask: Ask, functions: set[str]) -> set[str]:
    """Return what threads got that met at any two lines."""
    lines, got = in_a_copy(lambda: meet(ask, functions, NEVER, NEVER))
    pairs = [(one, other) for one in range(lines) for other in range(lines)]
    if len(pairs) > MOST_MEETINGS:
        pairs = random.Random(lines).sample(pairs, MOST_MEETINGS)
    for one, other in pairs:
        got |= in_a_copy(lambda: meet(ask, functions, one, other))[1]  # noqa: B023 - called here
    return got


if __name__ == "__main__":
    setup, asked, functions = sys.argv[1:]
    namespace: dict[str, Any] = {}
    exec(setup, namespace)
    got = all_meetings(lambda who: eval(asked, {**namespace, "who": who}), set(functions.split()))
    print("\n".join(sorted(got)))
