"""What the demo class predicts of a mistake holds for every seed: no mark is a matter of luck."""

import pytest

from autograder.demo.predicted import ALL, PredictedMistake, predicted_mistakes
from autograder.judge.exercises import find_exercise, units_with_exercises
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge

SEEDS = (1, 2, 4, 7)
PREDICTED = [one for unit in units_with_exercises() for one in predicted_mistakes(unit)]


@pytest.mark.parametrize("predicted", PREDICTED, ids=lambda p: f"{p.exercise}-{p.mistake}")
def test_mistake_fails_the_criteria_that_are_predicted_on_every_seed(
    predicted: PredictedMistake,
) -> None:
    exercise = find_exercise(predicted.exercise)
    mistake = next(one for one in exercise.mistakes if one.name == predicted.mistake)
    functions = {**exercise.reference, exercise.role: mistake.function}
    for seed in SEEDS:
        key = AnswerKey.draw(exercise, seed)
        report = judge(key, list(key.answers_of(functions).values()))
        failed = {result.name for result in report.criteria if not result.passed}
        expected = set(predicted.fails[predicted.exercise])
        if ALL in expected:
            expected = {criterion.name for criterion in exercise.criteria}
        assert (seed, failed) == (seed, expected)
