"""Unit 09: mistakes in going back through a whole sequence.

Written as a learner would write them, with the step in the loop, so that each stands alone. They
take the caches as the notebook documents them: one a step, each a tuple of ten arrays.
"""

import numpy as np

from autograder.judge.edits import Mistakes

BACKWARD = Mistakes("lstm_gradients", "lstm_backward")


@BACKWARD.written(
    "The cell's gradient is not carried to the step before: each step starts with dc_t = 0. Hand "
    "dc_prev on as well."
)
def dc_not_carried(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next = da @ W_hh.T
        dc_0 = dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_0, dW_xh, dW_hh, db


@BACKWARD.written(
    "The state's gradient is not carried to the step before: h_t also acts through the next "
    "step's gates. Add dh_prev to dh[:, t]."
)
def dh_not_carried(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_0, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_0, dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "Neither gradient is carried: each step is gone through alone. Hand dh_prev and dc_prev to "
    "the step before."
)
def nothing_carried(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_0, dc_0 = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_0, dc_0, dW_xh, dW_hh, db


@BACKWARD.written(
    "Only the last step's upstream gradient is used; before it the carry stands in its place. "
    "Every state has its own: add dh[:, t] to the carry at every step."
)
def upstream_of_the_last_step_alone(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = dh[:, -1], np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written("The carried dh_prev is added to dh[:, t] twice. Once is enough.")
def dh_carry_added_twice(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + 2 * dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written("The upstream gradients are replaced by ones. They are given in dh.")
def ones_for_upstream(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = 1 + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written("The loop runs forward in time. Going back starts at the last step.")
def forward_in_time(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in range(len(cache)):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written("dh_0 comes back as zeros. It is what the first step hands back.")
def dh_0_zero(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, np.zeros_like(dh_next), dc_next, dW_xh, dW_hh, db


@BACKWARD.written("dc_0 comes back as zeros. It is what the first step hands back.")
def dc_0_zero(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, np.zeros_like(dc_next), dW_xh, dW_hh, db


@BACKWARD.written(
    "dh_0 is the upstream gradient of the first state. It is what the first step hands back for "
    "the state before it."
)
def dh_0_is_the_first_upstream(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh[:, 0], dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "dh_0 and dc_0 have changed places. The order is dx, dh_0, dc_0, dW_xh, dW_hh, db."
)
def dh_0_and_dc_0_swapped(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dc_next, dh_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "The two carried gradients change places from step to step: dh_prev goes to the state, "
    "dc_prev to the cell."
)
def carries_swapped(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dc_next, dh_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "The weights' gradients hold the first step only: = where += belongs. The same weights serve "
    "all steps."
)
def weights_of_the_first_step_alone(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh = x_t.T @ da
        dW_hh = h_prev.T @ da
        db = da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "The forget gate's part of db is a copy of the input gate's. Each gate has its own."
)
def bias_of_i_copied_to_f(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    H = dh.shape[2]
    dW_xh, dW_hh, db = 0, 0, np.zeros(4 * H)
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    db[H : 2 * H] = db[:H]
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written("dW_xh, dW_hh and db are divided by the number of steps. They are sums.")
def mean_over_time(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh / len(cache), dW_hh / len(cache), db / len(cache)


@BACKWARD.written("dW_xh, dW_hh and db are divided by the batch size. They are sums.")
def mean_over_the_batch_of_sequences(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh / len(dh), dW_hh / len(dh), db / len(dh)


@BACKWARD.written(
    "Every step has the dx of the first. Write each step's into its own place, dx[:, t]."
)
def dx_of_the_first_step_everywhere(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:] = (da @ W_xh.T)[:, None]
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "dx is in the order of the loop, the last step first. dx[:, t] belongs to x[:, t]."
)
def dx_in_reverse_order(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx[:, ::-1], dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written("dx has time on its first axis. Its shape is that of x: (N, T, D).")
def dx_with_time_first(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx.transpose(1, 0, 2), dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written("The first step, t = 0, is left out: range stops one too early.")
def stops_before_the_first_step(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in range(len(cache) - 1, 0, -1):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written("The last step is left out: its own upstream gradient dh[:, T-1] never enters.")
def starts_before_the_last_step(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache) - 1)):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "The cell's gradient is carried as it is. Each step back multiplies it by the forget gate."
)
def carry_without_f(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "dc_prev is added to a carry that it already contains: each step back replaces the carry."
)
def carry_counted_twice(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc_next + dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "The numbers are right, but the caller's dh is overwritten: the carried gradient is added "
    "into it. Make a new array of the sum."
)
def adds_into_dh(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh[:, t] += dh_next
        dh_t, tanh_c = dh[:, t], np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


@BACKWARD.written(
    "The numbers are right, but the cache is overwritten on the way, so that nobody can go back "
    "a second time."
)
def empties_the_cache(dh, cache):
    dx = np.zeros((len(dh), len(cache), len(cache[0][8])))
    dW_xh, dW_hh, db = 0, 0, 0
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(cache))):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache[t]
        dh_t, tanh_c = dh[:, t] + dh_next, np.tanh(c_t)
        dc = dc_next + dh_t * o_t * (1 - tanh_c**2)
        da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
        da_o, da_g = dh_t * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
        da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
        dx[:, t] = da @ W_xh.T
        dh_next, dc_next = da @ W_hh.T, dc * f_t
        dW_xh += x_t.T @ da
        dW_hh += h_prev.T @ da
        db += da.sum(axis=0)
        i_t *= 0
    return dx, dh_next, dc_next, dW_xh, dW_hh, db
