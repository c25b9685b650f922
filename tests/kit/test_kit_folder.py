"""What lies in a kit, and what its first cell and its still pictures do."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from autograder.course import CONFIG_NAME, Course
from autograder.errors import AutograderError, CourseNotFoundError
from autograder.kit import session
from autograder.kit.notebooks import SETUP_ID, kit_notebook, stills_of
from autograder.kit.own import keys_of
from autograder.kit.session import chosen, make_kit
from autograder.kit.wheel import Wheel, files_in
from autograder.reports.book.outputs import Kind, Output


@pytest.fixture
def made(wheel: Wheel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kit of unit 01 whose notebook was not run."""
    monkeypatch.setattr(session, "_wheel", lambda *_: wheel)
    course = Course.find()
    console = Console(file=io.StringIO())
    return make_kit(console, course, chosen(course, ["recurrence"], None, ""), tmp_path / "kit")


def test_kit_holds_what_it_should_and_nothing_else(made: Path, wheel: Wheel) -> None:
    assert set(files_in(made)) == {
        ".binder/requirements.txt",
        ".binder/runtime.txt",
        ".devcontainer/devcontainer.json",
        "README.md",
        "environment.yml",
        "requirements.txt",
        "work/01_recurrence/01_recurrence.ipynb",
        wheel.name,
    }
    json.loads((made / ".devcontainer/devcontainer.json").read_text())
    with zipfile.ZipFile(made.with_name("kit.zip")) as archive:
        assert {name.removeprefix("kit/") for name in archive.namelist()} == set(files_in(made))


def test_kit_is_not_made_over_somebodys_files(made: Path) -> None:
    (made / "notes.txt").write_text("mine")
    course = Course.find()
    with pytest.raises(AutograderError, match=r"notes\.txt, which is not of the kit"):
        make_kit(Console(), course, chosen(course, ["recurrence"], [], ""), made)


def test_first_code_cell_installs_the_wheel_that_is_named() -> None:
    path = Course.find().release_notebook("recurrence")
    cells = json.loads(kit_notebook(path, "recurrence", "https://a.example/u.whl"))["cells"]
    first = next(cell for cell in cells if cell["cell_type"] == "code")
    assert first["id"] == SETUP_ID
    assert "".join(first["source"]).endswith("    %pip install --quiet https://a.example/u.whl")
    rest = [cell for cell in cells if cell is not first]
    released = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["source"] for cell in rest] == [cell["source"] for cell in released]


def test_units_before_the_first_are_earlier() -> None:
    course = Course.find()
    assert chosen(course, ["outputs"], None, "").earlier == ("gradcheck", "recurrence")
    assert chosen(course, ["outputs"], ["0"], "").earlier == ("gradcheck",)


@pytest.mark.parametrize(
    ("after", "told"), [("2026-11-20", "--after: "), ("2026-11-20T00:00Z", "no(ne|t)|none")]
)
def test_after_that_cannot_be_used_is_told(small_course: Course, after: str, told: str) -> None:
    with pytest.raises(AutograderError, match=told):
        chosen(small_course, ["recurrence"], None, after)


def test_wheel_of_another_content_has_another_version(wheel: Wheel) -> None:
    other = Wheel({**wheel.files, "a.py": b""}, wheel.needs, "", b"", wheel.base_version)
    assert other.version != wheel.version
    assert wheel.as_bytes() == wheel.as_bytes()


def test_still_is_kept_by_the_cells_text_and_its_first_line() -> None:
    cell = {"id": "a", "metadata": {"tags": ["demo"]}, "source": ["# Demo: a\n", "f()"]}
    shown = [Output(Kind.TEXT, "1\n"), Output(Kind.HTML, '<div class="unrolled-card">you</div>')]
    kept = dict(stills_of([cell], {"a": shown}))
    assert set(kept) == set(keys_of("# Demo: a\nf()"))
    assert kept["# Demo: a"] == [["text", "1\n"]]


def test_own_function_runs_once_its_check_has_passed(run_in_kit: Callable[..., str]) -> None:
    code = """
from autograder.student import check
from autograder.kit.own import NotYoursYet
from rnn_ref.recurrence import stack_weights
import numpy as np
try:
    stack_weights(1, 2)
except NotYoursYet as error:
    print(error)
def mine(W_xh, W_hh):
    return np.concatenate([W_hh, W_xh])
check("stack_weights", stack=mine)
print(stack_weights(np.zeros((1, 2)), np.ones((2, 2))).shape)
"""
    lines = run_in_kit(code).splitlines()
    assert lines[0].startswith("This needs stack_weights of unit 01. Once yours has passed")
    assert "✓ stack_weights" in lines[1]
    assert lines[-1] == "(3, 2)"


def test_wrong_function_is_told_its_mistake_in_the_kit(run_in_kit: Callable[..., str]) -> None:
    code = """
from autograder.student import CheckFailed, check, hint
try:
    check("stack_weights", stack=lambda W_xh, W_hh: __import__("numpy").concatenate([W_xh, W_hh]))
except CheckFailed:
    hint("stack_weights")
"""
    told = run_in_kit(code)
    assert "W_xh is on top" in told
    assert "stack_weights(W_xh, W_hh)" in told
    assert "stack_weights, hint 1 of" in told


def test_course_without_solutions_is_found_where_that_is_enough(tmp_path: Path) -> None:
    (tmp_path / CONFIG_NAME).touch()
    (tmp_path / "notebooks").mkdir()
    assert Course.find(tmp_path, released=True).root == tmp_path.resolve()
    with pytest.raises(CourseNotFoundError, match="solutions/"):
        Course.find(tmp_path)


def test_stills_file_of_the_wheel_is_read(site: Path) -> None:
    stills: dict[str, Any] = json.loads((site / "autograder/kit/stills.json").read_text())
    assert stills["# Demo: a picture"] == [["html", "<b>still</b>"]]
