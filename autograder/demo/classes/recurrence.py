"""Unit 01: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import ALL, PredictedMistake

_LOOP_VALUES = ("states", "first_state", "order", "sizes", "halves")


def _step(mistake: str, step: tuple[str, ...], loop: tuple[str, ...]) -> PredictedMistake:
    """A wrong step, which the right loop repeats faithfully: consistency is what it keeps."""
    return PredictedMistake(
        "rnn_step_forward", mistake, {"rnn_step_forward": step, "rnn_forward": loop}
    )


def _alone(exercise: str, mistake: str, *fails: str) -> PredictedMistake:
    return PredictedMistake(exercise, mistake, {exercise: fails})


PREDICTED = (
    # Without input and bias, the first state alone, a missing bias cannot show.
    _step(
        "step_without_bias",
        ("bias", "together", "sizes"),
        ("states", "order", "sizes", "halves"),
    ),
    _step(
        "returns_preactivation",
        ("input", "state", "bias", "together", "sizes"),
        _LOOP_VALUES,
    ),
    _step("state_ignored", ("state", "together", "sizes"), _LOOP_VALUES),
    _step("W_hh_transposed", ("state", "together", "sizes"), _LOOP_VALUES),
    _alone("rnn_forward", "h_0_ignored", *_LOOP_VALUES, "own_step"),
    _alone("rnn_forward", "h_0_at_every_step", *_LOOP_VALUES, "own_step"),
    _alone("rnn_forward", "one_step_too_few", *_LOOP_VALUES, "own_step"),
    _alone("rnn_forward", "only_the_last_state", *_LOOP_VALUES, "own_step"),
    _alone("rnn_forward", "writes_into_h_0", "unchanged"),
    _alone("rnn_step_stacked", "stacked_without_bias", "values", "sizes", "own_parts"),
    _alone("rnn_step_stacked", "stacked_with_cache", ALL),
)
