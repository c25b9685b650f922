"""Files are replaced whole, and as private as their owner wants them."""

import os
import stat
from pathlib import Path

import pytest

from autograder.grading.files import write_atomically


@pytest.mark.parametrize(
    ("umask", "mode", "left"),
    [(0o022, 0o644, 0o644), (0o077, 0o644, 0o600), (0o027, 0o444, 0o440), (0o000, 0o600, 0o600)],
)
def test_file_has_what_the_umask_leaves(tmp_path: Path, umask: int, mode: int, left: int) -> None:
    path = tmp_path / "folder" / "marks.csv"
    before = os.umask(umask)
    try:
        write_atomically(path, "first")
        write_atomically(path, "second", mode)
    finally:
        os.umask(before)
    assert path.read_text() == "second"
    assert stat.S_IMODE(path.stat().st_mode) == left


def test_file_that_cannot_be_written_leaves_the_one_before_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError("planted")

    path = tmp_path / "marks.csv"
    write_atomically(path, "first")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="planted"):
        write_atomically(path, "second")
    assert [entry.name for entry in tmp_path.iterdir()] == ["marks.csv"]
    assert path.read_text() == "first"
