"""``autograder book`` as it is typed: what it runs, what it refuses, what it leaves in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from typer.testing import CliRunner

from autograder.cli import run as cli
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.release import release_unit
from autograder.grading.release_audit import notebooks_in
from autograder.reports.book import run as running
from autograder.reports.book.outputs import Kind, Output
from autograder.reports.book.placing import check_place, put_in_place
from autograder.reports.book.run import KeptOutputs, run_unit, told_answers, what_to_run
from tests.course.grading_folders import course_in
from tests.course.small_course import UNIT, add_extra, edit

PAGE = "01_recurrence.html"
SHOWN = {"demo": [Output(Kind.TEXT, "what the demo shows")]}


def released(course: Course, check: str) -> Course:
    """Return the course with another check, released."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells[2].source = check
        notebook.cells.append(new_code_cell('print("a" + "fterwards")', id="after"))

    edit(course.source_notebook(UNIT), change)
    release_unit(course, UNIT)
    return course


@pytest.fixture
def course(small_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A released course whose solution runs, for every command of the test."""
    course = released(small_course, 'print("checked")')
    monkeypatch.setattr(Course, "find", classmethod(lambda cls, *args, **options: course))
    return course


@pytest.fixture
def unrun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been run, where nothing is."""
    ran: list[str] = []

    def note(course: Course, unit: str) -> dict[str, list[Output]]:
        ran.append(unit)
        return SHOWN

    monkeypatch.setattr(running, "run_unit", note)
    return ran


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, ["book", *arguments])
    if isinstance(result.exception, AutograderError):
        return cli.WRONG_USAGE, str(result.exception)  # as `main` tells it
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_book_shows_outputs_of_the_solution_and_not_its_answers(course: Course) -> None:
    code, text = run()
    assert (code, text.splitlines()[-1]) == (cli.DONE, str(course.root / "book" / "index.html"))
    page = (course.root / "book" / PAGE).read_text(encoding="utf-8")
    assert "afterwards" in page
    assert "function step at" in page  # what the demo prints
    assert "not written yet" in page
    assert "mixed_inputs" not in page
    assert "checked</pre>" not in page  # what a check prints is nobody's to read


def test_run_of_a_real_unit_gives_stills_with_alt_text(tmp_path: Path) -> None:
    outputs = run_unit(course_in(tmp_path), "gradcheck")
    (still,) = outputs["step-widget"]
    assert still.kind is Kind.STILL
    assert 'alt="Error of a measured slope' in still.html
    assert "2 of 41 exercises pass" in outputs["progress"][0].html
    assert not any("check" in name or "stub" in name for name in outputs)


def test_run_of_a_failing_cell_names_it(small_course: Course) -> None:
    released(small_course, "1 / 0")
    with pytest.raises(AutograderError, match=r"01_recurrence: the cell step-check fails \(Zero"):
        run_unit(small_course, UNIT)


