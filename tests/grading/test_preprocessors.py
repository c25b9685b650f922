"""nbgrader's own command on what is no plain submission: nothing of it gets anywhere."""

import os
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.grading.autograded import autograded_path
from autograder.grading.gradebook import UnitGradebook
from autograder.sandbox.inside.removing import remove_tree
from tests.course.grading_folders import NEEDS_SANDBOX, course_in, hand_in, run_nbgrader
from tests.sandbox.deep import deepened

pytestmark = NEEDS_SANDBOX
UNIT, NAME = "recurrence", "01_recurrence"
SPECIAL = {"s02": "timestamp.txt", "s03": "notes.txt"}
SPARSE, DEEP = "s04", "s05"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course that nbgrader has graded: s01 with files beside the notebook, and a clash of ids."""
    folder = tmp_path_factory.mktemp("course")
    course = course_in(folder / "course")
    right = course.source_notebook(UNIT).read_bytes()
    beside = hand_in(course, UNIT, "s01", right).parent
    secret = folder / "secret"
    secret.write_text("the instructor's")
    (beside / "notes.txt").symlink_to(secret)
    (beside / "page.html").write_text("<script>1</script>")
    (beside / "more").mkdir()
    (beside / "more" / "page.html").write_text("<script>1</script>")
    (beside / ".hidden").write_text("x")
    (beside / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    for student in ("anna", "ANNA", *SPECIAL, SPARSE, DEEP):
        hand_in(course, UNIT, student, right)
    os.mkfifo(course.submitted / "s02" / NAME / "timestamp.txt")
    (course.submitted / "s03" / NAME / "notes.txt").symlink_to("/dev/zero")
    with open(course.submitted / SPARSE / NAME / "data.bin", "wb") as file:
        file.truncate(8 * 2**30)
    deepened(course.submitted / DEEP / NAME)
    with UnitGradebook(course, UNIT) as gradebook:
        gradebook.register()
    done = run_nbgrader(course, "autograde", NAME)
    assert "s01" in done.stderr
    for student, name in SPECIAL.items():
        assert f"submitted/{student}/{NAME}: not graded, for '{name}'" in done.stderr
    assert f"submitted/{SPARSE}/{NAME}: not graded, for it holds more than 200 MB" in done.stderr
    assert f"submitted/{DEEP}/{NAME}: not graded, for it holds folders more than 16" in done.stderr
    remove_tree(course.submitted / DEEP)  # which pytest could not
    assert not autograded_path(course, UNIT, SPARSE).parent.exists()
    return course


def test_autograde_leaves_nothing_beside_the_notebook_but_its_time(course: Course) -> None:
    folder = autograded_path(course, UNIT, "s01").parent
    assert sorted(os.listdir(folder)) == [f"{NAME}.ipynb", "timestamp.txt"]


def test_autograde_keeps_what_lies_in_the_submission(course: Course) -> None:
    beside = course.submitted / "s01" / NAME
    assert (beside / "notes.txt").read_text() == "the instructor's"
    assert (beside / "more" / "page.html").is_file()


def test_autograde_marks_nobody_whose_id_differs_in_case_alone(course: Course) -> None:
    assert autograded_path(course, UNIT, "s01").is_file()
    for student in ("anna", "ANNA"):
        assert not Path(autograded_path(course, UNIT, student)).exists()
        with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
            grades = gradebook.find_submission_notebook(NAME, NAME, student).grades
            assert {grade.auto_score for grade in grades} == {None}


@pytest.mark.parametrize("student", SPECIAL)
def test_autograde_leaves_out_who_hands_in_a_special_file(course: Course, student: str) -> None:
    assert not autograded_path(course, UNIT, student).exists()
    done = run_nbgrader(course, "autograde", NAME, "--student", student)
    assert "is a special file: remove it." in done.stderr
    assert done.returncode != 0
