"""What is handed in where students do so: run in the sandbox, judged, answered."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from autograder.grading.pipeline import grade_unit
from autograder.grading.results import read_result
from autograder.hosted import judging
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.student.display import TO_TRY, as_text
from tests.course.grading_folders import NEEDS_SANDBOX, course_in, hand_in
from tests.hosted.hand_ins import (
    AGAIN,
    EMPTY,
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


#: What is handed in, and which of it counts.
SEVERAL: dict[str, tuple[dict[str, dict[str, Any] | str], str]] = {
    "a notebook before a script": (
        {"a.py": "def rnn_forward(*args):\n    return 0\n", "mine.ipynb": solved()},
        "mine.ipynb",
    ),
    "the notebook of this unit": (
        {
            "02_outputs/02_outputs.ipynb": solved("outputs"),
            "mine/Untitled.ipynb": EMPTY,
            "mine/notes.pdf": "%PDF",
            "mine/last.ipynb": solved(),
        },
        "mine/last.ipynb",
    ),
    "the name as asked for": (
        {f"{NAME}.ipynb": solved(), f"{NAME} (1).ipynb": changed(rnn_step_forward=WRONG_STEP)},
        f"{NAME}.ipynb",
    ),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_one_of_several_counts_and_is_told(place: Place, case: str) -> None:
    files, counted = SEVERAL[case]
    for name, content in files.items():
        place.hand_in(name, content)
    found = place.grade()
    assert points(found) == FULL
    assert found["output"].startswith(f"What counts: {counted}.")


@pytest.mark.parametrize(
    ("files", "earned", "told"),
    [
        (
            {"a.ipynb": solved(), "b.ipynb": changed(rnn_step_forward=WRONG_STEP)},
            NONE,
            "(a.ipynb, b.ipynb), and nothing says which one counts",
        ),
        (
            {"02_outputs.ipynb": solved()},
            FULL,
            "its cells are those of 01_recurrence, not of 02_outputs",
        ),
        (
            {f"{NAME}.ipynb": solved("outputs")},
            NONE,
            "This is the place for 01_recurrence, and what came is of 02_outputs",
        ),
    ],
    ids=["several alike", "a lying name", "another unit under this name"],
)
def test_what_is_handed_in_oddly_is_told(
    place: Place, files: dict[str, dict[str, Any]], earned: dict[str, int], told: str
) -> None:
    for name, content in files.items():
        place.hand_in(name, content)
    found = place.grade()
    assert points(found) == earned
    assert told in found["output"]


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
    place.hand_in("a.py", b"\xff\xfe")
    assert "Not graded: a.py is not text in UTF-8: hand in" in place.grade()["output"]


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
