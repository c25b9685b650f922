"""Unit 10: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake, alone


def _batch(mistake: str, *fails: str) -> PredictedMistake:
    return alone("adding_batch", mistake, *fails)


def _bits(mistake: str, *fails: str) -> PredictedMistake:
    return alone("bits_per_character", mistake, *fails)


def _best(mistake: str, *fails: str) -> PredictedMistake:
    return alone("best_unit_probe", mistake, *fails)


# No exercise of this unit uses another's function: a mistake costs its own exercise alone.
PREDICTED = (
    # y is still the sum of whatever is marked. Rows without one marker in each half are in no
    # table of places, so that table is too small.
    _batch("markers_may_coincide", "markers", "edges", "places"),
    # The product of both channels is the same, so y is right.
    _batch("channels_swapped", "numbers", "markers", "edges", "places"),
    _batch("target_halved", "target"),
    _batch("one_draw_of_markers", "places"),
    _batch("first_half_rounded_up", "edges"),
    _batch("same_batch_on_every_call", "given_rng"),
    # Texts of up to 23 characters fit into a chunk.
    _bits("state_reset_at_chunks", "long"),
    _bits("first_is_free", "first", "values", "long", "finite"),
    # Of one character the sum is the mean.
    _bits("sum_for_mean", "values", "long", "finite"),
    _bits("overflows", "finite"),
    _best("signed_maximum", "unit", "r"),
    # The unit is right everywhere, its correlation nowhere.
    _best("judged_where_chosen", "held_out", "r", "constant"),
    _best("constant_unit_is_nan", "constant"),
)
