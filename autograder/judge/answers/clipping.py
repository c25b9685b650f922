"""07_clipping: the model answers. Made by ``autograder release``."""

import numpy as np
from rnn_ref.bptt import rnn_backward
from rnn_ref.char_lm import one_hot
from rnn_ref.outputs import output_backward, output_forward, softmax_cross_entropy
from rnn_ref.recurrence import rnn_forward


def global_norm(grads):
    """Return the length of the gradient, all arrays taken together."""
    return np.sqrt(sum(np.sum(g * g) for g in grads.values()))


def clip_by_global_norm(grads, max_norm):
    """Return (clipped, norm): the gradient, at most max_norm long, and its length before."""
    norm = global_norm(grads)
    if not np.isfinite(norm):
        return {name: np.zeros_like(g) for name, g in grads.items()}, norm
    scale = max_norm / norm if norm > max_norm else 1.0
    return {name: scale * g for name, g in grads.items()}, norm


def sgd_step(params, grads, learning_rate):
    """Return the parameters after one step against the gradient."""
    return {name: p - learning_rate * grads[name] for name, p in params.items()}


def adam_step(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Return (params, state) after one step of Adam; state is None before the first."""
    zeros = {name: np.zeros_like(p) for name, p in params.items()}
    t, m, v = (0, zeros, zeros) if state is None else state
    t = t + 1
    m = {name: beta1 * m[name] + (1 - beta1) * g for name, g in grads.items()}
    v = {name: beta2 * v[name] + (1 - beta2) * g**2 for name, g in grads.items()}
    new = {}
    for name, p in params.items():
        m_hat = m[name] / (1 - beta1**t)
        v_hat = v[name] / (1 - beta2**t)
        new[name] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (t, m, v)


def loss_and_gradients(params, batch, h_0):
    """Return (loss, grads, h_T) of a character model on one batch."""
    inputs, targets = batch
    x = one_hot(inputs, len(params["b_y"]))  # (N, T, V)
    h, cache = rnn_forward(x, h_0, params["W_xh"], params["W_hh"], params["b_h"])
    scores, output_cache = output_forward(h, params["W_hy"], params["b_y"])
    loss, dscores = softmax_cross_entropy(scores, targets)
    dh, dW_hy, db_y = output_backward(dscores, output_cache)
    _, _, dW_xh, dW_hh, db_h = rnn_backward(dh, cache)
    grads = {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "W_hy": dW_hy, "b_y": db_y}
    return loss, grads, h[:, -1]


def train_step(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    """Return (params, loss, norm, h_T) after learning from one batch."""
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    clipped, norm = clip_by_global_norm(grads, max_norm)
    return sgd_step(params, clipped, learning_rate), loss, norm, h_T


def adamw_step(params, grads, state, learning_rate, weight_decay):
    """Return (params, state) after one step of Adam with decoupled weight decay."""
    moved, state = adam_step(params, grads, state, learning_rate)
    decay = learning_rate * weight_decay
    return {name: p - decay * params[name] for name, p in moved.items()}, state
