"""Mistakes as edits: where they fit, where they are refused, and that two of them compose."""

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest

from autograder.judge import edits
from autograder.judge.edits import EditError, Mistakes, base_source, compiled, edited
from autograder.judge.exercises import exercises_of, units_with_exercises
from autograder.judge.mistakes import recurrence

UNIT, STEP = "recurrence", "rnn_step_forward"
X = np.array([[1.0, -2.0]]), np.array([[0.5]]), np.array([[0.3], [0.4]]), np.eye(1), np.ones(1)


def mistake(*replacements: str, base: str = "") -> edits.Mistake:
    made = Mistakes(UNIT, STEP)
    made.edit("one", "it is tried.", *replacements, base=base)
    return made["one"]


def test_edit_changes_its_place_and_nothing_else() -> None:
    right, wrong = base_source(UNIT, STEP), mistake("+ b_h → - b_h").source
    assert wrong == right.replace("+ b_h", "- b_h") != right
    h_t, _ = mistake("+ b_h → - b_h").function(*X)
    assert h_t == pytest.approx(np.tanh(0.3 - 0.8 + 0.5 - 1.0))


def test_edits_of_one_mistake_are_made_together() -> None:
    both = mistake("+ b_h → - b_h", "np.tanh( → np.sin(").source
    assert both == base_source(UNIT, STEP).replace("+ b_h", "- b_h").replace("np.tanh(", "np.sin(")


@pytest.mark.parametrize(
    ("replacement", "told"),
    [
        ("no_such_text → 1", "stands 0 times"),
        ("h_prev → x_t", "times in its base, not once"),
        (" → x", "stands [0-9]+ times in its base, not once"),
        ("x_t, x", "does not read"),
        ("x_t -> x", "does not read"),
    ],
)
def test_edit_that_fits_nowhere_or_twice_is_refused(replacement: str, told: str) -> None:
    with pytest.raises(EditError, match=told):
        _ = mistake(replacement).source


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(EditError, match="overlap"):
        _ = mistake("+ b_h → - b_h", "W_hh + b_h → W_hh").source
    with pytest.raises(EditError, match="overlap"):
        edited("abcdef", ((0, 3, "x"), (2, 4, "y")))
    assert edited("abcdef", ((0, 2, "x"), (2, 4, "y"))) == "xyef"


def test_base_that_nobody_has_is_told() -> None:
    with pytest.raises(EditError, match="no answer and no variant called nobody"):
        _ = mistake("a → b", base="nobody").source


def test_mistake_of_another_style_is_an_edit_of_that_variant() -> None:
    of_variant = mistake("total += → total -=", base="step_with_scalar_loops")
    with pytest.raises(EditError, match="stands 2 times"):
        _ = of_variant.source
    one = mistake("total = b_h[j] → total = 0", base="step_with_scalar_loops").source
    assert one == base_source(UNIT, "step_with_scalar_loops").replace("= b_h[j]", "= 0")


def test_two_mistakes_compose_in_either_order() -> None:
    one, other = mistake("+ b_h → - b_h"), mistake("np.tanh( → np.sin(")
    assert one.and_also(other).source == other.and_also(one).source
    assert one.and_also(other).function(*X)[0] == pytest.approx(np.sin(0.3 - 0.8 + 0.5 - 1.0))
    assert one.and_also(other).name == "one + one"


def test_mistakes_that_share_a_place_or_have_no_common_base_overlap() -> None:
    one, other = mistake("+ b_h → - b_h"), mistake("W_hh + b_h → W_hh")
    assert one.overlaps(other) and other.overlaps(one) and one.overlaps(one)
    assert not one.overlaps(mistake("np.tanh( → np.sin("))
    elsewhere = mistake("total = b_h[j] → total = 0", base="step_with_scalar_loops")
    assert one.overlaps(elsewhere)
    assert recurrence.FORWARD["loops_over_the_batch"].overlaps(one)


@pytest.mark.parametrize("unit", units_with_exercises())
def test_pairs_that_do_not_overlap_make_a_function(unit: str) -> None:
    """The text of a pair holds both, and Python reads it."""
    for exercise in exercises_of(unit):
        made = [m for m in exercise.mistakes if m.when and not m.written]
        for one, other in list(combinations(made, 2))[::7]:
            if not one.overlaps(other):
                both = one.and_also(other)
                compile(both.source, both.name, "exec")
                assert both.source not in (one.source, other.source)


def test_names_of_a_mistake_mean_what_is_bound_to_them() -> None:
    loop = recurrence.FORWARD["h_0_ignored"]
    x, h_0 = np.zeros((1, 2, 1)), np.ones((1, 1))
    calls = []

    def ours(*arguments: object) -> tuple[np.ndarray, None]:
        calls.append(arguments)
        return h_0 + len(calls), None

    h, _ = loop.function_with({STEP: ours})(x, h_0, 0, 0, 0)
    assert h.ravel().tolist() == [2.0, 3.0]
    assert len(calls) == 2


def test_function_is_compiled_among_the_units_model_answers() -> None:
    source = "def twice(*arguments):\n    return rnn_step_forward(*arguments)[0] * 2\n"
    assert compiled(source, UNIT, "twice")(*X) == pytest.approx(2 * np.tanh(0.3 - 0.8 + 0.5 + 1.0))


def test_mistakes_that_are_tried_warn_of_nothing() -> None:
    """One of this exercise takes the mean of nothing; whoever is wrong otherwise never did."""
    script = """
from autograder.judge.backend import JudgeBackend
from autograder.judge.exercises import find_exercise
exercise = find_exercise("best_unit_probe")
right = exercise.reference[exercise.role]
def wrong(h, labels):
    unit, r = right(h, labels)
    return unit, r / 2 + 0.01
print(JudgeBackend().check(exercise.name, {**exercise.reference, exercise.role: wrong}).status)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (ran.stdout.strip(), ran.stderr) == ("partial", "")
