"""Unit 01: mistakes in the step, in the loop over time, in the stacked form."""

import numpy as np

from autograder.judge.edits import TOLD_ALREADY, Mistakes

STEP = Mistakes("recurrence", "rnn_step_forward")
FORWARD = Mistakes("recurrence", "rnn_forward")
STACK = Mistakes("recurrence", "stack_weights")
STACKED = Mistakes("recurrence", "rnn_step_stacked")


# --- one step -----------------------------------------------------------------------------------

STEP.edit("step_without_bias", "the bias b_h is not added.", " + b_h) → )")
STEP.edit(
    "bias_after_tanh",
    "the bias is added after tanh. It belongs inside, where it shifts the sum before squashing.",
    " + b_h) → ) + b_h",
)
STEP.edit(
    "bias_twice",
    "the bias is added twice, once with each product; there is one bias in all.",
    "+ b_h → + b_h + b_h",
)
STEP.edit("bias_subtracted", "the bias is subtracted; it should be added.", "+ b_h → - b_h")
STEP.edit(
    "sigmoid_for_tanh",
    "the state is squashed by the logistic sigmoid (0 to 1). This recurrence uses tanh (-1 to 1).",
    "np.tanh(x_t → 1 / (1 + np.exp(-(x_t",
    "+ b_h) → + b_h)))",
)
STEP.edit(
    "relu_for_tanh",
    "the state is passed through a ReLU, which drops all that is negative. Use tanh.",
    "np.tanh( → np.maximum(0, ",
)
STEP.edit(
    "returns_preactivation",
    "the sum before tanh (the pre-activation) comes back: tanh is not applied to it.",
    "np.tanh( → (",
)
STEP.edit(
    "tanh_of_each_term",
    "tanh is applied to the two products separately. It is applied once, to their sum.",
    "x_t @ W_xh + h_prev @ W_hh + b_h) → x_t @ W_xh) + np.tanh(h_prev @ W_hh) + b_h",
)
STEP.edit(
    "tanh_twice", "tanh is applied twice.", "np.tanh(x_t → np.tanh(np.tanh(x_t", "+ b_h) → + b_h))"
)
STEP.edit(
    "W_hh_transposed",
    "W_hh is transposed, as in the slides' column order W times h. It is square, so nothing "
    "complains, but each unit reads the wrong weights. Here rows are examples: the state stands on "
    "the left of W_hh as it is.",
    "@ W_hh + → @ W_hh.T +",
)
STEP.edit(
    "W_xh_transposed",
    "W_xh is transposed. It has shape (D, H), so that x_t (N, D) times W_xh gives (N, H) as it is.",
    "@ W_xh + → @ W_xh.T +",
)
STEP.edit(
    "elementwise_product",
    "* stands between the arrays, and multiplies number by number. A matrix product is written @.",
    "x_t @ W_xh + h_prev @ W_hh → x_t * W_xh + h_prev * W_hh",
)
STEP.edit(
    "state_ignored",
    "the previous state h_prev does not reach the new one: without it there is no memory.",
    " + h_prev @ W_hh → ",
)
STEP.edit("input_ignored", "the input x_t does not reach the new state.", "x_t @ W_xh +  → ")
STEP.edit(
    "state_without_weights",
    "h_prev is added as it is. It goes through the recurrent weights W_hh first.",
    "h_prev @ W_hh → h_prev",
)
STEP.edit(
    "residual_state",
    "h_prev is added to the result once more. The new state replaces the old one.",
    "= np.tanh( → = h_prev + np.tanh(",
)
STEP.edit(
    "writes_into_h_prev",
    TOLD_ALREADY,
    "h_t = np.tanh → h_t = h_prev\n    h_t[:] = np.tanh",
)
STEP.edit(
    "step_without_cache",
    "h_t comes back alone. Return the pair (h_t, cache): a backward pass needs the cache.",
    "return h_t, cache → return h_t",
)
STEP.edit(
    "cache_first",
    "the pair is in the other order. The state is first, the cache second.",
    "return h_t, cache → return cache, h_t",
)

# --- the sequence -------------------------------------------------------------------------------

