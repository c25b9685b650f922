"""Feedback zips, opened by the rules of the importers that take them, and nbgrader's exchange."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import run as cli
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.autograded import SECRET
from autograder.grading.collecting.origins import remember
from autograder.grading.collecting.roster import Roster, Student
from autograder.grading.submissions import TIMESTAMP
from autograder.reports.feedback import feedback_path, write_feedback_pages
from autograder.reports.feedback_zips import export_feedback
from tests.course.grading_folders import run_nbgrader
from tests.reports.made_up_class import UNIT, mark_by_hand, record, result

NAME = "01_recurrence"
ROSTER = Roster([Student("anna", "Anna_Lena Müller/Arn"), Student("ben", "Ben", "", "18")])


@pytest.fixture
def course_of_two(graded_course: Course) -> Course:
    record(graded_course, result("anna"), result("ben"), result("gone"))
    return graded_course


def canvas_takes(path: Path, handed_in: dict[str, str]) -> dict[str, str]:
    """Return whose each file is by Canvas's rule: of the parts between underscores that are
    numbers, without LATE, the first is the student and the second what that student handed in; in
    an anonymous assignment they follow "anon".
    """
    found = {}
    for name in zipfile.ZipFile(path).namelist():
        parts = [part for part in name.rpartition("/")[2].split("_") if part != "LATE"]
        numbers = parts[1:3] if parts[0] == "anon" else [p for p in parts if re.match(r"\d+$", p)]
        user, attachment = numbers[:2]
        if handed_in.get(user) == attachment and not parts[-1].startswith("link"):
            found[user] = name
    return found


def moodle_takes(path: Path, participants: set[str]) -> dict[str, str]:
    """Return whose each file is by Moodle's rule, and what it will be called there:
    fullname_number_plugintype_pluginname_filename, in a folder or not.
    """
    found = {}
    for name in zipfile.ZipFile(path).namelist():
        for part in name.split("/"):
            parts = part.split("_", 4)
            plugin = parts[2:4] in (["assignsubmission", "file"], ["assignfeedback", "file"])
            if len(parts) == 5 and parts[1] in participants and plugin:
                found[parts[1]] = parts[4]
    return found


def test_canvas_finds_everybody_by_the_names_it_gave(course_of_two: Course) -> None:
    given = [
        ("anna", f"mulleranna_LATE_17_204_2026_{NAME}-2.ipynb"),
        ("ben", f"anon_k3xB7_205_{NAME}.ipynb"),
        ("gone", "gone_19_206_x.ipynb"),
    ]
    remember(course_of_two, [(UNIT, *one) for one in given])
    mark_by_hand(course_of_two, "anna", 1, "Well said.")
    done = export_feedback(course_of_two, UNIT, "canvas", ROSTER)
    assert (done.pages, done.unknown, done.left_out) == (2, (), ("gone",))
    taken = canvas_takes(done.path, {"17": "204", "k3xB7": "205", "19": "206"})
    assert taken.keys() == {"17", "k3xB7"}
    page = zipfile.ZipFile(done.path).read(taken["17"])
    assert page == feedback_path(course_of_two, UNIT, "anna").read_bytes()
    assert b"Well said." in page


def test_moodle_finds_everybody_by_number_whatever_their_names(course_of_two: Course) -> None:
    remember(course_of_two, [(UNIT, "anna", "Anna Müller_501_assignsubmission_file_")])
    done = export_feedback(course_of_two, UNIT, "moodle", ROSTER)
    assert moodle_takes(done.path, {"501", "18"}) == dict.fromkeys(("501", "18"), f"{NAME}.html")
    names = zipfile.ZipFile(done.path).namelist()
    assert f"Anna Lena Müller Arn_501_assignsubmission_file_{NAME}.html" in names


def test_feedback_of_work_without_a_platforms_name_is_told_and_not_sent(
    course_of_two: Course,
) -> None:
    remember(course_of_two, [(UNIT, "anna", f"anna_17_204_{NAME}.ipynb")])
    assert export_feedback(course_of_two, UNIT, "canvas", ROSTER).unknown == ("ben",)
    with pytest.raises(AutograderError, match="Moodle's, which it knows people by"):
        export_feedback(course_of_two, UNIT, "moodle")


def test_export_command_writes_feedback_alone_or_beside_marks(
    course_of_two: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Course, "find", classmethod(lambda cls, start=None: course_of_two))
    remember(course_of_two, [(UNIT, "anna", f"anna_17_204_{NAME}.ipynb")])
    exports = course_of_two.data / "exports"
    done = CliRunner().invoke(cli.app, ["export", "--feedback", "canvas"])
    assert done.exit_code == cli.DONE
    assert [path.name for path in exports.iterdir()] == [f"feedback-canvas-{NAME}.zip"]
    assert "2 whose work has no name of the platform's" in done.output
    CliRunner().invoke(cli.app, ["export", "1", "--feedback", "canvas", "--to", "csv"])
    assert (exports / "marks.csv").is_file()
    done = CliRunner().invoke(cli.app, ["export", "--feedback", "gradescope"])
    assert "canvas, moodle are" in str(done.exception)


def test_pages_have_beside_them_what_the_exchange_wants_of_everybody(course_of_two: Course) -> None:
    for student, secret in {"anna": b"a" * 128, "ben": b"\xff\xfe", "gone": b""}.items():
        folder = course_of_two.submitted / student / NAME
        folder.mkdir(parents=True)
        (folder / SECRET).write_bytes(secret)
    stamp = course_of_two.submitted / "anna" / NAME / TIMESTAMP
    stamp.write_text("2026-11-20 11:30:00 CET")
    os.mkfifo(course_of_two.submitted / "ben" / NAME / TIMESTAMP)
    write_feedback_pages(course_of_two, UNIT)
    root = course_of_two.data / "exchange"
    root.mkdir(mode=0o777)
    root.chmod(0o777)
    exchange = (f"--Exchange.root={root}", "--CourseDirectory.course_id=rnn")
    done = run_nbgrader(course_of_two, "release_feedback", NAME, *exchange)
    assert done.returncode == 0, done.stderr[-2000:]
    folders = {s: feedback_path(course_of_two, UNIT, s).parent for s in ("anna", "ben", "gone")}
    # As fetch_feedback looks for it: by the secret that the student has, and the notebook's name.
    page = root / "rnn" / "feedback" / f"{hashlib.md5(b'a' * 128 + NAME.encode()).hexdigest()}.html"
    assert page.read_bytes() == feedback_path(course_of_two, UNIT, "anna").read_bytes()
    assert len(list(page.parent.iterdir())) == 3
    assert (folders["anna"] / SECRET).read_text() == "a" * 128
    assert (folders["anna"] / TIMESTAMP).read_text() == "2026-11-20 10:30:00.000000 UTC"
    made_up = [(folders[s] / SECRET).read_text() for s in ("ben", "gone")]
    assert len(set(made_up)) == 2 and all(re.fullmatch("[0-9a-f]{128}", one) for one in made_up)
    write_feedback_pages(course_of_two, UNIT)
    assert [(folders[s] / SECRET).read_text() for s in ("ben", "gone")] == made_up
