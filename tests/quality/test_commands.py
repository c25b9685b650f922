"""`autograder mistakes` and `autograder quality`, as an instructor calls them."""

import json
import re

import pytest

from autograder.cli import run as cli
from autograder.judge.exercises import find_exercise

DONE, FAILURES, WRONG_USAGE = 0, 1, 2


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["autograder", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_mistakes_lists_exercises_then_mistakes_then_prints_the_function(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "mistakes") == DONE
    assert f"01 stack_weights: {len(find_exercise('stack_weights').mistakes)}\n" in (
        capsys.readouterr().out
    )
    assert run(monkeypatch, "mistakes", "stack_weights") == DONE
    assert (
        "stacked_side_by_side\n  Your numbers are those that come when" in capsys.readouterr().out
    )
    assert run(monkeypatch, "mistakes", "stack_weights", "stacked_side_by_side") == DONE
    shown = capsys.readouterr().out
    assert shown.startswith("def stack_weights(W_xh, W_hh):\n")
    assert "    return np.concatenate([W_hh, W_xh], axis=1)" in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("stack_weight",), "There is no exercise 'stack_weight'. Did you mean stack_weights?"),
        (("stack_weights", "x"), "stack_weights has no mistake 'x'."),
        (("stack_weights", "add"), "has no mistake 'add'. Did you mean added?"),
    ],
)
def test_mistakes_of_a_name_that_is_none_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    told: str,
) -> None:
    assert run(monkeypatch, "mistakes", *arguments) == WRONG_USAGE
    assert told in capsys.readouterr().err


def test_quality_prints_messages_on_slips_to_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "quality", "1", "--messages", "4") == DONE
    shown = capsys.readouterr().out
    assert re.findall(r"^\d+(?=\. \w+: .+ → )", shown, re.MULTILINE) == ["1", "2", "3", "4"]
    assert len(re.findall(r"points?\]$|\(ended by a limit\)$", shown, re.MULTILINE)) == 4


def test_quality_page_of_some_units_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "quality", "1", "--write") == WRONG_USAGE
    assert "leave the units out" in capsys.readouterr().err


def test_quality_of_a_unit_is_told_in_a_table_and_for_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exercises = (find_exercise("stack_weights"),)
    monkeypatch.setattr("autograder.judge.exercises.exercises_of", lambda unit: exercises)
    assert run(monkeypatch, "quality", "1", "--seeds", "1") == DONE
    count = len(exercises[0].mistakes)
    assert f"{count}/{count}" in capsys.readouterr().out
    assert run(monkeypatch, "quality", "1", "--seeds", "1", "--json") == DONE
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["exercise"], row["told"]) == ("stack_weights", count)
