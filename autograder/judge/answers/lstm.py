"""08_lstm: the model answers. Made by ``autograder release``."""

import numpy as np


def sigmoid(a):
    """Return 1 / (1 + exp(-a)), number by number, for numbers of any size."""
    small = np.exp(-np.abs(a))  # at most 1
    return np.where(a >= 0, 1, small) / (1 + small)


def lstm_step_forward(x_t, h_prev, c_prev, W_xh, W_hh, b):
    """Return (h_t, c_t, cache): both states after this step, and what you want to keep."""
    a_i, a_f, a_o, a_g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)  # (N, H) each
    i_t, f_t, o_t, g_t = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o), np.tanh(a_g)
    c_t = f_t * c_prev + i_t * g_t
    h_t = o_t * np.tanh(c_t)
    cache = (x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh)
    return h_t, c_t, cache


def lstm_forward(x, h_0, c_0, W_xh, W_hh, b):
    """Return (h, c, cache): both states after every input, each stacked to (N, T, H)."""
    h_t, c_t = h_0, c_0
    h, c, caches = [], [], []
    for t in range(x.shape[1]):
        h_t, c_t, cache = lstm_step_forward(x[:, t], h_t, c_t, W_xh, W_hh, b)  # (N, H)
        h.append(h_t)
        c.append(c_t)
        caches.append(cache)
    return np.stack(h, axis=1), np.stack(c, axis=1), caches  # (N, T, H)


def lstm_step_gates(x_t, h_prev, c_prev, W, U, b):
    """Return (h_t, c_t), from matrices and biases of each gate's own."""
    i_t = sigmoid(h_prev @ W["i"] + x_t @ U["i"] + b["i"])  # (N, H)
    f_t = sigmoid(h_prev @ W["f"] + x_t @ U["f"] + b["f"])
    o_t = sigmoid(h_prev @ W["o"] + x_t @ U["o"] + b["o"])
    candidate = np.tanh(h_prev @ W["c"] + x_t @ U["c"] + b["c"])
    c_t = f_t * c_prev + i_t * candidate
    return o_t * np.tanh(c_t), c_t


def program_gates():
    """Return (W_xh, W_hh, b) of a one-unit LSTM that stores a bit when told to."""
    bit, write = [0.0, 0.0, 0.0, 5.0], [20.0, -20.0, 0.0, 0.0]  # i, f, o, g
    W_xh = np.array([bit, write])
    W_hh = np.zeros((1, 4))
    b = np.array([-10.0, 10.0, 10.0, 0.0])  # at rest: shut, open, open
    return W_xh, W_hh, b


def program_counter():
    """Return (W_xh, W_hh, b) of a one-unit LSTM that counts ticks since the last reset."""
    tick, reset = [30.0, 0.0, 0.0, 0.0], [-60.0, -30.0, 0.0, 0.0]  # i, f, o, g
    b = np.array([-15.0, 15.0, 15.0, 15.0])
    return np.array([tick, reset]), np.zeros((1, 4)), b
