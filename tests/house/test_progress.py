"""Progress: by running the notebooks in work/, and as the last checks found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autograder.cli.progress_session import progress_of_notebooks
from autograder.course import CONFIG_NAME, Course
from autograder.demo.notebooks import read_notebook, solution_texts, submission
from autograder.errors import AutograderError
from autograder.progress import progress_of_checks
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.student import logbook
from tests.house.typed import Typing

UNIT, FOLDER = "gradcheck", "00_gradcheck"


@pytest.fixture
def at_work(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course whose learner has written the first function of unit 00 and not the second."""
    course, here = Course(tmp_path), Course(repository)
    course.source.mkdir()
    shutil.copy(repository / CONFIG_NAME, course.root)
    released = here.release_notebook(UNIT)
    solutions = solution_texts(read_notebook(here.source_notebook(UNIT)))
    notebook = submission(
        read_notebook(released), {"numeric_gradient": solutions["numeric_gradient"]}
    )
    (course.release / FOLDER).mkdir(parents=True)
    shutil.copy(released, course.release_notebook(UNIT))
    copy = course.work / FOLDER / released.name
    copy.parent.mkdir(parents=True)
    copy.write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.chdir(course.root)
    return course


def test_progress_runs_the_notebooks_and_says_which_exercises_pass(
    at_work: Course, typed: Typing
) -> None:
    code, out, _ = typed("progress")
    assert code == 0
    assert out == (
        "00_gradcheck: 1 of 2 points\n"
        "  ✓ numeric_gradient: 1 of 1 point\n"
        "  ○ relative_error: 0 of 1 point\n"
        "1 of 2 exercises pass: 1 of 2 points. "
        "A person reads the written answers; they are not counted here.\n"
    )


@pytest.fixture
def no_sandbox_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BubblewrapLauncher, "why_not", lambda self: "bubblewrap is missing.")


@pytest.mark.usefixtures("no_sandbox_here")
@pytest.mark.parametrize("command", [["progress"], ["check", f"work/{FOLDER}/{FOLDER}.ipynb"]])
def test_own_notebook_without_a_sandbox_runs_and_it_is_said(
    at_work: Course, typed: Typing, command: list[str]
) -> None:
    _, out, err = typed(*command)
    assert "numeric_gradient" in out
    assert err.count("your own notebook in work/ runs as you") == 1


@pytest.mark.usefixtures("no_sandbox_here")
@pytest.mark.parametrize("linked", [False, True])
def test_notebook_of_somebody_else_without_a_sandbox_is_not_run_unless_asked(
    at_work: Course, tmp_path: Path, typed: Typing, linked: bool
) -> None:
    place, ran = at_work.work / FOLDER / f"{FOLDER}.ipynb", tmp_path / "ran"
    notebook = json.loads(place.read_text("utf-8"))
    cell = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "execution_count": None}
    notebook["cells"].insert(0, {**cell, "source": f"open({str(ran)!r}, 'w').close()"})
    theirs = tmp_path / "theirs" / place.name
    theirs.parent.mkdir()
    theirs.write_text(json.dumps(notebook), encoding="utf-8")
    if linked:
        shutil.rmtree(place.parent)
        place.parent.symlink_to(theirs.parent)
    asked = place if linked else theirs
    code, _, err = typed("check", str(asked))
    assert code == 2
    assert "--no-sandbox" in err and not ran.exists()
    assert linked is ("--no-sandbox" in typed("progress").err)
    assert not ran.exists()
    typed("check", "--no-sandbox", str(asked))
    assert ran.exists()


def test_progress_of_a_notebook_in_another_place_counts_it_and_tells(
    at_work: Course, repository: Path
) -> None:
    shutil.copytree(repository / "notebooks", at_work.release, dirs_exist_ok=True)
    (at_work.work / FOLDER).rename(at_work.work / "08_lstm")
    lost = at_work.work / "08_lstm" / "08_lstm.ipynb"
    (at_work.work / "08_lstm" / f"{FOLDER}.ipynb").rename(lost)
    found, (sentence,) = progress_of_notebooks(at_work)
    assert list(found.units) == [FOLDER]
    assert "1 of 2 exercises pass" in found.headline
    assert sentence == f"{lost}: its cells are those of {FOLDER}, not of 08_lstm."


def test_progress_of_a_renamed_notebook_finds_it_and_of_two_counts_the_one_in_its_place(
    at_work: Course,
) -> None:
    place = at_work.work / FOLDER / f"{FOLDER}.ipynb"
    renamed = place.with_name("mine.ipynb")
    place.rename(renamed)
    found, amiss = progress_of_notebooks(at_work)
    assert ("1 of 2 exercises pass" in found.headline, amiss) == (True, [])
    shutil.copy(at_work.release_notebook(UNIT), place)
    found, (sentence,) = progress_of_notebooks(at_work)
    assert "0 of 2 exercises pass" in found.headline
    assert str(renamed) in sentence and "not counted" in sentence


def test_progress_of_an_unreadable_notebook_says_which_and_goes_on(at_work: Course) -> None:
    broken = at_work.work / "01_recurrence" / "01_recurrence.ipynb"
    broken.parent.mkdir()
    broken.write_text("no notebook")
    found, (sentence,) = progress_of_notebooks(at_work)
    assert list(found.units) == [FOLDER]
    assert str(broken) in sentence


def test_progress_without_notebooks_says_what_to_do(at_work: Course) -> None:
    shutil.rmtree(at_work.work)
    with pytest.raises(AutograderError, match="make lab"):
        progress_of_notebooks(at_work)


def test_progress_of_checks_shows_what_was_kept(at_work: Course) -> None:
    folder = at_work.work / FOLDER
    kept = {"numeric_gradient": {"status": "partial", "points": 0.8}}
    (folder / logbook.FILE_NAME).write_text(json.dumps(kept))
    found = progress_of_checks(folder)
    assert "  ◐ numeric_gradient: 0.8 of 1 point\n" in repr(found)
    html = found._repr_html_()
    assert "numeric_gradient: partial, 0.8 of 1 point" in html
    assert "last ran" in html


def test_progress_of_checks_shows_every_unit_with_nothing_kept(at_work: Course) -> None:
    found = progress_of_checks(at_work.work / FOLDER)
    assert {FOLDER, "01_recurrence"} <= set(found.units)
    assert found.headline.startswith("0 of ")


def test_progress_leaves_ungraded_notebooks_out(at_work: Course) -> None:
    folder = at_work.work / "11_bug_hunt"
    shutil.copytree(at_work.work / FOLDER, folder)
    (folder / f"{FOLDER}.ipynb").rename(folder / "11_bug_hunt.ipynb")
    before = progress_of_checks(at_work.work / FOLDER)
    kept = {"numeric_gradient": {"status": "passed", "points": 1}}
    (folder / logbook.FILE_NAME).write_text(json.dumps(kept))
    assert progress_of_checks(folder) == before
    assert list(progress_of_notebooks(at_work)[0].units) == [FOLDER]


def test_progress_of_checks_outside_work_says_that_nothing_is_kept(tmp_path: Path) -> None:
    assert "only checks of notebooks in work/" in progress_of_checks(tmp_path).source
