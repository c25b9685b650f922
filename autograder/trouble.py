"""An error that should not have happened, told in words."""

import traceback
from pathlib import Path

from autograder.places import said
from autograder.visible import one_line


def described(error: BaseException) -> str:
    """Return what an error says and where it came from, on one line.

    An error that crossed from a worker has its place in a note.
    """
    frames = traceback.extract_tb(error.__traceback__)
    notes = getattr(error, "__notes__", ())
    where = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    where = str(notes[0]) if notes else where
    what = f"{type(error).__name__}: {said(error)}"
    return one_line(f"{what} in {where}" if where else what)


def with_its_place(error: BaseException) -> BaseException:
    """Return `error` with a note on where it came from, which outlives its traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    if frames and not getattr(error, "__notes__", ()):
        error.add_note(f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}")
    return error
