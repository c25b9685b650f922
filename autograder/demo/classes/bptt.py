"""Unit 05: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import alone

_WEIGHTS = ("dW_xh", "dW_hh", "db_h")
_TOLD = ("numeric",)  # a wrong value is no measured slope


PREDICTED = (
    # A wrong step costs its own points alone: the loop over it is right, as a step of ours shows.
    alone(
        "rnn_step_backward",
        "no_derivative_of_tanh",
        *("dx_t", "dh_prev", *_WEIGHTS, "sizes", *_TOLD),
    ),
    alone("rnn_step_backward", "W_hh_not_transposed", "dh_prev", "sizes", *_TOLD),
    # (1, H) is no slope along (H,), so nothing can be compared with it.
    alone("rnn_step_backward", "bias_keeps_its_dimension", "db_h", "sizes", *_TOLD),
    alone("rnn_step_backward", "mean_for_sum", *_WEIGHTS, "sizes", *_TOLD),
    alone("rnn_step_backward", "changes_dh_t", "unchanged"),
    # So does a wrong loop, where slices and chunks are right about one of ours.
    alone(
        "rnn_backward",
        "carry_ignored",
        *("dx", "dh_0", *_WEIGHTS, "carry", "sizes", "pieces", *_TOLD),
    ),
    alone("rnn_backward", "weights_overwritten", *_WEIGHTS, "carry", "sizes", "pieces", *_TOLD),
    alone("rnn_backward", "dh_0_zero", "dh_0", "carry", "sizes", "pieces", *_TOLD),
    alone("per_step_weight_gradient", "by_use_step", "slices", "sizes", *_TOLD),
    alone("truncated_bptt", "counted_from_the_end", "short_end"),
)
