"""Scratch folders: gone after their block, and after a kill with the next one."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.sandbox.scratch import PREFIX, remove_forgotten, scratch_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")

HOLDER = """
import time
from autograder.sandbox.scratch import scratch_folder

with scratch_folder() as folder:
    (folder / "inputs").write_text("of secret cases")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


@contextmanager
def holder() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process with a folder, and that folder, which has been there for an hour."""
    command = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        age(folder)
        try:
            yield process, folder
        finally:
            process.kill()


def age(folder: Path) -> None:
    hour_ago = time.time() - 3600
    os.utime(folder, (hour_ago, hour_ago))


def test_folder_is_gone_after_its_block_whatever_is_in_it() -> None:
    with pytest.raises(ZeroDivisionError), scratch_folder() as folder:
        (folder / "sub").mkdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        raise ZeroDivisionError
    assert not folder.exists()


def test_next_folder_takes_away_what_a_killed_process_left() -> None:
    with holder() as (process, folder):
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (folder / "inputs").exists()
        with scratch_folder() as mine:
            assert not folder.exists()
            assert mine.exists()


def test_folder_of_a_living_process_stays() -> None:
    with holder() as (_, folder):
        assert remove_forgotten() == []
        assert (folder / "inputs").exists()


def test_young_folder_and_links_and_other_names_stay(tmp_path: Path) -> None:
    young, other, target = (tmp_path / name for name in (f"{PREFIX}young", "other", "target"))
    for folder in (young, other, target):
        folder.mkdir()
    age(other)
    age(target)
    link = tmp_path / f"{PREFIX}link"
    link.symlink_to(target)
    os.utime(link, (0, 0), follow_symlinks=False)
    assert remove_forgotten() == []
    assert all(path.exists() for path in (young, other, target, link))


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root")
def test_folder_of_another_user_stays(tmp_path: Path) -> None:
    theirs = tmp_path / f"{PREFIX}theirs"
    theirs.mkdir()
    age(theirs)
    os.chown(theirs, 65534, 65534)
    assert remove_forgotten() == []
    assert theirs.exists()


def test_folder_that_is_deeper_than_a_library_can_go_is_gone(tmp_path: Path) -> None:
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    deepen(left)
    age(left)
    with scratch_folder() as mine:
        assert not left.exists()
        deepen(mine)
    assert list(tmp_path.iterdir()) == []


def deepen(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)
