"""Unit 02: the output layer, its backward, the loss, masks and padding, as people write them."""

import math

import numpy as np

from autograder.judge.exercise import Variants

FORWARD = Variants("output_forward")
BACKWARD = Variants("output_backward")
LOSS = Variants("softmax_cross_entropy")
MASK = Variants("loss_mask")
PAD = Variants("pad_and_mask")


@FORWARD.add
def scores_step_by_step(h, W_hy, b_y):
    steps = [h[:, t] @ W_hy + b_y for t in range(h.shape[1])]
    return np.stack(steps, axis=1), (h, W_hy)


@FORWARD.add
def scores_with_einsum(h, W_hy, b_y):
    return np.einsum("nth,hv->ntv", h, W_hy) + b_y[None, None, :], (h, W_hy)


@FORWARD.add
def scores_of_all_states_in_a_row(h, W_hy, b_y):
    N, T, H = h.shape
    return (h.reshape(N * T, H) @ W_hy + b_y).reshape(N, T, -1), (h, W_hy)


@FORWARD.add
def scores_with_scalar_loops(h, W_hy, b_y):
    N, T, H = h.shape
    scores = [[[float(b) for b in b_y] for _ in range(T)] for _ in range(N)]
    for n in range(N):
        for t in range(T):
            for v in range(len(b_y)):
                for k in range(H):
                    scores[n][t][v] += h[n, t, k] * W_hy[k, v]
    return scores, (h, W_hy)


@FORWARD.add
def scores_in_float32(h, W_hy, b_y):
    return h.astype(np.float32) @ W_hy.astype(np.float32) + b_y.astype(np.float32), (h, W_hy)


@FORWARD.add
def scores_in_place_on_an_own_array(h, W_hy, b_y):
    scores = np.tensordot(h, W_hy, axes=1)
    scores += b_y
    return scores, [h, W_hy]


@BACKWARD.add
def backward_step_by_step(dscores, cache):
    h, W_hy = cache
    dh, dW_hy, db_y = np.zeros_like(h), np.zeros_like(W_hy), np.zeros(W_hy.shape[1])
    for t in range(h.shape[1]):
        dh[:, t] = dscores[:, t] @ W_hy.T
        dW_hy += h[:, t].T @ dscores[:, t]
        db_y += dscores[:, t].sum(axis=0)
    return dh, dW_hy, db_y


@BACKWARD.add
def backward_sequence_by_sequence(dscores, cache):
    h, W_hy = cache
    dW_hy = sum(h_n.T @ d_n for h_n, d_n in zip(h, dscores, strict=True))
    dh = np.array([d_n @ W_hy.T for d_n in dscores])
    return dh, dW_hy, sum(d_n.sum(axis=0) for d_n in dscores)


@BACKWARD.add
def backward_of_all_states_in_a_row(dscores, cache):
    h, W_hy = cache
    flat = dscores.reshape(-1, dscores.shape[-1])
    dW_hy = h.reshape(-1, h.shape[-1]).T @ flat
    return (flat @ W_hy.T).reshape(h.shape), dW_hy, flat.sum(axis=0)


@BACKWARD.add
def backward_with_einsum(dscores, cache):
    h, W_hy = cache
    dh = np.einsum("ntv,hv->nth", dscores, W_hy)
    return [dh, np.einsum("nth,ntv->hv", h, dscores), np.einsum("ntv->v", dscores)]


@BACKWARD.add
def backward_with_tensordot(dscores, cache):
    h, W_hy = cache
    dW_hy = np.tensordot(h, dscores, axes=([0, 1], [0, 1]))
    return np.tensordot(dscores, W_hy, axes=([2], [1])), dW_hy, np.add.reduce(dscores, (0, 1))


@BACKWARD.add
def backward_in_float32(dscores, cache):
    h, W_hy, d = (np.asarray(a, dtype=np.float32) for a in (cache[0], cache[1], dscores))
    return d @ W_hy.T, np.matmul(h.transpose(0, 2, 1), d).sum(axis=0), d.sum(axis=1).sum(axis=0)


@LOSS.add
def loss_by_boolean_indexing(scores, targets, mask=None):
    if mask is None:
        mask = np.ones(targets.shape, dtype=bool)
    dscores = np.zeros_like(scores)
    if not mask.any():
        return 0.0, dscores
    chosen, classes = scores[mask], targets[mask]
    rows = np.arange(len(classes))
    shifted = chosen - chosen.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    p = np.exp(shifted - log_sum[:, None])
    p[rows, classes] -= 1
    dscores[mask] = p / len(rows)
    return (log_sum - shifted[rows, classes]).mean(), dscores


