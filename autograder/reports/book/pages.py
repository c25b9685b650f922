"""The pages of the book, one a chapter and the one that lists them."""

from collections.abc import Iterator, Sequence

from autograder.reports.book.chapters import Chapter
from autograder.reports.page import render

INDEX_PAGE = "index.html"
TITLE = "Unrolled"


def book_pages(chapters: Sequence[Chapter]) -> Iterator[tuple[str, str]]:
    """Yield the name and the HTML of every page, the list of chapters first."""
    yield INDEX_PAGE, render("book_index.html", book=TITLE, chapters=chapters)
    for index, chapter in enumerate(chapters):
        yield (
            chapter.file,
            render(
                "book_chapter.html",
                book=TITLE,
                index=INDEX_PAGE,
                chapter=chapter,
                before=chapters[index - 1] if index else None,
                after=chapters[index + 1] if index + 1 < len(chapters) else None,
            ),
        )
