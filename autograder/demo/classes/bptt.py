"""Unit 05: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake

_WEIGHTS = ("dW_xh", "dW_hh", "db_h")
_TOLD = ("numeric",)  # a wrong value is no measured slope
_SLICES = ("slices", "total", "sizes", *_TOLD)
_CHUNKS = ("short_end", "sizes", "one_chunk", "k_1", *_TOLD)


def _step(
    mistake: str,
    step: tuple[str, ...],
    sequence: tuple[str, ...] = (),
    slices: tuple[str, ...] = (),
    chunks: tuple[str, ...] = (),
) -> PredictedMistake:
    """A wrong step, which the right loop repeats faithfully: "pieces" is what it keeps."""
    return PredictedMistake(
        "rnn_step_backward",
        mistake,
        _those_that_fail(
            rnn_step_backward=step,
            rnn_backward=sequence,
            per_step_weight_gradient=slices,
            truncated_bptt=chunks,
        ),
    )


def _sequence(
    mistake: str,
    sequence: tuple[str, ...],
    slices: tuple[str, ...],
    chunks: tuple[str, ...],
) -> PredictedMistake:
    """A wrong loop, on which the two functions after it are built."""
    return PredictedMistake(
        "rnn_backward",
        mistake,
        _those_that_fail(
            rnn_backward=sequence, per_step_weight_gradient=slices, truncated_bptt=chunks
        ),
    )


def _alone(exercise: str, mistake: str, *fails: str) -> PredictedMistake:
    return PredictedMistake(exercise, mistake, {exercise: fails})


def _those_that_fail(**fails: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {exercise: criteria for exercise, criteria in fails.items() if criteria}


PREDICTED = (
    _step(
        "no_derivative_of_tanh",
        ("dx_t", "dh_prev", *_WEIGHTS, "sizes", *_TOLD),
        ("dx", "dh_0", *_WEIGHTS, "carry", "sizes", *_TOLD),
        _SLICES,
        ("weights", "dx", "dh_0", *_CHUNKS),
    ),
    _step(
        "W_hh_not_transposed",
        ("dh_prev", "sizes", *_TOLD),
        ("dx", "dh_0", *_WEIGHTS, "carry", "sizes", *_TOLD),
        _SLICES,
        ("weights", "dx", "dh_0", *_CHUNKS),
    ),
    # (1, H) is no slope along (H,), so nothing can be compared with it; dW_hh does not mind.
    _step(
        "bias_keeps_its_dimension",
        ("db_h", "sizes", *_TOLD),
        ("db_h", "carry", "sizes", "pieces", *_TOLD),
        (),
        ("weights", *_CHUNKS),
    ),
    _step(
        "mean_for_sum",
        (*_WEIGHTS, "sizes", *_TOLD),
        (*_WEIGHTS, "carry", "sizes", *_TOLD),
        _SLICES,
        ("weights", *_CHUNKS),
    ),
    _step("changes_dh_t", ("unchanged",)),
    # A chunk of one step has no carry and no sum over steps to be wrong.
    _sequence(
        "carry_ignored",
        ("dx", "dh_0", *_WEIGHTS, "carry", "sizes", "pieces", *_TOLD),
        _SLICES,
        ("weights", "dx", "dh_0", "short_end", "sizes", "one_chunk", *_TOLD),
    ),
    _sequence(
        "weights_overwritten",
        (*_WEIGHTS, "carry", "sizes", "pieces", *_TOLD),
        _SLICES,
        ("weights", "short_end", "sizes", "one_chunk", *_TOLD),
    ),
    _sequence(
        "dh_0_zero",
        ("dh_0", "carry", "sizes", "pieces", *_TOLD),
        (),
        ("dh_0", *_CHUNKS),
    ),
    _alone("per_step_weight_gradient", "by_use_step", "slices", "sizes", *_TOLD),
    _alone("truncated_bptt", "counted_from_the_end", "short_end"),
)
