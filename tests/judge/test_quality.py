"""What `autograder quality` counts, and that it notices a check that does not do its work."""

from dataclasses import replace

from autograder.judge.exercise import Misconception, Variant
from autograder.judge.exercises import find_exercise
from autograder.judge.quality import measure, measure_unit
from rnn_ref.recurrence import stack_weights

EXERCISE = find_exercise("stack_weights")


def test_quality_of_a_proven_exercise_is_complete() -> None:
    found = measure(EXERCISE, seed=3)
    assert found.complete
    assert found.mistakes == len(EXERCISE.mistakes) > 0
    assert found.variants == len(EXERCISE.variants) > 0


def test_quality_counts_a_mistake_that_is_let_through() -> None:
    harmless = Misconception("none at all", "Nothing is wrong.", {"stack": stack_weights})
    found = measure(replace(EXERCISE, mistakes=(harmless,)), seed=3)
    assert (found.mistakes, found.rejected, found.named) == (1, 0, 0)
    assert not found.complete


def test_quality_counts_a_mistake_that_is_rejected_under_another_name() -> None:
    first = EXERCISE.mistakes[0]
    twice = (first, replace(first, name="the same again"))
    found = measure(replace(EXERCISE, mistakes=twice), seed=3)
    assert (found.rejected, found.named) == (2, 1)
    assert not found.complete


def test_quality_counts_a_right_variant_that_is_refused() -> None:
    wrong = Variant("wrong", EXERCISE.mistakes[0].functions)
    found = measure(replace(EXERCISE, variants=(wrong,)), seed=3)
    assert (found.variants, found.accepted) == (1, 0)
    assert not found.complete


def test_quality_of_a_unit_has_a_row_for_every_exercise() -> None:
    names = [row.exercise for row in measure_unit("recurrence", seed=0)]
    assert names == ["rnn_step_forward", "rnn_forward", "stack_weights", "rnn_step_stacked"]
