"""The pages of the book, one a chapter and the one that lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.reports.book.chapters import Chapter
from autograder.reports.page import render

INDEX_PAGE = "index.html"
TITLE = "Unrolled"


@dataclass(frozen=True)
class Book:
    """All that is read.

    Attributes
    ----------
    chapters : tuple of Chapter
        In their order.
    documents : tuple of Chapter
        Pages on the course itself.
    list : str
        Leads to them; of Markup, or empty if there are none.
    """

    chapters: tuple[Chapter, ...]
    documents: tuple[Chapter, ...] = ()
    list: str = ""


def book_pages(book: Book) -> Iterator[tuple[str, str]]:
    """Yield the name and the HTML of every page, the list of chapters first."""
    yield INDEX_PAGE, render("book_index.html", book=TITLE, chapters=book.chapters, list=book.list)
    chapters = (None, *book.chapters, None)
    for before, chapter, after in zip(chapters, book.chapters, chapters[2:], strict=False):
        yield chapter.file, _page(chapter, before, after)
    for document in book.documents:
        yield document.file, _page(document, None, None)


def _page(chapter: Chapter, before: Chapter | None, after: Chapter | None) -> str:
    return render(
        "book_chapter.html",
        book=TITLE,
        index=INDEX_PAGE,
        chapter=chapter,
        before=before,
        after=after,
    )
