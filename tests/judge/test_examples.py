"""A case to try: the smallest that shows it, public, short, and true when it is pasted."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.judge.answers import answers_of_unit
from autograder.judge.criteria import value_verdict
from autograder.judge.examples import as_literal, as_shown, code_of, example
from autograder.judge.exercise import PUBLIC_SEED, Exercise, short
from autograder.judge.exercises import exercises_of, find_exercise, units_with_exercises
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes import recurrence
from autograder.judge.verdict import judge
from autograder.student.answers import AGAIN, Answer
from tests.judge.judged import drawn, value_of
from tests.judge.recognised import answers_of

EXERCISES = [e for u in units_with_exercises() for e in exercises_of(u) if e.trial]
STEP = AnswerKey.draw(find_exercise("rnn_step_forward"), 8)
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def test_example_is_the_smallest_case_that_shows_the_mistake() -> None:
    bias, transposed = recurrence.STEP["step_without_bias"], recurrence.STEP["W_hh_transposed"]
    shown = example(STEP, answers_of(STEP, bias.function))
    assert shown is not None
    assert "x_t = np.array([[" in shown.code and "],\n" not in shown.code
    first = STEP.shown[0].inputs
    assert f"x_t = np.array({as_literal(first['x_t'])})" in shown.code
    larger = example(STEP, answers_of(STEP, transposed.function))  # of one unit it cannot show
    assert larger is not None
    assert f"W_hh = np.array({as_literal(STEP.shown[1].inputs['W_hh'])})" in larger.code


def test_example_of_right_answers_is_none() -> None:
    assert example(STEP, STEP.expected) is None


def test_example_of_answers_that_did_not_come_is_none() -> None:
    assert example(STEP, {}) is None


def test_example_is_the_same_whatever_the_secret_seed() -> None:
    """Feedback shows it, too: no number of a secret case may be in it."""
    wrong = recurrence.STEP["step_without_bias"].function
    keys = [AnswerKey.draw(STEP.exercise, seed) for seed in (8, 9, PUBLIC_SEED)]
    shown = [example(key, answers_of(key, wrong)) for key in keys]
    assert shown[0] == shown[1] == shown[2]


def test_shown_cases_are_never_judged() -> None:
    given = dict(STEP.expected)
    for case in STEP.shown:
        given[case.name] = Answer(case.name, {"h_t": np.full((1, 1), 9.0)})
    first = STEP.asked[0].name
    given[first + AGAIN] = replace(given[first], case=first + AGAIN)
    assert judge(STEP, list(given.values())).points == 3


def test_code_assigns_what_its_lines_name_and_nothing_else() -> None:
    inputs = {"a": np.array([1.5]), "unused": 3, "d": {"k": np.zeros(1)}, "n": 2, "s": [1, (2,)]}
    assert code_of("f(a, d, n, s)", inputs).splitlines() == [
        "a = np.array([1.5])",
        "d = {'k': np.array([0.])}",
        "n = 2",
        "s = [1, [2]]",
        "f(a, d, n, s)",
    ]


def test_literal_has_four_digits_and_one_line() -> None:
    text = as_literal(np.array([[1 / 3, 2.0], [1e-9, -5]]))
    assert text == "[[ 0.3333, 2. ], [ 0. , -5. ]]"


def test_short_numbers_have_a_decimal_and_are_not_near_zero() -> None:
    made = short({"x": np.array([0.04, -0.04, 1.26]), "k": 3, "i": np.array([1, 2])})
    assert np.abs(made["x"]).tolist() == [0.3, 0.3, 1.3]
    assert (made["k"], made["i"].tolist()) == (3, [1, 2])


@each_exercise
def test_cases_to_try_are_small_and_short(exercise: Exercise) -> None:
    cases = drawn(exercise.name).shown
    assert cases
    assert exercise.trial is not None
    key = drawn(exercise.name)
    assert set(exercise.trial.lines) <= set(exercise.axes)
    for case in cases:
        for output, lines in exercise.trial.lines.items():
            if output in key.expected[case.name].outputs:
                code = code_of(lines, case.inputs)
                assert len(code.splitlines()) <= 14, code
                assert max(map(len, code.splitlines())) <= 200, code


@each_exercise
def test_lines_to_paste_give_what_is_right(exercise: Exercise) -> None:
    """With the model answers of the notebook, as somebody who has found the mistake would see."""
    assert exercise.trial is not None
    key = drawn(exercise.name)
    for case in key.shown:
        for output, lines in exercise.trial.lines.items():
            if output not in key.expected[case.name].outputs:
                continue
            right = as_shown(exercise.trial, output, key.expected[case.name].outputs[output])
            code = code_of(lines, case.inputs)
            assert value_of(code, answers_of_unit(exercise.unit)) == right, code


@each_exercise
def test_lines_to_paste_give_what_the_card_says_of_ones_own(exercise: Exercise) -> None:
    key, right = drawn(exercise.name), answers_of_unit(exercise.unit)
    shown = 0
    for mistake in exercise.mistakes:
        case = example(key, answers_of(key, mistake.function))
        if case is not None:
            shown += 1
            for function, told in (
                (mistake.function, case.yours),
                (right[exercise.name], case.right),
            ):
                assert value_of(case.code, {**right, exercise.name: function}) == told, mistake.name
    assert shown >= min(8, len(exercise.mistakes) // 3)


def test_values_that_differ_behind_the_last_digit_shown_are_passed_over() -> None:
    first, second = STEP.shown
    nearly = {
        name: value.round(4) + 4e-5 for name, value in STEP.expected[first.name].outputs.items()
    }
    given = {**STEP.expected, first.name: Answer(first.name, nearly)}
    assert value_verdict(STEP, given[first.name], "h_t")
    assert example(STEP, given) is None
    wrong = {name: value + 1 for name, value in STEP.expected[second.name].outputs.items()}
    given[second.name] = Answer(second.name, wrong)
    found = example(STEP, given)
    assert found is not None and as_literal(second.inputs["W_hh"]) in found.code
