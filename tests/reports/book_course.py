"""This repository's chapters as they are without running anything, and made-up ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_notebook

from autograder.cli.book_session import book_of
from autograder.course import Course
from autograder.grading.release_audit import notebooks_in
from autograder.reports.book.chapters import Chapter
from autograder.reports.book.outputs import Output
from autograder.reports.book.pages import Book, book_pages
from autograder.units import NOTEBOOKS, folder_name

ROOT = Path(__file__).parents[2]
CHAPTERS = [f"{folder_name(name)}.html" for name in NOTEBOOKS]
_STEMS = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
DOCUMENTS = [
    f"unrolled-{stem}.html" for stem in (*_STEMS, "contributing", "security") if stem != "README"
]
PAGES = ["index.html", *CHAPTERS, "errata.html", *DOCUMENTS]


@cache
def bare_pages() -> dict[str, str]:
    """Return the pages of this repository's whole book, by name, without outputs."""
    course = Course(ROOT)
    return dict(book_pages(book_of(course, {u: {} for u in notebooks_in(course.source)})))


def made_up_chapter(
    root: Path, cells: list[Any], outputs: dict[str, list[Output]] | None = None
) -> Chapter:
    """Return the chapter of a unit whose released notebook has these cells."""
    course = Course(root)
    path = course.release_notebook("recurrence")
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), path)
    (chapter,) = book_of(course, {"recurrence": outputs or {}}).chapters
    return chapter


def page_of(chapter: Chapter) -> str:
    """Return the page of a chapter that is the only one."""
    return dict(book_pages(Book((chapter,))))[chapter.file]
