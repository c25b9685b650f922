"""Reading a folder or a zip of strangers' files: what is found is listed, never unpacked by name.

Notebooks are kept in a folder of ours under the digest of their content; names, sizes, links and
depths that an archive gives are only told, never followed.
"""

import hashlib
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from autograder.errors import AutograderError
from autograder.grading.collecting.file_names import is_litter, is_notebook_name, is_zip
from autograder.grading.collecting.members import (
    BROKEN,
    Refused,
    check_member,
    check_path,
    entries_at_most,
    member_path,
    reader_of,
    told_path,
)
from autograder.grading.own_files import UnreadableSubmission, open_regular_file, read_regular_file
from autograder.grading.submissions import MAX_BYTES, MAX_TIMESTAMP_BYTES, TIMESTAMP

MAX_FILES = 50_000  # in a delivery
MAX_ARCHIVES_DEEP = 3
MAX_ARCHIVE_BYTES = 100 * 2**20  # of one that lies in a delivery
MAX_NESTED_FILES, MAX_NESTED_BYTES = 2_000, 200 * 2**20  # of one in an archive, unpacked
MAX_TOTAL_BYTES = 8 * 2**30  # unpacked
METADATA = "submission_metadata.yml"

NOTEBOOK, METADATA_FILE, TIME_FILE, OTHER, PROBLEM = "notebook", "metadata", "time", "other", "bad"

_UNKNOWN_ARCHIVES = (".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz")


@dataclass(eq=False)
class _Budget:
    """What may still come out of an archive."""

    files: int
    bytes: int


class _Exhausted(Exception):
    """More came out of an archive than it may hold."""

    def __init__(self, budget: _Budget) -> None:
        super().__init__()
        self.budget = budget


@dataclass(frozen=True)
class File:
    """One file of a delivery.

    Attributes
    ----------
    path : tuple of str
        From the delivery's top; an archive in it counts as a folder.
    kind : str
        What it is taken for.
    digest : str
        Of the content, where it is kept.
    problem : str
        Why it is not taken, or "".
    in_archives : int
        How many archives it lies in, below the delivery's top.
    """

    path: tuple[str, ...]
    kind: str
    digest: str = ""
    problem: str = ""
    in_archives: int = 0

    @property
    def shown(self) -> str:
        """The path as text."""
        return "/".join(self.path)


@dataclass
class Delivery:
    """All that was found: files in order of their paths, and which folders are repositories."""

    stash: Path
    name: str = ""
    files: list[File] = field(default_factory=list)
    repositories: set[tuple[str, ...]] = field(default_factory=set)

    def content(self, file: File) -> bytes:
        """Return what `file` holds."""
        return self.path(file).read_bytes()

    def path(self, file: File) -> Path:
        """Return where the content of `file` is kept, under a name of ours."""
        return self.stash / file.digest


def read_delivery(source: Path, stash: Path) -> Delivery:
    """List what lies in a folder or zip, and keep its notebooks in `stash`.

    Raises
    ------
    AutograderError
        If `source` is neither a folder nor a zip.
    """
    reader = _Reader(Delivery(stash, source.resolve().name.removesuffix(".zip")))
    try:
        if source.is_dir():
            reader.folder(source, ())
        elif source.is_file():
            with source.open("rb") as file:
                reader.archive(file, (), 0)
        else:
            raise AutograderError(f"There is no folder or zip {source}.")
    except (Refused, OSError) as error:
        raise AutograderError(f"{source}: {error}.") from error
    except _Exhausted as error:
        raise AutograderError(
            f"{source} unpacks to more than {MAX_FILES} files or {MAX_TOTAL_BYTES // 2**30} GB, "
            f"most of it in {reader.largest()}: nothing was collected. Take that out, or collect "
            "in parts."
        ) from error
    reader.delivery.files.sort(key=lambda file: file.path)
    return reader.delivery


