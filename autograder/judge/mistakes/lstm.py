"""Unit 08: mistakes in the step, in the loop over time, in the form per gate, in set gates."""

from itertools import permutations

from autograder.judge.edits import TOLD_ALREADY, Mistakes

STEP = Mistakes("lstm", "lstm_step_forward")
FORWARD = Mistakes("lstm", "lstm_forward")
GATES = Mistakes("lstm", "lstm_step_gates")
PROGRAM = Mistakes("lstm", "program_gates")


# --- the step -----------------------------------------------------------------------------------

STEP.edit(
    "h_without_tanh",
    "the cell state is shown as it is: h = o * c, as on one of the slides. The others, and this "
    "course, squash it first: h = o * tanh(c).",
    "np.tanh(c_t) → c_t",
)
STEP.edit(
    "tanh_of_c_prev",
    "h_t is made from the old cell state. It shows the new one.",
    "np.tanh(c_t) → np.tanh(c_prev)",
)
STEP.edit(
    "output_gate_missing",
    "h_t is tanh(c_t) whole. The output gate, which says how much is shown, is missing.",
    "o_t * np.tanh → np.tanh",
)
STEP.edit(
    "tanh_around_the_product",
    "tanh is applied to the product o * c. It is applied to c alone, and then o weighs it.",
    "o_t * np.tanh(c_t) → np.tanh(o_t * c_t)",
)
STEP.edit(
    "sigmoid_on_the_candidate",
    "the candidate g goes through a sigmoid. It is no gate: tanh lets it take away as well as add.",
    "np.tanh(a_g) → sigmoid(a_g)",
)
STEP.edit(
    "candidate_without_tanh",
    "the candidate g is not squashed. It is the tanh of its block.",
    "np.tanh(a_g) → a_g",
)
STEP.edit(
    "tanh_on_all_gates",
    "the gates go through tanh. A gate is a share between 0 and 1: a sigmoid.",
    "sigmoid(a_i), sigmoid(a_f), sigmoid(a_o) → np.tanh(a_i), np.tanh(a_f), np.tanh(a_o)",
)
STEP.edit(
    "tanh_on_the_output_gate",
    "the output gate goes through tanh. All three gates are sigmoids.",
    "sigmoid(a_o) → np.tanh(a_o)",
)
STEP.edit(
    "gates_without_sigmoid",
    "the gates are not squashed at all. Each of i, f, o is the sigmoid of its block.",
    "sigmoid(a_i), sigmoid(a_f), sigmoid(a_o) → a_i, a_f, a_o",
)
STEP.edit(
    "order_i_f_g_o",
    "the blocks are read in the order i, f, g, o, which PyTorch uses. Here it is i, f, o, g.",
    "a_i, a_f, a_o, a_g → a_i, a_f, a_g, a_o",
)
STEP.edit(
    "order_f_i_o_g",
    "input and forget gate have changed places, in the order of the blocks or in the sum. i comes "
    "first and goes with the candidate; f goes with the old cell state.",
    "a_i, a_f, a_o, a_g → a_f, a_i, a_o, a_g",
)
STEP.edit(
    "order_f_i_g_o",
    "the blocks are read in the order f, i, g, o, in which the gates are often told. Here the "
    "columns stand in the order i, f, o, g.",
    "a_i, a_f, a_o, a_g → a_f, a_i, a_g, a_o",
)
for order in permutations("ifog"):
    name = f"order_{'_'.join(order)}"
    if name not in (*(mistake.name for mistake in STEP), "order_i_f_o_g"):
        STEP.edit(
            name,
            f"the blocks are read in the order {', '.join(order)}. It is i, f, o, g.",
            f"a_i, a_f, a_o, a_g → {', '.join(f'a_{gate}' for gate in order)}",
        )
