"""A course of some of the units, in a copy: what the table leaves out is gone everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.units import COURSE_TABLE, UNITS, folder_name
from tests.left_out import is_left_out, notebooks_named
from tests.new.test_new import copied, run

ROOT = Path(__file__).parents[2]
#: The last unit, one in the middle, and every notebook that is not graded.
GONE = (UNITS[3], UNITS[-1], *(row.name for row in COURSE_TABLE.taught if not row.points))
LAST = UNITS[-2]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = copied(tmp_path_factory.mktemp("another") / "copy")
    table = place / "autograder" / "units.toml"
    text = table.read_text(encoding="utf-8")
    for name in GONE:
        text = text.replace(f'name = "{name}"\n', f'name = "{name}"\ntaught = false\n')
    table.write_text(re.sub('language = ".*"', 'language = "de"', text), encoding="utf-8")
    done = run(place, "autograder.cli", "release")
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_what_is_left_out_is_taken_out_of_the_release_and_the_rest_agrees(place: Path) -> None:
    released = {path.name for path in (place / "notebooks").iterdir() if path.is_dir()}
    assert released == {
        folder_name(row.name) for row in COURSE_TABLE.taught if row.name not in GONE
    }
    done = run(place, "autograder.cli", "release", "--check")
    assert done.returncode == 0, done.stderr


def test_next_passes_over_what_is_left_out_and_ends_with_the_last(place: Path) -> None:
    def text(name: str) -> str:
        return (place / "notebooks" / folder_name(name) / f"{folder_name(name)}.ipynb").read_text()

    after = COURSE_TABLE.row(UNITS[4])
    assert f"**Next, unit {after.number:02d}:** {after.coming}" in text(UNITS[2])
    assert "**Next" not in text(LAST)


def test_page_of_units_lists_and_adds_up_what_is_taught(place: Path) -> None:
    page = (place / "docs" / "units.md").read_text(encoding="utf-8")
    total = sum(row.total for row in COURSE_TABLE.taught if row.name not in GONE)
    assert f"| | **{total:g}** | | |" in page
    assert not any(f"`{folder_name(name)}`" in page for name in GONE)


def test_commands_say_that_it_is_not_taught(place: Path) -> None:
    done = run(place, "autograder.cli", "release", GONE[0])
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{folder_name(GONE[0])} is not taught in this course" in done.stderr


def test_pages_are_in_the_language_of_the_table(place: Path) -> None:
    code = (
        "from autograder.reports.page import _environment as e;"
        'print(e().get_template("page.html").render())'
    )
    (place / "asked.py").write_text(code)
    assert '<html lang="de">' in run(place, "asked").stdout
    (place / "asked.py").unlink()


def test_tests_run_over_what_is_there_and_say_what_they_leave_out(place: Path) -> None:
    done = run(
        place, "pytest", "-q", "-p", "no:cacheprovider", "-v", "tests/architecture",
        "tests/house", "-k", "architecture or units or table or documents",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert f"left out with {', '.join(sorted(GONE, key=NAMES.index))}: " in done.stdout


NAMES = [row.name for row in COURSE_TABLE.rows]


def test_file_that_names_a_notebook_is_left_out_with_it_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(f'UNIT = "{UNITS[0]}"\nx = cell["{UNITS[1]}"]\ny = "notebooks/{GONE[1]}"\n')
    assert notebooks_named(path, (UNITS[0], UNITS[1])) == {UNITS[0]}
    assert is_left_out(path, (UNITS[0],))
    assert not is_left_out(path, (UNITS[1],))
    assert not is_left_out(path, ())
