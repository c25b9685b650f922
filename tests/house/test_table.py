"""The table of notebooks: what it may say, and the sentence for what it may not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import TableError
from autograder.table import TABLE, read_table

SOUND = """
language = "de"
[[notebook]]
number = 7
name = "late"
title = "Later"
points = { step = 2, written_late = 0.5 }
[[notebook]]
number = 2
name = "early"
title = "Earlier"
points = { other = 1 }
[[notebook]]
number = 30
name = "free"
title = "No points"
"""


def read(folder: Path, text: str) -> object:
    path = folder / "units.toml"
    path.write_text(text, encoding="utf-8")
    return read_table(path)


def test_table_with_gaps_is_read_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    (tmp_path / "units.toml").write_text(SOUND)
    table = read_table(tmp_path / "units.toml")
    assert [row.folder for row in table.rows] == ["02_early", "07_late", "30_free"]
    assert [row.total for row in table.rows] == [1, 2.5, 0]
    assert (table.language, table.example) == ("de", "early")


def test_example_that_is_left_out_gives_way_to_the_first_unit(tmp_path: Path) -> None:
    text = 'example = "early"\n' + SOUND.replace('title = "Earlier"', 'title = "E"\ntaught = false')
    (tmp_path / "units.toml").write_text(text)
    table = read_table(tmp_path / "units.toml")
    assert table.example == "late"
    assert [row.name for row in table.taught] == ["late", "free"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("number = 7", "number = 2", "the number 2 is there twice"),
        ('name = "late"', 'name = "early"', "the name early is there twice"),
        ("number = 7", "", "the notebook late has no number"),
        ("number = 7", "number = '7'", "the notebook late: number is '7'; expected a int"),
        ("number = 7", "number = 100", "its number is 100; expected 0 to 99"),
        ('title = "Later"', 'titel = "Later"', "has 'titel'; there are number, name, title"),
        ('name = "late"', 'name = "Too late"', "a name is small letters, digits and _"),
        ('name = "late"', 'name = "../late"', "a name is small letters, digits and _"),
        ("step = 2", "step = -2", "step is worth -2; expected a number of points above 0"),
        ("step = 2", "step = nan", "step is worth nan; expected"),
        ("step = 2", "step = true", "step is worth True; expected"),
        ('language = "de"', 'speech = "de"', "'speech' stands above all notebooks"),
        ("[[notebook]]", "[notebook", "cannot be read: "),
    ],
)
def test_table_that_is_wrong_is_refused_by_name(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    with pytest.raises(TableError) as raised:
        read(tmp_path, SOUND.replace(old, new, 1))
    assert fault in str(raised.value)
    assert all(line.startswith("autograder/units.toml") for line in str(raised.value).split("\n"))


def test_table_without_a_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no notebook is taught that has points"):
        read(tmp_path, 'language = "en"')


def test_command_line_with_a_wrong_table_ends_in_a_sentence(tmp_path: Path) -> None:
    code = (
        "import sys, autograder.table as t; from pathlib import Path\n"
        f"t.read_table.__defaults__ = (Path({str(tmp_path / 'none.toml')!r}),)\n"
        "import autograder.cli.run"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("autograder/units.toml cannot be read")
    assert "Traceback" not in done.stderr


def test_table_of_this_course_is_sound() -> None:
    assert read_table(TABLE).rows
