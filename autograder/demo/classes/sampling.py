"""Unit 04: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake

_COUNTED = ("frequencies", "temperature", "own_softmax")


def _softmax(mistake: str, softmax: tuple[str, ...], loop: tuple[str, ...]) -> PredictedMistake:
    """A wrong softmax, which a right loop draws from faithfully: consistency is what it keeps."""
    return PredictedMistake(
        "softmax_temperature", mistake, {"softmax_temperature": softmax, "sample": loop}
    )


def _loop(mistake: str, *fails: str) -> PredictedMistake:
    return PredictedMistake("sample", mistake, {"sample": fails})


PREDICTED = (
    # Multiplied by a temperature near 0 all scores are even, and to draw the six or more right
    # characters up to the stop then has a chance of 1 in 15,000.
    _softmax(
        "temperature_multiplies",
        ("temperature", "finite", "extremes", "one_axis", "refuses"),
        ("likeliest", "temperature", "length", "stop"),
    ),
    # Near temperature 0 rows are as far apart as scores near 1000. Text is drawn from scores of
    # shape (V,), where the whole array is one row.
    _softmax("maximum_of_the_whole_array", ("finite", "extremes"), ()),
    _softmax("temperature_not_checked", ("refuses",), ()),
    # Always right where one text is likely, never where chance is asked for.
    _loop("argmax_for_draw", *_COUNTED),
    _loop("global_chance", "given_rng"),
    _loop("state_not_carried", "likeliest", *_COUNTED, "length", "stop"),
    _loop("stop_character_left_out", "stop"),
    _loop("state_written_into_h_0", "unchanged"),
    # The stop character comes before the last one. Short texts of the wrong length are not counted,
    # so that nothing is known of the arguments there either.
    _loop("one_character_too_few", "likeliest", *_COUNTED, "length", "unchanged"),
)
