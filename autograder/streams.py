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
        except OSError:
            self._drop()
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        try:
            super().flush()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


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
    ways = {"line_buffering": stream.line_buffering, "write_through": stream.write_through}
    encoding = stream.encoding
    return Stream(stream.detach(), encoding, _HANDLER, **ways)


class Terminal(Console):
    """A console whose tables are never cut: a narrow one breaks their lines instead."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print, tables as wide as they have to be."""
        for table in objects:
            if isinstance(table, Table):
                wide = self.options.update(width=10_000)
                needed = Measurement.get(self, wide, table).minimum
                options = {"width": max(self.width, needed), **options}
        super().print(*objects, **options)
