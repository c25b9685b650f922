"""Unit 04: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake, alone

_COUNTED = ("frequencies", "temperature", "own_softmax")


def _softmax(mistake: str, *fails: str) -> PredictedMistake:
    """A wrong softmax; a right loop that calls it is paid for what it does itself."""
    return PredictedMistake(
        "softmax_temperature", mistake, {"softmax_temperature": fails, "sample": ()}
    )


def _loop(mistake: str, *fails: str) -> PredictedMistake:
    return alone("sample", mistake, *fails)


PREDICTED = (
    _softmax("temperature_multiplies", "temperature", "finite", "extremes", "sizes"),
    # Near temperature 0 rows are as far apart as scores near 1000.
    _softmax("maximum_of_the_whole_array", "finite", "extremes"),
    _softmax("temperature_not_checked", "refuses"),
    # Always right where one text is likely, never where chance is asked for.
    _loop("argmax_for_draw", *_COUNTED),
    _loop("global_chance", "given_rng"),
    # Where the text is clear whatever the state, it is as long as it should be, and ends so.
    _loop("state_not_carried", "likeliest", *_COUNTED),
    _loop("stop_character_left_out", "stop"),
    _loop("state_written_into_h_0", "unchanged"),
    # The stop character comes before the last one. Texts of one character are not counted.
    _loop("one_character_too_few", "likeliest", *_COUNTED, "length"),
)
