"""What may be taken out of a zip, as its entries are looked at before any is unpacked."""

import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import IO

MAX_FOLDERS_DEEP = 16
MAX_RATIO, RATIO_COUNTS_FROM = 300, 2**20
_ENTRY = b"PK\x01\x02"  # each entry of a zip's table of contents begins so
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError)


class Refused(Exception):
    """A file that is not taken; the message says why."""


def entries_at_most(file: IO[bytes]) -> int:
    """Return at most how many entries a zip's table has, before that is read as a whole."""
    count, last = 0, b""
    file.seek(0)
    while block := file.read(2**20):
        count += (last + block).count(_ENTRY)
        last = block[-3:]
    file.seek(0)
    return count


def member_path(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return the folders and the name that an entry gives."""
    name = info.filename
    if not info.flag_bits & 0x800:
        # Many programs write UTF-8 without saying so; read as the old code page it is garbled.
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
    return tuple(part for part in parts[:-1] if part != ".") + (
        (parts[-1],) if parts[-1] or len(parts) == 1 else ()
    )


def told_path(parts: Iterable[str]) -> tuple[str, ...]:
    """Return a path that is not too long to be told."""
    return tuple(part[:200] for part in parts)[:MAX_FOLDERS_DEEP]


def check_path(path: tuple[str, ...]) -> None:
    """Refuse a path that cannot be shown, or lies too deep."""
    if len(path) > MAX_FOLDERS_DEEP:
        raise Refused(f"lies more than {MAX_FOLDERS_DEEP} folders deep")
    if not all(part.isprintable() and len(part) <= 255 for part in path):
        raise Refused("has characters in its name that cannot be shown, or too many")


def check_member(info: zipfile.ZipInfo, parts: tuple[str, ...]) -> None:
    """Refuse an entry that is no plain file, or could be a bomb."""
    if any(part in ("", "..") for part in parts) or re.match(r"[A-Za-z]:", parts[0]):
        raise Refused("has a name that leads out of the archive, or is no plain one")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Refused("is a link or a special file")
    if info.flag_bits & 0x1:
        raise Refused("is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("is compressed in an unusual way")
    unpacked = info.file_size
    if unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * max(info.compress_size, 1):
        raise Refused(f"would unpack to more than {MAX_RATIO} times its size")


def reader_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[int], bytes]:
    """Return what reads an entry: all of it, or it is refused."""

    def read(most: int) -> bytes:
        too_large = Refused(f"is larger than {max(most // 2**20, 1)} MB")
        if info.file_size > most:
            raise too_large
        try:
            with archive.open(info) as member:
                data = member.read(most + 1)
        except RuntimeError as error:  # a password is asked for, whatever the flags say
            raise Refused("is encrypted") from error
        if len(data) > most:
            raise too_large
        return data

    return read
