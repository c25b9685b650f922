"""Which line: what is proven by changes of a learner's code, and that nothing else is touched."""

import linecache
import re
import time
from itertools import count
from typing import Any

import numpy as np
import pytest

from autograder.judge.backend import JudgeBackend
from autograder.judge.exercises import find_exercise
from autograder.judge.repair import search
from autograder.student.located import Located
from autograder.student.report import Status

_CELLS = count(1)
STEP = "rnn_step_backward"
FORWARD = find_exercise(STEP).reference["forward"]
OWN_STYLE = '''\
import numpy as np

# back through one step
def slope(h):
    return 1 - h * h


def rnn_step_backward(dh_t, cache):
    """Grüße: a text before the code does not shift what is read."""
    x, h, new, A, B = cache

    da = (dh_t     # what arrives
          * slope(new))
    return [da @ A.T, da @ B.T, x.T @ da, h.T @ da, da.sum(0)]
'''


@pytest.fixture(autouse=True)
def _own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that others use, too, changes nothing: time is the processor's, and enough."""
    monkeypatch.setattr(search, "clock", time.process_time)
    monkeypatch.setattr(search, "BUDGET_S", 60.0)


def cell(source: str, space: dict[str, Any]) -> None:
    """Run a cell as a notebook does."""
    file = f"<test cell {next(_CELLS)}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    exec(compile(source, file, "exec"), space)


def asked(exercise: str, source: str, times: int = 1, **given: Any) -> list[Located]:
    """Return what is told of `source`, one cell, when it is asked so many times."""
    space: dict[str, Any] = {"np": np, **given}
    cell(source, space)
    reference = find_exercise(exercise).reference
    functions = {role: space.get(f.__name__, f) for role, f in reference.items()}
    backend = JudgeBackend()
    report = backend.check(exercise, functions)
    assert report.status is not Status.PASSED
    imported, call = re.findall("`([^`]+)`", report.where)
    pasted: dict[str, Any] = {}
    exec(imported, pasted)  # who pastes what is offered has all that it takes
    assert callable(pasted["where"]) and call == f'where("{exercise}")'
    return [backend.where(exercise, lambda tried: None) for _ in range(times)]


def line_of(source: str, text: str) -> int:
    return source[: source.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("right", "wrong", "at"),
    [
        ("1 - h * h", "1 + h * h", "1 + h * h"),  # in a helper of the same notebook
        ("* slope(new))", "/ slope(new))", "/ slope(new)"),
        ("da @ B.T", "da @ B", "da @ B,"),
        ("da.sum(0)", "da.sum(1)[:len(B)]", "da.sum(1)"),
        ("x, h, new, A, B = cache", "x, new, h, A, B = cache", "x, new, h"),
        ("h.T @ da", "x.T @ da", "x.T @ da, x.T"),
    ],
)
def test_where_names_the_line_of_the_cell_in_any_style(right: str, wrong: str, at: str) -> None:
    source = OWN_STYLE.replace(right, wrong)
    (told,) = asked(STEP, source)
    (number,) = re.findall(r"One change in line (\d+) of the cell with", told.sentence)
    assert int(number) == line_of(source, at), told
    assert told.sentence.endswith("makes everything right.")


def test_where_tells_more_at_each_asking_and_never_the_repaired_line() -> None:
    first, second, third = asked(STEP, OWN_STYLE.replace("da @ B.T", "da @ B"), times=3)
    assert not first.further
    assert second.sentence == third.sentence == first.sentence
    assert "lies the wrong way round" in " ".join(second.further)
    assert "There stands `" in third.further[-1] and third.further[-1].endswith("?")
    assert not third.more
    assert not any("B.T" in text for text in (repr(first), repr(second)))


def test_two_slips_are_told_as_two_lines() -> None:
    source = OWN_STYLE.replace("x.T @ da", "-x.T @ da").replace("1 - h * h", "1 + h * h")
    (told,) = asked(STEP, source)
    numbers = {int(number) for number in re.findall(r"line (\d+)", told.sentence)}
    assert numbers == {line_of(source, "-x.T @ da"), line_of(source, "1 + h * h")}, told
    assert told.sentence.startswith("Two changes") and "make everything right" in told.sentence


def test_what_cannot_be_mended_by_two_small_changes_is_not_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "BUDGET_S", 1.0)
    source = OWN_STYLE[: OWN_STYLE.index("    x, h, new")] + (
        "    x, h, new, A, B = cache\n"
        "    return (np.cos(x), np.cos(h), np.cos(A), np.cos(B), np.cos(B[0]))\n"
    )
    (told,) = asked(STEP, source)
    assert "right" not in told.sentence
    assert told.sentence.startswith("No small change was found")
    assert "first value that goes wrong is dx_t" in told.further[0]


def test_a_repair_runs_on_copies_and_prints_nothing(capsys: Any) -> None:
    held: dict[str, Any] = {"np": np, "calls": [], "offset": np.zeros(1)}
    source = OWN_STYLE.replace(
        "    x, h, new, A, B = cache\n",
        "    print('noise'); calls.append(1); offset[0] += 1\n    x, h, new, A, B = cache\n",
    ).replace("da @ B.T", "da @ B")
    cell(source, held)
    function, state = held["rnn_step_backward"], np.random.get_state()[1].tolist()
    backend = JudgeBackend()
    backend.check(STEP, {"forward": FORWARD, "backward": function})
    before = len(held["calls"]), float(held["offset"][0])
    capsys.readouterr()
    backend.where(STEP, lambda tried: None)
    assert (len(held["calls"]), float(held["offset"][0])) == before
    assert held["rnn_step_backward"] is function
    assert capsys.readouterr().out == ""
    assert np.random.get_state()[1].tolist() == state


def test_a_change_that_hangs_is_dropped_and_the_search_goes_on() -> None:
    source = OWN_STYLE.replace("da @ B.T", "da @ B").replace(
        "    return [", "    i = 0\n    while i != 3:\n        i += 1\n    return ["
    )
    (told,) = asked(STEP, source)
    assert "makes everything right" in told.sentence


def test_an_interrupt_ends_the_search_and_is_told() -> None:
    space: dict[str, Any] = {}
    cell(OWN_STYLE.replace("da @ B.T", "np.cos(B)[:len(da)]"), space)
    backend = JudgeBackend()
    backend.check(STEP, {"forward": FORWARD, "backward": space[STEP]})

    def stop(tried: int) -> None:
        raise KeyboardInterrupt

    assert backend.where(STEP, stop).sentence.startswith("Stopped, as you asked")


def test_where_is_not_offered_for_a_crash_nor_once_all_is_right() -> None:
    backend = JudgeBackend()
    for source in (OWN_STYLE.replace("da @ A.T", "da @ A"), OWN_STYLE):
        space: dict[str, Any] = {}
        cell(source, space)
        report = backend.check(STEP, {"forward": FORWARD, "backward": space[STEP]})
        assert report.where == ""
        with pytest.raises(LookupError, match="First run the check"):
            backend.where(STEP, lambda tried: None)


def test_a_function_without_a_cell_is_told_to_be_unreadable() -> None:
    space: dict[str, Any] = {}
    exec(OWN_STYLE.replace("da @ B.T", "da @ B"), space)
    backend = JudgeBackend()
    backend.check(STEP, {"forward": FORWARD, "backward": space[STEP]})
    assert "cannot be read" in backend.where(STEP, lambda tried: None).sentence
