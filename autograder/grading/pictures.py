"""Telling a whole picture of a sane size from bytes that only begin like one."""

import struct
import zlib

MAX_PICTURE_BYTES = 2 * 2**20
MAX_PICTURE_PIXELS = 8_000_000  # a small file can unfold to any size

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNK = struct.Struct(">I4s")


def is_whole_png(data: bytes) -> bool:
    """Return whether `data` is PNG chunks with right checksums, from IHDR to IEND, and no more.

    Neither larger than ``MAX_PICTURE_BYTES`` nor of more than ``MAX_PICTURE_PIXELS``.
    """
    position = len(_PNG)
    names: list[bytes] = []
    if len(data) > MAX_PICTURE_BYTES or not data.startswith(_PNG):
        return False
    while position + _CHUNK.size + 4 <= len(data):
        length, name = _CHUNK.unpack_from(data, position)
        end = position + _CHUNK.size + length
        body = data[position + _CHUNK.size : end]
        if data[end : end + 4] != struct.pack(">I", zlib.crc32(name + body)):
            return False
        if not names and (name != b"IHDR" or not _is_sane_header(body)):
            return False
        names.append(name)
        position = end + 4
    return position == len(data) and b"IDAT" in names and names[-1] == b"IEND"


def _is_sane_header(body: bytes) -> bool:
    if len(body) != 13:
        return False
    width = int.from_bytes(body[:4], "big")
    height = int.from_bytes(body[4:8], "big")
    return 0 < width * height <= MAX_PICTURE_PIXELS
