"""Unit 09: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake, alone

_AFTER_THE_GATES = ("inputs", "weights", "bias", "own_forward")
"""What a wrong gate costs, beside itself: all that is made of the four."""

_SEQUENCE = ("inputs", "first_states", "weights", "bias", "last_loss", "sizes", "long")
"""What a wrong carry costs in any case, beside who carries. No output is right then, so that other
sizes cannot be judged."""

_NEITHER_PART = ("own_step", "own_forward")


def _step(mistake: str, *fails: str) -> PredictedMistake:
    """A wrong step. The loop repeats it by its name, and is judged with another in its place."""
    return alone("lstm_step_backward", mistake, *fails, *_AFTER_THE_GATES)


_BOTH_WAYS = ("from_h", "from_c")
_NOT_JUDGED = ("sizes", "wide")

PREDICTED = (
    # With dc_t = 0 nothing is missing. No output is right, so that other sizes cannot be judged.
    _step("dc_t_ignored", "from_c", "dc_prev", "gate_i", "gate_f", "gate_g", *_NOT_JUDGED),
    # dc_prev is right, also in other sizes.
    _step("partners_of_i_and_g_swapped", *_BOTH_WAYS, "gate_i", "gate_g"),
    _step("h_prev_for_c_prev", *_BOTH_WAYS, "gate_f"),
    _step("gates_in_order_i_f_g_o", *_BOTH_WAYS, "gate_o", "gate_g"),
    # Its loop hands it arrays of its own: overwriting them does no harm there.
    alone("lstm_step_backward", "overwrites_dc_t", "unchanged"),
    alone("lstm_backward", "dc_not_carried", *_SEQUENCE, "cell_carried", *_NEITHER_PART),
    alone("lstm_backward", "dh_not_carried", *_SEQUENCE, "state_carried", *_NEITHER_PART),
    # All else is right, and shows that both carry, also in other sizes.
    alone("lstm_backward", "dh_0_zero", "first_states", *_NEITHER_PART),
    alone("lstm_backward", "adds_into_dh", "unchanged"),
    alone("direct_path_gain", "own_gate_counted", "product", "shut", "sizes", "long"),
)
