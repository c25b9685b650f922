"""Unit 01: mistakes in the step, in the loop over time, in the stacked form.

Written as a learner would write them. The functions are called after their mistake.
"""

import numpy as np

from autograder.judge.exercise import Mistakes

STEP = Mistakes("step")
FORWARD = Mistakes("forward")
STACK = Mistakes("stack")
STACKED = Mistakes("stacked")


@STEP.named("The bias b_h is never added.")
def step_without_bias(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh)
    return h_t, (x_t, h_prev, h_t)


@STEP.named(
    "The bias is added after tanh. It belongs inside, where it shifts the sum before squashing."
)
def bias_after_tanh(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh) + b_h
    return h_t, (x_t, h_prev, h_t)


@STEP.named("The bias is added twice, once with each product; there is one bias in all.")
def bias_twice(x_t, h_prev, W_xh, W_hh, b_h):
    from_input = x_t @ W_xh + b_h
    from_state = h_prev @ W_hh + b_h
    h_t = np.tanh(from_input + from_state)
    return h_t, (x_t, h_prev, h_t)


@STEP.named("The bias is subtracted. It is added.")
def bias_subtracted(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh - b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named(
    "The state is squashed by the logistic sigmoid (0 to 1). This recurrence uses tanh (-1 to 1)."
)
def sigmoid_for_tanh(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = 1 / (1 + np.exp(-(x_t @ W_xh + h_prev @ W_hh + b_h)))
    return h_t, (x_t, h_prev, h_t)


@STEP.named("The state is passed through a ReLU, which drops all that is negative. Use tanh.")
def relu_for_tanh(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.maximum(0, x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named(
    "What comes back is the sum before tanh (the pre-activation): tanh is not applied to it."
)
def returns_preactivation(x_t, h_prev, W_xh, W_hh, b_h):
    a_t = x_t @ W_xh + h_prev @ W_hh + b_h
    return a_t, (x_t, h_prev, np.tanh(a_t))


@STEP.named("tanh is applied to the two products separately. It is applied once, to their sum.")
def tanh_of_each_term(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh) + np.tanh(h_prev @ W_hh) + b_h
    return h_t, (x_t, h_prev, h_t)


@STEP.named("tanh is applied twice.")
def tanh_twice(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h))
    return h_t, (x_t, h_prev, h_t)


@STEP.named(
    "W_hh is transposed, as in the slides' column order W times h. It is square, so nothing "
    "complains, but each unit reads the wrong weights. Here rows are examples: the state stands on "
    "the left of W_hh as it is."
)
def W_hh_transposed(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh.T + b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named(
    "W_xh is transposed. It has shape (D, H), so that x_t (N, D) times W_xh gives (N, H) as it is."
)
def W_xh_transposed(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named("* multiplies number by number. A matrix product is written @.")
def elementwise_product(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t * W_xh + h_prev * W_hh + b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named("The previous state h_prev never reaches the new one: without it there is no memory.")
def state_ignored(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named("The input x_t never reaches the new state.")
def input_ignored(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(h_prev @ W_hh + b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named("h_prev is added as it is. It goes through the recurrent weights W_hh first.")
def state_without_weights(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + h_prev + b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named("h_prev is added to the result once more. The new state replaces the old one.")
def residual_state(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = h_prev + np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_t, (x_t, h_prev, h_t)


@STEP.named(
    "The numbers are right, but they are written into h_prev, which belongs to the caller: whoever "
    "kept the old state has lost it. Make a new array."
)
def writes_into_h_prev(x_t, h_prev, W_xh, W_hh, b_h):
    h_prev[:] = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_prev, (x_t, h_prev)


@STEP.named("Only h_t comes back. Return the pair (h_t, cache): a backward pass needs the cache.")
def step_without_cache(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


@STEP.named("The pair comes back in the other order. The state is first, the cache second.")
def cache_first(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return (x_t, h_prev, h_t), h_t


@FORWARD.named(
    "The first state is not h_0 but zeros. (h[:, t - 1] at t = 0 is h[:, -1]: it wraps round to "
    "the end, which is still empty.)"
)
def h_0_ignored(x, h_0, W_xh, W_hh, b_h):
    N, T, _ = x.shape
    h = np.zeros((N, T, W_hh.shape[0]))
    for t in range(T):
        h[:, t] = np.tanh(x[:, t] @ W_xh + h[:, t - 1] @ W_hh + b_h)
    return h, None


@FORWARD.named(
    "Every step starts from h_0 again. Each step starts from the state of the step before."
)
def h_0_at_every_step(x, h_0, W_xh, W_hh, b_h):
    T = x.shape[1]
    h = np.stack([np.tanh(x[:, t] @ W_xh + h_0 @ W_hh + b_h) for t in range(T)], axis=1)
    return h, None


@FORWARD.named("The sequence is read backwards: from the last input to the first.")
def reversed_time(x, h_0, W_xh, W_hh, b_h):
    N, T, _ = x.shape
    h = np.zeros((N, T, h_0.shape[1]))
    state = h_0
    for t in reversed(range(T)):
        state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
        h[:, t] = state
    return h, None


@FORWARD.named("Only the last state comes back. All T of them are asked for, stacked to (N, T, H).")
def only_the_last_state(x, h_0, W_xh, W_hh, b_h):
    state = h_0
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
    return state, None


@FORWARD.named("The loop runs T - 1 times: the last step is missing and its state stays empty.")
def one_step_too_few(x, h_0, W_xh, W_hh, b_h):
    N, T, _ = x.shape
    h = np.zeros((N, T, h_0.shape[1]))
    state = h_0
    for t in range(T - 1):
        state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
        h[:, t] = state
    return h, None


@FORWARD.named("h_0 stands among the results. h holds the T states after the inputs, without h_0.")
def h_0_among_the_states(x, h_0, W_xh, W_hh, b_h):
    states = [h_0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_xh + states[-1] @ W_hh + b_h))
    return np.stack(states, axis=1), None


@FORWARD.named(
    "Each place holds the state before its input instead of after: everything is one step late."
)
def one_step_late(x, h_0, W_xh, W_hh, b_h):
    states, state = [], h_0
    for t in range(x.shape[1]):
        states.append(state)
        state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
    return np.stack(states, axis=1), None


@FORWARD.named(
    "Time stands on the first axis. The states are stacked to (N, T, H): time is axis 1."
)
def time_on_the_first_axis(x, h_0, W_xh, W_hh, b_h):
    states, state = [], h_0
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
        states.append(state)
    return np.stack(states), None


@FORWARD.named(
    "The loop runs over the batch and not over time: each sequence's state is handed to the next "
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


@FORWARD.named("Every step reads the first input, x[:, 0]. Step t reads x[:, t].")
def same_input_at_every_step(x, h_0, W_xh, W_hh, b_h):
    states, state = [], h_0
    for _ in range(x.shape[1]):
        state = np.tanh(x[:, 0] @ W_xh + state @ W_hh + b_h)
        states.append(state)
    return np.stack(states, axis=1), None


@FORWARD.named(
    "All places hold one and the same array, so they all show the last state. Each step needs an "
    "array of its own."
)
def one_buffer_for_all(x, h_0, W_xh, W_hh, b_h):
    state, states = h_0.copy(), []
    for t in range(x.shape[1]):
        state[:] = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
        states.append(state)
    return np.stack(states, axis=1), None


@FORWARD.named(
    "The numbers are right, but the states are written into h_0, which belongs to the caller."
)
def writes_into_h_0(x, h_0, W_xh, W_hh, b_h):
    states = []
    for t in range(x.shape[1]):
        h_0[:] = np.tanh(x[:, t] @ W_xh + h_0 @ W_hh + b_h)
        states.append(h_0.copy())
    return np.stack(states, axis=1), None


@FORWARD.named("Only h comes back. Return the pair (h, cache).")
def forward_without_cache(x, h_0, W_xh, W_hh, b_h):
    states, state = [], h_0
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
        states.append(state)
    return np.stack(states, axis=1)


@FORWARD.named(
    "tanh is applied once, at the end. It belongs to every step, before the state is handed on."
)
def tanh_once_at_the_end(x, h_0, W_xh, W_hh, b_h):
    states, state = [], h_0
    for t in range(x.shape[1]):
        state = x[:, t] @ W_xh + state @ W_hh + b_h
        states.append(state)
    return np.tanh(np.stack(states, axis=1)), None


@STACK.named("W_xh is on top. The slides put h first: the H rows of W_hh, then the D rows of W_xh.")
def stacked_in_the_other_order(W_xh, W_hh):
    return np.concatenate([W_xh, W_hh], axis=0)


@STACK.named("The matrices stand side by side. They go one above the other: shape (H + D, H).")
def stacked_side_by_side(W_xh, W_hh):
    return np.concatenate([W_hh, W_xh], axis=1)


@STACK.named("W_hh is transposed. As it is square, its shape does not show it.")
def stacked_with_W_hh_transposed(W_xh, W_hh):
    return np.concatenate([W_hh.T, W_xh], axis=0)


@STACK.named(
    "The slides' row (W_hh W_xh) is for column vectors. For rows it is turned: (H + D, H)."
)
def stacked_for_columns(W_xh, W_hh):
    return np.concatenate([W_hh.T, W_xh.T], axis=1)


@STACK.named("Two matrices came back instead of one: join them.")
def stacked_into_a_tuple(W_xh, W_hh):
    return W_hh, W_xh


@STACK.named("The matrices are multiplied. Stacking only puts them one above the other.")
def multiplied(W_xh, W_hh):
    return W_xh @ W_hh


@STACK.named("The matrices were flattened into one long vector. Keep the H columns.")
def stacked_flat(W_xh, W_hh):
    return np.concatenate([W_hh.ravel(), W_xh.ravel()])


@STACK.named(
    "np.stack makes a new axis, and wants arrays of equal shapes. Join them on the old one."
)
def stacked_on_a_new_axis(W_xh, W_hh):
    return np.stack([W_hh, W_xh])


@STACK.named("The matrices are added. Each keeps its own rows: H of W_hh, then D of W_xh.")
def added(W_xh, W_hh):
    return W_hh + W_xh


@STACKED.named(
    "x_t is put before h_prev (or meets the upper rows of W). The rows of W_hh come first."
)
def concatenated_in_the_other_order(x_t, h_prev, W, b_h):
    return np.tanh(np.concatenate([x_t, h_prev], axis=1) @ W + b_h)


@STACKED.named("The two are joined along the batch. Join them along the features: (N, H + D).")
def concatenated_along_the_batch(x_t, h_prev, W, b_h):
    return np.tanh(np.concatenate([h_prev, x_t], axis=0) @ W + b_h)


@STACKED.named("The bias b_h is never added.")
def stacked_without_bias(x_t, h_prev, W, b_h):
    return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W)


@STACKED.named("The bias counts twice. There is one, added once.")
def stacked_bias_twice(x_t, h_prev, W, b_h):
    H = h_prev.shape[1]
    return np.tanh((h_prev @ W[:H] + b_h) + (x_t @ W[H:] + b_h))


@STACKED.named("tanh is missing.")
def stacked_without_tanh(x_t, h_prev, W, b_h):
    return np.concatenate([h_prev, x_t], axis=1) @ W + b_h


@STACKED.named("The bias is added after tanh. It belongs inside.")
def stacked_bias_after_tanh(x_t, h_prev, W, b_h):
    return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W) + b_h


@STACKED.named("W is transposed. With rows as batch it stands on the right as it is.")
def stacked_W_transposed(x_t, h_prev, W, b_h):
    return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W.T + b_h)


@STACKED.named("A pair came back. This function returns h_t alone.")
def stacked_with_cache(x_t, h_prev, W, b_h):
    h_t = np.tanh(np.concatenate([h_prev, x_t], axis=1) @ W + b_h)
    return h_t, (x_t, h_prev)
