"""Which attempt counts, and what happens to what is there."""

from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course
from autograder.grading.collecting.choosing import Outcome
from autograder.grading.collecting.collect import needs_a_look
from autograder.grading.collecting.placing import replaced_folder
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.gradebook_reader import due_dates, known_students
from autograder.grading.submissions import find_submissions
from tests.grading.deliveries import (
    NAME,
    attempt,
    class_of,
    delivered,
    notebook,
    only,
    outcomes,
    run,
    submitted,
)

OLD, NEW = notebook("old"), notebook("new")


def placed(course: Course, student: str = "s1") -> bytes:
    return submitted(course)[f"{student}/{NAME}/{NAME}.ipynb"]


def test_latest_attempt_by_time_counts_and_the_other_is_told(
    course: Course, tmp_path: Path
) -> None:
    files = {attempt("2026-11-20-10-00-00"): OLD, attempt("2026-11-20-10-00-01"): NEW}
    rows = run(course, delivered(tmp_path / "in", files))
    assert placed(course) == NEW
    assert only(rows, Outcome.OLDER).source == attempt("2026-11-20-10-00-00")
    assert not needs_a_look(rows)


def test_latest_upload_by_number_counts(course: Course, tmp_path: Path) -> None:
    files = {f"doe_7_99_{NAME}.ipynb": OLD, f"doe_7_100_{NAME}-1.ipynb": NEW}
    rows = run(course, delivered(tmp_path / "in", files))
    assert placed(course, "7") == NEW
    assert only(rows, Outcome.OLDER).note == "a later one counts"


def test_of_two_without_time_the_one_called_as_it_should_be_counts(
    course: Course, tmp_path: Path
) -> None:
    files = {f"s1/{NAME}-Copy1.ipynb": OLD, f"s1/{NAME}.ipynb": NEW}
    rows = run(course, delivered(tmp_path / "in", files))
    assert placed(course) == NEW
    assert only(rows, Outcome.OLDER).source == f"s1/{NAME}-Copy1.ipynb"


def test_of_two_without_time_and_name_none_is_guessed(course: Course, tmp_path: Path) -> None:
    files = {f"s1/a/{NAME}.ipynb": OLD, f"s1/b/{NAME}.ipynb": NEW, f"s2/{NAME}.ipynb": NEW}
    rows = run(course, delivered(tmp_path / "in", files))
    assert [row.outcome for row in rows] == [Outcome.REFUSED] * 2 + [Outcome.NEW]
    assert needs_a_look(rows)
    assert set(submitted(course)) == {f"s2/{NAME}/{NAME}.ipynb"}


def test_same_notebook_twice_is_taken_once(course: Course, tmp_path: Path) -> None:
    files = {f"s1/a/{NAME}.ipynb": NEW, f"s1/b/{NAME}.ipynb": NEW, f"s2/{NAME}.ipynb": NEW}
    rows = run(course, delivered(tmp_path / "in", files))
    assert sorted(r.outcome for r in rows if r.student == "s1") == [Outcome.NEW, Outcome.OLDER]


def test_unreadable_notebook_is_placed_for_the_grader_and_told(
    course: Course, tmp_path: Path
) -> None:
    files = {attempt("2026-11-20-10-00-00"): OLD, attempt("2026-11-21-10-00-00"): b"{"}
    rows = run(course, delivered(tmp_path / "in", files))
    assert placed(course) == b"{"
    row = only(rows, Outcome.NEW)
    assert row.unreadable and row.look
    assert f"{attempt('2026-11-20-10-00-00')} can be read" in row.note


def test_late_is_measured_from_the_due_date_and_told_by_canvas(
    course: Course, tmp_path: Path
) -> None:
    due = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    files = {
        attempt("2026-11-20-10-00-00", "a"): OLD,
        attempt("2026-11-20-10-00-01", "b"): OLD,
        attempt("2026-11-23-12-30-00", "c"): OLD,
        f"doe_LATE_7_1_{NAME}.ipynb": OLD,
        f"eve_8_1_{NAME}.ipynb": OLD,
    }
    rows = run(course, delivered(tmp_path / "in", files), due=due)
    late = {row.student: row.late for row in rows}
    assert late == {"a": "", "b": "1 min", "c": "3 d 2 h", "7": "late", "8": ""}
    stamp = course.submitted / "c" / NAME / "timestamp.txt"
    assert stamp.read_text() == "2026-11-23 12:30:00.000000 UTC"
    assert not (course.submitted / "8" / NAME / "timestamp.txt").exists()


