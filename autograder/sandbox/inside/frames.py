"""The frames that leave a submission's process: kind, cell, length, then the payload.

One direction, one descriptor. Whoever reads them must expect anything: student code shares a
process with the writer.
"""

import os
import struct
import threading
from enum import IntEnum

HEADER = struct.Struct("<BHI")  # kind, cell, length of the payload [bytes]
_write = os.write  # bound here: student code may rebind names of `os`


class Kind(IntEnum):
    """What a frame says."""

    SETUP_FAILED = 1  # a sentence; comes before any student code has run
    READY = 2  # confined; student code follows
    CELL_BEGINS = 3
    STDOUT = 4  # UTF-8
    STDERR = 5
    DISPLAY = 6  # one byte, the index in MIMES, then the data
    RESULT = 7
    ERROR = 8  # wire: [name, message, traceback]
    ANSWERS = 9  # what a check handed out
    CELL_ENDS = 10  # wire: [error name, error message, soft limit]
    FINISHED = 11  # wire: "" or the limit of the notebook that was used up


MIMES = ("text/plain", "image/png")


class FrameWriter:
    """Writes whole frames to a descriptor, from any thread.

    Attributes
    ----------
    busy : bool
        A frame is half written; raising out of it would tear the stream.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.RLock()
        self.busy = False

    def send(self, kind: Kind, cell: int = 0, payload: bytes = b"") -> None:
        """Write one frame; blocks while the reader is behind."""
        rest = memoryview(HEADER.pack(kind, cell, len(payload)) + payload)
        with self._lock:
            self.busy = True
            try:
                while rest:
                    rest = rest[_write(self._descriptor, rest) :]
            finally:
                self.busy = False
