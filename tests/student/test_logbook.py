"""What a check keeps for the picture of progress: only in work/, and never at a check's cost."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from autograder.judge.mistakes import recurrence as mistakes
from autograder.student import CheckFailed, NotDoneYet, check, logbook
from autograder.student.report import Status
from rnn_ref import recurrence


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a learner's notebook, which is the working directory."""
    folder = tmp_path / "work" / "01_recurrence"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def test_logbook_after_checks_holds_the_last_result_of_each(at_work: Path) -> None:
    check("rnn_step_forward", step=recurrence.rnn_step_forward)
    check("stack_weights", stack=recurrence.stack_weights)
    with pytest.raises(CheckFailed):
        check("rnn_step_forward", step=mistakes.STEP["step_without_bias"].function)
    kept = logbook.read(at_work)
    assert kept["stack_weights"] == logbook.Entry(Status.PASSED, 1.0)
    assert kept["rnn_step_forward"].status is Status.PARTIAL
    assert 0 < kept["rnn_step_forward"].points < 3
    assert [path.name for path in at_work.iterdir()] == [logbook.FILE_NAME]


def test_logbook_of_a_stub_holds_no_points(at_work: Path) -> None:
    def stub(*arguments: Any) -> Any:
        raise NotImplementedError("stack_weights: not written yet")

    with pytest.raises(NotDoneYet):
        check("stack_weights", stack=stub)
    assert logbook.read(at_work) == {"stack_weights": logbook.Entry(Status.UNFINISHED, 0.0)}


@pytest.mark.parametrize("place", ["solutions/01_recurrence", "work/notes", "work"])
def test_logbook_elsewhere_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    folder = tmp_path / place
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    check("stack_weights", stack=recurrence.stack_weights)
    assert list(folder.iterdir()) == []


def test_logbook_in_a_deleted_folder_costs_no_check(at_work: Path) -> None:
    shutil.rmtree(at_work)
    check("stack_weights", stack=recurrence.stack_weights)


@pytest.mark.parametrize(
    "text",
    ["", "[1]", '{"a": 1}', '{"a": {"status": "superb", "points": 1}}', '{"a": {}}', '"\\ud800'],
)
def test_logbook_that_cannot_be_read_counts_as_nothing(at_work: Path, text: str) -> None:
    (at_work / logbook.FILE_NAME).write_text(text)
    assert logbook.read(at_work) == {}
    check("stack_weights", stack=recurrence.stack_weights)
    assert list(json.loads((at_work / logbook.FILE_NAME).read_text())) == ["stack_weights"]
