"""Unit 09: which mistakes the demo class makes, and what each must fail."""

from autograder.demo.predicted import PredictedMistake

_AFTER_THE_GATES = (
    "inputs",
    "weights",
    "bias",
    "sizes",
    "wide",
    "again",
    "own_forward",
)
_SEQUENCE = (
    "inputs",
    "first_states",
    "weights",
    "bias",
    "last_loss",
    "sizes",
    "long",
    "again",
    "own_forward",
)
"""What a wrong carry or a wrong step costs in any case, beside who carries and the own step."""


def _step(mistake: str, step: tuple[str, ...], carried: tuple[str, ...]) -> PredictedMistake:
    """A wrong step, which the right loop repeats faithfully: consistency with it is kept."""
    fails = {
        "lstm_step_backward": (*step, *_AFTER_THE_GATES),
        "lstm_backward": (*_SEQUENCE, *carried),
    }
    return PredictedMistake("lstm_step_backward", mistake, fails)


def _alone(exercise: str, mistake: str, *fails: str) -> PredictedMistake:
    return PredictedMistake(exercise, mistake, {exercise: fails})


_BOTH_WAYS = ("from_h", "from_c")
_BOTH_CARRY = ("cell_carried", "state_carried")

PREDICTED = (
    # With dc_t = 0 nothing is missing; nor with every gate f shut, where no dc_t comes back.
    _step(
        "dc_t_ignored",
        ("from_c", "dc_prev", "gate_i", "gate_f", "gate_g"),
        ("cell_carried",),
    ),
    _step("partners_of_i_and_g_swapped", (*_BOTH_WAYS, "gate_i", "gate_g"), _BOTH_CARRY),
    # A gate that is shut has no slope: what its partner would have been does not show.
    _step("h_prev_for_c_prev", (*_BOTH_WAYS, "gate_f"), ("cell_carried",)),
    _step("gates_in_order_i_f_g_o", (*_BOTH_WAYS, "gate_o", "gate_g"), _BOTH_CARRY),
    # Its loop hands it arrays of its own: overwriting them does no harm there.
    _alone("lstm_step_backward", "overwrites_dc_t", "unchanged"),
    _alone("lstm_backward", "dc_not_carried", *_SEQUENCE, "cell_carried", "own_step"),
    _alone("lstm_backward", "dh_not_carried", *_SEQUENCE, "state_carried", "own_step"),
    # Without W_hh nothing comes back to h_0: zeros are right there.
    _alone(
        "lstm_backward",
        "dh_0_zero",
        *("first_states", "state_carried", "last_loss", "sizes", "long"),
        *("again", "own_step", "own_forward"),
    ),
    _alone("lstm_backward", "adds_into_dh", "unchanged"),
    _alone("direct_path_gain", "own_gate_counted", "product", "corners", "long"),
)
