"""Unit 00: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake, alone


def _gradient(mistake: str, *fails: str, found: bool = False) -> PredictedMistake:
    """A wrong numeric_gradient; `found`: a vector's gradient is wrong at h = 1e-5, too.

    Then the right relative_error, handed what was measured, cannot pass what is right.
    """
    later = {"relative_error": ("planted",)} if found else {}
    return PredictedMistake("numeric_gradient", mistake, {"numeric_gradient": fails, **later})


def _error(mistake: str, *fails: str) -> PredictedMistake:
    return alone("relative_error", mistake, *fails)


PREDICTED = (
    # Off by 3e-4 at h = 1e-5 where the sines bend sharply, by 1e-5 elsewhere.
    _gradient("forward_difference", "central", found=True),
    _gradient("divided_by_h", "slopes", "central", "upstream", "shapes", "zeros", found=True),
    _gradient("df_ignored", "upstream"),
    _gradient("h_not_used", "central"),
    _gradient("rows_move_together", "slopes", "upstream", "shapes"),
    _gradient("whole_numbers_cut_off", "zeros"),
    _error("absolute_error", "error", "shapes", "zeros", "tiny", "planted"),
    _error("zero_by_zero", "zeros"),
    _error("small_number_added", "tiny"),
    _error("shapes_not_compared", "refuses"),
    _error("writes_into_a", "unchanged"),
)