def test_book_of_a_failing_notebook_leaves_the_old_one(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(course: Course, unit: str) -> None:
        raise AutograderError("a cell fails")

    monkeypatch.setattr(running, "run_unit", fail)
    old = course.root / "book" / "index.html"
    old.parent.mkdir()
    old.write_text("old")
    assert run() == (cli.WRONG_USAGE, "a cell fails")
    assert old.read_text() == "old"
    assert [path.name for path in course.root.iterdir() if path.name.startswith(".book")] == []


def test_book_runs_a_notebook_again_only_when_it_changed(course: Course, unrun: list[str]) -> None:
    assert run()[0] == cli.DONE
    assert "as run before" in run("1")[1]
    assert unrun == [UNIT]
    edit(course.source_notebook(UNIT), lambda n: n.cells[2].update(source="print('otherwise')"))
    release_unit(course, UNIT)
    assert run()[0] == cli.DONE
    assert unrun == [UNIT, UNIT]


@pytest.mark.parametrize("spoilt", ["", "{}", "[]", '{"key": 1, "outputs": 2}'])
def test_kept_outputs_that_cannot_be_read_count_as_none(
    course: Course, unrun: list[str], spoilt: str
) -> None:
    kept = KeptOutputs(course)
    assert kept.run(UNIT) == kept.of(UNIT) == SHOWN
    next((course.data / "shown").iterdir()).write_text(spoilt)
    assert kept.of(UNIT) is None


def test_outputs_that_cannot_be_kept_are_still_there(course: Course, unrun: list[str]) -> None:
    course.data.mkdir()
    (course.data / "shown").write_text("a file where the folder should be")
    kept = KeptOutputs(course)
    assert kept.run(UNIT) == SHOWN
    assert kept.of(UNIT) is None


def test_book_goes_where_it_is_told(course: Course, unrun: list[str], tmp_path: Path) -> None:
    code, _ = run("recurrence", "--out", str(tmp_path / "else" / "where"))
    assert code == cli.DONE
    names = sorted(path.name for path in (tmp_path / "else" / "where").iterdir())
    assert names == [PAGE, "index.html"]
    assert not (course.root / "book").exists()


def test_book_of_a_notebook_that_is_not_released_says_so(course: Course, unrun: list[str]) -> None:
    code, text = run("7")
    assert code == cli.WRONG_USAGE
    assert "07_clipping" in text
    assert unrun == []


def test_book_of_a_release_that_lags_behind_is_refused(course: Course, unrun: list[str]) -> None:
    edit(course.source_notebook(UNIT), lambda notebook: notebook.cells.pop())
    code, text = run()
    assert code == cli.WRONG_USAGE
    assert "differs from its source" in text
    assert unrun == []


@pytest.mark.parametrize(
    "told",
    [
        "print: mixed_inputs = x + h @ W",
        "<b>mixed_inputs</b> = x <i>+</i> h @&#32;W",
        "The weights hold what was learned, not what was seen.",
        "### BEGIN HIDDEN TESTS",
    ],
)
def test_book_that_would_tell_an_answer_is_refused(
    course: Course, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    outputs = {"demo": [Output(Kind.HTML, told)]}
    monkeypatch.setattr(running, "run_unit", lambda course, unit: outputs)
    code, text = run()
    assert code == cli.WRONG_USAGE
    assert "There is no new book" in text
    assert not (course.root / "book").exists()


def test_told_answers_of_harmless_outputs_are_none(course: Course) -> None:
    assert told_answers(course, UNIT, SHOWN) == []


def test_what_to_run_is_the_release_only_where_nothing_is_left_to_write(course: Course) -> None:
    assert what_to_run(course, UNIT) == course.source_notebook(UNIT)
    add_extra(course)

    def faulty(notebook: NotebookNode) -> None:
        above = "def step(x, h, W):\n    return x\n\n\n### BEGIN SOLUTION\ndef step(x, h, W):\n"
        notebook.cells[1].source = f"{above}    return h\n### END SOLUTION"

    edit(course.source_notebook("bug_hunt"), faulty)
    release_unit(course, "bug_hunt")
    assert what_to_run(course, "bug_hunt") == course.release_notebook("bug_hunt")


def test_what_to_run_is_the_release_of_the_bug_hunt_alone(repository: Path) -> None:
    course = Course(repository)
    units = notebooks_in(course.source)
    released = [
        unit for unit in units if what_to_run(course, unit) == course.release_notebook(unit)
    ]
    assert len(units) > 1 and released == ["bug_hunt"]


def test_place_with_other_files_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(AutograderError, match=r"holds thesis\.tex"):
        put_in_place(tmp_path, [("index.html", b"new")])
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_place_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "book").write_text("")
    with pytest.raises(AutograderError, match="is a file"):
        check_place(tmp_path / "book")


def test_place_of_an_older_book_is_taken_whole(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    put_in_place(folder, [("index.html", b"old"), (PAGE, b"old")])
    put_in_place(folder, [("index.html", b"new")])
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"index.html": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_place_of_a_book_with_documents_is_taken_again_and_again(
    course: Course, unrun: list[str]
) -> None:
    docs = course.root / "docs"
    docs.mkdir()
    (docs / "README.md").write_text("# Pages\n\n## Somebody\n\n- [Old](old.md)\n")
    (docs / "old.md").write_text("# Old\n\nThe [unit](../01_recurrence.ipynb).\n")
    assert run()[0] == cli.DONE
    index = (course.root / "book" / "index.html").read_text(encoding="utf-8")
    assert '<a href="unrolled-old.html">Old</a>' in index
    page = (course.root / "book" / "unrolled-old.html").read_text(encoding="utf-8")
    assert f'<a href="{PAGE}">unit</a>' in page
    (docs / "old.md").rename(docs / "new.md")
    assert run()[0] == cli.DONE
    names = sorted(path.name for path in (course.root / "book").iterdir())
    assert names == [PAGE, "index.html", "unrolled-new.html"]


def test_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AutograderError, match="cannot be written"):
        put_in_place(tmp_path / "file" / "book", [("index.html", b"new")])
