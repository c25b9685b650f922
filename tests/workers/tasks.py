"""What the tests have workers do: each is asked for by its name."""

import ctypes
import os
import re
import signal
import sys
import time

import numpy as np

from autograder.grading.own_files import UnreadableSubmission
from autograder.workers.inside import ask


class Odd(Exception):
    """An error that cannot be sent: it wants two words."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def double(number: int) -> int:
    """Return twice as much."""
    return 2 * number


def add_up(questions: list[int]) -> int:
    """Return the sum of what the caller answers to each question."""
    return sum(map(ask, questions))


def who() -> int:
    """Return the worker's process id."""
    return os.getpid()


def pattern() -> None:
    """Hold Python's lock in a regular expression, without an end."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def sleep() -> None:
    """Do nothing for an hour."""
    time.sleep(3600)


def ignore_and_sleep() -> None:
    """Do nothing for an hour, whatever is asked."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(3600)


def fill() -> int:
    """Ask for much memory at once."""
    return len(bytearray(2**31))


def fill_with_numbers() -> int:
    """Ask for much memory through NumPy."""
    return int(np.ones(2**28).size)


def fill_with_parts() -> int:
    """Ask for much memory bit by bit."""
    parts: list[list[int]] = []
    while True:
        parts.append([len(parts)] * 100)


def crash() -> None:
    """Read where nothing is."""
    ctypes.string_at(0)


def leave() -> None:
    """End the process as if all were well."""
    os._exit(0)


def talk() -> str:
    """Print into what could be the channel."""
    print("x" * 100_000)
    os.write(1, b"y" * 1000)
    sys.stderr.write("z")
    return "said"


def refuse() -> None:
    """Raise what a reader raises."""
    raise UnreadableSubmission("it is no notebook")


def refuse_oddly() -> None:
    """Raise what cannot be sent."""
    raise Odd("one", "other")


def give_function() -> object:
    """Return what cannot be sent."""
    return lambda: None


def deep() -> None:
    """Go deeper than Python does."""
    deep()


def loaded(*names: str) -> list[str]:
    """Return which of these packages the process has imported."""
    return [name for name in names if name in sys.modules]
