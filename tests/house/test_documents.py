"""What people read: every link leads somewhere, every command exists."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.reports.book.prose import Prose
from tests.house.test_commands import called, code_of, subcommands, targets

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
DOORS = [page for page in PAGES if page.name not in ("CHANGELOG.md", "DECISIONS.md")]
PAGE_ENDS = (".md", ".ipynb")
MOST_OF_A_PICTURE = 150_000

_READER = MarkdownIt("commonmark").enable("table")
_ADDRESS = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["']([^"']+)""")
_NAME = re.compile(r"""<[^>]*\b(?:id|name)=["']([^"']+)""")
ELSEWHERE = ("http://", "https://", "mailto:", "data:")


def files_of_the_repository(*ends: str) -> list[Path]:
    """Return its files with these endings; of a copy that is no repository, at usual places."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        rooms = (ROOT / name for name in ("docs", "notebooks", "solutions"))
        found = [*ROOT.glob("*"), *(path for room in rooms for path in room.rglob("*"))]
        return sorted(path for path in found if path.suffix in ends and path.is_file())
    listed = done.stdout.splitlines()
    return sorted(
        path for name in listed if (path := ROOT / name).suffix in ends and path.is_file()
    )


def text_of(page: Path) -> str:
    """Return a page's Markdown, or all of a notebook's."""
    text = page.read_text(encoding="utf-8")
    if page.suffix != ".ipynb":
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def pieces(page: Path) -> list[Token]:
    """Return what Markdown makes of a page, in one list; code is in it as code."""
    tokens = _READER.parse(text_of(page))
    return [piece for token in tokens for piece in (token, *(token.children or ()))]


def links_of(page: Path) -> list[str]:
    """Return the addresses that a page leads to or takes pictures from."""
    found = []
    for piece in pieces(page):
        found += [str(piece.attrs[name]) for name in ("href", "src") if name in piece.attrs]
        found += _ADDRESS.findall(piece.content) if piece.type.startswith("html_") else []
    return found


@cache
def anchors_of(page: Path) -> set[str]:
    """Return the places of a page that a link can name, as GitHub and the book call them."""
    prose = Prose()
    prose.html(text_of(page))
    raw = (piece.content for piece in pieces(page) if piece.type.startswith("html_"))
    return {h.name for h in prose.headings} | {n for html in raw for n in _NAME.findall(html)}


def broken_links(page: Path) -> list[str]:
    broken = []
    for link in links_of(page):
        path, _, anchor = unquote(link).partition("#")
        target = page.parent / path if path else page
        if link.startswith(ELSEWHERE):
            continue
        if not target.exists() or (
            anchor and (target.suffix not in PAGE_ENDS or anchor not in anchors_of(target))
        ):
            broken.append(link)
    return broken


@pytest.mark.parametrize(
    "page", files_of_the_repository(*PAGE_ENDS), ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_every_link_leads_to_a_page_and_a_heading(page: Path) -> None:
    assert broken_links(page) == []


def test_links_are_found_in_pages_and_in_notebooks_text() -> None:
    assert "docs/pictures/card.png" in links_of(ROOT / "README.md")
    notebook = ROOT / "solutions/01_recurrence/01_recurrence.ipynb"
    assert any(link.startswith("https://") for link in links_of(notebook))


@pytest.mark.parametrize("name", ["page.md", "page.ipynb"])
def test_link_to_nothing_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / "other.md").write_text("# A heading, here\n\n```\n# code\n```\n\n# A heading, here")
    sound = "[d](other.md#a-heading-here-1) [e](https://x.org/none.md) `[f](none.md)` [g](a%20b)"
    broken = (
        '[a](none.md) [b](other.md#code) ![c](none.png)\n\n<a href="#x">d</a>\n\n[r]\n\n[r]: r.md'
    )
    (tmp_path / "a b").write_text("")
    text = f"{sound}\n\n    [h](none.md)\n\n{broken}"
    cells = [
        {"cell_type": "markdown", "source": text.splitlines(keepends=True)},
        {"cell_type": "code", "source": "[i](none.md)"},
    ]
    page = tmp_path / name
    page.write_text(json.dumps({"cells": cells}) if name.endswith("ipynb") else text)
    assert broken_links(page) == ["none.md", "other.md#code", "none.png", "#x", "r.md"]


@pytest.mark.parametrize("page", DOORS, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    code = code_of(page.read_text(encoding="utf-8"))
    assert called("make", code) <= targets((ROOT / "Makefile").read_text(encoding="utf-8"))
    assert called("autograder", code) <= subcommands()


def test_front_page_and_the_list_of_pages_have_a_door_to_every_page() -> None:
    lists = (ROOT / "README.md", ROOT / "docs" / "README.md")
    found = {(page.parent / link).resolve() for page in lists for link in links_of(page)}
    assert set(PAGES) - found <= {ROOT / "README.md"}


def test_front_page_shows_two_pictures_and_doors_for_three_readers() -> None:
    links = links_of(ROOT / "README.md")
    assert {"docs/learning.md", "docs/teaching.md", "docs/self-study.md"} <= set(links)
    pictures = [ROOT / link for link in links if link.endswith(".png")]
    assert len(pictures) == 2
    assert all(picture.stat().st_size < MOST_OF_A_PICTURE for picture in pictures)
