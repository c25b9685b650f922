"""Unit 01: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import ALL, alone

_LOOP_VALUES = ("states", "from_h_0", "sizes")


PREDICTED = (
    # A wrong step costs its own points alone: the loop over it is right, as a step of ours shows.
    alone("rnn_step_forward", "step_without_bias", "bias", "together", "sizes"),
    alone(
        "rnn_step_forward", "returns_preactivation", "input", "state", "bias", "together", "sizes"
    ),
    alone("rnn_step_forward", "state_ignored", "state", "together", "sizes"),
    alone("rnn_step_forward", "W_hh_transposed", "state", "together", "sizes"),
    alone("rnn_forward", "h_0_ignored", *_LOOP_VALUES, "first_state", "halves", "own_step"),
    # Each state depends on h_0 and on its own input: the last one on which input is the last.
    alone("rnn_forward", "h_0_at_every_step", *_LOOP_VALUES, "halves", "own_step"),
    # At the last place stand zeros, whatever the order of the inputs.
    alone("rnn_forward", "one_step_too_few", *_LOOP_VALUES, "order", "halves", "own_step"),
    # Of an array with two axes nothing can be asked that has to do with time.
    alone(
        "rnn_forward",
        "only_the_last_state",
        *(*_LOOP_VALUES, "first_state", "order", "halves", "own_step"),
    ),
    alone("rnn_forward", "writes_into_h_0", "unchanged"),
    alone("rnn_step_stacked", "stacked_without_bias", "values", "sizes", "own_parts"),
    alone("rnn_step_stacked", "stacked_with_cache", ALL),
)
