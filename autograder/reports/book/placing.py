"""Putting a finished folder in place at once: never half of one, never over somebody's files."""

import os
import tempfile
from collections.abc import Iterable, Set
from fnmatch import fnmatchcase
from pathlib import Path

from autograder.errors import AutograderError
from autograder.reports.book.chapters import page_name
from autograder.reports.book.documents import ERRATA_PAGE, document_page
from autograder.reports.book.pages import INDEX_PAGE
from autograder.units import NOTEBOOKS

#: A later course has other documents, so these are known by their form.
_OURS = {INDEX_PAGE, ERRATA_PAGE, document_page("*"), *map(page_name, NOTEBOOKS)}


def check_place(folder: Path, ours: Set[str] = _OURS, what: str = "book") -> None:
    """Refuse a folder that holds anything but `what`, whose names or patterns are `ours`.

    Raises
    ------
    AutograderError
        If something else lies there.
    """
    if folder.exists() and not folder.is_dir():
        raise AutograderError(f"{folder} is a file: choose another folder with --out.")
    names = sorted(path.name for path in folder.glob("*"))
    others = [name for name in names if not any(fnmatchcase(name, one) for one in ours)]
    if others:
        raise AutograderError(
            f"{folder} holds {others[0]}, which is not of the {what}: choose another folder with "
            "--out, or empty this one."
        )


def put_in_place(
    folder: Path,
    files: Iterable[tuple[str, bytes]],
    ours: Set[str] = _OURS,
    what: str = "book",
) -> None:
    """Write files into a new folder beside `folder`, then let it take that one's place.

    Raises
    ------
    AutograderError
        If something else lies there, or nothing can be written; the folder stays as it was.
    """
    check_place(folder, ours, what)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
            fresh = Path(beside) / "new"
            fresh.mkdir(mode=0o755)
            for name, data in files:
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                (fresh / name).write_bytes(data)
            _swap(fresh, folder, Path(beside) / "old")
    except OSError as error:
        raise AutograderError(f"The {what} cannot be written to {folder}: {error}.") from error


def _swap(fresh: Path, folder: Path, old: Path) -> None:
    if not folder.exists():
        os.replace(fresh, folder)
        return
    os.replace(folder, old)
    try:
        os.replace(fresh, folder)
    except OSError:
        os.replace(old, folder)
        raise
