"""Which line: what is proven by changes of a learner's code, and that nothing else is touched."""

import ast
import linecache
import os
import re
import signal
import time
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from autograder.judge.backend import JudgeBackend, _public_key, _within
from autograder.judge.edits import base_source
from autograder.judge.exercises import find_exercise
from autograder.judge.repair import bench, search
from autograder.judge.repair.asking import Asked
from autograder.judge.repair.cells import Workshop
from autograder.judge.repair.changes import FIRST, LAST, LATER, SOON, changes_of
from autograder.judge.repair.text import Text
from autograder.judge.verdict import holds
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
HOPELESS = OWN_STYLE[: OWN_STYLE.index("    x, h, new")] + (
    "    x, h, new, A, B = cache\n"
    "    return (np.cos(x), np.cos(h), np.cos(A), np.cos(B), np.cos(B[0]))\n"
)


@pytest.fixture(autouse=True)
def _own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that others use, too, changes nothing: time is the processor's, and enough."""
    monkeypatch.setattr(bench, "clock", time.process_time)
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


def test_two_slips_of_which_neither_alone_makes_anything_right_are_found_soon() -> None:
    name = "jacobian_product_norms"
    right = base_source(find_exercise(name).unit, name)
    source = right.replace("h_t**2", "h_t**3").replace("norm(product, 2)", "norm(product, 1)")
    (told,) = asked(name, source)
    assert told.sentence.startswith("Two changes") and "make everything right" in told.sentence
    assert told.tried < 20_000


def test_what_cannot_be_mended_by_two_small_changes_is_not_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search, "BUDGET_S", 1.0)
    (told,) = asked(STEP, HOPELESS)
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


def test_a_change_that_fits_the_public_cases_alone_is_no_repair() -> None:
    """A limit just below the smallest radius of the public cases would pass them, and is wrong."""
    source = (
        "def rescale_spectral_radius(W, rho):\n"
        "    radius = np.max(np.abs(np.linalg.eigvals(W)))\n"
        "    if radius < {}:\n"
        '        raise ValueError("the spectral radius is 0")\n'
        "    return W * (rho / radius)\n"
    )
    name = "rescale_spectral_radius"
    key, shops = _public_key(name), {}
    tried = next(case.inputs["tried"] for case in key.asked if "tried" in case.inputs)
    radii = [float(np.abs(np.linalg.eigvals(W)).max()) for W in tried]
    fitting = f"{0.99 * min(radius for radius in radii if radius > 0)}"
    for limit in ("-1", fitting, "1e-12"):
        space: dict[str, Any] = {"np": np}
        cell(source.format(limit), space)
        shops[limit] = Workshop(key, {key.exercise.role: space[name]}, _within)
    answers = {limit: key.answers_of(shop.with_text({})) for limit, shop in shops.items()}
    public = [limit for limit, found in answers.items() if holds(key, list(found.values()))]
    assert public == [fitting, "1e-12"]
    assert [limit for limit, shop in shops.items() if shop.holds({}, 3.0)] == ["1e-12"]


class Clock:
    """Goes on by so much each time it is read."""

    def __init__(self, step: float) -> None:
        self.now, self._step = 0.0, step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


def asked_of(source: str, **given: Any) -> Asked:
    """Return what ``where`` knows after a check of `source`, one cell."""
    space: dict[str, Any] = {"np": np, **given}
    cell(source, space)
    return Asked(_public_key(STEP), {"forward": FORWARD, "backward": space[STEP]}, _within)


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


def test_where_is_not_offered_for_a_crash_nor_once_all_is_right() -> None:
    backend = JudgeBackend()
    with pytest.raises(LookupError, match="First run the check"):
        backend.where(STEP, lambda tried: None)
    crash = OWN_STYLE.replace("da @ A.T", "da @ A")
    for source, told in ((crash, "came to no wrong values"), (OWN_STYLE, "passed: no line")):
        space: dict[str, Any] = {}
        cell(source, space)
        report = backend.check(STEP, {"forward": FORWARD, "backward": space[STEP]})
        assert report.where == ""
        with pytest.raises(LookupError, match=told):
            backend.where(STEP, lambda tried: None)


def test_where_leaves_the_bug_hunt_to_who_hunts(repository: Path) -> None:
    page = nbformat.read(repository / "notebooks/11_bug_hunt/11_bug_hunt.ipynb", as_version=4)
    sources = {one["id"]: one["source"] for one in page.cells}
    space: dict[str, Any] = {}
    for name in ("imports", "bug-1-code"):
        cell(sources[name], space)
    functions = {"step": space["recurrence"].rnn_step_forward, "forward": space["rnn_forward"]}
    backend = JudgeBackend()
    report = backend.check("rnn_forward", functions)
    assert report.status is Status.PARTIAL and report.where == ""
    with pytest.raises(
        LookupError, match=r'Here to find the line is what you do.* hint\("bug 1"\)'
    ):
        backend.where("rnn_forward", lambda tried: None)
    own: dict[str, Any] = {"np": np}
    cell(sources["bug-1-code"], own)  # the same in a notebook that asks for no diagnosis
    assert backend.check("rnn_forward", {**functions, "forward": own["rnn_forward"]}).where


def test_a_function_without_a_cell_is_told_to_be_unreadable() -> None:
    space: dict[str, Any] = {}
    exec(OWN_STYLE.replace("da @ B.T", "da @ B"), space)
    backend = JudgeBackend()
    backend.check(STEP, {"forward": FORWARD, "backward": space[STEP]})
    assert "cannot be read" in backend.where(STEP, lambda tried: None).sentence
