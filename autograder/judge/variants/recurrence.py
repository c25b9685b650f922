"""Unit 01: the step, the loop over time, the stacked form, as different people write them."""

import math

import numpy as np

from autograder.judge.exercise import Variants

STEP = Variants("rnn_step_forward")
FORWARD = Variants("rnn_forward")
STACK = Variants("stack_weights")
STACKED = Variants("rnn_step_stacked")


@STEP.add
def step_with_scalar_loops(x_t, h_prev, W_xh, W_hh, b_h):
    N, D = x_t.shape
    H = len(b_h)
    h_t = np.zeros((N, H))
    for n in range(N):
        for j in range(H):
            total = b_h[j]
            for d in range(D):
                total += x_t[n, d] * W_xh[d, j]
            for k in range(H):
                total += h_prev[n, k] * W_hh[k, j]
            h_t[n, j] = math.tanh(total)
    return h_t, None


@STEP.add
def step_with_einsum(inputs, state, A, B, bias):
    total = np.einsum("nd,dh->nh", inputs, A) + np.einsum("nk,kh->nh", state, B)
    return np.tanh(total + bias), {"inputs": inputs, "state": state}


@STEP.add
def step_in_the_slides_order(x_t, h_prev, W_xh, W_hh, b_h):
    columns = np.dot(W_xh.T, x_t.T) + np.dot(W_hh.T, h_prev.T) + b_h[:, None]
    h_t = np.tanh(columns).T
    return [h_t, (x_t, h_prev)]


@STEP.add
def step_in_place_on_its_own_array(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = x_t.dot(W_xh)
    h_t += h_prev.dot(W_hh)
    h_t += b_h.reshape(1, -1)
    np.tanh(h_t, out=h_t)
    return h_t, (x_t, h_prev, W_xh, W_hh, h_t)


@STEP.add
def step_in_float32(x_t, h_prev, W_xh, W_hh, b_h):
    x_t, h_prev, W_xh, W_hh, b_h = (
        np.asarray(a, dtype=np.float32) for a in (x_t, h_prev, W_xh, W_hh, b_h)
    )
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h), None


@STEP.add
def step_as_nested_lists(x_t, h_prev, W_xh, W_hh, b_h):
    rows = []
    for x_n, h_n in zip(x_t, h_prev, strict=True):
        rows.append([float(v) for v in np.tanh(x_n @ W_xh + h_n @ W_hh + b_h)])
    return rows, None


@STEP.add
def step_with_exponentials(x_t, h_prev, W_xh, W_hh, b_h):
    a = b_h + h_prev @ W_hh + x_t @ W_xh
    grown = np.exp(-2 * np.abs(a))
    return np.sign(a) * (1 - grown) / (1 + grown), a


@FORWARD.add
def forward_filling_an_array(x, h_0, W_xh, W_hh, b_h):
    N, T, _ = x.shape
    h = np.empty((N, T, h_0.shape[1]))
    for t in range(T):
        before = h_0 if t == 0 else h[:, t - 1, :]
        h[:, t, :] = np.tanh(x[:, t, :] @ W_xh + before @ W_hh + b_h)
    return h, h_0


@FORWARD.add
def forward_appending_states(x, h_0, W_xh, W_hh, b_h):
    states = [h_0]
    for x_t in np.moveaxis(x, 1, 0):
        states.append(np.tanh(x_t @ W_xh + states[-1] @ W_hh + b_h))
    return np.stack(states[1:], axis=1), states


@FORWARD.add
def forward_time_first_then_swapped(x, h_0, W_xh, W_hh, b_h):
    projected = x @ W_xh + b_h
    state, states = h_0, []
    for t in range(x.shape[1]):
        state = np.tanh(projected[:, t] + state @ W_hh)
        states.append(state)
    return np.array(states).transpose(1, 0, 2), (projected, states)


@FORWARD.add
def forward_one_sequence_at_a_time(x, h_0, W_xh, W_hh, b_h):
    h = []
    for sequence, state in zip(x, h_0, strict=True):
        path = []
        for x_t in sequence:
            state = np.tanh(x_t @ W_xh + state @ W_hh + b_h)
            path.append(state)
        h.append(path)
    return np.array(h), None


@FORWARD.add
def forward_by_recursion(x, h_0, W_xh, W_hh, b_h):
    first = np.tanh(x[:, 0] @ W_xh + h_0 @ W_hh + b_h)
    if x.shape[1] == 1:
        return first[:, None], [first]
    rest, cache = forward_by_recursion(x[:, 1:], first, W_xh, W_hh, b_h)
    return np.concatenate([first[:, None], rest], axis=1), [first, *cache]


@FORWARD.add
def forward_in_float32(x, h_0, W_xh, W_hh, b_h):
    x, state, W_xh, W_hh, b_h = (np.float32(a) for a in (x, h_0, W_xh, W_hh, b_h))
    h = np.zeros((*x.shape[:2], len(b_h)), dtype=np.float32)
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
        h[:, t] = state
    return h, None


@STACK.add
def stack_by_vstack(W_xh, W_hh):
    return np.vstack((W_hh, W_xh))


@STACK.add
def stack_by_row_slices(W_xh, W_hh):
    H = W_hh.shape[0]
    W = np.zeros((H + len(W_xh), H))
    W[:H] = W_hh
    W[H:] = W_xh
    return W


@STACK.add
def stack_as_a_list_of_rows(W_xh, W_hh):
    return [*W_hh.tolist(), *W_xh.tolist()]


@STACK.add
def stack_by_columns(W_xh, W_hh):
    return np.hstack([W_hh.T, W_xh.T]).T


@STACK.add
def stack_with_r_(W_xh, W_hh):
    return np.r_[W_hh, W_xh]


@STACKED.add
def stacked_by_hstack(x_t, h_prev, W, b_h):
    return np.tanh(np.hstack((h_prev, x_t)) @ W + b_h)


@STACKED.add
def stacked_by_parts(x_t, h_prev, W, b_h):
    H = h_prev.shape[1]
    return np.tanh(h_prev @ W[:H] + x_t @ W[H:] + b_h)


@STACKED.add
def stacked_with_the_bias_as_a_row(x_t, h_prev, W, b_h):
    ones = np.ones((len(x_t), 1))
    return np.tanh(np.c_[h_prev, x_t, ones] @ np.r_[W, b_h[None]])


@STACKED.add
def stacked_row_by_row(x_t, h_prev, W, b_h):
    rows = [np.tanh(np.append(h, x) @ W + b_h) for h, x in zip(h_prev, x_t, strict=True)]
    return np.array(rows)


@STACKED.add
def stacked_with_einsum(x_t, h_prev, W, b_h):
    joined = np.concatenate([h_prev, x_t], axis=-1)
    return np.tanh(np.einsum("nk,kh->nh", joined, W) + b_h)
