"""Packing files as a wheel, as the packaging guide's "Binary distribution format" has it."""

import base64
import csv
import hashlib
import io
import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DISTRIBUTION = "unrolled_kit"
_TAG = "py3-none-any"
_OLDEST = (1980, 1, 1, 0, 0, 0)
"""Of every file, so that the same content gives the same bytes."""


@dataclass(frozen=True)
class Wheel:
    """A wheel that is still to be written.

    Attributes
    ----------
    files : mapping of path to bytes
        What lands in site-packages.
    needs : sequence of str
        Requirements.
    entry_points : str
        Text of ``entry_points.txt``.
    licence : bytes
    base_version : str
        Followed by a number of the content: another content is another version.
    distribution : str
        What pip knows it by.
    """

    files: Mapping[str, bytes]
    needs: Sequence[str]
    entry_points: str
    licence: bytes
    base_version: str
    distribution: str = DISTRIBUTION

    @property
    def version(self) -> str:
        """The version, which another content changes, so that pip takes it for another."""
        number = 0
        for name in sorted(self.files):
            number = zlib.crc32(self.files[name], zlib.crc32(name.encode(), number))
        return f"{self.base_version}.post{number}"

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{self.distribution}-{self.version}-{_TAG}.whl"

    def as_bytes(self) -> bytes:
        """Return the file."""
        info = f"{self.distribution}-{self.version}.dist-info"
        needs = "".join(f"Requires-Dist: {need}\n" for need in self.needs)
        metadata = (
            f"Metadata-Version: 2.4\nName: {self.distribution.replace('_', '-')}\n"
            f"Version: {self.version}\nSummary: A course on recurrent neural networks\n"
            f"License-Expression: MIT\nLicense-File: LICENSE\n"
            f"Requires-Python: >=3.11\n{needs}"
        )
        wheel = (
            f"Wheel-Version: 1.0\nGenerator: autograder kit\nRoot-Is-Purelib: true\nTag: {_TAG}\n"
        )
        files = {
            **self.files,
            f"{info}/licenses/LICENSE": self.licence,
            f"{info}/METADATA": metadata.encode(),
            f"{info}/WHEEL": wheel.encode(),
            f"{info}/entry_points.txt": self.entry_points.encode(),
        }
        record = io.StringIO()
        rows = csv.writer(record, lineterminator="\n")
        for name, data in sorted(files.items()):
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.writerow((name, f"sha256={digest}", len(data)))
        rows.writerow((f"{info}/RECORD", "", ""))
        return zipped({**files, f"{info}/RECORD": record.getvalue().encode()})


def zipped(files: Mapping[str, bytes], programs: Collection[str] = ()) -> bytes:
    """Return a zip archive of `files`, the same for the same content; `programs` can be run."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.external_attr = (0o755 if name in programs else 0o644) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    return target.getvalue()


def files_in(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder by their paths within it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
