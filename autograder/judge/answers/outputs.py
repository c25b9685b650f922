"""02_outputs: the model answers. Made by ``autograder release``."""

import numpy as np
from rnn_ref.recurrence import rnn_forward


def output_forward(h, W_hy, b_y):
    """Return (scores, cache): scores (N, T, V), and the pair (h, W_hy)."""
    scores = h @ W_hy + b_y  # (N, T, H) @ (H, V)
    return scores, (h, W_hy)


def output_backward(dscores, cache):
    """Return (dh, dW_hy, db_y), the gradients of the loss."""
    h, W_hy = cache
    dh = dscores @ W_hy.T  # (N, T, V) @ (V, H)
    dW_hy = np.einsum("nth,ntv->hv", h, dscores)
    db_y = dscores.sum(axis=(0, 1))
    return dh, dW_hy, db_y


def softmax_cross_entropy(scores, targets, mask=None):
    """Return (loss, dscores): the mean over the targets that count, and its gradient."""
    counts = np.ones(targets.shape) if mask is None else mask.astype(float)  # (N, T)
    K = max(counts.sum(), 1)
    shifted = scores - scores.max(axis=2, keepdims=True)  # (N, T, V)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    n, t = np.indices(targets.shape)
    loss = -(counts * log_p[n, t, targets]).sum() / K
    dscores = np.exp(log_p)
    dscores[n, t, targets] -= 1
    return loss, dscores * counts[:, :, None] / K


def loss_mask(pattern, T, n_in, n_out):
    """Return the mask (N, T): True at the steps that have a target."""
    patterns = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned")
    if pattern not in patterns:
        raise ValueError(f"{pattern!r} is none of {patterns}")
    first = np.zeros_like(n_in) if pattern == "aligned" else n_in - 1  # (N,)
    end = first + n_out
    if np.any(end > T):
        raise ValueError(f"the targets need {end.max()} steps, T is {T}")
    t = np.arange(T)
    return (first[:, None] <= t) & (t < end[:, None])  # (N, T)


def pad_and_mask(sequences):
    """Return (padded, mask): the sequences in one array, and which of its steps are real."""
    lengths = np.array([len(sequence) for sequence in sequences])
    T = lengths.max()
    shape = (len(sequences), T, *sequences[0].shape[1:])
    padded = np.zeros(shape, dtype=sequences[0].dtype)
    for n, sequence in enumerate(sequences):
        padded[n, : len(sequence)] = sequence
    return padded, np.arange(T) < lengths[:, None]  # (T,) < (N, 1)


def causal_convolution(x, W):
    """Return y (N, T, H): each output from the latest K inputs."""
    K, T = len(W), x.shape[1]
    padded = np.pad(x, ((0, 0), (K - 1, 0), (0, 0)))  # zeros before the first step
    return sum(padded[:, K - 1 - j : K - 1 - j + T] @ W[j] for j in range(K))
