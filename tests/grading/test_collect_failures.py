"""Collecting what cannot be placed, or is killed on the way: nothing is ever lost."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting import collect as collecting
from autograder.grading.collecting import placing
from autograder.grading.collecting.choosing import Outcome
from tests.course.grading_folders import course_in
from tests.grading.deliveries import (
    NAME,
    as_zip,
    attempt,
    delivered,
    notebook,
    only,
    outcomes,
    run,
    submitted,
)

OLD, NEW = notebook("old"), notebook("new")


def test_ids_that_differ_in_case_alone_are_refused(course: Course, tmp_path: Path) -> None:
    delivered(course.submitted, {f"Ben/{NAME}/{NAME}.ipynb": OLD})
    files = {f"{s}/{NAME}.ipynb": NEW for s in ("anna", "Anna", "ben", "cy")}
    rows = run(course, delivered(tmp_path / "in", files))
    assert outcomes(rows) == {
        "anna": Outcome.REFUSED,
        "Anna": Outcome.REFUSED,
        "ben": Outcome.REFUSED,
        "cy": Outcome.NEW,
    }


@pytest.mark.parametrize("name", ["-x", "a b ", "=cmd", "müller", "x" * 101])
def test_folder_that_cannot_be_an_id_is_refused(course: Course, tmp_path: Path, name: str) -> None:
    files = {f"{name}/{NAME}.ipynb": NEW, f"s1/{NAME}.ipynb": NEW}
    rows = run(course, delivered(tmp_path / "in", files))
    assert outcomes(rows)["s1"] is Outcome.NEW
    assert "cannot be a student's id" in only(rows, Outcome.REFUSED).note
    assert set(submitted(course)) == {f"s1/{NAME}/{NAME}.ipynb"}


def test_links_in_course_submitted_are_not_written_through(course: Course, tmp_path: Path) -> None:
    outside = delivered(tmp_path / "outside", {"x": b"kept"})
    course.submitted.mkdir(parents=True)
    (course.submitted / "s1").symlink_to(outside)
    (course.submitted / "s2").mkdir()
    (course.submitted / "s2" / NAME).symlink_to(outside)
    (course.submitted / "s3").write_text("a file")
    files = {f"{s}/{NAME}.ipynb": NEW for s in ("s1", "s2", "s3", "s4")}
    rows = run(course, delivered(tmp_path / "in", files), take=True)
    assert outcomes(rows) == {
        **dict.fromkeys(("s1", "s2", "s3"), Outcome.REFUSED),
        "s4": Outcome.NEW,
    }
    assert [path.name for path in outside.iterdir()] == ["x"]


def test_folder_that_cannot_be_written_is_told_and_the_others_are_placed(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(course: Course, student: str, *rest: Any) -> None:
        if student == "s1":
            raise OSError(28, "No space left on device")
        place(course, student, *rest)

    place = placing.place
    monkeypatch.setattr(collecting, "place", full)
    files = {f"{s}/{NAME}.ipynb": NEW for s in ("s1", "s2")}
    rows = run(course, delivered(tmp_path / "in", files))
    assert outcomes(rows) == {"s1": Outcome.REFUSED, "s2": Outcome.NEW}
    assert "No space left" in only(rows, Outcome.REFUSED).note


def test_folder_of_the_course_itself_is_refused(course: Course) -> None:
    course.data.mkdir()
    for folder in (course.data, course.data.parent):
        with pytest.raises(AutograderError, match="holds the course's own folder"):
            run(course, folder)


class Killed(BaseException):
    """The process ends here."""


def killing(number: int, real: Callable[..., None]) -> Callable[..., None]:
    """Return a rename after whose `number`th call the process ends."""
    calls = [0]

    def rename(source: Path, target: Path) -> None:
        calls[0] += 1
        if calls[0] == number:
            raise Killed
        real(source, target)

    return rename


def everything(course: Course) -> dict[str, bytes]:
    base = course.data
    found = {
        path.relative_to(base).as_posix(): path.read_bytes()
        for path in base.rglob("*")
        if path.is_file()
    }
    return {path: data for path, data in found.items() if not path.startswith(".")}


@pytest.mark.parametrize("number", range(1, 6))
def test_killed_at_any_rename_and_run_again_comes_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    first = delivered(tmp_path / "1", {attempt("2026-11-20-10-00-00", s): OLD for s in "ab"})
    second = as_zip(tmp_path / "2.zip", {attempt("2026-11-21-10-00-00", s): NEW for s in "abc"})
    ends = []
    for name, killed in (("whole", False), ("killed", True)):
        course = course_in(tmp_path / name)
        run(course, first)
        if killed:
            with monkeypatch.context() as patch, pytest.raises(Killed):
                patch.setattr(placing.os, "rename", killing(number, os.rename))
                run(course, second)
        run(course, second)
        ends.append(everything(course))
    assert ends[0] == ends[1]
    assert len(ends[0]) == 10


def test_delivery_that_cannot_be_read_changes_nothing(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    path.write_bytes(b"no zip")
    with pytest.raises(AutograderError, match="no zip"):
        run(course, path)
    assert everything(course) == {}


def test_what_a_killed_collection_left_is_removed_after_a_day(
    course: Course, tmp_path: Path
) -> None:
    source = delivered(tmp_path / "in", {f"s1/{NAME}.ipynb": NEW})
    for name, age in (("old", 2 * 24 * 3600), ("young", 0)):
        left = course.data / f".collecting.{name}"
        left.mkdir(parents=True)
        then = left.stat().st_mtime - age
        os.utime(left, (then, then))
    run(course, source)
    assert [p.name for p in course.data.glob(".collecting.*")] == [".collecting.young"]
