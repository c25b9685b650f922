"""The demo class, graded in the sandbox: by `autograder grade` and by nbgrader's own way."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.utils import is_grade, is_locked

from autograder.course import Course
from autograder.demo.classroom import DemoSubmission
from autograder.demo.run import DEMO_LIMITS, compare, set_up
from autograder.grading.autograded import autograded_path
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.outcome import Graded
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import read_results
from autograder.reports.feedback import feedback_path, write_feedback_pages
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.student.report import Status
from tests.course.grading_folders import (
    NEEDS_SANDBOX,
    course_in,
    gradebook_rows,
    run_nbgrader,
    twin,
)

pytestmark = NEEDS_SANDBOX
UNIT = "recurrence"
#: What nbgrader's way need not repeat: it starts for each anew, and styles and mistakes differ for
#: the judge alone, whom both ways ask. One style and one mistake of each exercise are enough.
OURS_ALONE = (
    *(f"correct-style-{n}" for n in range(2, 8)),
    *(f"mistake-{name}" for name in ("returns_preactivation", "state_ignored", "W_hh_transposed")),
    *(f"mistake-{name}" for name in ("h_0_ignored", "one_step_too_few", "only_the_last_state")),
    "mistake-stacked_with_cache",
)


@dataclass(frozen=True)
class DemoClass:
    """The demo class and its gradings by both ways."""

    ours: Course
    stock: Course
    members: list[DemoSubmission]
    graded: list[Graded]

    @property
    def in_both(self) -> list[DemoSubmission]:
        """Those that nbgrader's way grades, too."""
        return [member for member in self.members if member.student not in OURS_ALONE]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoClass]:
    ours = course_in(tmp_path_factory.mktemp("ours"))
    members = set_up(ours, [UNIT])[UNIT]
    graded = list(grade_unit(ours, UNIT, BubblewrapLauncher(), limits=DEMO_LIMITS))
    stock = twin(ours, tmp_path_factory.mktemp("stock") / "course")
    for student in OURS_ALONE:
        shutil.rmtree(stock.submitted / student)
    yield DemoClass(ours, stock, members, graded)


def is_check(cell: Any) -> bool:
    return is_grade(cell) and is_locked(cell) and cell.cell_type == "code"


def kinds(demo: DemoClass, *names: str) -> list[str]:
    return [member.student for member in demo.members if member.kind in names]


def test_demo_class_gets_the_marks_its_kinds_predict(demo: DemoClass) -> None:
    assert len(demo.members) >= 24
    assert compare(demo.ours, UNIT, demo.members) == []


def test_demo_class_covers_what_a_class_may_hand_in(demo: DemoClass) -> None:
    expected = {"correct", "mistake", "unfinished", "crash", "limit", "hostile", "unreadable"}
    assert {member.kind for member in demo.members} == expected
    assert {member.kind for member in demo.in_both} == expected
    mistaken = [
        {name for m in group for name in m.mistakes} for group in (demo.members, demo.in_both)
    ]
    assert mistaken[0] == mistaken[1]


def test_comparison_finds_a_mark_a_status_and_a_mistake_that_are_not_as_predicted(
    demo: DemoClass,
) -> None:
    first, *_ = (member for member in demo.members if member.kind == "mistake")
    exercise = next(iter(first.mistakes))
    for wrong in (
        replace(first, marks={**first.marks, exercise: 2.99}),
        replace(first, statuses={exercise: Status.LIMIT}),
        replace(first, mistakes={exercise: "another"}),
        replace(first, student="nobody"),
    ):
        assert compare(demo.ours, UNIT, [wrong]) != []


def test_solution_earns_full_marks_and_the_untouched_release_nothing(demo: DemoClass) -> None:
    results = {result.student: result for result in read_results(demo.ours, UNIT)}
    assert all(results[student].points == 9 for student in kinds(demo, "correct"))
    assert results["unfinished"].points == 0
    statuses = {report.status for report in results["unfinished"].reports.values()}
    assert statuses == {Status.UNFINISHED}


def test_honest_submissions_are_not_flagged_and_hostile_ones_are(demo: DemoClass) -> None:
    results = {result.student: result for result in read_results(demo.ours, UNIT)}
    assert {s: results[s].flags for s in kinds(demo, "correct")} == dict.fromkeys(
        kinds(demo, "correct"), ()
    )
    assert results["hostile-deletes-checks"].flags
    assert any("is not there" in flag for flag in results["hostile-imports-reference"].flags)


def test_second_grading_reuses_every_result(demo: DemoClass) -> None:
    again = list(grade_unit(demo.ours, UNIT, BubblewrapLauncher(), limits=DEMO_LIMITS))
    unreadable = set(kinds(demo, "unreadable"))
    assert {one.submission.student for one in again if not one.reused} == unreadable
    assert not any(one.moved for one in again)


@pytest.fixture(scope="module")
def autograded(demo: DemoClass) -> DemoClass:
    """The same submissions after `nbgrader autograde` has been over them."""
    # The gradebook must know the unit's cells, as after `nbgrader generate_assignment`.
    with UnitGradebook(demo.stock, UNIT) as gradebook:
        gradebook.register()
    done = run_nbgrader(demo.stock, "autograde", "01_recurrence")
    left = [line for line in done.stderr.splitlines() if "; left to the instructor" in line]
    assert len(left) == len(kinds(demo, "unreadable")), done.stderr[-2000:]
    return demo


def test_nbgrader_autograde_gives_the_same_gradebook(autograded: DemoClass) -> None:
    ours, stock = (gradebook_rows(c, UNIT) for c in (autograded.ours, autograded.stock))
    assert stock == {student: row for student, row in ours.items() if student not in OURS_ALONE}
    assert len(stock) == len(ours) - len(OURS_ALONE)


def test_nbgrader_autograde_writes_the_same_notebooks(autograded: DemoClass) -> None:
    def cells(course: Course, student: str) -> list[Any]:
        notebook = nbformat.read(autograded_path(course, UNIT, student), as_version=4)
        return list(notebook.cells)

    honest = set(kinds(autograded, "correct", "mistake", "unfinished"))
    for member in autograded.in_both:
        if member.kind != "unreadable":
            ours, stock = (
                autograded_path(course, UNIT, member.student)
                for course in (autograded.ours, autograded.stock)
            )
            checks = [c for c in cells(autograded.stock, member.student) if is_check(c)]
            assert len(checks) == len(member.marks)
            assert checks == [c for c in cells(autograded.ours, member.student) if is_check(c)]
            if member.student in honest:  # others may print times and addresses
                assert stock.read_bytes() == ours.read_bytes(), member.student


def test_nbgrader_generate_feedback_writes_our_page(autograded: DemoClass) -> None:
    student = "mistake-h_0_at_every_step"
    done = run_nbgrader(
        autograded.stock, "generate_feedback", "01_recurrence", f"--student={student}"
    )
    assert done.returncode == 0, done.stderr
    page = feedback_path(autograded.stock, UNIT, student).read_text(encoding="utf-8")
    assert "every step starts from" in page
    assert "0.45 of 3 points" in page
    write_feedback_pages(autograded.stock, UNIT)
    assert page == feedback_path(autograded.stock, UNIT, student).read_text(encoding="utf-8")


def test_demo_reads_no_submission_of_the_real_course(tmp_path: Path) -> None:
    from autograder.demo.run import demo_course

    real = course_in(tmp_path)
    assert demo_course(real).data == real.root / "course" / "demo"
    assert not demo_course(real).submitted.is_relative_to(real.submitted)
