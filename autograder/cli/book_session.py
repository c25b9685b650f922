"""What ``autograder book`` does, from the first look at the release to the finished folder."""

import json
import tempfile
import time
from collections.abc import Sequence
from html import unescape
from pathlib import Path

from markupsafe import Markup
from rich.console import Console

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.release import check_release
from autograder.grading.release_audit import leaks
from autograder.notebook_run import KeptOutputs, Outputs
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
from autograder.units import folder_name

BOOK_NAME = "book"
HIDDEN = "HIDDEN TESTS"


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
    shown = {unit: outputs_of(console, course, unit) for unit in units}
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


def told_answers(course: Course, unit: str, outputs: Outputs) -> list[str]:
    """Return what a chapter would tell of answers and hidden tests, outputs included."""
    notebook = json.loads(course.release_notebook(unit).read_text(encoding="utf-8"))
    texts = [one.text for shown in outputs.values() for one in shown]
    readable = [unescape(Markup(text).striptags()) for text in texts]
    where = f"the chapter {folder_name(unit)}"
    whole = {**notebook, "shown": [[text] for text in (*texts, *readable)]}
    text = json.dumps(whole)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chapter.json"
        path.write_text(text, encoding="utf-8")
        found = [str(finding) for finding in leaks(course.source_notebook(unit), path, where)]
    return [*found, f"{where} holds hidden tests"] if HIDDEN in text else found


def outputs_of(console: Console, course: Course, unit: str) -> Outputs:
    """Return what the cells of a notebook show: as kept from before, or by running it."""
    kept = KeptOutputs(course)
    before = kept.of(unit)
    if before is not None:
        console.print(f"{folder_name(unit)}: as run before", markup=False)
        return before
    start = time.perf_counter()
    outputs = kept.run(unit)
    console.print(f"{folder_name(unit)}: run in {time.perf_counter() - start:.0f} s", markup=False)
    return outputs


def _refuse(faults: list[str]) -> None:
    if faults:
        raise AutograderError(f"There is no new book: {'; '.join(faults)}.")
