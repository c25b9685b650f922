"""What people read: every link leads somewhere, every command exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.test_commands import called, code_of, subcommands, targets

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
DOORS = [page for page in PAGES if page.name not in ("CHANGELOG.md", "DECISIONS.md")]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchor_of(heading: str) -> str:
    """Return what a heading is called in a link, as GitHub and JupyterLab make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(page: Path) -> list[str]:
    broken = []
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists():
            broken.append(link)
        elif anchor:
            headings = _HEADING.findall(target.read_text(encoding="utf-8"))
            broken += [] if anchor in map(anchor_of, headings) else [link]
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_page_and_a_heading(page: Path) -> None:
    assert broken_links(page) == []


def test_link_to_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A heading, here\n")
    page = tmp_path / "page.md"
    page.write_text("[a](none.md) [b](other.md#there) [c](other.md#a-heading-here) [d](#x)")
    assert broken_links(page) == ["none.md", "other.md#there", "#x"]


@pytest.mark.parametrize("page", DOORS, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    code = code_of(page.read_text(encoding="utf-8"))
    assert called("make", code) <= targets((ROOT / "Makefile").read_text(encoding="utf-8"))
    assert called("autograder", code) <= subcommands()


def test_front_page_has_a_door_to_every_other_page() -> None:
    found = set(_LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    pages = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert pages - found <= {"README.md", "CHANGELOG.md"}
