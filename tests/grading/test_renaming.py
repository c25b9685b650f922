"""A new id takes all of the old one with it, however often that is interrupted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import run as cli
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading import renaming
from autograder.grading.collecting.origins import read_origins, remember
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.renaming import rename_student
from autograder.grading.results import read_result
from autograder.reports.feedback import feedback_path, write_feedback_pages
from tests.reports.made_up_class import UNIT, mark_by_hand, record, result, write_course

NAME = "01_recurrence"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Anna has work, a mark and a comment by hand, a page, and an earlier attempt."""
    made = write_course(tmp_path / "a course")
    with UnitGradebook(made, UNIT) as gradebook:
        gradebook.register()
    record(made, result("anna"), result("ben"))
    mark_by_hand(made, "anna", 0.5, "Nearly.")
    for folder in ("submitted/anna", "submitted.replaced/anna", "submitted/ben"):
        path = made.data / folder / NAME / ("1" if "replaced" in folder else f"{NAME}.ipynb")
        path.parent.mkdir(parents=True)
        path.write_text(f"{folder}'s") if "." in path.name else path.mkdir()
    write_feedback_pages(made, UNIT)
    remember(made, [(UNIT, "anna", "anna_1_2_x.ipynb"), (UNIT, "ben", "ben_3_4_x.ipynb")])
    monkeypatch.setattr(Course, "find", classmethod(lambda cls, start=None: made))
    return made


def all_of(course: Course, student: str) -> dict[str, object]:
    """Return what there is of a student, wherever it is."""
    with UnitGradebook(course, UNIT) as book:
        scores, comments = book.scores().get(student), book.comments().get(student)
    kept = read_result(course, UNIT, student)
    files = sorted(
        path.relative_to(course.data).as_posix().replace(student, "STUDENT")
        for path in course.data.glob(f"*/{student}/**/*")
    )
    return {
        "scores": scores,
        "comments": comments,
        "result": kept and json.dumps(kept.by_hand, default=vars) + kept.student[:0] + kept.digest,
        "moved": kept and kept.moved,
        "files": files,
        "origin": read_origins(course)[UNIT].get(student),
    }


def test_new_id_has_all_of_the_old_one_and_nobody_else_changes(course: Course) -> None:
    before, ben = all_of(course, "anna"), all_of(course, "ben")
    done = CliRunner().invoke(cli.app, ["roster", "rename", "anna", "a.arn@example.org"])
    assert done.exit_code == cli.DONE, done.output
    assert f"anna is a.arn@example.org now, with all there is: {NAME}" in done.output
    assert all_of(course, "a.arn@example.org") == before
    assert all_of(course, "ben") == ben
    gone = all_of(course, "anna")
    assert not any(gone.values())
    with Gradebook(course.database_url) as gradebook:
        assert {student.id for student in gradebook.students} == {"a.arn@example.org", "ben"}
    page = feedback_path(course, UNIT, "a.arn@example.org").read_text(encoding="utf-8")
    assert "Nearly." in page and "a.arn@example.org" in page


@pytest.mark.parametrize(
    "step", ["_rename_in_gradebook", "_move", "rename_result", "read_origins", "write_origins"]
)
def test_renaming_that_was_killed_comes_to_the_same_end(
    course: Course, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = all_of(course, "anna")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(renaming, step, killed)
        with pytest.raises(KeyboardInterrupt):
            rename_student(course, "anna", "zoe")
    rename_student(course, "anna", "zoe")
    assert all_of(course, "zoe") == before
    assert not any(all_of(course, "anna").values())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("anna", "ben", "both have work of 01_recurrence"),
        ("nobody", "zoe", "nobody called 'nobody'"),
        ("anna", "../up", "cannot be a student's id"),
        ("anna", "BEN", "differs from ben in upper and lower case alone"),
        ("anna", "anna", "is called so already"),
    ],
)
def test_renaming_that_could_mix_two_people_up_changes_nothing(
    course: Course, old: str, new: str, why: str
) -> None:
    before = all_of(course, "anna"), all_of(course, "ben")
    with pytest.raises(AutograderError, match=why):
        rename_student(course, old, new)
    assert (all_of(course, "anna"), all_of(course, "ben")) == before


def test_id_that_changes_in_case_alone_is_renamed(course: Course) -> None:
    before = all_of(course, "anna")
    rename_student(course, "anna", "Anna")
    assert all_of(course, "Anna") == before


def test_roster_that_still_has_the_old_id_is_told(course: Course) -> None:
    (course.data / "roster.csv").write_text("id,name\nanna,Anna Arn\nben,Ben B\n")
    done = CliRunner().invoke(cli.app, ["roster"])
    assert "2 in the class, in the gradebook" in done.output
    done = CliRunner().invoke(cli.app, ["roster", "rename", "anna", "zoe"])
    assert "still has anna: write zoe there" in " ".join(done.output.split())
    with Gradebook(course.database_url) as gradebook:
        zoe = gradebook.find_student("zoe")
        assert (zoe.first_name, zoe.last_name) == ("Anna", "Arn")
