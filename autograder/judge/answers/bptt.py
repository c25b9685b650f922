"""05_bptt: the model answers. Made by ``autograder release``."""

import numpy as np


def weight_slope(X, dY, i, j):
    """Return the slope of L at W[i, j]; X is (N, D), dY is (N, H)."""
    slope = 0.0
    for n in range(len(X)):  # the ways: one through each row
        slope += X[n, i] * dY[n, j]
    return slope


def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):
    """Return (h_t, cache): the state after this step, and what the way back needs."""
    h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)  # (N, H)
    return h_t, (x_t, h_prev, h_t, W_xh, W_hh)


def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    """Return (h, cache): the states, (N, T, H), and the caches of all steps."""
    states, caches = [], []
    h_t = h_0
    for t in range(x.shape[1]):
        h_t, cache = rnn_step_forward(x[:, t], h_t, W_xh, W_hh, b_h)
        states.append(h_t)
        caches.append(cache)
    return np.stack(states, axis=1), caches


def rnn_step_backward(dh_t, cache):
    """Return (dx_t, dh_prev, dW_xh, dW_hh, db_h); None for what is still to come."""
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)  # (N, H)
    dx_t = da_t @ W_xh.T  # (N, H) @ (H, D)
    dh_prev = da_t @ W_hh.T  # (N, H) @ (H, H)
    dW_xh = x_t.T @ da_t  # (D, N) @ (N, H)
    dW_hh = h_prev.T @ da_t  # (H, N) @ (N, H)
    db_h = da_t.sum(axis=0)
    return dx_t, dh_prev, dW_xh, dW_hh, db_h


def rnn_backward(dh, cache):
    """Return (dx, dh_0, dW_xh, dW_hh, db_h): back through all steps, the last one first."""
    carry = np.zeros_like(dh[:, 0])  # nothing comes back from beyond the end
    dx_steps, shares = [], []
    for t in reversed(range(dh.shape[1])):
        dx_t, carry, *share = rnn_step_backward(dh[:, t] + carry, cache[t])
        dx_steps.append(dx_t)
        shares.append(share)
    dx = np.stack(dx_steps[::-1], axis=1)  # (N, T, D), in the order of time again
    dW_xh, dW_hh, db_h = (sum(kind) for kind in zip(*shares))
    return dx, carry, dW_xh, dW_hh, db_h


def per_step_weight_gradient(dh, cache):
    """Return the gradient of each step's loss alone with respect to W_hh, (T, H, H)."""
    slices = []
    for t in range(dh.shape[1]):
        alone = np.zeros_like(dh)
        alone[:, t] = dh[:, t]  # no other loss
        slices.append(rnn_backward(alone, cache)[3])
    return np.stack(slices)  # (T, H, H)


def truncated_bptt(dh, cache, k):
    """Return (dx, dh_0, dW_xh, dW_hh, db_h), with no carry from one chunk of k steps to another."""
    starts = range(0, dh.shape[1], k)
    chunks = [rnn_backward(dh[:, s : s + k], cache[s : s + k]) for s in starts]
    dx_chunks, dh_0_chunks, *weights = zip(*chunks)
    dW_xh, dW_hh, db_h = (sum(shares) for shares in weights)
    return np.concatenate(dx_chunks, axis=1), dh_0_chunks[0], dW_xh, dW_hh, db_h


def thrifty_backward(dh, x, h_0, W_xh, W_hh, b_h, k):
    """Return (dx, dh_0, dW_xh, dW_hh, db_h) of the whole sequence, with caches of k steps."""
    starts = list(range(0, x.shape[1], k))
    borders = [h_0]
    for s in starts[:-1]:
        borders.append(rnn_forward(x[:, s : s + k], borders[-1], W_xh, W_hh, b_h)[0][:, -1].copy())
    carry, dx_chunks, shares = np.zeros_like(h_0), [], []
    for s, border in zip(starts[::-1], borders[::-1]):
        _, cache = rnn_forward(x[:, s : s + k], border, W_xh, W_hh, b_h)
        upstream = dh[:, s : s + k].copy()
        upstream[:, -1] += carry
        dx, carry, *share = rnn_backward(upstream, cache)
        dx_chunks.append(dx)
        shares.append(share)
    dW_xh, dW_hh, db_h = (sum(kind) for kind in zip(*shares))
    return np.concatenate(dx_chunks[::-1], axis=1), carry, dW_xh, dW_hh, db_h
