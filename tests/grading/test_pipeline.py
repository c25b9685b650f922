"""Grading a class again: nothing twice, marks that moved, manual marks kept, seeds kept."""

import errno
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError

from autograder.course import Course
from autograder.demo.notebooks import read_notebook, solution_texts, submission
from autograder.errors import AutograderError, SandboxUnavailable
from autograder.grading import pipeline, recording
from autograder.grading.autograded import autograded_path
from autograder.grading.entries import Entry
from autograder.grading.files import alone_in
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.marking import Marked, mark_unreadable
from autograder.grading.outcome import Graded
from autograder.grading.pipeline import grade_unit
from autograder.grading.rebuild import Rebuilt
from autograder.grading.results import read_result, read_results, result_path
from autograder.grading.submissions import Submission
from autograder.grading.template import Template
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.machine import Crowding
from autograder.sandbox.job import Limits
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.student.report import Status
from tests.course.grading_folders import NEEDS_SANDBOX, course_in, hand_in

UNIT, NAME = "recurrence", "01_recurrence"
Maker = Callable[..., bytes]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return course_in(tmp_path / "a course")


@pytest.fixture
def notebook(course: Course) -> Maker:
    """A function that makes a right submission, with other texts where they are given."""
    release = read_notebook(course.release_notebook(UNIT))
    right = solution_texts(read_notebook(course.source_notebook(UNIT)))

    def make(**texts: str) -> bytes:
        return json.dumps(submission(release, {**right, **texts})).encode()

    return make


def grade(course: Course, **options: Any) -> dict[str, Graded]:
    done = grade_unit(course, UNIT, BubblewrapLauncher(), jobs=2, **options)
    return {one.submission.student: one for one in done}


WRONG = "def stack_weights(W_xh, W_hh):\n    return np.concatenate([W_xh, W_hh])"


@NEEDS_SANDBOX
def test_grade_of_a_changed_submission_runs_it_alone_and_tells_what_moved(
    course: Course, notebook: Maker
) -> None:
    hand_in(course, UNIT, "same", notebook())
    hand_in(course, UNIT, "changes", notebook(stack_weights=WRONG))
    grade(course)
    hand_in(course, UNIT, "changes", notebook())
    again = grade(course)
    assert again["same"].reused and not again["changes"].reused
    assert again["changes"].moved == (("check_stack_weights", 0.1, 1.0),)


@NEEDS_SANDBOX
def test_regrade_keeps_manual_marks_and_comments(course: Course, notebook: Maker) -> None:
    hand_in(course, UNIT, "student", notebook(stack_weights=WRONG))
    grade(course)
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        place = (NAME, NAME, "student")
        gradebook.find_grade("check_stack_weights", *place).manual_score = 0.8
        gradebook.find_grade("written_memory", *place).manual_score = 0.5
        gradebook.find_comment("written_memory", *place).manual_comment = "Nearly."
        gradebook.db.commit()
    hand_in(course, UNIT, "student", notebook(stack_weights=WRONG, rnn_forward="rnn_forward = 1"))
    assert not grade(course)["student"].reused
    with UnitGradebook(course, UNIT) as book:
        scores, comments = book.scores()["student"], book.comments()["student"]
    assert scores["check_stack_weights"]["score"] == 0.8
    assert scores["check_stack_weights"]["auto_score"] == 0.1
    assert scores["written_memory"]["score"] == 0.5
    assert scores["check_rnn_forward"]["auto_score"] == 0.0
    assert comments["written_memory"] == "Nearly."


@NEEDS_SANDBOX
def test_new_seed_regrades_everyone_and_right_work_keeps_its_marks(
    course: Course, notebook: Maker
) -> None:
    hand_in(course, UNIT, "student", notebook())
    grade(course)
    before = unit_seed(course, UNIT)
    again = grade(course, new_seed=True)["student"]
    assert unit_seed(course, UNIT) != before
    assert not again.reused and again.moved == ()


@NEEDS_SANDBOX
def test_grade_with_a_damaged_result_grades_again(course: Course, notebook: Maker) -> None:
    hand_in(course, UNIT, "student", notebook())
    grade(course)
    result_path(course, UNIT, "student").write_text('{"half": ')
    assert read_result(course, UNIT, "student") is None
    assert not grade(course)["student"].reused
    assert [result.points for result in read_results(course, UNIT)] == [9.0]