def test_time_is_what_nbgrader_reads_and_counts_from(course: Course, tmp_path: Path) -> None:
    run(course, delivered(tmp_path / "in", {attempt("2026-11-20-10-00-00"): OLD}))
    read = CourseDirectory().get_existing_timestamp(str(course.submitted / "s1" / NAME))
    assert read == datetime(2026, 11, 20, 10)
    (found,) = find_submissions(course, "recurrence")
    assert found.stamp.time == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_second_time_changes_nothing(course: Course, tmp_path: Path) -> None:
    source = delivered(tmp_path / "in", {attempt("2026-11-20-10-00-00"): OLD, "note.txt": b""})
    run(course, source)
    before = submitted(course)
    rows = run(course, source)
    assert outcomes(rows) == {"s1": Outcome.UNCHANGED}
    assert submitted(course) == before
    assert not replaced_folder(course).exists()


def test_newer_one_replaces_and_the_one_before_is_kept(course: Course, tmp_path: Path) -> None:
    run(course, delivered(tmp_path / "1", {attempt("2026-11-20-10-00-00"): OLD}))
    (course.submitted / "s1" / NAME / "data.txt").write_text("beside it")
    rows = run(course, delivered(tmp_path / "2", {attempt("2026-11-21-10-00-00"): NEW}))
    assert only(rows, Outcome.REPLACED).note == "the one before is kept"
    assert placed(course) == NEW
    before = replaced_folder(course) / "s1" / NAME / "1"
    assert (before / f"{NAME}.ipynb").read_bytes() == OLD
    assert (before / "data.txt").read_text() == "beside it"


def test_older_one_is_not_taken(course: Course, tmp_path: Path) -> None:
    run(course, delivered(tmp_path / "1", {attempt("2026-11-21-10-00-00"): NEW}))
    rows = run(course, delivered(tmp_path / "2", {attempt("2026-11-20-10-00-00"): OLD}))
    assert only(rows, Outcome.KEPT).note == "the one that is there is newer"
    assert not needs_a_look(rows)
    assert placed(course) == NEW


def test_another_one_of_the_same_time_is_not_taken_and_wants_a_look(
    course: Course, tmp_path: Path
) -> None:
    for folder, content in (("1", OLD), ("2", NEW)):
        files = {attempt("2026-11-20-10-00-00"): content}
        rows = run(course, delivered(tmp_path / folder, files))
    assert only(rows, Outcome.KEPT).look
    assert placed(course) == OLD


def test_one_without_a_time_replaces_only_when_asked(course: Course, tmp_path: Path) -> None:
    run(course, delivered(tmp_path / "1", {f"s1/{NAME}.ipynb": OLD}))
    source = delivered(tmp_path / "2", {f"s1/{NAME}.ipynb": NEW})
    rows = run(course, source)
    assert outcomes(rows) == {"s1": Outcome.KEPT}
    assert needs_a_look(rows)
    assert placed(course) == OLD
    run(course, source, take=True)
    assert placed(course) == NEW
    run(course, delivered(tmp_path / "1", {}), take=True)
    assert placed(course) == OLD
    kept = sorted((replaced_folder(course) / "s1" / NAME).iterdir())
    assert [(k / f"{NAME}.ipynb").read_bytes() for k in kept] == [OLD, NEW]


def test_dry_run_tells_the_same_and_changes_nothing(course: Course, tmp_path: Path) -> None:
    source = delivered(tmp_path / "in", {f"s1/{NAME}.ipynb": NEW})
    told = run(course, source, class_of(("s1",), ("s2",)), dry_run=True)
    assert not course.data.exists()
    assert run(course, source, class_of(("s1",), ("s2",))) == told


def test_missing_are_those_of_the_roster_without_any_submission(
    course: Course, tmp_path: Path
) -> None:
    delivered(course.submitted, {f"s2/{NAME}/{NAME}.ipynb": OLD})
    source = delivered(tmp_path / "in", {f"s1/{NAME}.ipynb": NEW})
    rows = run(course, source, class_of(("s1",), ("s2",), ("s3",)))
    assert outcomes(rows) == {"s1": Outcome.NEW, "s3": Outcome.MISSING}


def test_missing_and_due_come_from_the_gradebook_where_there_is_one(
    course: Course, tmp_path: Path
) -> None:
    assert (known_students(course), due_dates(course)) == ([], {})
    assert not course.data.exists()
    with UnitGradebook(course, "recurrence"):
        pass
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        gradebook.add_student("s9")
        gradebook.add_assignment(NAME, duedate="2026-11-20 10:00:00 UTC")
        gradebook.add_assignment("02_outputs")
    rows = run(course, delivered(tmp_path / "in", {f"s1/{NAME}.ipynb": NEW}))
    assert outcomes(rows) == {"s1": Outcome.NEW, "s9": Outcome.MISSING}
    assert due_dates(course) == {NAME: datetime(2026, 11, 20, 10, tzinfo=UTC)}


def test_time_that_no_submission_has_is_none(course: Course, tmp_path: Path) -> None:
    files = {attempt("0001-01-01-00-00-00"): OLD}
    (row,) = run(course, delivered(tmp_path / "in", files))
    assert (row.outcome, row.time) == (Outcome.NEW, None)
