"""The gradebook's writer: nbgrader's rows, one transaction, and a clear word when it cannot."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import nbformat
import nbgrader.api
import pytest

from autograder.bench.ways import environment
from autograder.course import Course
from autograder.grading.entries import Entry
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.marking import Marked
from autograder.grading.submissions import Submission
from tests.course.grading_folders import course_in, gradebook_rows

UNIT = "recurrence"


def entry(course: Course, student: str, **changes: object) -> Entry:
    notebook = nbformat.read(course.release_notebook(UNIT), as_version=4)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    marked = Marked({}, (), {**notebook, **changes})
    return Entry(Submission(student, UNIT, course.submitted / student), marked)


def test_schema_version_is_what_alembic_prints(tmp_path: Path) -> None:
    ini = tmp_path / "alembic.ini"
    folder = Path(nbgrader.api.__file__).parent / "alembic"
    ini.write_text(f"[alembic]\nscript_location = {folder}\n", encoding="utf-8")
    done = subprocess.run(
        ["alembic", "-c", str(ini), "heads"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split(" ")[0] == nbgrader.api.get_alembic_version()


def test_record_of_many_equals_record_of_each(tmp_path: Path) -> None:
    places = [course_in(tmp_path / name) for name in ("together", "alone")]
    for place, batches in zip(places, ([["a", "b", "c"]], [["a"], ["b"], ["c"]]), strict=True):
        with UnitGradebook(place, UNIT) as gradebook:
            gradebook.register()
            for batch in batches:
                gradebook.record([entry(place, student) for student in batch])
    rows = [gradebook_rows(place, UNIT) for place in places]
    assert rows[0] == rows[1]
    assert rows[0].keys() == {"a", "b", "c"}


def test_record_that_fails_leaves_nothing_of_its_batch(course: Course) -> None:
    with UnitGradebook(course, UNIT) as gradebook:
        gradebook.register()
        with pytest.raises(TypeError):
            gradebook.record([entry(course, "good"), entry(course, "bad", cells=None)])
        gradebook.undo()
        gradebook.record([entry(course, "later")])
    assert gradebook_rows(course, UNIT).keys() == {"later"}


def test_record_keeps_what_was_marked_by_hand_between_two_batches(course: Course) -> None:
    with UnitGradebook(course, UNIT) as gradebook:
        gradebook.register()
        gradebook.record([entry(course, "a")])
        with closing(sqlite3.connect(course.gradebook)) as other, other:
            changed = other.execute("UPDATE grade SET manual_score = 0.5").rowcount
        gradebook.record([entry(course, "a")])
    grades = [v for k, v in gradebook_rows(course, UNIT)["a"].items() if k.startswith("check_")]
    assert changed > 0
    assert {manual for _, manual, _ in grades} == {0.5}
    assert all(needs_look for _, _, needs_look in grades)
