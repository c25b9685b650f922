"""Whatever is handed in where students do so: found, run in the sandbox, judged, answered."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from autograder.grading.pipeline import grade_unit
from autograder.grading.results import read_result
from autograder.hosted import judging
from autograder.hosted.handed_in import HandInAgain, find_hand_in
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.student.display import TO_TRY, as_text
from autograder.workers import workers
from tests.course.grading_folders import NEEDS_SANDBOX, course_in, hand_in
from tests.hosted.hand_ins import (
    NAME,
    UNIT,
    WRONG_STEP,
    Place,
    changed,
    points,
    script,
    solved,
)

pytestmark = [NEEDS_SANDBOX, pytest.mark.usefixtures("kept_open")]
FULL = {"rnn_step_forward": 3, "rnn_forward": 3, "stack_weights": 1, "rnn_step_stacked": 2}
NONE = dict.fromkeys(FULL, 0)
AGAIN = f"hand in {NAME}.ipynb"


def test_right_notebook_earns_all(place: Place) -> None:
    place.hand_in(f"{NAME}.ipynb", solved())
    found = place.grade()
    assert found["score"] == sum(FULL.values())
    assert points(found) == FULL
    assert sum(test["max_score"] for test in found["tests"]) == sum(FULL.values())
    assert found["output"] == "Not in this: 1 point for what you wrote, which a person reads."


def test_wrong_notebook_is_told_what_grading_tells(place: Place, tmp_path: Path) -> None:
    wrong = changed(rnn_step_forward=WRONG_STEP)
    place.hand_in(f"{NAME}.ipynb", wrong)
    course = course_in(tmp_path / "data")
    hand_in(course, UNIT, "anna", json.dumps(wrong).encode())
    course.seeds.mkdir()
    (course.seeds / place.seed.name).write_bytes(place.seed.read_bytes())
    list(grade_unit(course, UNIT, BubblewrapLauncher()))
    graded = read_result(course, UNIT, "anna")
    assert graded is not None
    found = place.grade()
    assert [t["output"] for t in found["tests"]] == [as_text(r) for r in graded.reports.values()]
    assert found["score"] == graded.points < sum(FULL.values())
    assert TO_TRY in found["tests"][0]["output"]


@pytest.mark.parametrize("mark", ["# In[ ]:", "# %%", ""])
def test_script_earns_what_its_notebook_does(place: Place, mark: str) -> None:
    place.hand_in("my work.py", script(solved(), mark))
    found = place.grade()
    assert points(found) == FULL
    assert found["output"].startswith("What counts: my work.py.")


def test_script_that_stops_half_way_keeps_what_it_defines(place: Place) -> None:
    place.hand_in("a.py", script(solved(), "") + "\n1 / 0\n")
    assert points(place.grade()) == FULL


def test_notebook_counts_before_a_script(place: Place) -> None:
    place.hand_in("a.py", "def rnn_forward(*args):\n    return 0\n")
    place.hand_in("mine.ipynb", solved())
    found = place.grade()
    assert points(found) == FULL
    assert found["output"].startswith("What counts: mine.ipynb.")


def test_notebook_of_this_unit_is_found_among_others(place: Place) -> None:
    place.hand_in("02_outputs/02_outputs.ipynb", solved("outputs"))
    place.hand_in("mine/Untitled.ipynb", {"nbformat": 4, "metadata": {}, "cells": []})
    place.hand_in("mine/notes.pdf", "%PDF")
    place.hand_in("mine/last.ipynb", solved())
    found = place.grade()
    assert points(found) == FULL
    assert found["output"].startswith("What counts: mine/last.ipynb.")


def test_name_as_asked_for_counts_of_several(place: Place) -> None:
    place.hand_in(f"{NAME}.ipynb", solved())
    place.hand_in(f"{NAME} (1).ipynb", changed(rnn_step_forward=WRONG_STEP))
    found = place.grade()
    assert points(found) == FULL
    assert found["output"].startswith(f"What counts: {NAME}.ipynb.")


def test_several_that_nothing_tells_apart_are_named(place: Place) -> None:
    place.hand_in("a.ipynb", solved())
    place.hand_in("b.ipynb", changed(rnn_step_forward=WRONG_STEP))
    found = place.grade()
    assert points(found) == NONE
    assert "(a.ipynb, b.ipynb), and nothing says which one counts" in found["output"]


def test_cells_say_more_than_a_lying_name(place: Place) -> None:
    place.hand_in("02_outputs.ipynb", solved())
    found = place.grade()
    assert points(found) == FULL
    assert "its cells are those of 01_recurrence, not of 02_outputs" in found["output"]


def test_notebook_of_another_unit_under_this_name_is_told(place: Place) -> None:
    place.hand_in(f"{NAME}.ipynb", solved("outputs"))
    found = place.grade()
    assert points(found) == NONE
    assert "This is the place for 01_recurrence, and what came is of 02_outputs" in found["output"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("", "", "Nothing was handed in"),
        ("essay.pdf", "%PDF", "Nothing of 01_recurrence is in what came (essay.pdf)"),
        ("a.py", "print('hello')", "Nothing of 01_recurrence is in what came (a.py)"),
        (f"{NAME}.ipynb", "not JSON", "the file is not JSON"),
        (f"{NAME}.ipynb", '{"cells": []}', "its notebook format is none that exists"),
        (f"{NAME}.zip", "PK", "no zip, or a broken one"),
        (
            "notes.ipynb",
            '{"nbformat": 4, "cells": []}',
            "it is the wrong notebook: it has no cells",
        ),
    ],
)
def test_what_cannot_be_graded_is_told_in_a_sentence(
    place: Place, capfd: pytest.CaptureFixture[str], name: str, content: str, told: str
) -> None:
    if name:
        place.hand_in(name, content)
    found = place.grade()
    assert points(found) == NONE
    assert f"Not graded: {told}" in found["output"].replace(f"{NAME}.zip it is ", "")
    assert all(told in test["output"] for test in found["tests"])
    assert "your instructor gives" not in found["output"]  # its author can hand in again
    assert "Traceback" not in "".join(capfd.readouterr())


def test_links_are_not_followed(place: Place, tmp_path: Path) -> None:
    (tmp_path / "other.ipynb").write_text(json.dumps(solved()))
    place.submission.mkdir()
    (place.submission / f"{NAME}.ipynb").symlink_to(tmp_path / "other.ipynb")
    found = place.grade()
    assert points(found) == NONE
    assert f"{NAME}.ipynb is a link or a special file: {AGAIN}" in found["output"]


def test_script_that_is_no_text_is_told(place: Place) -> None:
    place.submission.mkdir()
    (place.submission / "a.py").write_bytes(b"\xff\xfe")
    assert "Not graded: a.py is not text in UTF-8: hand in" in place.grade()["output"]


def taken_of(place: Place, tmp_path: Path) -> str:
    """Return which file counts, without grading it; or what its author is told."""
    try:
        with workers() as readers:
            found = find_hand_in(place.course, UNIT, place.submission, tmp_path, readers)
    except HandInAgain as error:
        return str(error)
    return found.remark


def test_script_that_cannot_be_read_loses_no_other(place: Place, tmp_path: Path) -> None:
    place.hand_in("mine.py", script(solved()))
    (place.submission / "helper.py").write_bytes(b"\xff\xfe")
    assert taken_of(place, tmp_path) == "What counts: mine.py."


@pytest.mark.parametrize("other", ["mine.ipynb", "mine.py"])
def test_file_without_a_byte_outdoes_no_other_by_its_name(
    place: Place, tmp_path: Path, other: str
) -> None:
    place.hand_in(f"{NAME}.ipynb", "")
    place.hand_in(f"{NAME}.py", "")
    place.hand_in(other, script(solved()) if other.endswith(".py") else solved())
    assert taken_of(place, tmp_path) == f"What counts: {other}."


def test_empty_notebook_loses_no_script(place: Place, tmp_path: Path) -> None:
    place.hand_in("Untitled.ipynb", {"nbformat": 4, "metadata": {}, "cells": []})
    place.hand_in("mine.py", script(solved()))
    assert taken_of(place, tmp_path) == "What counts: mine.py."


def test_script_with_one_function_that_later_units_have_too_counts(
    place: Place, tmp_path: Path
) -> None:
    place.hand_in("mine.py", WRONG_STEP)
    assert taken_of(place, tmp_path) == "What counts: mine.py."


def test_functions_in_several_scripts_are_asked_for_in_one(place: Place, tmp_path: Path) -> None:
    place.hand_in("a.py", WRONG_STEP)
    place.hand_in("b.py", "def rnn_forward(*args):\n    return 0\n")
    told = taken_of(place, tmp_path)
    assert told.endswith(
        f"nothing says which one counts: hand in all of it in one, called {NAME}.py."
    )
    place.hand_in(f"{NAME}.py", script(solved()))
    assert taken_of(place, tmp_path) == ""


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("w.zip", {"a.py": "x = 1"}, "w.zip/a.py lies in an archive, of which only notebooks"),
        (f"{NAME}.ipynb", b"", f"{NAME}.ipynb is empty: "),
        (f"{NAME}.py", b"\xef\xbb\xbf\r\n", f"{NAME}.py is empty: "),
        (f"{NAME}.ipynb", b" " * (21 * 2**20), f"{NAME}.ipynb is larger than 20 MB"),
        ("a\n## Full marks.py", b"", "a ## Full marks.py has characters in its name"),
        (b"\xff.ipynb", b"", "?.ipynb has characters in its name"),
    ],
)
def test_odd_file_gets_a_sentence_of_one_line(
    place: Place, tmp_path: Path, name: str | bytes, content: bytes | dict[str, str], told: str
) -> None:
    place.submission.mkdir()
    path = place.submission / os.fsdecode(name)
    if isinstance(content, dict):
        with zipfile.ZipFile(path, "w") as archive:
            for inner, text in content.items():
                archive.writestr(inner, text)
    else:
        path.write_bytes(content)
    said = taken_of(place, tmp_path)
    assert said.startswith(told) and AGAIN in said
    assert said.isprintable() and said.encode("utf-8")


@pytest.mark.parametrize("second", [False, True], ids=["bubblewrap", "second sandbox"])
def test_hostile_notebook_reads_no_seed_and_writes_no_result(place: Place, second: bool) -> None:
    """Its canary proves that it ran; what it would have found would be in its output."""
    results = place.root / "results" / "results.json"
    attack = f"""
