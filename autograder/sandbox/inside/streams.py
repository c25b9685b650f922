"""What a cell prints and shows, on its way out: capped, and closed between cells."""

import base64
import binascii
import io
import threading
from typing import Any

from autograder.sandbox.inside.frames import MIMES, FrameWriter, Kind

_CHUNK = 2**14
_IMAGE = "image/png"


class CellOutput:
    """The outputs of the open cell, held to the limits of a cell.

    Text is collected and sent in chunks; whatever comes while no cell is open is dropped.
    """

    def __init__(self, frames: FrameWriter, max_bytes: int, max_outputs: int) -> None:
        self._frames = frames
        self._max = (max_bytes, max_outputs)
        self._lock = threading.RLock()
        self._cell = -1
        self._pending: list[str] = []
        self._pending_kind = Kind.STDOUT
        self._pending_size = 0
        self._bytes_left = self._outputs_left = 0
        self._noted = False

    def open(self, cell: int) -> None:
        """Begin the outputs of `cell`."""
        with self._lock:
            self._cell = cell
            self._bytes_left, self._outputs_left = self._max
            self._noted = False
            self._pending.clear()
            self._pending_size = 0

    def close(self) -> None:
        """Send what is left and drop all that comes later."""
        with self._lock:
            self.flush()
            self._cell = -1

    def text(self, kind: Kind, text: str) -> None:
        """Take text of a stream."""
        with self._lock:
            if kind is not self._pending_kind:
                self.flush()
                self._pending_kind = kind
            room = max(0, self._bytes_left - self._pending_size)
            self._pending.append(text[: room + 1])  # one more, so that the cut is noticed
            self._pending_size += len(self._pending[-1])
            if self._pending_size >= _CHUNK:
                self.flush()

    def flush(self) -> None:
        """Send the text collected so far."""
        with self._lock:
            if self._pending:
                text = "".join(self._pending)
                self._pending.clear()
                self._pending_size = 0
                self._send(self._pending_kind, text.encode("utf-8", "backslashreplace"))

    def bundle(self, kind: Kind, data: Any) -> None:
        """Take a display or a result: its picture, or its text where it has none."""
        with self._lock:
            self.flush()
            for mime in (_IMAGE, "text/plain"):
                payload = _payload(mime, data.get(mime))
                if payload is not None:
                    self._send(kind, bytes([MIMES.index(mime)]) + payload)
                    return

    def _send(self, kind: Kind, payload: bytes) -> None:
        if self._cell < 0:
            return
        fits = len(payload) <= self._bytes_left and self._outputs_left > 0
        if not fits and kind in (Kind.STDOUT, Kind.STDERR) and self._outputs_left > 0:
            payload = payload[: self._bytes_left]
            self._frames.send(kind, self._cell, payload)
        if fits:
            self._frames.send(kind, self._cell, payload)
            self._bytes_left -= len(payload)
            self._outputs_left -= 1
        elif not self._noted:
            self._noted = True
            note = "\n[more output than a cell may have: the rest is left out]\n"
            self._frames.send(Kind.STDERR, self._cell, note.encode())
            self._bytes_left = 0


def _payload(mime: str, value: Any) -> bytes | None:
    if mime == _IMAGE:
        if isinstance(value, str):  # newer IPython hands pictures over in base64
            try:
                return base64.b64decode(value)
            except (binascii.Error, ValueError):
                return None
        return value if isinstance(value, bytes) else None
    return value.encode("utf-8", "backslashreplace") if isinstance(value, str) else None


class CellStream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of student code."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, output: CellOutput, kind: Kind) -> None:
        super().__init__()
        self._output = output
        self._kind = kind
        self.name = f"<{kind.name.lower()}>"

    def writable(self) -> bool:
        """Whether text can be written: always."""
        return True

    def write(self, text: str) -> int:
        """Take `text`."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._output.text(self._kind, text)
        return len(text)

    def flush(self) -> None:
        """Send what was collected."""
        self._output.flush()
