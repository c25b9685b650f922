"""What the judge makes of an answer itself: a learner can neither send it nor spoil it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.mistakes import lstm as mistakes
from autograder.judge.verdict import judge
from autograder.student.answers import Answer
from autograder.student.report import Report
from rnn_ref.lstm import program_gates

KEY = AnswerKey.draw(find_exercise("program_gates"), 3)


def verdict_on(program: Any) -> Report:
    return judge(KEY, list(KEY.answers_of({"program": program}).values()))


def sent(weights: dict[str, np.ndarray], **more: np.ndarray) -> list[Answer]:
    return [Answer(case.name, {**weights, **more}) for case in KEY.cases]


def as_outputs(weights: tuple[np.ndarray, ...]) -> dict[str, np.ndarray]:
    return dict(zip(("own_W_xh", "own_W_hh", "own_b"), weights, strict=True))


def test_derived_outputs_sent_along_with_wrong_weights_count_for_nothing() -> None:
    wrong = as_outputs(mistakes.PROGRAM["nothing_programmed"].function())
    forged = [
        replace(answer, outputs={**KEY.expected[answer.case].outputs, **wrong})
        for answer in sent(wrong)
    ]
    assert judge(KEY, forged).points == 0.0


def test_derived_outputs_sent_without_weights_count_for_nothing() -> None:
    alone = [
        Answer(case.name, {name: KEY.expected[case.name].outputs[name] for name in ("c", "h")})
        for case in KEY.cases
    ]
    assert judge(KEY, alone).points == 0.0


def test_weights_alone_are_enough_for_full_marks() -> None:
    assert judge(KEY, sent(as_outputs(program_gates()))).points == KEY.exercise.points


@pytest.mark.parametrize(
    "spoil",
    [
        lambda W: W * np.nan,
        lambda W: np.full_like(W, np.inf),
        lambda W: W.astype(bool),
        lambda W: W[None],
        lambda W: W[:, :3],
        lambda W: np.zeros((0, 4)),
    ],
)
def test_spoilt_weights_are_judged_and_earn_nothing(spoil: Any) -> None:
    W_xh, W_hh, b = program_gates()
    report = judge(KEY, sent(as_outputs((spoil(W_xh), W_hh, b))))
    assert report.points == 0.0
    assert all(result.detail for result in report.criteria) or "has shape" in report.headline


def test_answers_of_which_a_part_is_missing_are_told_and_not_ours_to_stumble_over() -> None:
    key = AnswerKey.draw(find_exercise("build_vocabulary"), 3)
    for name in ("ids", "characters"):
        sent_without = [
            replace(a, outputs={k: v for k, v in a.outputs.items() if k != name})
            for a in key.expected.values()
        ]
        report = judge(key, sent_without)
        assert report.points is not None and report.points < key.exercise.points / 2
        assert "something else than is asked for" in report.headline


def test_misshaped_weights_are_said_with_both_shapes() -> None:
    report = verdict_on(lambda: (np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4)))
    assert "W_xh has shape (1, 4); expected (2, 4)." in report.headline


def test_program_with_own_numbers_is_recognised_by_what_it_does() -> None:
    """Other weights than the known mistake's, the same behaviour."""

    def program() -> tuple[np.ndarray, ...]:
        W_xh = np.array([[0.0, 0.0, 0.0, 6.0], [22.0, -18.0, 0.0, 0.0]])
        return W_xh, np.zeros((1, 4)), np.array([-12.0, 5.0, 12.0, 0.0])

    assert verdict_on(program).mistake == "forget_bias_of_five"


@pytest.mark.parametrize(("bias", "held"), [(6.0, False), (7.0, True), (10.0, True)])
def test_forget_bias_that_keeps_nine_tenths_over_100_steps_is_enough(
    bias: float, held: bool
) -> None:
    def program() -> tuple[np.ndarray, ...]:
        W_xh = np.array([[0.0, 0.0, 0.0, 6.0], [30.0, -30.0, 0.0, 0.0]])
        return W_xh, np.zeros((1, 4)), np.array([-15.0, bias, 15.0, 0.0])

    passed = {result.name: result.passed for result in verdict_on(program).criteria}
    assert passed["writes"] and passed["overwrites"]
    assert passed["holds"] is held