STEP.edit(
    "columns_interleaved",
    "the four numbers of a unit are taken from neighbouring columns. The blocks stand side by "
    "side: all H columns of i, then all of f, of o, of g.",
    "np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1) → "
    "((x_t @ W_xh + h_prev @ W_hh + b)[:, k::4] for k in range(4))",
)
STEP.edit(
    "cut_along_the_batch",
    "the sum is cut along the batch, axis 0. The blocks are columns: axis 1.",
    ", axis=1) → )",
)
STEP.edit(
    "one_minus_f",
    "the old cell state is multiplied by 1 - f. On the slide f is said to tell how much to erase; "
    "in the formula it tells how much is kept.",
    "f_t * c_prev → (1 - f_t) * c_prev",
)
STEP.edit(
    "input_gate_coupled_to_f",
    "the input gate is taken to be 1 - f. That is another network; here i has weights of its own.",
    "i_t * g_t → (1 - f_t) * g_t",
)
STEP.edit(
    "old_cell_dropped",
    "the old cell state is gone: c_t is i * g alone. Without f * c_prev nothing lasts.",
    "f_t * c_prev +  → ",
)
STEP.edit(
    "forget_gate_missing",
    "the old cell state is added whole, without the forget gate: the LSTM of 1997. Here f decides.",
    "f_t * c_prev → c_prev",
)
STEP.edit(
    "input_gate_missing",
    "the candidate is added whole, without the input gate.",
    "i_t * g_t → g_t",
)
STEP.edit(
    "cell_state_squashed",
    "the new cell state is squashed, c = tanh(f * c + i * g). It is not: that is why it can last "
    "and grow. Only h shows it squashed.",
    "f_t * c_prev + i_t * g_t → np.tanh(f_t * c_prev + i_t * g_t)",
)
STEP.edit(
    "returns_tanh_of_c",
    "what comes back as c_t is tanh(c_t). Hand on the cell state itself.",
    "return h_t, c_t → return h_t, np.tanh(c_t)",
)
STEP.edit(
    "one_bias_for_all",
    "all four blocks share one bias, the first H numbers of b. Each block has its own.",
    "+ b, 4 → + np.tile(b[: len(W_hh)], 4), 4",
)
STEP.edit("step_without_bias", "the bias b is not added.", " + b, 4 → , 4")
STEP.edit(
    "step_bias_twice",
    "the bias counts twice, as when it is added to each product; there is one, added once.",
    "+ b, 4 → + b + b, 4",
)
STEP.edit(
    "forget_bias_added_again",
    "1 is added before the forget gate's sigmoid. Such a start belongs into b, not into the step.",
    "sigmoid(a_f) → sigmoid(a_f + 1)",
)
STEP.edit(
    "hidden_state_ignored",
    "the gates do not read h_prev. They see the input and the hidden state before it.",
    " + h_prev @ W_hh → ",
)
STEP.edit(
    "gates_read_the_cell",
    "the gates read the cell state. They read the hidden state h_prev.",
    "h_prev @ W_hh → c_prev @ W_hh",
)
STEP.edit(
    "keeps_h_for_c",
    "h_prev takes the place of c_prev in f * c_prev. The two states are different things.",
    "f_t * c_prev → f_t * h_prev",
)
STEP.edit(
    "concatenated_in_another_order",
    "input and hidden state are stacked with the input first, their weights with the input last. "
    "Whichever comes first, it has to be the same for both.",
    "x_t @ W_xh + h_prev @ W_hh → np.hstack([x_t, h_prev]) @ np.vstack([W_hh, W_xh])",
)
STEP.edit(
    "weights_concatenated_in_another_order",
    "input and hidden state are stacked with the input last, their weights with the input first. "
    "Whichever comes first, it has to be the same for both.",
    "x_t @ W_xh + h_prev @ W_hh → np.hstack([h_prev, x_t]) @ np.vstack([W_xh, W_hh])",
)
STEP.edit(
    "candidate_added_to_its_gate",
    "the input gate and the candidate are added. The gate weighs the candidate: i * g.",
    "i_t * g_t → i_t + g_t",
)
STEP.edit(
    "sigmoid_that_overflows",
    "the sigmoid is written exp(z) / (1 + exp(z)), which is nan once exp(z) overflows. The given "
    "sigmoid takes the exponential of negative numbers only.",
    "i_t, f_t, o_t, g_t = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g) → "
    "i_t, f_t, o_t = (np.exp(a) / (1 + np.exp(a)) for a in (a_i, a_f, a_o))\n"
    "    g_t = np.tanh(a_g)",
)
STEP.edit(
    "sigmoid_with_the_wrong_sign",
    "the sigmoid's sign is wrong: 1 / (1 + exp(z)) is large where z is small.",
    "sigmoid(a_i), sigmoid(a_f), sigmoid(a_o) → sigmoid(-a_i), sigmoid(-a_f), sigmoid(-a_o)",
)
STEP.edit(
    "states_in_the_other_order",
    "the two states come back in the other order. It is (h_t, c_t, cache).",
    "return h_t, c_t → return c_t, h_t",
)
STEP.edit(
    "h_t_twice",
    "h_t comes back in both places, as when h_t and c_t are two names of one array. Each needs an "
    "array of its own.",
    "return h_t, c_t → return h_t, h_t",
)
STEP.edit(
    "c_t_twice",
    "c_t comes back in both places, as when h_t and c_t are two names of one array. Each needs an "
    "array of its own.",
    "return h_t, c_t → return c_t, c_t",
)
STEP.edit(
    "step_without_cache",
    "two values are returned. Three are asked for, side by side: h_t, c_t and the cache.",
    "return h_t, c_t, cache → return h_t, c_t",
)
STEP.edit(
    "writes_into_c_prev",
    TOLD_ALREADY,
    "c_t = f_t * c_prev + i_t * g_t → c_prev[:] = f_t * c_prev + i_t * g_t\n    c_t = c_prev",
)

