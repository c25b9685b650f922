"""Unit 09: mistakes in one step back, in the whole way back, in the product of forget gates."""

from autograder.judge.edits import TOLD_ALREADY, Mistakes

STEP = Mistakes("lstm_gradients", "lstm_step_backward")
BACKWARD = Mistakes("lstm_gradients", "lstm_backward")
GAIN = Mistakes("lstm_gradients", "direct_path_gain")


# --- one step -----------------------------------------------------------------------------------

STEP.edit(
    "dc_t_ignored",
    "dc_t is not used: what later steps want of the cell is lost. It is added to what comes "
    "through h_t.",
    "dc_t + dh_t → dh_t",
)
STEP.edit(
    "way_through_h_t_missing",
    "the cell gets dc_t alone. It also acts through h_t = o tanh(c_t): add dh_t · o · (1 − "
    "tanh²c_t).",
    "dc_t + dh_t * o_t * (1 - tanh_c**2) → dc_t",
)
STEP.edit(
    "slope_of_tanh_c_missing",
    "the factor 1 − tanh²c_t is missing: on its way from h_t to c_t the gradient passes a tanh.",
    " * (1 - tanh_c**2) → ",
)
STEP.edit(
    "slope_from_c_itself",
    "1 − c_t² is taken for the slope of tanh. With c_t in front of the tanh the slope is "
    "1 − tanh²c_t.",
    "tanh_c**2 → c_t**2",
)
STEP.edit(
    "slope_from_h_t",
    "1 − h_t² is taken for the slope, as in the plain RNN. Here h_t = o tanh(c_t), so the slope is "
    "1 − tanh²c_t, without o.",
    "tanh_c**2 → (o_t * tanh_c) ** 2",
)
STEP.edit(
    "o_t_missing_on_the_way_to_c_t",
    "the way from h_t to c_t misses its factor o: h_t = o tanh(c_t).",
    "dh_t * o_t → dh_t",
)
STEP.edit(
    "output_gate_meets_c",
    "the output gate's partner is c_t. It is tanh(c_t): h_t = o tanh(c_t).",
    "dh_t * tanh_c → dh_t * c_t",
)
STEP.edit(
    "h_prev_for_c_prev",
    "the forget gate's partner is h_prev. It is c_prev, the cell before this step.",
    "dc_total * c_prev → dc_total * h_prev",
)
STEP.edit(
    "c_t_for_c_prev",
    "the forget gate's partner is c_t, the cell after the step. It is c_prev, the one before.",
    "dc_total * c_prev → dc_total * c_t",
)
STEP.edit(
    "partners_of_i_and_g_swapped",
    "i and g have each other's partner. In i · g the gradient of i is dc · g, and that of g is "
    "dc · i.",
    "dc_total * g_t → dc_total * i_t",
    "dc_total * i_t → dc_total * g_t",
)
STEP.edit(
    "sigmoid_for_its_slope",
    "gradients are multiplied by the gates themselves. A sigmoid's slope is s(1 − s), with s the "
    "gate.",
    "i_t * (1 - i_t) → i_t",
    "f_t * (1 - f_t) → f_t",
    "o_t * (1 - o_t) → o_t",
)
STEP.edit(
    "slopes_of_the_gates_missing",
    "the gates' gradients do not pass their sigmoids. Each is multiplied by s(1 − s), with s the "
    "gate.",
    " * i_t * (1 - i_t) → ",
    " * f_t * (1 - f_t) → ",
    " * o_t * (1 - o_t) → ",
)
STEP.edit(
    "slope_of_tanh_for_the_gates",
    "the gates are given the slope of tanh, 1 − s². They are sigmoids: s(1 − s).",
    "i_t * (1 - i_t) → (1 - i_t**2)",
    "f_t * (1 - f_t) → (1 - f_t**2)",
    "o_t * (1 - o_t) → (1 - o_t**2)",
)
STEP.edit(
    "sigmoid_of_a_gate_again",
    "the sigmoid is applied to the gates of the cache once more, for their slopes. They have been "
    "through it already.",
    "dc_prev = dc_total * f_t → dc_prev = dc_total * f_t\n"
    "    i_t, f_t, o_t = (1 / (1 + np.exp(-gate)) for gate in (i_t, f_t, o_t))",
)
STEP.edit(
    "slope_of_the_candidate_missing",
    "the candidate's gradient does not pass its tanh. It is multiplied by 1 − g².",
    " * (1 - g_t**2) → ",
)
STEP.edit(
    "slope_of_a_sigmoid_for_the_candidate",
    "the candidate is given the slope of a sigmoid. It is a tanh: 1 − g².",
    "(1 - g_t**2) → g_t * (1 - g_t)",
)
STEP.edit(
    "tanh_of_the_candidate_again",
    "tanh is applied to g of the cache once more, for its slope. It has been through tanh already: "
    "the slope is 1 − g².",
    "g_t**2 → np.tanh(g_t) ** 2",
)
STEP.edit(
    "dc_prev_without_f",
    "dc_prev misses the forget gate: c_t = f c_prev + i g, so dc_prev is the cell's gradient "
    "times f.",
    "dc_total * f_t → dc_total",
)
STEP.edit(
    "dc_prev_with_i",
    "dc_prev is multiplied by the input gate. c_prev stands beside the forget gate.",
    "dc_total * f_t → dc_total * i_t",
)
STEP.edit(
    "dc_prev_with_one_minus_f",
    "dc_prev is multiplied by 1 − f. The forget gate says how much is kept, so its factor is f.",
    "dc_total * f_t → dc_total * (1 - f_t)",
)
STEP.edit(
    "dc_prev_from_dc_t_alone",
    "dc_prev is f · dc_t and leaves out what came through h_t. The whole gradient of c_t is "
    "multiplied by f.",
    "dc_total * f_t → dc_t * f_t",
)
STEP.edit(
    "gates_in_order_i_f_g_o",
    "the gates are stacked in the order i, f, g, o, which PyTorch uses. Here it is i, f, o, g.",
    "[da_i, da_f, da_o, da_g] → [da_i, da_f, da_g, da_o]",
)
STEP.edit(
    "gates_in_order_f_i_o_g",
    "the gates are stacked in the order f, i, o, g. Here it is i, f, o, g.",
    "[da_i, da_f, da_o, da_g] → [da_f, da_i, da_o, da_g]",
)
STEP.edit(
    "gates_in_order_i_o_f_g",
    "the gates are stacked in the order i, o, f, g. Here it is i, f, o, g.",
    "[da_i, da_f, da_o, da_g] → [da_i, da_o, da_f, da_g]",
)
STEP.edit(
    "weights_not_transposed",
    "the weights are not transposed on the way back: (N, 4H) times the transpose of (D, 4H) gives "
    "(N, D).",
    "W_xh.T → W_xh",
    "W_hh.T → W_hh",
)
STEP.edit(
    "dW_xh_and_dW_hh_swapped",
    "dW_xh and dW_hh have changed places. The order is dx_t, dh_prev, dc_prev, dW_xh, dW_hh, db.",
    "x_t.T @ da, h_prev.T @ da → h_prev.T @ da, x_t.T @ da",
)
STEP.edit(
    "weights_turned_round",
    "dW_xh and dW_hh are turned round. Each has the shape of its weights: (D, 4H) and (H, 4H).",
    "x_t.T @ da → da.T @ x_t",
    "h_prev.T @ da → da.T @ h_prev",
)
STEP.edit(
    "dW_hh_from_h_t",
    "dW_hh is made with h_t, the state after the step. W_hh was multiplied by h_prev.",
    "h_prev.T @ → (o_t * tanh_c).T @",
)
STEP.edit(
    "dh_prev_and_dc_prev_swapped",
    "dh_prev and dc_prev have changed places. The order is dx_t, dh_prev, dc_prev, dW_xh, dW_hh, "
    "db.",
    "return dx_t, dh_prev, dc_prev → return dx_t, dc_prev, dh_prev",
)
STEP.edit(
    "db_not_summed",
    "db still has its batch axis. One bias serves all examples: sum over them, to shape (4H,).",
    "da.sum(axis=0) → da",
)
STEP.edit(
    "db_keeps_its_axis",
    "db keeps an axis of length 1. It has the shape of b: (4H,).",
    "axis=0 → axis=0, keepdims=True",
)
STEP.edit(
    "db_as_a_mean",
    "db is a mean over the batch. It is a sum, as dW_xh and dW_hh are; a mean, if any, is in the "
    "loss.",
    "da.sum → da.mean",
)
STEP.edit(
    "db_from_dW_hh",
    "db is made of dW_hh, summed over its rows. The bias was multiplied by nothing: db is da, "
    "summed over the batch.",
    "da.sum → (h_prev.T @ da).sum",
)
STEP.edit(
    "db_from_dW_xh",
    "db is made of dW_xh, summed over its rows. The bias was multiplied by nothing: db is da, "
    "summed over the batch.",
    "da.sum → (x_t.T @ da).sum",
)
STEP.edit(
    "mean_over_the_batch",
    "dW_xh, dW_hh and db are divided by the batch size. They are sums; a mean, if any, is in the "
    "loss.",
    "x_t.T @ da, h_prev.T @ da, da.sum → x_t.T @ da / len(da), h_prev.T @ da / len(da), da.mean",
)
STEP.edit(
    "overwrites_dc_t",
    TOLD_ALREADY,
    "dc_total = dc_t + dh_t → dc_total = dc_t\n    dc_total += dh_t",
)
STEP.edit(
    "overwrites_dh_t",
    TOLD_ALREADY,
    "dc_total = dc_t + dh_t * o_t * (1 - tanh_c**2) → "
    "dh_t *= o_t * (1 - tanh_c**2)\n    dc_total = dc_t + dh_t",
)
STEP.edit("changes_the_cache", TOLD_ALREADY, "da_f = df_t → i_t *= 1 - i_t\n    da_f = df_t")

