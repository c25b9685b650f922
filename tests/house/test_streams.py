"""What is printed: in any encoding, to nobody, into a narrow terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from autograder.streams import Terminal, prepare_streams
prepare_streams()
console = Terminal(highlight=False)
from rich.table import Table
table = Table(box=None)
for name in ("student", "points"):
    table.add_column(name, no_wrap=True)
table.add_row("a-long-name-of-a-student", "2 ✓")
for line in range(LINES):
    console.print("→ ✓ ✗ ◐ 猫")
    console.print(table)
print("– …")
open("kept", "w").write("kept")
sys.exit(1)
"""


def run(folder: Path, lines: int = 1, shell: str = '"$0" -c "$1"', **settings: str) -> bytes:
    """Run the program by a shell; return what it printed. It has to reach its end."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", **settings}
    command = ["bash", "-c", shell, sys.executable, PROGRAM.replace("LINES", str(lines))]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert (folder / "kept").read_text() == "kept"
    return done.stdout


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii", "ascii:strict", "cp437:ignore"])
def test_print_in_an_encoding_without_the_signs_uses_others(tmp_path: Path, encoding: str) -> None:
    told = run(tmp_path, PYTHONIOENCODING=encoding).decode(encoding.partition(":")[0])
    assert told.splitlines()[0] == "-> ok x ~ ?"
    assert "a-long-name-of-a-student" in told


@pytest.mark.parametrize("width", ["20", "1", "0", "x", ""])
def test_table_in_a_narrow_terminal_is_whole(tmp_path: Path, width: str) -> None:
    told = run(tmp_path, COLUMNS=width, TERM="dumb").decode()
    assert "a-long-name-of-a-student" in told
    assert "2 ✓" in told


@pytest.mark.parametrize(
    "reader",
    ["| head -1; exit ${PIPESTATUS[0]}", "| true; exit ${PIPESTATUS[0]}", ">&-", ">&- 2>&- <&-"],
)
def test_print_to_nobody_changes_no_exit_code_and_no_file(tmp_path: Path, reader: str) -> None:
    run(tmp_path, 2_000, f'"$0" -c "$1" {reader}')


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_print_on_a_full_disk_is_told_once_on_the_other_stream(tmp_path: Path) -> None:
    told = run(tmp_path, 2_000, '"$0" -c "$1" 2>&1 >/dev/full')
    assert told == b"Not all could be printed (No space left on device).\n"


def test_file_opened_where_output_was_closed_gets_nothing_printed(tmp_path: Path) -> None:
    program = (
        "from autograder.streams import prepare_streams; prepare_streams(); import os, json;"
        "f = open('number', 'w'); json.dump(f.fileno(), f); f.flush(); os.system('echo stray')"
    )
    shell = '"$0" -c "$1" >&- 2>&- <&-'
    subprocess.run(["bash", "-c", shell, sys.executable, program], cwd=tmp_path, check=True)
    assert json.loads((tmp_path / "number").read_text()) > 2