# --- the sequence -------------------------------------------------------------------------------

FORWARD.edit(
    "h_0_ignored",
    "the hidden state starts from zeros. It starts from h_0. (If the state before is read as "
    "h[:, t - 1]: at t = 0 that is h[:, -1], the end, which is still empty.)",
    "h_t, c_t = h_0, c_0 → h_t, c_t = np.zeros_like(h_0), c_0",
)
FORWARD.edit(
    "c_0_ignored",
    "the cell state starts from zeros. It starts from c_0. (If the state before is read as "
    "c[:, t - 1]: at t = 0 that is c[:, -1], the end, which is still empty.)",
    "h_t, c_t = h_0, c_0 → h_t, c_t = h_0, np.zeros_like(c_0)",
)
FORWARD.edit(
    "both_first_states_ignored",
    "both states start from zeros. They start from h_0 and c_0. (If they are read at t - 1: at "
    "t = 0 that is the end, which is still empty.)",
    "h_t, c_t = h_0, c_0 → h_t, c_t = np.zeros_like(h_0), np.zeros_like(c_0)",
)
FORWARD.edit(
    "c_starts_as_h_0",
    "the cell state starts as h_0. It has a first state of its own, c_0.",
    "h_t, c_t = h_0, c_0 → h_t, c_t = h_0, h_0",
)
FORWARD.edit(
    "first_states_exchanged",
    "the hidden state starts as c_0 and the cell state as h_0. It is the other way round.",
    "h_t, c_t = h_0, c_0 → h_t, c_t = c_0, h_0",
)
FORWARD.edit(
    "c_not_carried",
    "every step starts from c_0 again: the cell state is not carried.",
    "x[:, t], h_t, c_t → x[:, t], h_t, c_0",
)
FORWARD.edit(
    "h_not_carried",
    "every step reads h_0 again: the hidden state is not carried.",
    "x[:, t], h_t, c_t → x[:, t], h_0, c_t",
)
FORWARD.edit(
    "nothing_carried",
    "every step starts from h_0 and c_0 again. Each starts from the two states of the step before.",
    "x[:, t], h_t, c_t → x[:, t], h_0, c_0",
)
FORWARD.edit(
    "c_not_updated",
    "the step's new cell state is dropped: every step starts from c_0, and c holds c_0 at each "
    "place.",
    "h_t, c_t, cache = lstm → h_t, _, cache = lstm",
)
FORWARD.edit(
    "h_not_updated",
    "the step's new hidden state is dropped: every step reads h_0, and h holds h_0 at each place.",
    "h_t, c_t, cache = lstm → _, c_t, cache = lstm",
)
FORWARD.edit(
    "h_and_c_swapped",
    "the states change places from step to step: what a step returns as (h_t, c_t) is handed on as "
    "(c_t, h_t).",
    "h_t, c_t, cache = lstm → c_t, h_t, cache = lstm",
    "h.append(h_t) → h.append(c_t)",
    "c.append(c_t) → c.append(h_t)",
)
FORWARD.edit(
    "unpacked_in_the_other_order",
    "what the step returns is unpacked in the other order, and kept so. It returns h_t first.",
    "h_t, c_t, cache = lstm → c_t, h_t, cache = lstm",
)
FORWARD.edit(
    "handed_over_in_the_other_order",
    "the step is handed its two states in the other order, from the first step on. The hidden "
    "state comes first.",
    "x[:, t], h_t, c_t → x[:, t], c_t, h_t",
)
FORWARD.edit(
    "results_in_the_other_order",
    "h and c come back in the other order. It is (h, c, cache).",
    "np.stack(h, axis=1), np.stack(c, axis=1) → np.stack(c, axis=1), np.stack(h, axis=1)",
)
FORWARD.edit(
    "h_returned_twice",
    "c holds the hidden states once more, as when h and c are two names of one array. The cell "
    "states need an array or list of their own.",
    "np.stack(c, axis=1) → np.stack(h, axis=1)",
)
FORWARD.edit(
    "c_returned_twice",
    "h holds the cell states once more, as when h and c are two names of one array. The hidden "
    "states need an array or list of their own.",
    "np.stack(h, axis=1) → np.stack(c, axis=1)",
)
FORWARD.edit(
    "one_array_read_as_hidden",
    "each step takes the hidden state for both of its states, and h and c hold the same, as when "
    "they are two names of one array. They need an array each.",
    "c.append(c_t) → c_t = h_t\n        c.append(c_t)",
)
FORWARD.edit(
    "one_array_read_as_cell",
    "each step takes the cell state for both of its states, and h and c hold the same, as when "
    "they are two names of one array. They need an array each.",
    "h.append(h_t) → h_t = c_t\n        h.append(h_t)",
)
FORWARD.edit(
    "h_never_filled",
    "h holds zeros alone, as when it is never filled.",
    "np.stack(h, axis=1) → np.zeros_like(np.stack(h, axis=1))",
)
FORWARD.edit(
    "c_never_filled",
    "c holds zeros alone, as when it is never filled.",
    "np.stack(c, axis=1) → np.zeros_like(np.stack(c, axis=1))",
)
FORWARD.edit(
    "only_the_last_cell",
    "only the last cell state comes back. c holds all T of them: (N, T, H).",
    "np.stack(c, axis=1) → c_t",
)
FORWARD.edit(
    "only_the_last_hidden",
    "only the last hidden state comes back. h holds all T of them: (N, T, H).",
    "np.stack(h, axis=1) → h_t",
)
FORWARD.edit(
    "only_the_last_states",
    "only the last states come back. All T of each are asked for: (N, T, H).",
    "np.stack(h, axis=1), np.stack(c, axis=1) → h_t, c_t",
)
FORWARD.edit(
    "reversed_time",
    "the sequence is read backwards, from the last input to the first.",
    "in range(x.shape[1]) → in reversed(range(x.shape[1]))",
    "np.stack(h, axis=1), np.stack(c, axis=1) → np.stack(h[::-1], axis=1), "
    "np.stack(c[::-1], axis=1)",
)
FORWARD.edit(
    "one_step_too_few",
    "the loop runs T - 1 times: the last step is missing, and zeros stand at its place.",
    "range(x.shape[1]) → range(x.shape[1] - 1)",
    "return np.stack → h.append(np.zeros_like(h_0))\n    c.append(np.zeros_like(c_0))\n"
    "    return np.stack",
)
FORWARD.edit(
    "first_states_among_the_results",
    "h_0 and c_0 stand among the results. h and c hold the T states after the inputs.",
    "[], [], [] → [h_0], [c_0], []",
)
FORWARD.edit(
    "first_input_not_read",
    "h and c begin with h_0 and c_0, and the first input is not read. Each place holds the states "
    "after its input.",
    "[], [], [] → [h_0], [c_0], []",
    "range(x.shape[1]) → range(1, x.shape[1])",
)
FORWARD.edit(
    "time_on_the_first_axis",
    "time stands on the first axis. The states are stacked to (N, T, H): time is axis 1.",
    "np.stack(h, axis=1), np.stack(c, axis=1) → np.stack(h), np.stack(c)",
)
FORWARD.edit(
    "joined_along_the_units",
    "the states are joined side by side, to (N, T * H). They are stacked along a new axis: "
    "(N, T, H).",
    "np.stack(h, axis=1), np.stack(c, axis=1) → np.hstack(h), np.hstack(c)",
)
FORWARD.edit(
    "same_input_at_every_step",
    "every step reads the first input, x[:, 0]. Step t reads x[:, t].",
    "x[:, t] → x[:, 0]",
)
FORWARD.edit(
    "loops_over_the_batch",
    "the loop runs over the batch and not over time: each sequence's states are handed to the next "
    "sequence of the batch.",
    "h_t, c_t = h_0, c_0 → h_t, c_t = h_0[:1], c_0[:1]",
    "range(x.shape[1]) → range(len(x))",
    "x[:, t] → x[t]",
    "np.stack(h, axis=1), np.stack(c, axis=1) → np.stack(h), np.stack(c)",
)
FORWARD.edit("writes_into_c_0", TOLD_ALREADY, "c.append(c_t) → c_0[:] = c_t\n        c.append(c_t)")
FORWARD.edit(
    "one_buffer_for_all",
    "all places of c hold the last cell state. If one array is written at every step and put into "
    "a list, the list holds the same array many times: each step needs an array of its own.",
    "np.stack(c, axis=1) → np.stack([c[-1]] * len(c), axis=1)",
)
FORWARD.edit(
    "forward_without_cache",
    "two values are returned. Three are asked for, side by side: h, c and the cache.",
    "axis=1), caches → axis=1)",
)

