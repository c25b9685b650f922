"""Standard output and error as they are: any encoding, closed, or gone in the middle.

What a command does and with which code it ends never depends on them. The one place that knows.
"""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

_TABLE_WIDTH = 80
_HANDLER = "autograder.other_signs"
#: What stands for a sign that an encoding lacks.
OTHER_SIGNS = {
    **{"✓": "ok", "✗": "x", "◐": "~", "○": "o", "■": "#", "†": "+", "•": "*", "·": "."},
    **{
        "→": "->",
        "←": "<-",
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "×": "x",
        "≤": "<=",
        "≥": ">=",
    },
    **{"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "µ": "u"},
}


def _in_other_signs(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(OTHER_SIGNS.get(sign, "?") for sign in lacking), error.end


codecs.register_error(_HANDLER, _in_other_signs)


class Stream(TextIOWrapper):
    """A text stream that drops what nobody can read any more: a closed pipe, a full disk."""

    def write(self, text: str) -> int:
        """Write `text`, or what the encoding has in its place."""
        try:
            return super().write(text)
        except OSError as error:
            self._drop(error)
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        try:
            super().flush()
        except OSError as error:
            self._drop(error)

    def _drop(self, error: OSError) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError) and self is sys.stdout:
            print(f"Not all could be printed ({error.strerror}).", file=sys.stderr)


def prepare_streams() -> None:
    """Let standard output and error take whatever is printed from here on.

    A descriptor that was closed is opened: the next file would get its number, and be written to
    by whatever prints.
    """
    for descriptor in range(3):
        with suppress(OSError):
            os.fstat(descriptor)
            continue
        os.open(os.devnull, os.O_RDWR)
    sys.stdout = _prepared(sys.stdout, 1)
    sys.stderr = _prepared(sys.stderr, 2)


def _prepared(stream: Any, descriptor: int) -> Any:
    if stream is None:
        stream = TextIOWrapper(BufferedWriter(FileIO(descriptor, "w", closefd=False)), "utf-8")
    if type(stream) is not TextIOWrapper:  # somebody's own, such as a test's
        return stream
    stream.flush()
    encoding, lines, through = stream.encoding, stream.line_buffering, stream.write_through
    return Stream(stream.detach(), encoding, _HANDLER, line_buffering=lines, write_through=through)


class Terminal(Console):
    """A console whose tables are never cut: a narrow terminal breaks their lines instead."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print, a table in the room that it needs."""
        kept = self._width
        for table in objects:
            if isinstance(table, Table):
                roomy = self.options.update(width=10_000)
                needed = Measurement.get(self, roomy, table).minimum
                self._width = max(self.width, needed, _TABLE_WIDTH)  # `width` here cuts at it
        try:
            super().print(*objects, **options)
        finally:
            self._width = kept
