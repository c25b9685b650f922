"""What ``autograder book`` does, from the first look at the release to the finished folder."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.release import check_release
from autograder.reports.book.chapters import read_chapter
from autograder.reports.book.documents import (
    ERRATA,
    document_paths,
    link_targets,
    read_document,
    read_errata,
    read_list,
)
from autograder.reports.book.pages import INDEX_PAGE, Book, book_pages
from autograder.reports.book.placing import check_place, put_in_place
from autograder.reports.book.run import Outputs, shown_by, told_answers

BOOK_NAME = "book"


def make_book(console: Console, course: Course, units: Sequence[str], out: Path | None) -> Path:
    """Make the book of some notebooks, say what is done, and return its first page.

    Parameters
    ----------
    units : sequence of str
        Names of units or ungraded notebooks; chapters come in the course's order.
    out : Path, optional
        The folder; ``book/`` in the course if left out.

    Raises
    ------
    AutograderError
        If a notebook is not released as it should be, fails, or would give an answer away; if the
        folder holds something else. The folder is then as it was.
    """
    folder = (course.root / BOOK_NAME if out is None else out).resolve()
    check_place(folder)
    for unit in units:
        _refuse([str(finding) for finding in check_release(course, unit)])
    shown = {unit: shown_by(console, course, unit) for unit in units}
    for unit, outputs in shown.items():
        _refuse(told_answers(course, unit, outputs))
    pages = book_pages(book_of(course, shown))
    put_in_place(folder, ((name, html.encode()) for name, html in pages))
    console.print(str(folder / INDEX_PAGE), markup=False)
    return folder / INDEX_PAGE


def book_of(course: Course, shown: dict[str, Outputs]) -> Book:
    """Return the chapters of some notebooks, the slides' slips at the end, and the other pages.

    Parameters
    ----------
    shown : dict
        What the cells of each notebook showed, in the order of the chapters.

    Raises
    ------
    AutograderError
        If a notebook is not released, or a formula cannot be set.
    """
    has_errata = (course.release / ERRATA).is_file()
    documents = document_paths(course)
    targets = link_targets(list(shown), has_errata, documents)
    chapters = [read_chapter(course, unit, shown[unit], targets) for unit in shown]
    return Book(
        (*chapters, *([read_errata(course, targets)] if has_errata else [])),
        tuple(read_document(path, targets) for path in documents),
        read_list(course, targets) if documents else "",
    )


def _refuse(faults: list[str]) -> None:
    if faults:
        raise AutograderError(f"There is no new book: {'; '.join(faults)}.")
