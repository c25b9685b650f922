"""Which line: the search ends in time, at an interrupt too, and touches nothing else."""

import ast
import os
import signal
from itertools import count
from typing import Any

import numpy as np
import pytest

from autograder.judge.backend import JudgeBackend
from autograder.judge.repair import bench, search
from autograder.judge.repair.cells import Workshop
from autograder.judge.repair.changes import FIRST, LAST, LATER, SOON, changes_of
from autograder.judge.repair.text import Text
from tests.judge.cells import FORWARD, HOPELESS, OWN_STYLE, STEP, asked_of, cell

pytestmark = pytest.mark.usefixtures("own_time")


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


class Clock:
    """Goes on by so much each time it is read."""

    def __init__(self, step: float) -> None:
        self.now, self._step = 0.0, step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


@pytest.mark.parametrize("step", [0.004, 0.05])
def test_nothing_is_tried_after_eight_seconds_and_progress_is_told(
    step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, run_at, told = Clock(step), list[float](), list[int]()
    answer = Workshop._answer
    monkeypatch.setattr(search, "BUDGET_S", 8.0)
    monkeypatch.setattr(bench, "clock", clock)
    monkeypatch.setattr(
        Workshop,
        "_answer",
        lambda *a: run_at.append(clock.now) or answer(*a),  # type: ignore[func-returns-value]
    )
    located = asked_of(HOPELESS).answer(told.append)
    assert located.sentence.startswith("No small change was found")
    assert 8.0 - 4 * step < max(run_at) <= 8.0 + 2 * step
    assert told == sorted(set(told)) and told[-1] <= located.tried
    assert 3 < len(told) <= 8.0 / 0.25


def test_case_is_chosen_among_those_that_were_asked_in_time() -> None:
    asked = asked_of(HOPELESS)
    desk = bench.Bench(asked._key, Workshop(asked._key, asked._functions, asked._limit))
    desk.clock = Clock(3.0)
    assert desk.choose(until=4.0) is not None
    assert desk.case in asked._key.asked[:2]


def test_the_case_that_is_chosen_does_not_hang_on_who_else_is_busy() -> None:
    asked, chosen = asked_of(HOPELESS), set[str]()
    for seed in range(5):
        desk = bench.Bench(asked._key, Workshop(asked._key, asked._functions, asked._limit))
        moments = np.random.default_rng(seed).random(100).cumsum() / 50
        desk.clock = iter(moments.tolist()).__next__
        assert desk.choose(until=8.0) is not None
        chosen.add(desk.case.name)
    assert len(chosen) == 1


@pytest.mark.parametrize("within", [False, True], ids=["between", "within a learner's function"])
def test_an_interrupt_ends_the_search_and_the_next_call_begins_again(
    within: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed = count()

    def press(*_: Any) -> None:
        if next(pressed) == (40 if within else 2):
            raise KeyboardInterrupt

    source = OWN_STYLE.replace("da @ B.T", "da @ B")
    asked = asked_of(
        source.replace("    return [", "    note()\n    return ["), note=press if within else list
    )
    if not within:
        monkeypatch.setattr(search, "_TELL_S", 0.0)
    before = signal.getsignal(signal.SIGPROF), os.fstat(1).st_ino
    told = asked.answer(press if not within else lambda tried: None)
    assert told.sentence.startswith("Stopped, as you asked: none of "), told
    assert (signal.getsignal(signal.SIGPROF), os.fstat(1).st_ino) == before
    assert "makes everything right" in asked.answer(lambda tried: None).sentence


def test_no_change_assigns_to_what_is_not_local() -> None:
    """``zeros`` may be a local name; ``np.ones = …`` in its place would spoil the kernel."""
    source = (
        "def f(x, zeros):\n    zeros = np.zeros(3)\n    for sum in x:\n        zeros += sum\n"
        "    x.max, any = 1, 2\n    return zeros, any\n"
    )
    text, every = Text(source), {FIRST, SOON, LATER, LAST}
    changed = [
        change.made_in(source)
        for change in changes_of(text, every, {text.root, *text.nodes}, lambda: False)
    ]
    assert len(changed) > 1000
    assert set().union(*(_assigned(one) for one in changed)) == set(text.names)


def _assigned(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    nodes = [n for n in ast.walk(tree) if isinstance(n, (ast.Name, ast.Attribute))]
    return {ast.unparse(n).partition(".")[0] for n in nodes if not isinstance(n.ctx, ast.Load)}