# --- a matrix per gate --------------------------------------------------------------------------

GATES.edit(
    "gates_h_without_tanh",
    "h = o * c, as this slide says literally. The others, and this course, have h = o * tanh(c).",
    "np.tanh(c_t) → c_t",
)
GATES.edit(
    "gates_tanh_of_the_candidate",
    "h_t shows the candidate and not the cell: o * tanh(candidate). It is o * tanh(c_t).",
    "np.tanh(c_t) → np.tanh(candidate)",
)
GATES.edit(
    "W_and_U_swapped",
    "W and U are swapped. In the slides W multiplies the hidden state, U the input.",
    "h_prev @ W[k] + x_t @ U[k] → x_t @ W[k] + h_prev @ U[k]",
    base="gates_by_key",
)
GATES.edit(
    "matrices_on_the_left",
    "the matrices stand on the left, as in the slides, where data are columns. Here rows are "
    "examples: the data stand on the left.",
    "h_prev @ W[k] + x_t @ U[k] → W[k] @ h_prev + U[k] @ x_t",
    base="gates_by_key",
)
GATES.edit(
    "W_transposed",
    "each W is transposed, as for the slides' columns. It is square, so nothing complains, but "
    "each unit reads the wrong weights.",
    "@ W[k] → @ W[k].T",
    base="gates_by_key",
)
GATES.edit(
    "candidate_under_another_key",
    'the candidate is looked up as "g". In the slides\' form its matrices have a c.',
    '"ifoc" → "ifog"',
    'z["c"] → z["g"]',
    base="gates_by_key",
)
GATES.edit(
    "one_matrix_for_all",
    "all gates use the matrices of the input gate. Each has its own.",
    'W[k] + x_t @ U[k] → W["i"] + x_t @ U["i"]',
    base="gates_by_key",
)
GATES.edit(
    "gates_one_bias_for_all",
    "all gates share the bias of the input gate. Each has its own.",
    '+ b[k] → + b["i"]',
    base="gates_by_key",
)
GATES.edit("gates_without_bias", "the biases are not added.", " + b[k] → ", base="gates_by_key")
GATES.edit(
    "gates_sigmoid_on_the_candidate",
    "the candidate goes through a sigmoid like the gates. It is a tanh.",
    "np.tanh(h_prev → sigmoid(h_prev",
)
GATES.edit(
    "gates_one_minus_f",
    "the old cell state is multiplied by 1 - f. In the formula f tells how much is kept.",
    "f_t * c_prev → (1 - f_t) * c_prev",
)
GATES.edit(
    "gates_i_and_f_swapped",
    "input and forget gate are swapped. f goes with the old cell state, i with the candidate.",
    "f_t * c_prev + i_t * candidate → i_t * c_prev + f_t * candidate",
)
GATES.edit(
    "gates_without_W",
    "the gates do not read the hidden state: the term with W is missing.",
    "h_prev @ W[k] +  → ",
    base="gates_by_key",
)
GATES.edit(
    "gates_states_in_the_other_order",
    "the two states come back in the other order. It is (h_t, c_t).",
    "return o_t * np.tanh(c_t), c_t → return c_t, o_t * np.tanh(c_t)",
)
GATES.edit(
    "gates_with_cache",
    "three values are returned. This function returns the two states: (h_t, c_t).",
    "np.tanh(c_t), c_t → np.tanh(c_t), c_t, (i_t, f_t, o_t)",
)
GATES.edit(
    "gates_write_into_c_prev",
    TOLD_ALREADY,
    "c_t = f_t * c_prev + i_t * candidate → c_prev[:] = f_t * c_prev + i_t * candidate\n"
    "    c_t = c_prev",
)

