"""Pages of the book that are files of Markdown: the slides' slips, and those on the course."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from markupsafe import Markup

from autograder.course import Course
from autograder.reports.book.chapters import Chapter, Part, chapter_of, page_name
from autograder.reports.book.prose import Prose
from autograder.units import folder_name

ERRATA, ERRATA_PAGE = "ERRATA.md", "errata.html"
_ERRATA_GOAL = "What the slides of the lecture leave out or get wrong, every number tested."
FOLDER, LIST = "docs", "README.md"
_AT_THE_TOP = ("CONTRIBUTING.md", "SECURITY.md")


def document_page(stem: str) -> str:
    """Return the name of a page that is made of a file.

    >>> document_page("SECURITY")
    'unrolled-security.html'
    """
    return f"unrolled-{stem.lower()}.html"


def document_paths(course: Course) -> list[Path]:
    """Return the pages on the course that come along; none where their list is missing."""
    folder = course.root / FOLDER
    if not (folder / LIST).is_file():
        return []
    pages = [path for path in sorted(folder.glob("*.md")) if path.name != LIST]
    return [*pages, *(p for name in _AT_THE_TOP if (p := course.root / name).is_file())]


def link_targets(
    units: Sequence[str], errata: bool, documents: Sequence[Path] = ()
) -> dict[str, str]:
    """Return the book's pages by the names of the files they are made of."""
    pages = {f"{folder_name(unit)}.ipynb": page_name(unit) for unit in units}
    pages |= {path.name: document_page(path.stem) for path in documents}
    return pages | ({ERRATA: ERRATA_PAGE} if errata else {})


def read_document(path: Path, targets: Mapping[str, str]) -> Chapter:
    """Return the page of a file of Markdown.

    Raises
    ------
    AutograderError
        If a formula of it cannot be set.
    """
    prose = Prose(targets)
    text = path.read_text(encoding="utf-8")
    return chapter_of(targets[path.name], text, prose, (Part(prose.html(text)),))


def read_errata(course: Course, targets: Mapping[str, str]) -> Chapter:
    """Return the page on the slides' slips; it may raise as `read_document` does."""
    chapter = read_document(course.release / ERRATA, targets)
    return replace(chapter, goal=Markup(_ERRATA_GOAL))


def read_list(course: Course, targets: Mapping[str, str]) -> Markup:
    """Return the list of pages by reader, its headings a level lower, for the book's first page."""
    text = (course.root / FOLDER / LIST).read_text(encoding="utf-8")
    return Prose(targets).html(re.sub("^#", "##", text, flags=re.MULTILINE))
