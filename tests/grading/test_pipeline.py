"""Grading a class again: nothing twice, marks that moved, manual marks kept, seeds kept."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.errors import AutograderError, SandboxUnavailable
from autograder.grading import pipeline
from autograder.grading.autograded import autograded_path
from autograder.grading.files import alone_in
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.results import read_result, read_results, result_path
from autograder.grading.submissions import Submission
from autograder.grading.unit_grader import unit_seed
from tests.course.grading_folders import NEEDS_SANDBOX, hand_in
from tests.grading.one_unit import NAME, UNIT, deliver, grade

WRONG = "def stack_weights(W_xh, W_hh):\n    return np.concatenate([W_xh, W_hh])"


@NEEDS_SANDBOX
def test_grade_of_a_changed_submission_runs_it_alone_and_tells_what_moved(course: Course) -> None:
    deliver(course, "same")
    deliver(course, "changes", stack_weights=WRONG)
    grade(course)
    deliver(course, "changes")
    again = grade(course)
    assert again["same"].reused and not again["changes"].reused
    assert again["changes"].moved == (("check_stack_weights", 0.1, 1.0),)


@NEEDS_SANDBOX
def test_regrade_keeps_manual_marks_and_comments(course: Course) -> None:
    deliver(course, "student", stack_weights=WRONG)
    grade(course)
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        place = (NAME, NAME, "student")
        gradebook.find_grade("check_stack_weights", *place).manual_score = 0.8
        gradebook.find_grade("written_memory", *place).manual_score = 0.5
        gradebook.find_comment("written_memory", *place).manual_comment = "Nearly."
        gradebook.db.commit()
    deliver(course, "student", stack_weights=WRONG, rnn_forward="rnn_forward = 1")
    assert not grade(course)["student"].reused
    with UnitGradebook(course, UNIT) as book:
        scores, comments = book.scores()["student"], book.comments()["student"]
    assert scores["check_stack_weights"]["score"] == 0.8
    assert scores["check_stack_weights"]["auto_score"] == 0.1
    assert scores["written_memory"]["score"] == 0.5
    assert scores["check_rnn_forward"]["auto_score"] == 0.0
    assert comments["written_memory"] == "Nearly."


@NEEDS_SANDBOX
def test_new_seed_regrades_everyone_and_right_work_keeps_its_marks(course: Course) -> None:
    deliver(course, "student")
    grade(course)
    before = unit_seed(course, UNIT)
    again = grade(course, new_seed=True)["student"]
    assert unit_seed(course, UNIT) != before
    assert not again.reused and again.moved == ()


@NEEDS_SANDBOX
def test_grade_with_a_damaged_result_grades_again(course: Course) -> None:
    deliver(course, "student")
    grade(course)
    result_path(course, UNIT, "student").write_text('{"half": ')
    assert read_result(course, UNIT, "student") is None
    assert not grade(course)["student"].reused
    assert [result.points for result in read_results(course, UNIT)] == [9.0]


@NEEDS_SANDBOX
def test_grade_writes_what_nbgrader_looks_for(course: Course) -> None:
    path = deliver(course, "student")
    (path.parent / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    grade(course)
    autograded = autograded_path(course, UNIT, "student")
    assert autograded.is_file()
    assert (autograded.parent / "timestamp.txt").read_text() == "2026-01-02 03:04:05.000000 UTC"
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        stamp = gradebook.find_submission(NAME, "student").timestamp
    assert stamp.isoformat() == "2026-01-02T03:04:05"


@NEEDS_SANDBOX
def test_grade_of_a_name_that_is_no_id_rejects_it_and_goes_on(course: Course) -> None:
    deliver(course, "=cmd()")
    deliver(course, "student")
    graded = grade(course)
    assert graded["=cmd()"].result is None and "cannot be" in graded["=cmd()"].reason
    assert [result.student for result in read_results(course, UNIT)] == ["student"]


@NEEDS_SANDBOX
def test_ids_that_differ_in_case_alone_touch_no_marks(course: Course) -> None:
    deliver(course, "anna")
    grade(course)
    hand_in(course, UNIT, "ANNA", b"{}")
    deliver(course, "ben")
    graded = grade(course)
    assert [graded[name].result for name in ("anna", "ANNA")] == [None, None]
    assert all("upper and lower case" in graded[name].reason for name in ("anna", "ANNA"))
    with UnitGradebook(course, UNIT) as gradebook:
        scores = gradebook.scores()
    assert scores.keys() == {"anna", "ben"}
    assert scores["anna"] == scores["ben"]


def test_seed_is_drawn_once_and_only_its_owner_reads_it(course: Course) -> None:
    seed = unit_seed(course, UNIT)
    assert unit_seed(course, UNIT) == seed
    assert unit_seed(course, "outputs") != seed
    assert (course.seeds / f"{UNIT}.json").stat().st_mode & 0o077 == 0


def test_grade_of_an_empty_folder_says_where_submissions_belong(course: Course) -> None:
    with pytest.raises(AutograderError, match="each lies in"):
        grade(course)


@NEEDS_SANDBOX
def test_second_grading_at_the_same_time_is_refused(course: Course) -> None:
    deliver(course, "student")
    with alone_in(course), pytest.raises(AutograderError, match="Another grading is at work"):
        grade(course)
    assert grade(course)["student"].result is not None


def test_submissions_on_their_way_are_few_whatever_the_class_size(course: Course) -> None:
    most, open_now = 0, 0

    class Counting(ThreadPoolExecutor):
        def submit(self, *arguments: Any, **options: Any) -> Any:
            nonlocal most, open_now
            open_now += 1
            most = max(most, open_now)
            return super().submit(*arguments, **options)

    def work(submission: Submission) -> Any:
        return submission

    class_ = [Submission(f"s{n}", UNIT, course.submitted) for n in range(200)]
    seen = []
    with Counting(2) as pool:
        for batch in pipeline._finished(pool, work, class_, ahead=8):  # type: ignore[arg-type]
            open_now -= len(batch)
            seen += batch
    assert sorted(map(str, seen)) == sorted(map(str, class_))
    assert most <= 8


def test_sandbox_starts_before_nbgrader_is_imported() -> None:
    script = "import sys, autograder.cli.grading_session; sys.exit('nbgrader' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
    script = "import sys, autograder.grading.recording; sys.exit('nbgrader' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 1


def test_what_is_entered_aside_is_waited_for_and_left_whatever_happens() -> None:
    told: list[str] = []
    go_on = Event()

    @contextmanager
    def slow() -> Iterator[None]:
        go_on.wait(10)
        told.append("entered")
        try:
            yield
        finally:
            told.append("left")

    with pytest.raises(KeyError), pipeline._entered_aside(slow()) as wait:
        told.append("meanwhile")
        go_on.set()
        wait()
        raise KeyError
    assert told == ["meanwhile", "entered", "left"]

    @contextmanager
    def failing() -> Iterator[None]:
        raise SandboxUnavailable("planted")
        yield

    with pytest.raises(SandboxUnavailable, match="planted"):  # noqa: SIM117
        with pipeline._entered_aside(failing()) as wait:
            wait()