@LOSS.add
def loss_with_one_hot_targets(scores, targets, mask=None):
    V = scores.shape[-1]
    weight = np.ones(targets.shape) if mask is None else np.asarray(mask, dtype=float)
    weight = weight / max(weight.sum(), 1.0)
    one_hot = (targets[..., None] == np.arange(V)).astype(float)
    top = np.max(scores, axis=-1, keepdims=True)
    log_p = scores - top - np.log(np.sum(np.exp(scores - top), axis=-1, keepdims=True))
    loss = -np.sum(weight[..., None] * one_hot * log_p)
    return loss, weight[..., None] * (np.exp(log_p) - one_hot)


@LOSS.add
def loss_with_scalar_loops(scores, targets, mask=None):
    N, T, V = scores.shape
    places = [(n, t) for n in range(N) for t in range(T) if mask is None or mask[n, t]]
    loss, dscores = 0.0, np.zeros((N, T, V))
    for n, t in places:
        top = max(scores[n, t])
        powers = [math.exp(s - top) for s in scores[n, t]]
        total = sum(powers)
        loss += math.log(total) - (scores[n, t, targets[n, t]] - top)
        for v in range(V):
            dscores[n, t, v] = (powers[v] / total - (v == targets[n, t])) / len(places)
    return loss / max(len(places), 1), dscores


@LOSS.add
def loss_of_all_steps_in_a_row(scores, targets, mask=None):
    N, T, V = scores.shape
    flat, classes = scores.reshape(N * T, V), targets.reshape(N * T)
    counts = np.ones(N * T, dtype=bool) if mask is None else mask.reshape(N * T)
    log_p = flat - np.logaddexp.reduce(flat, axis=1)[:, None]
    rows = np.flatnonzero(counts)
    K = max(1, rows.size)
    gradient = np.zeros((N * T, V))
    gradient[rows] = np.exp(log_p[rows]) / K
    gradient[rows, classes[rows]] -= 1 / K
    return -log_p[rows, classes[rows]].sum() / K, gradient.reshape(N, T, V)


@LOSS.add
def loss_with_take_along_axis(scores, targets, mask=None):
    counts = np.full(targets.shape, True) if mask is None else mask
    K = np.maximum(counts.sum(), 1)
    index = np.where(counts, targets, 0)[:, :, None]
    shifted = scores - scores.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    loss = -np.take_along_axis(log_p, index, axis=2)[:, :, 0][counts].sum() / K
    dscores = np.exp(log_p)
    np.put_along_axis(dscores, index, np.take_along_axis(dscores, index, 2) - 1, axis=2)
    return loss, np.where(counts[:, :, None], dscores, 0) / K


@LOSS.add
def loss_in_float32(scores, targets, mask=None):
    scores = scores.astype(np.float32)
    weight = np.float32(np.ones(targets.shape) if mask is None else mask)
    weight /= max(weight.sum(), np.float32(1))
    scores -= scores.max(axis=-1, keepdims=True)
    scores -= np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    n, t = np.indices(targets.shape)
    loss = -np.sum(weight * scores[n, t, targets])
    scores = np.exp(scores)
    scores[n, t, targets] -= 1
    return loss, scores * weight[..., None]


@MASK.add
def mask_by_cases(pattern, T, n_in, n_out):
    mask = np.zeros((len(n_in), T), dtype=bool)
    for n in range(len(n_in)):
        if pattern == "one-to-one":
            steps = [0]
        elif pattern in ("one-to-many", "aligned"):
            steps = list(range(n_out[n]))
        elif pattern == "many-to-one":
            steps = [n_in[n] - 1]
        elif pattern == "many-to-many":
            steps = list(range(n_in[n] - 1, n_in[n] - 1 + n_out[n]))
        else:
            raise ValueError(f"no pattern {pattern}")
        for t in steps:
            if t >= T:
                raise ValueError("too few steps")
            mask[n, t] = True
    return mask


@MASK.add
def mask_by_broadcasting(pattern, T, n_in, n_out):
    if pattern not in {"one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned"}:
        raise ValueError(pattern)
    begin = (n_in - 1) * (pattern != "aligned")
    if (begin + n_out).max() > T:
        raise ValueError(T)
    t = np.arange(T)[None]
    return np.logical_and(begin[:, None] <= t, t < (begin + n_out)[:, None])


