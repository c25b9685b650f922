"""Faults of folders and disks are told by what is found there, and never as a bug of ours."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from autograder import places
from autograder.cli import run as cli
from autograder.course import Course
from autograder.grading.database import open_gradebook
from autograder.places import sentence_on

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has other rights")


def disk(
    monkeypatch: pytest.MonkeyPatch, where: Path, flags: int = 0, free: int = 2**20, files: int = 9
) -> None:
    """Let the disk under `where` be as told; every other has room."""

    def statvfs(path: Path) -> SimpleNamespace:
        there = Path(path).is_relative_to(where)
        return SimpleNamespace(
            f_flag=flags if there else 0,
            f_bavail=free if there else 2**20,
            f_frsize=1,
            f_files=9,
            f_favail=files if there else 9,
        )

    monkeypatch.setattr(os, "statvfs", statvfs)


def closed(monkeypatch: pytest.MonkeyPatch, where: Path, account: int) -> None:
    """Let `where` be closed to this process, which runs under `account`."""
    monkeypatch.setattr(os, "access", lambda path, mode: not Path(path).is_relative_to(where))
    monkeypatch.setattr(os, "geteuid", lambda: account)


def error_at(code: int, path: Path | None) -> OSError:
    return OSError(code, os.strerror(code), *([str(path)] if path else []))


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("lacks", ["room", "files"])
def test_full_disk_is_told_by_the_folder_that_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool, code: int, lacks: str
) -> None:
    full, other = tmp_path / "full", tmp_path / "other"
    full.mkdir()
    other.mkdir()
    disk(monkeypatch, full, **({"free": 0} if lacks == "room" else {"files": 0}))
    error = error_at(code, full / "not" / "there" if named else None)
    assert sentence_on(error, [other, full]).startswith(f"The disk is full that holds {full}: make")


def test_full_temporary_disk_is_told_with_the_way_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places.tempfile, "tempdir", str(tmp_path))
    disk(monkeypatch, tmp_path, free=0)
    assert "set TMPDIR to a folder that has some" in sentence_on(error_at(errno.ENOSPC, None))


def test_used_up_share_of_a_disk_with_room_is_told(tmp_path: Path) -> None:
    said = sentence_on(error_at(errno.EDQUOT, tmp_path / "file"))
    assert said.startswith(f"The disk, or your share of it, is full ({tmp_path})")


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_read_only_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    disk(monkeypatch, tmp_path, flags=os.ST_RDONLY)
    said = sentence_on(error_at(code, tmp_path / "course" / "results"))
    assert said.startswith(f"{tmp_path} can only be read")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM])
def test_folder_of_somebody_else_is_told_with_the_whole_of_what_is_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    theirs = tmp_path / "a course" / "results"
    theirs.mkdir(parents=True)
    closed(monkeypatch, tmp_path, account=os.getuid() + 1)
    said = sentence_on(error_at(code, theirs / "anna.json"), [tmp_path / "a course"])
    owner = places._account(os.getuid())
    assert said.startswith(f"{tmp_path / 'a course'} belongs to {owner}, and ")
    assert f"'{tmp_path / 'a course'}'" in said.partition("chown -R")[2]


def test_nothing_outside_of_the_course_is_to_be_given_to_another_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(monkeypatch, tmp_path, account=os.getuid() + 1)
    said = sentence_on(error_at(errno.EACCES, tmp_path / "file"), [tmp_path / "course"])
    assert said.startswith(f"{tmp_path} belongs to ")


def test_folder_that_its_owner_closed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(monkeypatch, tmp_path, account=os.getuid())
    said = sentence_on(error_at(errno.EACCES, tmp_path))
    assert said.startswith(f"{tmp_path} is yours, but closed (drwx")
    assert "chmod -R u+rwX" in said


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.EROFS, errno.ESTALE])
def test_fault_that_cannot_be_seen_is_told_in_the_systems_words(tmp_path: Path, code: int) -> None:
    said = sentence_on(error_at(code, tmp_path / "file"))
    assert said.startswith(f"{tmp_path} cannot be used ({os.strerror(code)})")


def meets_a_file(place: Path) -> None:
    place.touch()
    (place / "results").mkdir(parents=True)


def makes_a_folder_of_a_file(place: Path) -> None:
    place.touch()
    place.mkdir(exist_ok=True)


@pytest.mark.parametrize("act", [meets_a_file, makes_a_folder_of_a_file])
def test_file_where_a_folder_is_needed_is_told(tmp_path: Path, act: Callable[[Path], None]) -> None:
    place = tmp_path / "course"
    with pytest.raises(OSError) as caught:
        act(place)
    assert sentence_on(caught.value).startswith(f"{place} is a file, where a folder is needed")


def test_copy_of_many_files_that_met_a_full_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), source, None, target)

    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").touch()
    with pytest.raises(shutil.Error) as caught:
        shutil.copytree(tmp_path / "a", tmp_path / "b", copy_function=full)
    assert "is full" in sentence_on(caught.value)


def test_gradebook_that_cannot_be_opened_is_told_by_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course(tmp_path)
    course.gradebook.mkdir(parents=True)
    with pytest.raises(OperationalError) as caught:
        open_gradebook(course)
    disk(monkeypatch, course.gradebook, flags=os.ST_RDONLY)
    said = sentence_on(caught.value, course.places)
    assert said.startswith(f"{course.gradebook} can only be read")


def test_locked_gradebook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(path, timeout=0)) as other:
        one.execute("CREATE TABLE t (c)")
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as caught:
            other.execute("BEGIN IMMEDIATE")
    assert "has locked the gradebook" in sentence_on(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("28"),
        OSError("no number"),
        OSError(errno.ENOENT, "No such file", "/course"),
        sqlite3.OperationalError("no such table: student"),
        shutil.Error([("a", "b", "something else")]),
    ],
)
def test_error_of_another_kind_is_none_of_a_place(error: Exception) -> None:
    assert sentence_on(error) == ""


@pytest.mark.parametrize(
    "error",
    [
        *(error_at(code, None) for code in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EMFILE)),
        OSError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
    ],
    ids=lambda error: errno.errorcode[error.errno],
)
def test_command_that_meets_such_a_fault_ends_with_a_sentence_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError
) -> None:
    def app() -> None:
        raise error

    monkeypatch.setattr(cli, "app", app)
    monkeypatch.delenv(cli.TRACEBACK_SWITCH, raising=False)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == cli.WRONG_USAGE
    assert said.count("\n") == 1 and said.rstrip().endswith((".", "--jobs 1."))
    assert "report it" not in said
