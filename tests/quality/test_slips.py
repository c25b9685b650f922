"""Slips of the pen: which there are, that no two are the same, and what a text looks like then."""

import ast

import pytest

from autograder.judge.edits import base_source
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.quality.mutants import double_mutants, single_mutants
from autograder.quality.rules import RULES, changed
from autograder.quality.slips import single_slips

EXERCISES = [e for unit in units_with_exercises() for e in exercises_of(unit)]

STEP = '''def step(x, h, W, U):
    """Return h."""
    if x.ndim < 2:
        raise ValueError(f"{x.ndim} axes")
    h = np.tanh(x @ W + h @ U)
    return h, x
'''
ADD, KEEP = "state = state + x[:, t]", "states.append(state)"
LOOP = """def loop(x, start):
    states, caches = [], []
    state = start
    for t in range(1, x.shape[1]):
        state = state + x[:, t]
        states.append(state)
    return np.stack(states, axis=1), state.sum(axis=0)
"""


def texts(source: str) -> set[str]:
    return {changed(source, slip) for slip in single_slips(source)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x @ W +", "x @ W -"),
        ("x @ W", "x * W"),
        ("x @ W", "W @ x"),
        ("x @ W", "x @ W.T"),
        ("x @ W + h @ U", "(x @ W)"),
        ("np.tanh(x @ W + h @ U)", "(x @ W + h @ U)"),
        ("x @ W", "h @ W"),
        ("x.ndim < 2", "x.ndim <= 2"),
        ("x.ndim < 2", "x.ndim < 1"),
        ("x.ndim < 2:", "not (x.ndim < 2):"),
        ("return h, x", "return x, h"),
        ("return h, x", "return h"),
        ("return h, x", "pass"),
        ("h = np.tanh(x @ W + h @ U)", "h = (-np.tanh(x @ W + h @ U))"),
    ],
)
def test_slips_of_a_step_hold_each_kind(old: str, new: str) -> None:
    assert STEP.replace(old, new) in texts(STEP)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("range(1, x.shape[1])", "range(1, x.shape[1] - 1)"),
        ("range(1, x.shape[1])", "reversed(range(1, x.shape[1]))"),
        ("range(1, ", "range(0, "),
        ("x[:, t]", "x[:, t - 1]"),
        ("x[:, t]", "x[t]"),
        ("axis=1", "axis=0"),
        (", axis=1)", ")"),
        (".sum(axis=0)", ".mean(axis=0)"),
        ("state = start", "state = np.zeros_like(start)"),
        ("        state = state + x[:, t]", "        state += x[:, t]"),
        ("state = state + x", "state_new = state + x"),
        (
            "state = state + x[:, t]\n        states.append(state)",
            "states.append(state)\n        state = state + x[:, t]",
        ),
        ("        states.append(state)", "        pass"),
        ("        states.append(state)", "    states.append(state)"),
        ("caches = [], []", "caches = [], []\n    caches = states"),
    ],
)
def test_slips_of_a_loop_hold_each_kind(old: str, new: str) -> None:
    assert LOOP.replace(old, new) in texts(LOOP)


def test_slips_leave_docstrings_and_messages_alone() -> None:
    for text in texts(STEP):
        assert '"""Return h."""' in text
        assert 'ValueError(f"{x.ndim} axes")' in text or "raise" not in text


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_mutants_of_every_exercise_differ_and_can_be_read(exercise: Exercise) -> None:
    mutants = single_mutants(exercise.unit, exercise.name)
    trees = [ast.dump(ast.parse(mutant.source)) for mutant in mutants]
    original = ast.dump(ast.parse(base_source(exercise.unit, exercise.name)))
    assert len(set(trees)) == len(trees) >= 10
    assert original not in trees


def test_every_rule_finds_something_in_the_model_answers() -> None:
    kinds = {m.kind for e in EXERCISES for m in single_mutants(e.unit, e.name)}
    assert kinds == set(RULES)


def test_doubles_hold_two_slips_that_do_not_overlap_and_are_no_other_ones_next_time() -> None:
    exercises = [find_exercise("rnn_forward"), find_exercise("adam_step")]
    drawn = double_mutants(exercises, 21, lambda mutant: False)
    assert len(drawn) == 21
    assert [m.source for m in drawn] == [
        m.source for m in double_mutants(exercises, 21, lambda mutant: False)
    ]
    assert len({m.source for m in drawn}) == 21
    assert not any(m.slips[0].overlaps(m.slips[1]) for m in drawn)


def test_doubles_hold_no_slip_that_is_harmless() -> None:
    exercises = [find_exercise("stack_weights")]
    drawn = double_mutants(exercises, 10, lambda mutant: mutant.kind == "sign")
    assert not any(slip.kind == "sign" for mutant in drawn for slip in mutant.slips)