@NEEDS_SANDBOX
def test_grade_writes_what_nbgrader_looks_for(course: Course, notebook: Maker) -> None:
    path = hand_in(course, UNIT, "student", notebook())
    (path.parent / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    grade(course)
    autograded = autograded_path(course, UNIT, "student")
    assert autograded.is_file()
    assert (autograded.parent / "timestamp.txt").read_text() == "2026-01-02 03:04:05.000000 UTC"
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        stamp = gradebook.find_submission(NAME, "student").timestamp
    assert stamp.isoformat() == "2026-01-02T03:04:05"


@NEEDS_SANDBOX
def test_grade_of_a_name_that_is_no_id_rejects_it_and_goes_on(
    course: Course, notebook: Maker
) -> None:
    hand_in(course, UNIT, "=cmd()", notebook())
    hand_in(course, UNIT, "student", notebook())
    graded = grade(course)
    assert graded["=cmd()"].result is None and "cannot be" in graded["=cmd()"].reason
    assert [result.student for result in read_results(course, UNIT)] == ["student"]


@NEEDS_SANDBOX
@pytest.mark.parametrize("error", [KeyError("planted \x1b[31m"), MemoryError(), RecursionError()])
def test_unexpected_error_in_one_submission_leaves_it_to_the_instructor_and_goes_on(
    course: Course, notebook: Maker, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def planted(grader: UnitGrader, key: str, rebuilt: Rebuilt) -> Marked:
        if key == "unlucky":
            raise error
        return right(grader, key, rebuilt)

    right = UnitGrader.grade
    monkeypatch.setattr(UnitGrader, "grade", planted)
    for student in ("student", "unlucky", "zoe"):
        hand_in(course, UNIT, student, notebook())
    graded = grade(course)
    assert {name: one.result and one.result.points for name, one in graded.items()} == {
        "student": 9.0,
        "unlucky": 0.0,
        "zoe": 9.0,
    }
    assert graded["unlucky"].result is not None and graded["unlucky"].result.needs_instructor
    assert "failed unexpectedly" in graded["unlucky"].reason
    assert graded["unlucky"].reason.isprintable()
    monkeypatch.setattr(UnitGrader, "grade", right)
    assert grade(course)["unlucky"].result.points == 9.0  # type: ignore[union-attr]


@NEEDS_SANDBOX
def test_unexpected_error_while_recording_one_submission_keeps_the_others(
    course: Course, notebook: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planted(place: Course, submission: Submission, marked: Marked) -> None:
        if submission.student == "unlucky":
            raise OSError("planted")
        write(place, submission, marked)

    write = recording.write_autograded
    monkeypatch.setattr(recording, "write_autograded", planted)
    for student in ("student", "unlucky"):
        hand_in(course, UNIT, student, notebook())
    graded = grade(course)
    assert graded["unlucky"].result is None
    assert "OSError: planted" in graded["unlucky"].reason
    assert [result.student for result in read_results(course, UNIT)] == ["student"]


@NEEDS_SANDBOX
def test_ids_that_differ_in_case_alone_touch_no_marks(course: Course, notebook: Maker) -> None:
    hand_in(course, UNIT, "anna", notebook())
    grade(course)
    hand_in(course, UNIT, "ANNA", b"{}")
    hand_in(course, UNIT, "ben", notebook())
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
def test_second_grading_at_the_same_time_is_refused(course: Course, notebook: Maker) -> None:
    hand_in(course, UNIT, "student", notebook())
    with alone_in(course), pytest.raises(AutograderError, match="Another grading is at work"):
        grade(course)
    assert grade(course)["student"].result is not None


@NEEDS_SANDBOX
def test_full_disk_and_locked_gradebook_are_told_and_the_rest_goes_on(
    course: Course, notebook: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(place: Course, submission: Submission, marked: Marked) -> None:
        if submission.student == "disk":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(place, submission, marked)

    def locked(gradebook: UnitGradebook, entries: list[Entry]) -> Any:
        if any(entry.submission.student == "locked" for entry in entries):
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return record(gradebook, entries)

    write, record = recording.write_autograded, UnitGradebook.record
    with monkeypatch.context() as patch:
        patch.setattr(recording, "write_autograded", full)
        patch.setattr(UnitGradebook, "record", locked)
        for student in ("disk", "locked", "zoe"):
            hand_in(course, UNIT, student, notebook())
        graded = grade(course)
    assert "is full" in graded["disk"].reason
    assert "has locked the gradebook" in graded["locked"].reason
    assert [graded[name].result for name in ("disk", "locked")] == [None, None]
    assert graded["zoe"].result is not None
    again = grade(course)
    assert [again[name].reused for name in ("disk", "locked", "zoe")] == [False, False, True]


def test_gradebook_locked_by_another_program_is_told_in_a_sentence(course: Course) -> None:
    with UnitGradebook(course, UNIT) as gradebook:
        gradebook.register()
        with closing(sqlite3.connect(course.gradebook)) as other, other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError) as caught:
                gradebook.record([Entry(*_unreadable(course, "student"), readable=False)])
    assert "has locked the gradebook" in recording.why_not_kept(caught.value)


def _unreadable(course: Course, student: str) -> tuple[Submission, Marked]:
    template = Template.read(UNIT, course.release_notebook(UNIT))
    place = course.submitted / student
    return Submission(student, UNIT, place), mark_unreadable(template, "no notebook")


LOOPS = "def stack_weights(W_xh, W_hh):\n    while True: pass"


@NEEDS_SANDBOX
@pytest.mark.parametrize("overloaded", [True, False])
def test_out_of_time_on_an_overloaded_machine_is_run_again_alone(
    course: Course, notebook: Maker, monkeypatch: pytest.MonkeyPatch, overloaded: bool
) -> None:
    def counted(grader: UnitGrader, key: str, rebuilt: Rebuilt) -> Marked:
        runs.append(key)
        return right(grader, key, rebuilt)

    right, runs = UnitGrader.grade, list[str]()
    monkeypatch.setattr(UnitGrader, "grade", counted)
    monkeypatch.setattr(Crowding, "overloaded", lambda crowding, cpu_s: overloaded)
    hand_in(course, UNIT, "loops", notebook(stack_weights=LOOPS))
    hand_in(course, UNIT, "right", notebook())
    graded = grade(
        course, limits=replace(Limits(), cell_cpu_s=1.0, cell_wall_s=600.0, notebook_wall_s=600.0)
    )
    assert sorted(runs) == (["loops", "loops", "right"] if overloaded else ["loops", "right"])
    assert runs[-1] == "loops" or not overloaded
    assert graded["loops"].again is overloaded
    assert not graded["right"].again
    result = graded["loops"].result
    assert result is not None
    assert result.reports["check_stack_weights"].status is Status.LIMIT


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
