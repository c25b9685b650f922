"""Unit 07: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake


def _made(exercise: str, mistake: str, *fails: str, **later: tuple[str, ...]) -> PredictedMistake:
    """A mistake in one exercise, and what fails in later ones that are called with its result."""
    return PredictedMistake(exercise, mistake, {exercise: fails, **later})


PREDICTED = (
    # Clipping by a wrong norm is right about one of ours, and so is a step with wrong clipping.
    # Networks this small have squared norms far below 100.
    _made(
        "global_norm",
        "norm_without_root",
        "norm",
        "alone",
        "shapes",
        "unusable",
    ),
    _made(
        "global_norm",
        "norm_that_hides_what_is_not_finite",
        "unusable",
    ),
    _made(
        "clip_by_global_norm",
        "clips_each_number",
        "long",
        "together",
        "own_norm",
    ),
    _made("clip_by_global_norm", "short_gradients_are_not_copied", "apart"),
    _made("clip_by_global_norm", "scales_in_place", "apart", "unchanged"),
    _made(
        "sgd_step",
        "climbs",
        "values",
        "sizes",
    ),
    # A step in place gives the right numbers, and spoils the parameters of whoever calls it.
    _made("sgd_step", "descends_in_place", "apart", "unchanged", train_step=("unchanged",)),
    _made(
        "adam_step",
        "adam_without_correction",
        "first",
        "several",
        "constants",
        "zero",
    ),
    _made("adam_step", "adam_without_epsilon", "constants", "zero"),
    _made("train_step", "norm_after_clipping", "norm"),
    _made("train_step", "clips_after_the_update", "clipped", "norm", "in_a_row", "own_parts"),
)
