"""Telling a whole picture of a sane size from bytes that only begin like one."""

import base64
import binascii
import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_PICTURE_BYTES = 2 * 2**20
MAX_PICTURE_PIXELS = 8_000_000  # a small file can unfold to any size

MAX_PICTURES = 8  # of one cell
_WITHIN = re.compile(r"data:(image/[a-z+.-]{1,20});base64,([A-Za-z0-9+/=\s]*+)")
_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNK = struct.Struct(">I4s")


@dataclass(frozen=True)
class Picture:
    """A whole picture of a sane size.

    Attributes
    ----------
    kind : str
        "image/png" or "image/jpeg".
    encoded : str
        Its bytes in base64.
    """

    kind: str
    encoded: str

    @property
    def uri(self) -> str:
        """What a page can show."""
        return f"data:{self.kind};base64,{self.encoded}"

    @property
    def name(self) -> str:
        """A name for it that hangs on what it shows alone."""
        return f"picture-{self.digest[:12]}.{self.kind.partition('/')[2]}"

    @property
    def digest(self) -> str:
        """A name for its bytes."""
        return hashlib.sha256(self.encoded.encode()).hexdigest()


def picture_of(encoded: Any, kind: str = "image/png") -> Picture | None:
    """Return the picture that is in base64; None unless it is one whole PNG or JPEG."""
    if isinstance(encoded, list) and all(isinstance(line, str) for line in encoded):
        encoded = "".join(encoded)
    if not isinstance(encoded, str) or len(encoded) > 2 * MAX_PICTURE_BYTES:
        return None
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    is_whole = {"image/png": is_whole_png, "image/jpeg": is_whole_jpeg}.get(kind)
    if is_whole is None or not is_whole(data):
        return None
    return Picture(kind, base64.b64encode(data).decode("ascii"))


def pictures_in(source: str, attachments: Any) -> tuple[str, tuple[Picture, ...]]:
    """Return a text in words without the bytes of pictures, and the pictures.

    They are attached, or, as Colab has it, stand in the text.
    """
    found: list[Picture] = []

    def taken(match: re.Match[str]) -> str:
        picture = picture_of(match.group(2), match.group(1))
        found.extend([picture] if picture else [])
        return picture.name if picture else "a picture that cannot be shown"

    text = _WITHIN.sub(taken, source) if "data:image/" in source else source
    found += _attached(attachments)
    return text, tuple(dict.fromkeys(found))[:MAX_PICTURES]


def _attached(attachments: Any) -> Iterator[Picture]:
    for bundle in attachments.values() if isinstance(attachments, dict) else ():
        for kind, encoded in bundle.items() if isinstance(bundle, dict) else ():
            picture = picture_of(encoded, kind) if isinstance(kind, str) else None
            if picture:
                yield picture


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


def is_whole_jpeg(data: bytes) -> bool:
    """Return whether `data` is JPEG segments up to the picture, and ends as one; sizes as above."""
    if len(data) > MAX_PICTURE_BYTES or data[:2] != b"\xff\xd8" or data[-2:] != b"\xff\xd9":
        return False
    position, has_size = 2, False
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == 0xDA:  # the picture itself
            return has_size
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(data[position + 5 : position + 7], "big")
            width = int.from_bytes(data[position + 7 : position + 9], "big")
            has_size = 0 < width * height <= MAX_PICTURE_PIXELS
        position += 2 + length
    return False