# --- gates set by hand --------------------------------------------------------------------------

PROGRAM.edit(
    "forget_bias_of_five",
    "the forget gate's bias is 5: sigmoid(5) = 0.9933 looks like 1, but after 100 steps half is "
    "gone. A bias of 10 keeps 99.5 %.",
    "-20.0 → -15.0",
    "[-10.0, 10.0, → [-10.0, 5.0,",
)
PROGRAM.edit(
    "input_gate_leaks",
    "the input gate's bias is -5: sigmoid(-5) = 0.0067 looks like 0, but a hundred steps of noise "
    "leak in through it. Shut it more firmly.",
    "[20.0, → [15.0,",
    "[-10.0, → [-5.0,",
)
PROGRAM.edit(
    "write_does_not_forget",
    "a write does not shut the forget gate, so the new bit is added to the old one: 1 - 1 = 0.",
    "-20.0 → 0.0",
)
PROGRAM.edit(
    "input_gate_always_open",
    "the input gate is always open: noise takes the place of the bit at once.",
    "[20.0, → [0.0,",
    "[-10.0, → [10.0,",
)
PROGRAM.edit(
    "candidate_too_weak",
    "the candidate's weight is 1, and tanh(1) is 0.76: too far from the bit.",
    "5.0] → 1.0]",
)
PROGRAM.edit(
    "output_half_open",
    "the output gate is left at its middle: a bias of 0 shows half of what is stored.",
    "10.0, 10.0, 0.0 → 10.0, 0.0, 0.0",
)
PROGRAM.edit(
    "program_order_i_f_g_o",
    "the columns stand in the order i, f, g, o. In this course it is i, f, o, g.",
    "0.0, 5.0] → 5.0, 0.0]",
    "10.0, 0.0] → 0.0, 10.0]",
)
PROGRAM.edit(
    "program_i_and_f_swapped",
    "input and forget gate are swapped: a write keeps the old, noise replaces it.",
    "20.0, -20.0 → -20.0, 20.0",
    "[-10.0, 10.0, → [10.0, -10.0,",
)
PROGRAM.edit(
    "gate_values_for_biases",
    "the biases are what the gates should be, 0 and 1. A gate is the sigmoid of its bias, and "
    "sigmoid(1) is 0.73.",
    "5.0], [20.0, -20.0, → 1.0], [1.0, -1.0,",
    "[-10.0, 10.0, 10.0, → [0.0, 1.0, 1.0,",
)
PROGRAM.edit(
    "rows_swapped",
    "the rows of W_xh are swapped: row 0 is for the bit, row 1 for write.",
    "[bit, write] → [write, bit]",
)
PROGRAM.edit(
    "nothing_programmed",
    "nothing is ever written: all weights are 0, or a write leaves the input gate almost shut.",
    "np.array([bit, write]) → np.zeros((2, 4))",
    "np.array([-10.0, 10.0, 10.0, 0.0]) → np.zeros(4)",
)
PROGRAM.edit(
    "program_transposed",
    "the matrices are transposed. W_xh has shape (D, 4H) = (2, 4), W_hh (1, 4).",
    "[bit, write]) → [bit, write]).T",
    "(1, 4) → (4, 1)",
)