@MASK.add
def mask_by_slices(pattern, T, n_in, n_out):
    starts = {
        "one-to-one": lambda i: 0,
        "one-to-many": lambda i: 0,
        "many-to-one": lambda i: i - 1,
        "many-to-many": lambda i: i - 1,
        "aligned": lambda i: 0,
    }
    if pattern not in starts:
        raise ValueError(f"{pattern} is none of {list(starts)}")
    mask = np.zeros((len(n_in), T), dtype=bool)
    for row, i, o in zip(mask, n_in, n_out, strict=True):
        start = starts[pattern](i)
        if start + o > T:
            raise ValueError("it does not fit")
        row[start : start + o] = True
    return mask


@MASK.add
def mask_from_nested_lists(pattern, T, n_in, n_out):
    if pattern not in ["one-to-one", "one-to-many", "many-to-one", "many-to-many", "aligned"]:
        raise ValueError("unknown")
    rows = []
    for i, o in zip(n_in.tolist(), n_out.tolist(), strict=True):
        before = 0 if pattern == "aligned" else i - 1
        after = T - before - o
        if after < 0:
            raise ValueError("too short")
        rows.append([False] * before + [True] * o + [False] * after)
    return np.array(rows)


@MASK.add
def mask_by_counting_targets(pattern, T, n_in, n_out):
    class PatternError(ValueError):
        pass

    if pattern not in ["aligned", "one-to-one", "one-to-many", "many-to-one", "many-to-many"]:
        raise PatternError("unknown")
    steps = np.tile(np.arange(1, T + 1), (len(n_in), 1))
    number = steps if pattern == "aligned" else steps - n_in[:, None] + 1
    mask = (number >= 1) & (number <= n_out[:, None])
    if (mask.sum(axis=1) < n_out).any():
        raise PatternError("too short")
    return mask


@PAD.add
def pad_row_by_row(sequences):
    T = max(len(s) for s in sequences)
    padded = np.zeros((len(sequences), T, *sequences[0].shape[1:]), dtype=sequences[0].dtype)
    mask = np.zeros((len(sequences), T), dtype=bool)
    for n, s in enumerate(sequences):
        padded[n, : len(s)] = s
        mask[n, : len(s)] = True
    return padded, mask


@PAD.add
def pad_with_np_pad(sequences):
    T = max(map(len, sequences))
    rows, masks = [], []
    for s in sequences:
        rest = T - len(s)
        rows.append(np.pad(s, [(0, rest)] + [(0, 0)] * (s.ndim - 1)))
        masks.append(np.pad(np.ones(len(s), dtype=bool), (0, rest)))
    return np.stack(rows), np.stack(masks)


@PAD.add
def pad_by_concatenation(sequences):
    lengths = np.array([s.shape[0] for s in sequences])
    T = lengths.max()
    rows = [
        np.concatenate([s, np.zeros((T - len(s), *s.shape[1:]), dtype=s.dtype)]) for s in sequences
    ]
    return np.array(rows), np.arange(T)[None] < lengths[:, None]


@PAD.add
def pad_by_boolean_assignment(sequences):
    lengths = np.array([len(s) for s in sequences])
    mask = np.less.outer(np.arange(lengths.max()), lengths).T
    values = np.concatenate(sequences)
    padded = np.zeros(mask.shape + values.shape[1:], dtype=values.dtype)
    padded[mask] = values
    return [padded, mask]


@PAD.add
def pad_from_nested_lists(sequences):
    T = max(len(s) for s in sequences)
    empty = np.zeros_like(sequences[0], shape=sequences[0].shape[1:]).tolist()
    padded = [s.tolist() + [empty] * (T - len(s)) for s in sequences]
    mask = [[True] * len(s) + [False] * (T - len(s)) for s in sequences]
    return np.array(padded), np.array(mask)


@PAD.add
def pad_in_float32(sequences):
    T = max(len(s) for s in sequences)
    whole = np.issubdtype(sequences[0].dtype, np.integer)
    dtype = np.int32 if whole else np.float32
    padded = np.zeros((len(sequences), T, *sequences[0].shape[1:]), dtype=dtype)
    lengths = [len(s) for s in sequences]
    for n, length in enumerate(lengths):
        padded[n, :length] = sequences[n]
    return padded, np.array([[t < length for t in range(T)] for length in lengths])