FORWARD.edit(
    "h_0_ignored",
    "the first state is not h_0 but zeros. (If the state before is read as h[:, t - 1]: at t = 0 "
    "that is h[:, -1], the end, which is still empty.)",
    "h_t = h_0 → h_t = np.zeros_like(h_0)",
)
FORWARD.edit(
    "h_0_at_every_step",
    "every step starts from h_0 again. Each step starts from the state of the step before.",
    "x[:, t], h_t, → x[:, t], h_0,",
)
FORWARD.edit(
    "reversed_time",
    "the sequence is read backwards, from the last input to the first, and each state stands at "
    "the place of its input.",
    "in range(x.shape[1]) → in reversed(range(x.shape[1]))",
    "np.stack(states, → np.stack(states[::-1],",
)
FORWARD.edit(
    "only_the_last_state",
    "the last state comes back alone. All T of them are asked for, stacked to (N, T, H).",
    "np.stack(states, axis=1) → h_t",
)
FORWARD.edit(
    "one_step_too_few",
    "the loop runs T - 1 times: the last step is missing, and zeros stand at its place.",
    "range(x.shape[1]) → range(x.shape[1] - 1)",
    "return np.stack → states.append(np.zeros_like(h_0))\n    return np.stack",
)
FORWARD.edit(
    "h_0_among_the_states",
    "h_0 stands among the results. h holds the T states after the inputs, without h_0.",
    "h_t = h_0 → h_t = h_0\n    states.append(h_0)",
)
FORWARD.edit(
    "one_step_late",
    "each place holds the state before its input instead of after: everything is one step late.",
    "h_t, cache = → states.append(h_t)\n        h_t, cache =",
    "        states.append(h_t)\n        caches →         caches",
)
FORWARD.edit(
    "time_on_the_first_axis",
    "time stands on the first axis. The states are stacked to (N, T, H): time is axis 1.",
    ", axis=1) → )",
)
FORWARD.edit(
    "same_input_at_every_step",
    "every step reads the first input, x[:, 0]. Step t reads x[:, t].",
    "x[:, t] → x[:, 0]",
)
FORWARD.edit(
    "one_buffer_for_all",
    "all places hold the last state. If one array is written at every step and put into a list, "
    "the list holds the same array many times: each step needs an array of its own.",
    "np.stack(states, → np.stack([states[-1]] * len(states),",
)
FORWARD.edit(
    "writes_into_h_0",
    TOLD_ALREADY,
    "states.append(h_t) → h_0[:] = h_t\n        states.append(h_t)",
)
FORWARD.edit(
    "forward_without_cache",
    "h comes back alone. Return the pair (h, cache).",
    "axis=1), caches → axis=1)",
)
FORWARD.edit(
    "tanh_once_at_the_end",
    "tanh is applied once, at the end. It belongs to every step, before the state is handed on.",
    "rnn_step_forward(x[:, t], h_t, W_xh, W_hh, b_h) → x[:, t] @ W_xh + h_t @ W_hh + b_h, None",
    "np.stack(states, axis=1) → np.tanh(np.stack(states, axis=1))",
)


@FORWARD.written(
    "the loop runs over the batch and not over time: each sequence's state is handed to the next "
    "sequence of the batch."
)
def loops_over_the_batch(x, h_0, W_xh, W_hh, b_h):
    N, T, _ = x.shape
    h = np.zeros((N, T, h_0.shape[1]))
    state = h_0[:1]
    for n in range(N):
        state = np.tanh(x[n] @ W_xh + state @ W_hh + b_h)
        h[n] = state
    return h, None


# --- the stacked form ---------------------------------------------------------------------------

STACK.edit(
    "stacked_in_the_other_order",
    "W_xh is on top. The slides put h first: the H rows of W_hh, then the D rows of W_xh.",
    "[W_hh, W_xh] → [W_xh, W_hh]",
)
STACK.edit(
    "stacked_side_by_side",
    "the matrices stand side by side. They go one above the other: shape (H + D, H).",
    "[W_hh, W_xh], axis=0 → [W_hh, W_xh], axis=1",
)
STACK.edit(
    "stacked_with_W_hh_transposed",
    "W_hh is transposed. As it is square, its shape does not show it.",
    "[W_hh, → [W_hh.T,",
)
STACK.edit(
    "stacked_for_columns",
    "the slides' row (W_hh W_xh) for column vectors is made. For rows it is turned: (H + D, H).",
    "[W_hh, W_xh], axis=0 → [W_hh.T, W_xh.T], axis=1",
)
STACK.edit(
    "stacked_into_a_tuple",
    "the two matrices come back side by side in a tuple. Join them into one.",
    "np.concatenate([W_hh, W_xh], axis=0) → W_hh, W_xh",
)
STACK.edit(
    "multiplied",
    "the matrices are multiplied. Stacking only puts them one above the other.",
    "np.concatenate([W_hh, W_xh], axis=0) → W_xh @ W_hh",
)
STACK.edit(
    "stacked_flat",
    "the matrices are flattened into one long vector. Keep the H columns.",
    "[W_hh, W_xh] → [W_hh.ravel(), W_xh.ravel()]",
)
STACK.edit(
    "stacked_on_a_new_axis",
    "np.stack is used: it makes a new axis and wants arrays of equal shapes. Join them on the old "
    "one.",
    "np.concatenate([W_hh, W_xh], axis=0) → np.stack([W_hh, W_xh])",
)
STACK.edit(
    "added",
    "the matrices are added. Each keeps its own rows: H of W_hh, then D of W_xh.",
    "np.concatenate([W_hh, W_xh], axis=0) → W_hh + W_xh",
)

STACKED.edit(
    "concatenated_in_the_other_order",
    "x_t is put before h_prev (or meets the upper rows of W). The rows of W_hh come first.",
    "[h_prev, x_t] → [x_t, h_prev]",
)
STACKED.edit(
    "concatenated_along_the_batch",
    "the two are joined along the batch. Join them along the features: (N, H + D).",
    "axis=1 → axis=0",
)
STACKED.edit("stacked_without_bias", "the bias b_h is not added.", "W + b_h → W")
STACKED.edit(
    "stacked_bias_twice",
    "the bias counts twice. There is one, added once.",
    "W + b_h → W + b_h + b_h",
)
STACKED.edit("stacked_without_tanh", "tanh is not applied.", "np.tanh( → (")
STACKED.edit(
    "stacked_bias_after_tanh",
    "the bias is added after tanh. It belongs inside.",
    " + b_h) → ) + b_h",
)
STACKED.edit(
    "stacked_W_transposed",
    "W is transposed. With rows as batch it stands on the right as it is.",
    "@ W  → @ W.T ",
)
STACKED.edit(
    "stacked_with_cache",
    "a pair comes back. This function returns h_t alone.",
    "return np.tanh(joined @ W + b_h) → return np.tanh(joined @ W + b_h), joined",
)
