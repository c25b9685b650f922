"""Every platform's layout: whose a notebook is, which unit it is of, and when it came."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.collecting.choosing import Outcome
from tests.course.grading_folders import course_in
from tests.grading.deliveries import (
    METADATA,
    NAME,
    as_zip,
    class_of,
    delivered,
    notebook,
    outcomes,
    run,
    submitted,
    zipped,
)

BOOK = notebook()
ANNA = ("anna", "Anna Müller", "anna@example.org", "1017")
BEN = ("ben", "Ben Okafor Lee", "ben.lee@example.org", "1018")

LAYOUTS = {
    "moodle, folders": {
        f"Anna Müller_501_assignsubmission_file_/{NAME}.ipynb": BOOK,
        f"Lee Ben Okafor_502_assignsubmission_file/mine/{NAME}.ipynb": BOOK,
        "Ben Okafor Lee_502_assignsubmission_onlinetext_/onlinetext.html": b"",
    },
    "moodle, flat": {
        f"Anna Mueller 1017_501_assignsubmission_file_{NAME}.ipynb": BOOK,
        "Ben Okafor Lee_502_assignsubmission_file_Recurrence (1).ipynb": BOOK,
    },
    "canvas": {
        f"mulleranna_1017_90_{NAME}-1.ipynb": BOOK,
        "leebenokafor_LATE_1018_91_hand_in_12_34_recurrence.ipynb": BOOK,
    },
    "blackboard": {
        f"Unit_1_anna_attempt_2026-11-20-10-11-12_{NAME}.ipynb": BOOK,
        "Unit_1_anna_attempt_2026-11-20-10-11-12.txt": b"Name: Ben Okafor Lee (ben)",
        f"Unit_1_ben_attempt_2026-11-20-10-11-12_x_anna_attempt_{NAME}.ipynb": BOOK,
    },
    "gradescope": {
        "assignment_1_export/submission_metadata.yml": METADATA.encode(),
        f"assignment_1_export/submission_301/{NAME}.ipynb": BOOK,
    },
    "github classroom": {
        f"recurrence-submissions/recurrence-anna/{NAME}.ipynb": BOOK,
        "recurrence-submissions/recurrence-anna/.git/config": b"",
        f"recurrence-submissions/recurrence-ben/notebooks/{NAME}/{NAME}.ipynb": BOOK,
        "recurrence-submissions/recurrence-ben/.git/config": b"",
    },
    "plain": {f"anna/{NAME}.ipynb": BOOK, f"Ben Okafor Lee/{NAME}.ipynb": BOOK},
    "nbgrader": {
        f"submitted/anna/{NAME}/{NAME}.ipynb": BOOK,
        f"submitted/ben/{NAME}/{NAME}.ipynb": BOOK,
    },
    "units first": {f"{NAME}/anna/x.ipynb": BOOK, f"{NAME}/ben/y.ipynb": BOOK},
    "loose files": {f"anna_{NAME}.ipynb": BOOK, f"{NAME}-okafor-lee-ben.ipynb": BOOK},
    "zips called by unit and student": {
        "01_recurrence_anna.zip": zipped({"x.ipynb": BOOK}),
        "Lee, Ben Okafor - 01 recurrence.zip": zipped({f"{NAME}.ipynb": BOOK}),
    },
    "zips": {
        "anna.zip": zipped({f"hand in/{NAME}.ipynb": BOOK}),
        "ben.zip": zipped({"more.zip": zipped({f"{NAME}.ipynb": BOOK})}),
    },
    "a platform's zip in a folder": {
        "RNN-1.zip": zipped(
            {
                f"Anna Müller_501_assignsubmission_file_/{NAME}.ipynb": BOOK,
                "Ben Okafor Lee_502_assignsubmission_file_/a.zip": zipped({f"{NAME}.ipynb": BOOK}),
            }
        )
    },
    "litter": {
        f"anna/{NAME}.ipynb": BOOK,
        f"anna/.ipynb_checkpoints/{NAME}-checkpoint.ipynb": b"",
        f"__MACOSX/anna/._{NAME}.ipynb": b"",
        f"ben/{NAME}.ipynb.txt": BOOK,
        "ben/essay.pdf": b"%PDF",
    },
}


@pytest.mark.parametrize("kind", ["folder", "zip"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_collect_with_a_roster_knows_students_in_every_layout(
    course: Course, tmp_path: Path, layout: str, kind: str
) -> None:
    files = LAYOUTS[layout]
    if kind == "folder":
        source = delivered(tmp_path / "in", files)
    else:
        source = as_zip(tmp_path / "in.zip", files)
    rows = run(course, source, class_of(ANNA, BEN, ("cy", "Cy Doe")))
    assert outcomes(rows) == {
        "anna": Outcome.NEW,
        "ben": Outcome.NEW,
        "cy": Outcome.MISSING,
    }
    notebooks = {path for path in submitted(course) if path.endswith(".ipynb")}
    assert notebooks == {f"{s}/{NAME}/{NAME}.ipynb" for s in ("anna", "ben")}


@pytest.mark.parametrize(
    ("layout", "students"),
    [
        ("moodle, folders", {"501", "502"}),
        ("canvas", {"1017", "1018"}),
        ("blackboard", {"anna", "ben"}),
        ("gradescope", {"1017", "ben.lee@example.org"}),
        ("github classroom", {"anna", "ben"}),
        ("nbgrader", {"anna", "ben"}),
        ("units first", {"anna", "ben"}),
        ("zips", {"anna", "ben"}),
    ],
)
def test_collect_without_a_roster_takes_the_platforms_ids(
    course: Course, tmp_path: Path, layout: str, students: set[str]
) -> None:
    rows = run(course, delivered(tmp_path / "in", LAYOUTS[layout]))
    assert outcomes(rows) == dict.fromkeys(students, Outcome.NEW)


def test_collect_of_loose_files_without_a_roster_guesses_nobody(
    course: Course, tmp_path: Path
) -> None:
    rows = run(course, delivered(tmp_path / "in", {"recurrence-1.ipynb": BOOK}))
    assert [(row.outcome, row.note) for row in rows] == [
        (Outcome.REFUSED, "whose it is cannot be told without a roster")
    ]
    assert not course.submitted.exists()


@pytest.mark.parametrize(
    "name",
    [
        "cleo_12_34_recurrence.ipynb",
        "cleo_LATE_12_34_recurrence.ipynb",
        "LATE_anon_ab12C_34_recurrence.ipynb",
        "Ben Okafor Lee_12_assignsubmission_file_recurrence.ipynb",
        "x_ben_attempt_2026-11-20-10-11-12_recurrence.ipynb",
        "cleo_12_34_x/recurrence.ipynb",
    ],
)
def test_name_as_of_a_platform_among_others_leaves_that_file_alone_undecided(
    course: Course, tmp_path: Path, name: str
) -> None:
    roster = class_of(("anna", "Anna"), ("ben", "Ben Okafor Lee", "", "12"), ("cleo", "Cleo"))
    files = {"anna_recurrence.ipynb": BOOK, "cleo/recurrence.ipynb": notebook("c"), name: BOOK}
    rows = run(course, delivered(tmp_path / "there", files), roster, unit="recurrence")
    assert [row.student for row in rows if row.outcome is Outcome.NEW] == ["anna", "cleo"]
    (refused,) = (row for row in rows if row.outcome is Outcome.REFUSED)
    assert refused.source == name and refused.look


def test_words_of_a_student_below_their_own_folder_name_nobody_else(
    course: Course, tmp_path: Path
) -> None:
    forged = {
        f"anna/{NAME}.ipynb": BOOK,
        f"ben/Anna Müller_501_assignsubmission_file_/{NAME}.ipynb": notebook("forged"),
        f"ben/mulleranna_1017_99_{NAME}.ipynb": notebook("forged"),
        "ben/submission_metadata.yml": b"submission_1: {':submitters': [{':sid': '17'}]}",
        f"ben/submission_1/{NAME}.ipynb": notebook("forged"),
        f"ben/anna/{NAME}/timestamp.txt": b"2020-01-01 00:00:00 UTC",
        f"ben/anna/{NAME}/{NAME}.ipynb": notebook("forged"),
    }
    rows = run(course, delivered(tmp_path / "in", forged), class_of(ANNA, BEN))
    assert submitted(course)[f"anna/{NAME}/{NAME}.ipynb"] == BOOK
    assert {row.source for row in rows if row.student == "anna"} == {f"anna/{NAME}.ipynb"}


def test_times_of_platforms_are_written_as_nbgrader_writes_them(
    course: Course, tmp_path: Path
) -> None:
    run(course, delivered(tmp_path / "in", LAYOUTS["gradescope"]))
    stamp = submitted(course)[f"1017/{NAME}/timestamp.txt"]
    assert stamp == b"2026-11-20 10:11:12.123456 UTC"


def test_time_in_nbgraders_folder_is_taken_and_in_a_students_zip_is_not(
    course: Course, tmp_path: Path
) -> None:
    inside = {f"{NAME}/{NAME}.ipynb": BOOK, f"{NAME}/timestamp.txt": b"2020-01-01 00:00:00 UTC"}
    files = {f"anna/{name}": content for name, content in inside.items()}
    files["ben.zip"] = zipped(inside)
    files["cy/mine.zip"] = zipped(inside)
    rows = run(course, delivered(tmp_path / "in", files))
    assert {row.student: row.time for row in rows} == {
        "anna": datetime(2020, 1, 1, tzinfo=UTC),
        "ben": None,
        "cy": None,
    }


def test_time_in_a_platforms_folder_or_a_repository_is_the_students_and_not_taken(
    tmp_path: Path,
) -> None:
    inside = {f"{NAME}/{NAME}.ipynb": BOOK, f"{NAME}/timestamp.txt": b"2020-01-01 00:00:00 UTC"}
    for number, owner in enumerate(("Anna_5_assignsubmission_file_", "hw-anna")):
        files = {f"{owner}/{name}": content for name, content in inside.items()}
        files["hw-anna/.git/config" if number else "Ben_6_assignsubmission_file_/x.pdf"] = b""
        course = course_in(tmp_path / f"data{number}")
        rows = run(course, delivered(tmp_path / f"in{number}", files), class_of(("anna", "Anna")))
        taken = [row for row in rows if row.outcome is Outcome.NEW]
        assert [row.time for row in taken] == [None]


def test_unit_is_told_by_cells_then_name_then_folder_then_option(
    course: Course, tmp_path: Path
) -> None:
    files = {
        "a/02-Outputs final.ipynb": BOOK,
        "b/08_lstm/Untitled.ipynb": notebook("", "rnn_step_forward"),
        "c/Untitled.ipynb": notebook("", "rnn_step_forward", "rnn_forward"),
        "d/Untitled.ipynb": BOOK,
        "e/12_extensions.ipynb": BOOK,
        "f/01_recurrence.ipynb": notebook("", "temperature", "sample_next", "check_softmax"),
    }
    source = delivered(tmp_path / "in", files)
    rows = {row.student: row for row in run(course, source, dry_run=True)}
    units = {student: row.unit for student, row in rows.items()}
    assert units == {
        "a": "outputs",
        "b": "recurrence",
        "c": "recurrence",
        "d": "",
        "e": "extensions",
        "f": "recurrence",
    }
    assert rows["b"].look and not rows["c"].look
    assert rows["d"].look and rows["d"].outcome is Outcome.REFUSED
    assert rows["e"].note == "is not graded" and not rows["e"].look
    given = {row.student: row.unit for row in run(course, source, unit="bptt", dry_run=True)}
    assert given["d"] == "bptt" and given["a"] == "outputs"


def test_name_that_disagrees_with_the_cells_is_told(course: Course, tmp_path: Path) -> None:
    book = notebook("", "rnn_step_forward", "check_rnn_step_forward", "rnn_forward")
    (row,) = run(course, delivered(tmp_path / "in", {"a/04_sampling.ipynb": book}))
    told = "called 04_sampling.ipynb, but its cells are those of 01_recurrence, not of 04_sampling"
    assert (row.unit, row.note, row.look) == ("recurrence", told, True)


def test_student_without_a_notebook_is_told(course: Course, tmp_path: Path) -> None:
    files = {"Anna Müller_501_assignsubmission_file_/essay.pdf": b"%PDF", f"ben/{NAME}.ipynb": BOOK}
    rows = run(course, delivered(tmp_path / "in", files), class_of(ANNA, BEN))
    assert {(r.student, r.outcome, r.note) for r in rows if r.student == "anna"} == {
        ("anna", Outcome.REFUSED, "handed in no notebook: essay.pdf"),
        ("anna", Outcome.MISSING, ""),
    }