class _Reader:
    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.budgets = [_Budget(MAX_FILES, MAX_TOTAL_BYTES)]
        self.spent: Counter[tuple[str, ...]] = Counter()

    def largest(self) -> str:
        """Return the deepest folder that holds more than half of all there is."""
        half = self.spent[()] / 2
        large = [path for path, size in self.spent.items() if size > half]
        return "/".join(sorted(large, key=lambda path: len(path))[-1]) or "it"

    def folder(self, folder: Path, at: tuple[str, ...]) -> None:
        try:
            with os.scandir(folder) as entries:
                found = sorted(islice(entries, MAX_FILES + 1), key=lambda entry: entry.name)
        except OSError as error:
            self._add(File(at, PROBLEM, problem=f"cannot be read: {error.strerror}"))
            return
        for entry in found:
            self._entry(entry, at)

    def _entry(self, entry: "os.DirEntry[str]", at: tuple[str, ...]) -> None:
        path = (*at, entry.name)
        is_folder = entry.is_dir(follow_symlinks=False)
        if entry.name == ".git":
            self.delivery.repositories.add(at)
        if is_litter(entry.name):
            return
        try:
            check_path(path)
            if not is_folder and not entry.is_file(follow_symlinks=False):
                raise Refused("is a link or a special file")
        except Refused as error:
            self._add(File(path, PROBLEM, problem=str(error)))
            return
        there = Path(entry.path)
        if is_folder:
            self.folder(there, path)
        elif is_zip(entry.name):
            self._zip_on_disk(there, path)
        else:
            self._file(path, lambda most: read_regular_file(there, most), 0)

    def _zip_on_disk(self, there: Path, path: tuple[str, ...]) -> None:
        try:
            with open_regular_file(there) as file:
                self.archive(file, path, 1)
        except (Refused, UnreadableSubmission) as error:
            self._add(File(path, PROBLEM, problem=str(error)))

    def archive(self, file: IO[bytes], at: tuple[str, ...], depth: int) -> None:
        """List a zip.

        Raises
        ------
        Refused
            If it is none, or cannot be trusted as a whole.
        """
        if entries_at_most(file) > MAX_FILES:
            raise Refused(f"it holds more than {MAX_FILES} files")
        try:
            archive = zipfile.ZipFile(file)
        except BROKEN as error:
            raise Refused("it is no zip, or a broken one") from error
        with archive:
            self._members(archive, at, depth)

    def _members(self, archive: zipfile.ZipFile, at: tuple[str, ...], depth: int) -> None:
        members = [(info, member_path(info)) for info in archive.infolist()]
        for parts in {parts[: parts.index(".git")] for _, parts in members if ".git" in parts}:
            self.delivery.repositories.add((*at, *parts))
        twice = Counter(parts for info, parts in members if not info.is_dir())
        for info, parts in members:
            if info.is_dir() or any(map(is_litter, parts)):
                continue
            try:
                check_member(info, parts)
                check_path((*at, *parts))
                if twice[parts] > 1:
                    raise Refused("stands in the archive more than once")
            except Refused as error:
                self._add(File((*at, *told_path(parts)), PROBLEM, problem=str(error)))
                continue
            read = reader_of(archive, info)
            self._file((*at, *parts), read, depth)

    def _file(self, path: tuple[str, ...], read: Callable[[int], bytes], depth: int) -> None:
        try:
            self._add(self._taken(path, read, depth))
        except (Refused, UnreadableSubmission) as error:
            self._add(File(path, PROBLEM, problem=str(error), in_archives=depth))
        except BROKEN:
            problem = "cannot be unpacked: the archive is broken here"
            self._add(File(path, PROBLEM, problem=problem, in_archives=depth))

    def _taken(
        self, path: tuple[str, ...], read: Callable[[int], bytes], depth: int
    ) -> File | None:
        name = path[-1].casefold()
        if is_notebook_name(name):
            return File(path, NOTEBOOK, self._kept(path, read(MAX_BYTES)), in_archives=depth)
        if name == METADATA:
            return File(path, METADATA_FILE, self._kept(path, read(MAX_BYTES)), in_archives=depth)
        if name == TIMESTAMP:
            digest = self._kept(path, read(MAX_TIMESTAMP_BYTES))
            return File(path, TIME_FILE, digest, in_archives=depth)
        if is_zip(name):
            self._nested(path, read, depth + 1)
            return None
        if name.endswith(_UNKNOWN_ARCHIVES):
            raise Refused("is an archive that is not opened here; a zip would be")
        return File(path, OTHER, in_archives=depth)

    def _nested(self, path: tuple[str, ...], read: Callable[[int], bytes], depth: int) -> None:
        if depth > MAX_ARCHIVES_DEEP:
            raise Refused(f"lies more than {MAX_ARCHIVES_DEEP} archives deep")
        budget, before = _Budget(MAX_NESTED_FILES, MAX_NESTED_BYTES), len(self.delivery.files)
        with tempfile.TemporaryFile(dir=self.delivery.stash) as file:
            file.write(read(MAX_ARCHIVE_BYTES))
            self.budgets.append(budget)
            try:
                self.archive(file, path, depth)
            except _Exhausted as error:
                if error.budget is not budget:
                    raise
                del self.delivery.files[before:]
                raise Refused(
                    f"unpacks to more than {MAX_NESTED_FILES} files or "
                    f"{MAX_NESTED_BYTES // 2**20} MB"
                ) from error
            finally:
                self.budgets.remove(budget)

    def _kept(self, path: tuple[str, ...], data: bytes) -> str:
        self._spend(path, 0, len(data))
        digest = hashlib.sha256(data).hexdigest()
        (self.delivery.stash / digest).write_bytes(data)
        return digest

    def _add(self, file: File | None) -> None:
        if file is not None:
            self._spend(file.path, 1, 0)
            self.delivery.files.append(file)

    def _spend(self, path: tuple[str, ...], files: int, size: int) -> None:
        self.spent.update(dict.fromkeys((path[:i] for i in range(min(4, len(path)))), size + files))
        for budget in self.budgets:
            budget.files -= files
            budget.bytes -= size
            if budget.files < 0 or budget.bytes < 0:
                raise _Exhausted(budget)
