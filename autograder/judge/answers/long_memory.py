"""10_long_memory: the model answers. Made by ``autograder release``."""

import numpy as np
from rnn_ref.char_lm import one_hot
from rnn_ref.lstm import lstm_forward
from rnn_ref.outputs import output_forward, softmax_cross_entropy


def adding_batch(N, T, rng):
    """Return (x, y): values and markers, (N, T, 2), and the marked sums, (N,)."""
    values = rng.uniform(size=(N, T))
    markers = np.zeros((N, T))
    rows = np.arange(N)
    markers[rows, rng.integers(T // 2, size=N)] = 1
    markers[rows, rng.integers(T // 2, T, size=N)] = 1
    y = (values * markers).sum(axis=1)  # (N,)
    return np.stack([values, markers], axis=2), y  # (N, T, 2)


def bits_per_character(params, ids):
    """Return the mean number of bits that a character of the text costs."""
    V, H, chunk = len(params["b_y"]), len(params["W_hh"]), 500
    weights = params["W_xh"], params["W_hh"], params["b"]
    h_t, c_t, nats = np.zeros((1, H)), np.zeros((1, H)), np.log(V)
    for start in range(0, len(ids) - 1, chunk):
        targets = ids[start + 1 : start + chunk + 1]
        x = one_hot(ids[start : start + len(targets)], V)[None]  # (1, T, V)
        h, c, _ = lstm_forward(x, h_t, c_t, *weights)
        h_t, c_t = h[:, -1], c[:, -1]
        scores, _ = output_forward(h, params["W_hy"], params["b_y"])  # (1, T, V)
        loss, _ = softmax_cross_entropy(scores, targets[None])
        nats += loss * len(targets)
    return nats / len(ids) / np.log(2)


def best_unit_probe(h, labels):
    """Return (unit, r): chosen on the first half, judged on the second."""
    def correlations(h, labels):
        a, b = h - h.mean(axis=0), labels - labels.mean()
        size = np.sqrt((a**2).sum(axis=0) * (b**2).sum())  # (H,)
        return np.where(size > 1e-12, b @ a / np.maximum(size, 1e-12), 0)

    labels, half = np.asarray(labels, dtype=float), len(labels) // 2
    unit = int(np.argmax(np.abs(correlations(h[:half], labels[:half]))))
    return unit, float(correlations(h[half:], labels[half:])[unit])


def connectivity(params, ids):
    """Return, (L - 1,), how much the last character's bits change with each one before it."""
    from rnn_ref.lstm_gradients import lstm_backward

    V, H = len(params["b_y"]), len(params["W_hh"])
    zero, weights = np.zeros((1, H)), (params["W_xh"], params["W_hh"], params["b"])
    h, _, cache = lstm_forward(one_hot(ids[:-1], V)[None], zero, zero, *weights)
    scores, _ = output_forward(h[:, -1:], params["W_hy"], params["b_y"])  # (1, 1, V)
    _, dscores = softmax_cross_entropy(scores, ids[None, -1:])
    dh = np.zeros_like(h)
    dh[:, -1] = dscores[:, 0] @ params["W_hy"].T
    dx = lstm_backward(dh, cache)[0]
    return np.linalg.norm(dx[0], axis=1) / np.log(2)
