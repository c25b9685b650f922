"""Unit 07: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake


def _made(exercise: str, mistake: str, *fails: str, **later: tuple[str, ...]) -> PredictedMistake:
    """A mistake in one exercise, and what fails in the later ones that use the function."""
    return PredictedMistake(exercise, mistake, {exercise: fails, **later})


PREDICTED = (
    # Clipping by a wrong norm is clipping by one's own, and so is a step with wrong clipping: the
    # marks for one's own parts stay. Networks this small have squared norms far below 100.
    _made(
        "global_norm",
        "norm_without_root",
        "norm",
        "alone",
        "shapes",
        "unusable",
        clip_by_global_norm=("long", "short", "together", "norm", "unusable", "apart"),
        train_step=("clipped", "norm", "in_a_row"),
    ),
    _made(
        "global_norm",
        "norm_that_hides_what_is_not_finite",
        "unusable",
        clip_by_global_norm=("unusable",),
    ),
    _made(
        "clip_by_global_norm",
        "clips_each_number",
        "long",
        "together",
        "apart",
        "own_norm",
        train_step=("clipped", "in_a_row"),
    ),
    _made("clip_by_global_norm", "short_gradients_are_not_copied", "apart"),
    _made("clip_by_global_norm", "scales_in_place", "apart", "unchanged"),
    _made(
        "sgd_step",
        "climbs",
        "values",
        "sizes",
        "apart",
        train_step=("clipped", "within", "in_a_row"),
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
        "again",
        "apart",
    ),
    _made("adam_step", "adam_without_epsilon", "constants", "zero"),
    _made("train_step", "norm_after_clipping", "norm"),
    _made("train_step", "clips_after_the_update", "clipped", "norm", "in_a_row", "own_parts"),
)
