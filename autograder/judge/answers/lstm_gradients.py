"""09_lstm_gradients: the model answers. Made by ``autograder release``."""

import numpy as np


def lstm_step_forward(x_t, h_prev, c_prev, W_xh, W_hh, b):
    """Return (h_t, c_t, cache) of one step."""
    a_i, a_f, a_o, a_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)  # (N, H) each
    i_t, f_t, o_t = (np.exp(-np.logaddexp(0, -a)) for a in (a_i, a_f, a_o))  # sigmoid
    g_t = np.tanh(a_g)
    c_t = f_t * c_prev + i_t * g_t
    h_t = o_t * np.tanh(c_t)
    return h_t, c_t, (x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh)


def lstm_forward(x, h_0, c_0, W_xh, W_hh, b):
    """Return (h, c, cache): states and cells (N, T, H), and the list of the steps' caches."""
    h_t, c_t, h, c, cache = h_0, c_0, [], [], []
    for t in range(x.shape[1]):
        h_t, c_t, step = lstm_step_forward(x[:, t], h_t, c_t, W_xh, W_hh, b)
        h.append(h_t)
        c.append(c_t)
        cache.append(step)
    return np.stack(h, axis=1), np.stack(c, axis=1), cache


def dc_total(dh_t, dc_t, o_t, tanh_c):
    """Return all that arrives at the cell, (N, H)."""
    return dc_t + dh_t * o_t * (1 - tanh_c**2)


def lstm_step_backward(dh_t, dc_t, cache):
    """Return dx_t, dh_prev, dc_prev, dW_xh, dW_hh, db."""
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    tanh_c = np.tanh(c_t)
    do_t = dh_t * tanh_c  # (N, H), as all until da
    dc_total = dc_t + dh_t * o_t * (1 - tanh_c**2)
    di_t, df_t, dg_t = dc_total * g_t, dc_total * c_prev, dc_total * i_t
    dc_prev = dc_total * f_t
    da_i = di_t * i_t * (1 - i_t)
    da_f = df_t * f_t * (1 - f_t)
    da_o = do_t * o_t * (1 - o_t)
    da_g = dg_t * (1 - g_t**2)
    da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)  # (N, 4H)
    dx_t, dh_prev = da @ W_xh.T, da @ W_hh.T
    return dx_t, dh_prev, dc_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)


def lstm_backward(dh, cache):
    """Return dx, dh_0, dc_0, dW_xh, dW_hh, db."""
    dh_next, dc_next = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    dx, dW_xh, dW_hh, db = [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        dx_t, dh_next, dc_next, *steps = lstm_step_backward(dh[:, t] + dh_next, dc_next, cache[t])
        dx.append(dx_t)
        dW_xh, dW_hh, db = dW_xh + steps[0], dW_hh + steps[1], db + steps[2]
    dx = np.stack(dx[::-1], axis=1)  # (N, T, D)
    return dx, dh_next, dc_next, dW_xh, dW_hh, db


def direct_path_gain(f):
    """Return, for each step, the product of all later forget gates, (N, T, H)."""
    gain = np.ones_like(f)
    for t in reversed(range(f.shape[1] - 1)):
        gain[:, t] = gain[:, t + 1] * f[:, t + 1]
    return gain


def forget_bias_for(half_life):
    """Return the forget bias with which half of a cell is left after half_life steps."""
    return -np.log(np.expm1(np.log(2) / half_life))