# --- the whole way back -------------------------------------------------------------------------

BACKWARD.edit(
    "dc_not_carried",
    "the cell's gradient is not carried to the step before: each step starts with dc_t = 0. "
    "dc_prev is handed on as well.",
    "dh_next, dc_next, cache[t] → dh_next, np.zeros_like(dc_next), cache[t]",
)
BACKWARD.edit(
    "dh_not_carried",
    "the state's gradient is not carried to the step before. h_t also acts through the next "
    "step's gates: dh_prev is added to dh[:, t].",
    "dh[:, t] + dh_next → dh[:, t]",
)
BACKWARD.edit(
    "nothing_carried",
    "neither gradient is carried: each step is gone through alone. dh_prev and dc_prev are handed "
    "to the step before.",
    "dh[:, t] + dh_next, dc_next → dh[:, t], np.zeros_like(dc_next)",
)
BACKWARD.edit(
    "upstream_of_the_last_step_alone",
    "only the last step's upstream gradient is used; before it the carry stands in its place. "
    "Every state has its own: dh[:, t] is added to the carry at every step.",
    "dh_next, dc_next = np.zeros_like(dh[:, 0]), → dh_next, dc_next = dh[:, -1],",
    "dh[:, t] + dh_next → dh_next",
)
BACKWARD.edit(
    "dh_carry_added_twice",
    "the carried dh_prev is added to dh[:, t] twice. Once is enough.",
    "+ dh_next → + 2 * dh_next",
)
BACKWARD.edit(
    "ones_for_upstream",
    "the upstream gradients are replaced by ones. They are given in dh.",
    "dh[:, t] + dh_next → 1 + dh_next",
)
BACKWARD.edit(
    "forward_in_time",
    "the loop runs forward in time. Going back starts at the last step.",
    "reversed(range(dh.shape[1])) → range(dh.shape[1])",
    "dx[::-1] → dx",
)
BACKWARD.edit(
    "dh_0_zero",
    "dh_0 comes back as zeros. It is what the first step hands back.",
    "return dx, dh_next → return dx, np.zeros_like(dh_next)",
)
BACKWARD.edit(
    "dc_0_zero",
    "dc_0 comes back as zeros. It is what the first step hands back.",
    "return dx, dh_next, dc_next → return dx, dh_next, np.zeros_like(dc_next)",
)
BACKWARD.edit(
    "dh_0_is_the_first_upstream",
    "dh_0 is the upstream gradient of the first state. It is what the first step hands back for "
    "the state before it.",
    "return dx, dh_next → return dx, dh[:, 0]",
)
BACKWARD.edit(
    "dh_0_and_dc_0_swapped",
    "dh_0 and dc_0 have changed places. The order is dx, dh_0, dc_0, dW_xh, dW_hh, db.",
    "return dx, dh_next, dc_next → return dx, dc_next, dh_next",
)
BACKWARD.edit(
    "carries_swapped",
    "the two carried gradients change places from step to step. dh_prev goes to the state, "
    "dc_prev to the cell.",
    "dx_t, dh_next, dc_next, *steps → dx_t, dc_next, dh_next, *steps",
)
BACKWARD.edit(
    "weights_of_the_first_step_alone",
    "the weights' gradients hold the first step only, as when = stands where += belongs. The same "
    "weights serve all steps.",
    "dW_xh + steps[0], dW_hh + steps[1], db + steps[2] → steps",
)
BACKWARD.edit(
    "dW_xh_of_the_first_step_alone",
    "dW_xh holds the first step only, as when = stands where += belongs.",
    "dW_xh + steps[0] → steps[0]",
)
BACKWARD.edit(
    "dW_hh_of_the_first_step_alone",
    "dW_hh holds the first step only, as when = stands where += belongs.",
    "dW_hh + steps[1] → steps[1]",
)
BACKWARD.edit(
    "db_of_the_first_step_alone",
    "db holds the first step only, as when = stands where += belongs.",
    "db + steps[2] → steps[2]",
)
BACKWARD.edit(
    "bias_of_i_copied_to_f",
    "the forget gate's part of db is a copy of the input gate's. Each gate has its own.",
    "dx = np.stack → H = dh.shape[2]\n"
    "    db = np.concatenate([db[:H], db[:H], db[2 * H :]])\n    dx = np.stack",
)
BACKWARD.edit(
    "mean_over_time",
    "dW_xh, dW_hh and db are divided by the number of steps. They are sums.",
    "dc_next, dW_xh, dW_hh, db → dc_next, dW_xh / len(cache), dW_hh / len(cache), db / len(cache)",
)
BACKWARD.edit(
    "mean_over_the_batch_of_sequences",
    "dW_xh, dW_hh and db are divided by the batch size. They are sums.",
    "dc_next, dW_xh, dW_hh, db → dc_next, dW_xh / len(dh), dW_hh / len(dh), db / len(dh)",
)
BACKWARD.edit(
    "dx_of_the_first_step_everywhere",
    "every step has the dx of the first. Each step's dx_t has a place of its own, dx[:, t].",
    "dx[::-1] → dx[-1:] * len(dx)",
)
BACKWARD.edit(
    "dx_in_reverse_order",
    "dx is in the order of the loop, the last step first. dx[:, t] belongs to x[:, t].",
    "dx[::-1] → dx",
)
BACKWARD.edit(
    "dx_with_time_first",
    "dx has time on its first axis. Its shape is that of x: (N, T, D).",
    "dx[::-1], axis=1 → dx[::-1]",
)
BACKWARD.edit(
    "stops_before_the_first_step",
    "the first step, t = 0, is left out, as when range stops one too early.",
    "range(dh.shape[1]) → range(1, dh.shape[1])",
    "dx = np.stack → dx.append(np.zeros_like(cache[0][0]))\n    dx = np.stack",
)
BACKWARD.edit(
    "starts_before_the_last_step",
    "the last step is left out: its own upstream gradient dh[:, T-1] does not enter.",
    "range(dh.shape[1]) → range(dh.shape[1] - 1)",
    "dx = np.stack → dx.insert(0, np.zeros_like(cache[0][0]))\n    dx = np.stack",
)
BACKWARD.edit(
    "carry_without_f",
    "the cell's gradient is carried as it is. Each step back multiplies it by the forget gate.",
    "dc_t * f_t → dc_t",
    base="backward_with_a_step_inside",
)
BACKWARD.edit(
    "carry_counted_twice",
    "dc_prev is added to a carry that it already contains. Each step back replaces the carry.",
    "dx_t, dh_next, dc_next, *steps → before = dc_next\n        dx_t, dh_next, dc_next, *steps",
    "dx.append(dx_t) → dc_next = before + dc_next\n        dx.append(dx_t)",
)
BACKWARD.edit(
    "adds_into_dh",
    TOLD_ALREADY,
    "dx_t, dh_next, dc_next, *steps → dh[:, t] += dh_next\n        dx_t, dh_next, dc_next, *steps",
    "dh[:, t] + dh_next → dh[:, t]",
)
BACKWARD.edit(
    "empties_the_cache",
    TOLD_ALREADY,
    "dx.append(dx_t) → cache[t][3][:] = 0\n        dx.append(dx_t)",
)

