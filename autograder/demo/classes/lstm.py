"""Unit 08: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake, alone

_LOOP_VALUES = (
    "hidden",
    "cells",
    "first_hidden",
    "first_cell",
    "order",
    "sizes",
    "halves",
)


def _step(mistake: str, *fails: str) -> PredictedMistake:
    """A wrong step. The loop repeats it by its name, and is judged with another in its place."""
    return alone("lstm_step_forward", mistake, *fails, "together")


PREDICTED = (
    # c_t is right, also at the limits and in other sizes, and shows that the other gates are.
    _step("h_without_tanh", "output"),
    # Where o and g are held at 30 both, or nothing is written, their swap cannot show. Where
    # neither state is right, other sizes cannot be judged.
    _step("order_i_f_g_o", "candidate", "output", "limits", "sizes"),
    # From an empty cell it does not matter what is kept; the output gate is shown a lost one.
    _step("one_minus_f", "forget", "output", "limits", "sizes"),
    alone("lstm_forward", "c_not_carried", *_LOOP_VALUES, "own_step"),
    alone("lstm_forward", "h_and_c_swapped", *_LOOP_VALUES, "own_step"),
    # With c_0 = 0 zeros are right.
    alone(
        "lstm_forward",
        "c_0_ignored",
        *(name for name in _LOOP_VALUES if name != "first_hidden"),
        "own_step",
    ),
    alone("lstm_forward", "writes_into_c_0", "unchanged"),
    alone("lstm_step_gates", "W_transposed", "state", "together", "sizes", "both_forms"),
    alone("program_gates", "forget_bias_of_five", "holds", "shows"),
    alone("program_gates", "write_does_not_forget", "overwrites", "shows"),
)
