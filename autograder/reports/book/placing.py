"""Putting a finished book in place at once: never half of one, never over somebody's files."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import AutograderError
from autograder.reports.book.chapters import ERRATA_PAGE, page_name
from autograder.reports.book.pages import INDEX_PAGE
from autograder.units import NOTEBOOKS

_OURS = {INDEX_PAGE, ERRATA_PAGE, *map(page_name, NOTEBOOKS)}


def check_place(folder: Path) -> None:
    """Refuse a folder that holds anything but a book.

    Raises
    ------
    AutograderError
        If something else lies there.
    """
    if folder.exists() and not folder.is_dir():
        raise AutograderError(f"{folder} is a file: choose another folder with --out.")
    others = sorted({path.name for path in folder.glob("*")} - _OURS)
    if others:
        raise AutograderError(
            f"{folder} holds {others[0]}, which is not of the book: choose another folder with "
            "--out, or empty this one."
        )


def put_in_place(folder: Path, pages: Iterable[tuple[str, str]]) -> None:
    """Write pages into a new folder beside `folder`, then let it take that one's place.

    Raises
    ------
    AutograderError
        If something else lies there, or nothing can be written; the folder stays as it was.
    """
    check_place(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
            fresh = Path(beside) / "new"
            fresh.mkdir(mode=0o755)
            for name, html in pages:
                (fresh / name).write_text(html, encoding="utf-8")
            _swap(fresh, folder, Path(beside) / "old")
    except OSError as error:
        raise AutograderError(f"The book cannot be written to {folder}: {error}.") from error


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
