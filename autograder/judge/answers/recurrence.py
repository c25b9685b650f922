"""01_recurrence: the model answers. Made by ``autograder release``."""

import numpy as np


def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):
    """Return (h_t, cache): the state after this step, and what you want to keep."""
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)  # (N, H)
    cache = (x_t, h_prev, h_t, W_xh, W_hh)
    return h_t, cache


def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    """Return (h, cache): the states after every input, stacked to (N, T, H)."""
    states, caches = [], []
    h_t = h_0
    for t in range(x.shape[1]):
        h_t, cache = rnn_step_forward(x[:, t], h_t, W_xh, W_hh, b_h)  # (N, H)
        states.append(h_t)
        caches.append(cache)
    return np.stack(states, axis=1), caches  # (N, T, H)


def stack_weights(W_xh, W_hh):
    """Return both matrices in one, of shape (H + D, H), the rows of W_hh first."""
    return np.concatenate([W_hh, W_xh], axis=0)  # (H + D, H)


def rnn_step_stacked(x_t, h_prev, W, b_h):
    """Return h_t, by one product with the stacked matrix."""
    joined = np.concatenate([h_prev, x_t], axis=1)  # (N, H + D)
    return np.tanh(joined @ W + b_h)  # (N, H)


def delay_line(k):
    """Return (W_xh, W_hh, b_h): unit j has the sign of the input j steps ago."""
    W_xh = 3.0 * np.eye(1, k)  # the input reaches unit 0 alone
    W_hh = 3.0 * np.eye(k, k=1)  # from unit j to unit j + 1
    return W_xh, W_hh, np.zeros(k)