import os
def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):
    got = []
    for path in ({str(place.seed)!r}, {str(place.root / "source" / "hosted.json")!r}):
        try:
            got.append(open(path).read())
        except OSError:
            pass
    for path in ({str(results)!r}, {str(results.parent / "x")!r}, {str(place.root / "x")!r}):
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "w").write('{{"score": 1000}}')
        except OSError:
            pass
    raise RuntimeError("it ran and got " + repr(got))
"""
    seed = place.seed.read_bytes()
    place.hand_in(f"{NAME}.ipynb", changed(rnn_step_forward=attack))
    found = place.grade(second_sandbox()) if second else place.grade()
    assert points(found)["rnn_step_forward"] == 0
    assert found["score"] <= sum(FULL.values())
    assert "it ran and got []" in found["tests"][0]["output"]
    assert place.seed.read_bytes() == seed
    assert sorted(os.listdir(place.root)) == ["results", "source", "submission"]
    assert os.listdir(results.parent) == ["results.json"]


def test_without_a_sandbox_nothing_runs_and_the_marks_are_left(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = tmp_path / "ran"
    run = f"open({str(canary)!r}, 'w')\n{WRONG_STEP}"
    place.hand_in(f"{NAME}.ipynb", changed(rnn_step_forward=run))
    found = place.grade(BubblewrapLauncher(""))
    assert points(found) == NONE
    assert "there is no safe place to run it here" in found["output"]
    assert all("no automatic mark" in test["output"] for test in found["tests"])
    assert "Without an automatic mark: 9 points, which your instructor gives." in found["output"]
    assert not canary.exists()
    assert "bubblewrap is missing" in capsys.readouterr().out  # the instructor's to read


def second_sandbox() -> AccountLauncher:
    """Return it, where this machine has it."""
    launcher = AccountLauncher()
    if reason := launcher.why_not():
        pytest.skip(f"no second sandbox: {reason}")
    return launcher


def test_where_bubblewrap_does_not_work_the_second_sandbox_gives_the_same(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place.hand_in(f"{NAME}.ipynb", changed(rnn_step_forward=WRONG_STEP))
    in_the_first = place.grade()
    in_the_second = place.grade(BubblewrapLauncher(""), second_sandbox())
    assert in_the_second == in_the_first
    assert "bubblewrap is missing" not in capsys.readouterr().out


def test_fault_of_ours_is_a_sentence_for_the_student(
    place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(judging, "find_hand_in", broken)
    found = place.grade()
    assert points(found) == NONE
    assert "something is wrong with the autograder" in found["output"]
    assert "ZeroDivisionError" not in json.dumps(found)
    said = "".join(capfd.readouterr())
    assert "ZeroDivisionError" in said and "Traceback" not in said
