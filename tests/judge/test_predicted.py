"""What the demo class predicts of a mistake holds for every seed: no mark is a matter of luck."""

import pytest

from autograder.demo.predicted import ALL, PredictedMistake, predicted_mistakes
from autograder.judge.exercises import find_exercise, units_with_exercises
from tests.judge.judged import SEEDS, failed, verdict_on_mistake

PREDICTED = [one for unit in units_with_exercises() for one in predicted_mistakes(unit)]


@pytest.mark.parametrize("predicted", PREDICTED, ids=lambda p: f"{p.exercise}-{p.mistake}")
def test_mistake_fails_the_criteria_that_are_predicted_on_every_seed(
    predicted: PredictedMistake,
) -> None:
    exercise = find_exercise(predicted.exercise)
    expected = set(predicted.fails[predicted.exercise])
    if ALL in expected:
        expected = {criterion.name for criterion in exercise.criteria}
    for seed in (*SEEDS, 7):
        report = verdict_on_mistake(exercise.name, predicted.mistake, seed)
        assert (seed, failed(report)) == (seed, expected)
