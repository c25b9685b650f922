"""Which mistakes the demo class makes, and which criteria each must fail: worked out by hand.

For every mistaken submission: the exercise, the wrong implementation that stands in its notebook,
and what it must fail, by exercise. Exercises that are not named earn all their points.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ALL = "*"


@dataclass(frozen=True)
class PredictedMistake:
    """A submission with one known mistake.

    Attributes
    ----------
    mistake : str
        Name of the misconception, which the report must name, too.
    fails : mapping of exercise to tuple of str
        The criteria that must fail; ``(ALL,)`` for all.
    """

    exercise: str
    mistake: str
    fails: Mapping[str, tuple[str, ...]]


_LOOP_VALUES = ("states", "first_state", "order", "sizes", "halves")


def _step(mistake: str, step: tuple[str, ...], loop: tuple[str, ...]) -> PredictedMistake:
    """A wrong step, which the right loop repeats faithfully: consistency is what it keeps."""
    return PredictedMistake(
        "rnn_step_forward", mistake, {"rnn_step_forward": step, "rnn_forward": loop}
    )


def _alone(exercise: str, mistake: str, *fails: str) -> PredictedMistake:
    return PredictedMistake(exercise, mistake, {exercise: fails})


MISTAKES: Mapping[str, tuple[PredictedMistake, ...]] = {
    "recurrence": (
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
    ),
}
