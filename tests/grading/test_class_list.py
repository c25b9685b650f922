"""The roster in nbgrader's tables, whose work is due when, and what a platform calls late."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from rich.console import Console

from autograder.cli.grading_session import grade_and_report
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.autograded import SECRET
from autograder.grading.class_list import store_class
from autograder.grading.collecting.choosing import Rules
from autograder.grading.collecting.collect import collect
from autograder.grading.collecting.naming import Claim
from autograder.grading.collecting.roster_table import read_roster, roster_of
from autograder.grading.entries import set_time
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.submissions import TIMESTAMP, find_submissions, stamp_in
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.times import LATE_OR_NOT, LATE_STAMP, LATE_WITHOUT_TIME
from tests.course.grading_folders import NEEDS_SANDBOX, hand_in, run_nbgrader
from tests.grading.configured import configure, configured_course, graded_by_nbgrader
from tests.grading.deliveries import NAME, delivered, notebook
from tests.grading.test_lateness import ZERO, deliver, grade, penalties, quiet, set_due

UNIT = "recurrence"
CLASS_DUE = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def other_course(tmp_path: Path) -> Course:
    return configured_course(tmp_path)


def written(folder: Path, text: str, name: str = "roster.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize(
    ("heading", "value", "section", "due"),
    [
        ("due", "2026-11-25T12:00Z", "", CLASS_DUE + 5 * DAY),
        ("Due date", "2026-11-25 13:00 +0100", "", CLASS_DUE + 5 * DAY),
        ("due_01_recurrence", "2026-11-19T12:00Z", "", CLASS_DUE - DAY),
        ("extension", "2 days", "", CLASS_DUE + 2 * DAY),
        ("extension", "+1 d 12h", "", CLASS_DUE + 1.5 * DAY),
        ("Extension 1", "P1DT12H", "", CLASS_DUE + 1.5 * DAY),
        ("extension recurrence", "36 h", "2026-11-21T12:00Z", CLASS_DUE + 2.5 * DAY),
        ("extension", "2026-11-25T12:00Z", "", CLASS_DUE + 5 * DAY),
        ("due outputs", "2026-11-25T12:00Z", "", CLASS_DUE),
        ("due", "", "2026-11-27T12:00Z", CLASS_DUE + 7 * DAY),
        ("due", "2026-11-22T12:00Z", "2026-11-27T12:00Z", CLASS_DUE + 2 * DAY),
        ("due", "", "", CLASS_DUE),
    ],
)
def test_date_of_a_student_comes_from_own_row_then_section_then_class(
    tmp_path: Path, heading: str, value: str, section: str, due: datetime
) -> None:
    text = f"id,section,{heading},due 1\nanna,B,{value},\n,b,,{section}\n"
    roster = read_roster(written(tmp_path, text if section else text.replace(",b,,\n", "")))
    assert roster.due("anna", UNIT, CLASS_DUE) == due
    assert roster.due("nobody", UNIT, CLASS_DUE) == CLASS_DUE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id,due\nanna,tomorrow\n", "line 2: 'tomorrow' is no date and time"),
        ("id,due\nanna,2026-11-25T12:00\n", "has no zone"),
        ("id,extension\nanna,2\n", "how much longer as 2 days or 36 h"),
        ("id,extension\nanna,-2 days\n", "how much longer as 2 days or 36 h"),
        ("id,due 99\nanna,\n", "a column of dates for no unit: '99' is not a unit"),
        ("id,section,due\n,,2026-11-25T12:00Z\n", "cannot be a student's id"),
    ],
)
def test_date_that_is_none_is_told_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(AutograderError, match="The roster") as told:
        read_roster(written(tmp_path, text))
    assert why in str(told.value)


def test_due_dates_for_no_unit_are_refused_once_there_are_two(course: Course) -> None:
    written(course.data, "id,due,extension\nanna,2026-11-25T12:00Z,1 d\n")
    hand_in(course, UNIT, "anna", b"")
    assert roster_of(course) is not None
    hand_in(course, "outputs", "anna", b"")
    with pytest.raises(AutograderError, match="call the column 'due 01_recurrence'"):
        roster_of(course)
    written(course.data, "id,due 1,extension\nanna,2026-11-25T12:00Z,1 d\n")
    assert roster_of(course) is not None


def test_github_s_roster_is_read_as_it_comes(course: Course) -> None:
    text = (
        '"identifier","github_username","github_id","name"\n"Lovelace, Ada","Ada-L","11",""\n'
        '"ben@example.org","ben","12","Ben B"\n"4711","cy","13",""\n"Noé, B","","",""\n'
    )
    written(course.data, text, "classroom_roster.csv")
    roster = roster_of(course)
    assert roster is not None
    told = [(s.id, s.name, s.email) for s in roster.students]
    assert told == [
        ("Ada-L", "Lovelace, Ada", ""),
        ("ben", "Ben B", "ben@example.org"),
        ("cy", "", ""),
    ]
    for claim in ("ada-l", "4711", "12", "BEN@example.org"):
        assert roster.find(Claim((claim,)))[0] is not None, claim


@pytest.mark.parametrize("with_roster", [True, False])
def test_account_of_github_has_one_id_over_all_units(
    course: Course, tmp_path: Path, with_roster: bool
) -> None:
    if with_roster:
        people = "".join(f"{n},{n},{i},\n" for i, n in enumerate(("ada-l", "ada-m", "l", "bob")))
        text = f"identifier,github_username,github_id,name\n{people}"
        written(course.data, text, "classroom_roster.csv")
    rules = Rules(roster_of(course), {}, UTC)
    lab, names = "week1-submissions/week1-{}", ("ada-l", "ada-m")
    first = {lab.format(n) + f"/{NAME}.ipynb": notebook() for n in names}
    first |= {lab.format(n) + "/.git/config": b"" for n in names}
    one = {"hw-2-ada-l/02_outputs.ipynb": notebook(), "hw-2-ada-l/.git/config": b""}
    two = {"03-char-lm-ada-m/03_char_lm.ipynb": notebook(), "03-char-lm-ada-m/.git/config": b""}
    new = {"hw-4-zoe/04_sampling.ipynb": notebook(), "hw-4-zoe/.git/config": b""}
    rows = [
        row
        for number, files in enumerate((first, one, two, new))
        for row in collect(course, delivered(tmp_path / f"in{number}", files), rules)
        if row.outcome.value != "missing"
    ]
    assert [row.outcome.value for row in rows] == ["new"] * 4 + ["refused"]
    assert sorted(path.name for path in course.submitted.iterdir()) == ["ada-l", "ada-m"]
    assert len(list(course.submitted.glob("*/*"))) == 4


def test_class_is_in_nbgraders_tables_and_what_is_not_in_the_roster_stays(
    course: Course, tmp_path: Path
) -> None:
    text = (
        "id,name,first_name,last_name,email,dropped\nanna,,Maria del,Pilar Ruiz,a@example.org,\n"
        'ben,"Byron, Ben",,,,\ncy,Platon,,,,\ndee,,,,,\neve,Eve E,,,,yes\n'
    )
    written(course.data, text)
    roster = roster_of(course)
    assert roster is not None and "eve" not in roster.ids
    assert roster.find(Claim(("eve",)))[1].startswith("has dropped the course")
    for _ in range(2):
        told = store_class(course, roster, {UNIT: CLASS_DUE})
    assert told == []
    store_class(course, read_roster(written(tmp_path, "id,name\nanna,Anna New\n")), {})
    with Gradebook(course.database_url) as gradebook:
        rows = {s.id: (s.first_name, s.last_name, s.email) for s in gradebook.students}
        assert gradebook.find_assignment(NAME).duedate == CLASS_DUE.replace(tzinfo=None)
    assert rows == {
        "anna": ("Anna", "New", "a@example.org"),
        "ben": ("Ben", "Byron", None),
        "cy": ("", "Platon", None),
        "dee": ("", "dee", None),
        "eve": ("Eve", "E", None),
    }


def rules(place: Course, due: datetime | None = CLASS_DUE) -> Rules:
    return Rules(roster_of(place), {UNIT: due} if due else {}, UTC)


def test_collect_knows_extensions_of_roster_and_gradebook(course: Course, tmp_path: Path) -> None:
    name = f"hw_{{}}_attempt_2026-11-20-12-30-00_{NAME}.ipynb"
    source = delivered(tmp_path / "in", {name.format(s): notebook() for s in ("s1", "s2", "s3")})
    given = replace(rules(course), extensions={("s2", UNIT): timedelta(hours=1)})
    late = {row.student: row.late for row in collect(course, source, given, dry_run=True)}
    assert late == {"s1": "30 min", "s2": "", "s3": "30 min"}
    written(course.data, "id,extension\ns1,1 d\ns2,\ns3,10 min\n")
    late = {row.student: row.late for row in collect(course, source, rules(course), dry_run=True)}
    assert late == {"s1": "", "s2": "30 min", "s3": "20 min"}


def test_work_that_canvas_calls_late_is_marked_as_such_until_it_is_not(
    course: Course, tmp_path: Path
) -> None:
    written(course.data, "id,lms_user_id,extension\nanna,1,\nben,2,\ncy,3,2 d\n")
    files = {f"a_LATE_1_11_{NAME}.ipynb": notebook("a"), f"b_2_12_{NAME}.ipynb": notebook("b")}
    files[f"c_LATE_3_13_{NAME}.ipynb"] = notebook("c")
    rows = {r.student: r for r in collect(course, delivered(tmp_path / "1", files), rules(course))}
    assert [bool(rows[s].late) for s in ("anna", "ben", "cy")] == [True, False, True]
    assert "tells no time" in rows["anna"].note and not rows["anna"].look
    assert LATE_OR_NOT in rows["cy"].note and rows["cy"].look
    stamps = {s: course.submitted / s / NAME / TIMESTAMP for s in rows}
    assert stamps["anna"].read_text() == LATE_WITHOUT_TIME
    assert not stamps["ben"].exists()
    assert stamp_in(stamps["cy"].parent).unclear == LATE_OR_NOT
    other = {f"a_1_11_{NAME}.ipynb": notebook("a"), f"b_LATE_2_12_{NAME}.ipynb": notebook("b")}
    collect(course, delivered(tmp_path / "2", other), rules(course))
    assert not stamps["anna"].exists()
    assert stamps["ben"].read_text() == LATE_WITHOUT_TIME


def test_late_without_a_time_is_a_second_after_what_is_due(course: Course) -> None:
    path = hand_in(course, UNIT, "anna", b"")
    path.with_name(TIMESTAMP).write_text(LATE_WITHOUT_TIME)
    (submission,) = find_submissions(course, UNIT)
    assert submission.stamp == LATE_STAMP
    row = SubmittedAssignment(assignment=Assignment(NAME))
    set_time(row, submission)
    assert row.timestamp is None
    row.assignment.duedate, row.extension = CLASS_DUE.replace(tzinfo=None), DAY
    set_time(row, submission)
    assert row.total_seconds_late == 1
    set_time(row, submission, has_own_date=True)
    assert row.timestamp is None
    set_time(row, submission)
    path.with_name(TIMESTAMP).unlink()
    set_time(row, find_submissions(course, UNIT)[0])
    assert row.timestamp is None


@NEEDS_SANDBOX
def test_both_ways_of_grading_take_off_alike_by_roster_and_plugin_beside_the_configuration(
    other_course: Course, tmp_path: Path
) -> None:
    place = other_course
    plugin = (
        "import days\nfrom nbgrader.plugins import BasePlugin\nclass Tenth(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n"
        "        import later\n        return score * 0.10 * days.of(total_seconds_late)\n"
    )
    for name, text in {
        "late_by_days.py": plugin,
        "days.py": "def of(seconds):\n    return -(-seconds // 86400)\n",
        "later.py": "",
    }.items():
        (place.root / name).write_text(text)
    configure(place, "c.AssignLatePenalties.plugin_class = 'late_by_days.Tenth'")
    two_days = "2026-11-22 11:00:00 UTC"
    for student in ("usual", "longer", "section", "early"):
        deliver(place, student, two_days)
    deliver(place, "canvas", LATE_WITHOUT_TIME)
    (place.submitted / "usual" / NAME / SECRET).write_text("s" * 128)
    written(
        place.data,
        "id,section,extension,due 1\nusual,A,,\nlonger,A,1 day,\nsection,B,,\nearly,A,,"
        "2026-11-19T12:00Z\ncanvas,A,,\n,B,,2026-11-29T12:00Z\n",
    )
    with UnitGradebook(place, UNIT) as book:
        book.register()
    set_due(place)
    session = grade_and_report(quiet(), place, UNIT, BubblewrapLauncher(), jobs=1)
    assert session.penalties == {}
    ours = penalties(place)
    assert ours == pytest.approx({"usual": 1.8, "longer": 0.9, "early": 2.7, "canvas": 0.9})

    def prepare(other: Course) -> None:
        shutil.copy(place.data / "roster.csv", other.data)
        set_due(other)

    other, _ = graded_by_nbgrader(place, UNIT, tmp_path / "nbgrader", prepare)
    assert penalties(other) == ours
    done = run_nbgrader(other, "generate_feedback", NAME)
    assert done.returncode == 0, done.stderr[-2000:]
    for way in (place, other):
        assert (way.feedback / "usual" / NAME / SECRET).read_text() == "s" * 128
        assert (way.feedback / "canvas" / NAME / SECRET).read_text()
        assert (way.feedback / "canvas" / NAME / TIMESTAMP).read_text()


@NEEDS_SANDBOX
def test_totals_that_a_penalty_moved_are_listed(other_course: Course) -> None:
    def told() -> str:
        console = Console(record=True, width=500, file=quiet().file)
        grade_and_report(console, other_course, UNIT, BubblewrapLauncher(), jobs=1)
        return console.export_text()

    configure(other_course, ZERO)
    deliver(other_course, "late", "2026-11-22 11:00:00 UTC")
    deliver(other_course, "canvas", LATE_WITHOUT_TIME)
    grade(other_course)
    assert "canvas: called late by the platform; nothing is taken off" in told()
    set_due(other_course)
    text = told()
    assert "moved: late, total: 9 → 0 (late: 9 taken off, 0 before)" in text
    assert "moved: canvas, total: 9 → 0" in text
    assert "moved" not in told()
    written(other_course.data, "id,due 1\nlate,2026-11-30T12:00Z\n")
    assert "moved: late, total: 0 → 9 (late: 0 taken off, 9 before)" in told()
