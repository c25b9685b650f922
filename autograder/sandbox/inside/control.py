"""Messages between the engine and its server: a length, then a wire-encoded value.

Both ends are trusted; student code never holds this socket.
"""

import socket
import struct
from collections.abc import Sequence
from typing import Any

from autograder.student import wire

_LENGTH = struct.Struct("<Q")
_MAX_DESCRIPTORS = 3
LIMITS = wire.WireLimits(total_bytes=2**30, items=10**6, text_bytes=2**28)


def send(sock: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send `message`, and with it copies of `descriptors`."""
    body = wire.encode(message)
    head = _LENGTH.pack(len(body))
    if descriptors:
        socket.send_fds(sock, [head], list(descriptors))
        sock.sendall(body)
    else:
        sock.sendall(head + body)


def receive(sock: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and the descriptors that came with it; None when the peer is gone."""
    try:
        head, descriptors, _, _ = socket.recv_fds(sock, _LENGTH.size, _MAX_DESCRIPTORS)
        head += _exactly(sock, _LENGTH.size - len(head))
        (length,) = _LENGTH.unpack(head)
        message: dict[str, Any] = wire.decode(_exactly(sock, length), LIMITS)
    except (EOFError, ConnectionError):
        return None
    return message, descriptors


def _exactly(sock: socket.socket, count: int) -> bytes:
    chunks = []
    while count:
        chunk = sock.recv(min(count, 2**20))
        if not chunk:
            raise EOFError
        chunks.append(chunk)
        count -= len(chunk)
    return b"".join(chunks)