# --- along the cells alone ----------------------------------------------------------------------

GAIN.edit(
    "own_gate_counted",
    "the gate of the step itself is counted in. c_t comes after its own gate; only later gates "
    "weaken it.",
    "return gain → return gain * f",
)
GAIN.edit(
    "own_gate_for_the_next",
    "each gain is the next one's times the step's own gate. It is the next one's times the next "
    "step's gate.",
    "* f[:, t + 1] → * f[:, t]",
)
GAIN.edit(
    "own_gate_counted_by_lag",
    "the gate of the step itself is counted in, and the last step comes first. gain[:, t] belongs "
    "to step t, and only later gates weaken it.",
    "return gain → return (gain * f)[:, ::-1]",
)
GAIN.edit(
    "first_gate_moved_to_the_end",
    "the product has the gates before the step, not those after it. It ends with 1 and shrinks "
    "toward the start.",
    "reversed(range(f.shape[1] - 1)) → range(1, f.shape[1])",
    "gain[:, t + 1] * f[:, t + 1] → gain[:, t - 1] * f[:, t - 1]",
)
GAIN.edit(
    "product_from_the_start",
    "the product runs from the first step to step t. What weakens c_t on its way to the end are "
    "the gates after step t.",
    "return gain → return np.cumprod(f, axis=1)",
)
GAIN.edit(
    "product_over_the_units",
    "the product runs over the units. Each unit has a memory of its own; multiply over time, "
    "axis 1.",
    "f.shape[1] → f.shape[2]",
    "gain[:, t] = gain[:, t + 1] * f[:, t + 1] → "
    "gain[:, :, t] = gain[:, :, t + 1] * f[:, :, t + 1]",
)
GAIN.edit(
    "product_over_the_batch",
    "the product runs over the batch. Sequences know nothing of each other; multiply over time, "
    "axis 1.",
    "f.shape[1] → f.shape[0]",
    "gain[:, t] = gain[:, t + 1] * f[:, t + 1] → gain[t] = gain[t + 1] * f[t + 1]",
)
GAIN.edit(
    "sum_for_product",
    "the later gates are added up. Passing one gate after the other multiplies.",
    "np.ones_like → np.zeros_like",
    "gain[:, t + 1] * f → gain[:, t + 1] + f",
    "return gain → gain[:, -1] = 1\n    return gain",
)
GAIN.edit(
    "only_the_next_gate",
    "only the gate of the next step is there. All later gates act, one after the other.",
    "gain[:, t + 1] * f → f",
)
GAIN.edit(
    "the_same_gain_at_every_step",
    "every step gets the product of all gates. An early cell state passes many gates, a late one "
    "few.",
    "return gain → return np.ones_like(f) * gain[:, :1]",
)
GAIN.edit(
    "only_the_whole_product",
    "only the gain of the first step comes back. Every step has one: shape (N, T, H).",
    "return gain → return gain[:, 0]",
)
GAIN.edit(
    "ordered_by_lag",
    "the result is ordered by lag, the last step first. gain[:, t] belongs to step t: turn the "
    "time axis.",
    "return gain → return gain[:, ::-1]",
)
GAIN.edit(
    "power_of_the_mean_gate",
    "the mean gate is raised to a power. The product of different numbers is smaller than that; "
    "multiply the gates themselves.",
    "return gain → later = np.arange(f.shape[1])[::-1, None]\n"
    "    return f.mean(axis=1, keepdims=True) ** later",
)
GAIN.edit(
    "quotient_of_two_products",
    "the whole product is divided by the one up to step t. Where a gate is shut both are 0, and "
    "0/0 is nan.",
    "return gain → return f.prod(axis=1, keepdims=True) / np.cumprod(f, axis=1)",
)
GAIN.edit("gain_written_over_f", TOLD_ALREADY, "return gain → f[:] = gain\n    return f")
