"""Every slip of the pen: Python reads it, it stands in one place, and its words tell it."""

import ast
import re

import pytest

from autograder.judge.edits import base_source
from autograder.judge.exercise import Exercise
from autograder.judge.exercises import exercises_of, units_with_exercises
from autograder.judge.slips import slips

EXERCISES = [e for unit in units_with_exercises() for e in exercises_of(unit)]
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def wrong_lines(exercise: str, unit: str = "recurrence") -> dict[str, str]:
    """Return, by the line that a slip leaves, what is said of it."""
    right = base_source(unit, exercise).splitlines()
    told = {}
    for slip in slips(unit, exercise):
        for line in slip.source.splitlines():
            if line not in right:
                told[line.split("#")[0].strip()] = slip.when
    return told


@each_exercise
def test_every_slip_compiles_and_differs_from_the_answer_and_from_the_others(
    exercise: Exercise,
) -> None:
    made = slips(exercise.unit, exercise.name)
    right = base_source(exercise.unit, exercise.name)
    sources = {slip.source for slip in made}
    assert len(sources) == len(made) > 0
    assert right not in sources
    for source in sources:
        compile(source, exercise.name, "exec")
    assert len({slip.name for slip in made}) == len(made)


@each_exercise
def test_every_slip_stands_in_one_place_outside_of_the_docstring(exercise: Exercise) -> None:
    source = base_source(exercise.unit, exercise.name)
    docstring = source.index('"""'), source.rindex('"""') + 3
    for slip in slips(exercise.unit, exercise.name):
        ((start, end, new),) = slip.replaced
        assert 0 <= start < end <= docstring[0] or docstring[1] <= start < end <= len(source)
        assert source[start:end] != new


@each_exercise
def test_words_of_every_slip_are_a_short_clause_without_code(exercise: Exercise) -> None:
    for slip in slips(exercise.unit, exercise.name):
        assert slip.when.endswith("."), slip.when
        assert not {"{", "}"} & set(slip.when), slip.when
        assert len(slip.when.split()) <= 25, slip.when
        assert not re.search(r"np\.|\[|@|==|\bself\b", slip.when), slip.when


def assigned(node: ast.AST) -> set[str]:
    """Return the names that a statement, or all in it, gives something to stand for."""
    return {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    } | {
        part.value.id
        for part in ast.walk(node)
        if isinstance(part, ast.Subscript)
        and isinstance(part.ctx, ast.Store)
        and isinstance(part.value, ast.Name)
    }


def statements(source: str) -> list[tuple[int, int, set[str]]]:
    """Return the lines of every statement, innermost last, and what it assigns."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    return [(node.lineno, node.end_lineno or 0, assigned(node)) for node in found]


@each_exercise
def test_words_of_every_slip_name_no_quantity_but_the_one_it_was_made_in(
    exercise: Exercise,
) -> None:
    source = base_source(exercise.unit, exercise.name)
    every = assigned(ast.parse(source))
    returned = set(re.findall(r"\w+", source.split("\n")[1].partition("Return")[2]))
    for slip in slips(exercise.unit, exercise.name):
        line = source[: slip.replaced[0][0]].count("\n") + 1
        own = [names for first, last, names in statements(source) if first <= line <= last][-1]
        if source.splitlines()[line - 1].lstrip().startswith("return"):
            own = own | returned
        told = {
            name for found in re.findall(r"\bin (\w+)(?: and (\w+))?", slip.when) for name in found
        }
        assert told & every <= own, (slip.when, source.splitlines()[line - 1])


@pytest.mark.parametrize(
    ("unit", "name", "words"),
    [
        ("lstm_gradients", "lstm_step_backward", "g_t stands in dg_t where i_t belongs."),
        ("lstm", "lstm_step_forward", "a sign is turned in a_i, a_f, a_o and a_g"),
        ("recurrence", "rnn_forward", "h_0 stands in the head of a loop where x belongs."),
        ("clipping", "adam_step", "a base or exponent is missing in v (the one with g)."),
    ],
)
def test_slip_where_several_are_made_at_once_names_the_one_or_all(
    unit: str, name: str, words: str
) -> None:
    assert any(slip.when.startswith(words) for slip in slips(unit, name))


def test_slips_of_a_step_are_those_that_anybody_would_list() -> None:
    told = wrong_lines("rnn_step_forward")
    expected = {
        "h_t = np.tanh(((x_t @ W_xh + h_prev @ W_hh) - (b_h)))": "subtracted in h_t instead",
        "h_t = np.tanh((x_t @ W_xh + h_prev @ W_hh))": "a term is missing in h_t (the one with b_h",
        "h_t = (x_t @ W_xh + h_prev @ W_hh + b_h)": "tanh is not applied in h_t",
        "h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh.T + b_h)": "W_hh is transposed in h_t",
        "h_t = np.tanh(x_t @ W_xh + x_t @ W_hh + b_h)": "x_t stands in h_t where h_prev belongs",
        "return cache, h_t": "h_t and cache are exchanged in what comes back",
    }
    for line, words in expected.items():
        assert words in told[line]


def test_slips_of_a_loop_are_those_that_anybody_would_list() -> None:
    told = wrong_lines("rnn_forward")
    first = "h_t, cache = rnn_step_forward("
    expected = {
        "for t in range(0, x.shape[1] - 1):": "a loop on the way to h_t leaves its last step out",
        "for t in range(0 + 1, x.shape[1]):": "leaves its first step out",
        "for t in range(x.shape[1] - 1, 0 - 1, -1):": "runs in the other direction",
        f"{first}x[:, t - 1], h_t, W_xh, W_hh, b_h)": "an index is one too low",
        f"{first}x[:, t], h_0, W_xh, W_hh, b_h)": "something else stands where h_t belongs",
        "return np.stack(states, axis=0), caches": "stack goes along axis 0",
    }
    for line, words in expected.items():
        assert words in told[line], line


def test_slips_never_let_a_list_hold_itself() -> None:
    """h.append(h) would fill the judge's own memory."""
    grows = r"\b(\w+)\.(?:append|insert|extend)\("
    for exercise in EXERCISES:
        lists = "|".join(re.findall(grows, base_source(exercise.unit, exercise.name))) or "none"
        itself = re.compile(rf"\b({lists})\.(append|insert|extend)\((0, )?\1\)")
        for slip in slips(exercise.unit, exercise.name):
            assert not itself.search(slip.source)
