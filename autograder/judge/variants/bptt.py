"""Unit 05: the way back, as different people write it."""

import numpy as np

from autograder.judge.exercise import Variants
from rnn_ref.bptt import rnn_step_backward

STEP = Variants("rnn_step_backward")
BACKWARD = Variants("rnn_backward")
PER_STEP = Variants("per_step_weight_gradient")
TRUNCATED = Variants("truncated_bptt")


# --- one step -----------------------------------------------------------------------------------


@STEP.add
def step_as_the_text_derives_it(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    da_t = dh_t * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.add
def step_with_scalar_loops(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = (a.tolist() for a in cache)
    N, D, H = len(x_t), len(W_xh), len(W_hh)
    dx_t = [[0.0] * D for _ in range(N)]
    dh_prev = [[0.0] * H for _ in range(N)]
    dW_xh = [[0.0] * H for _ in range(D)]
    dW_hh = [[0.0] * H for _ in range(H)]
    db_h = [0.0] * H
    for n in range(N):
        for j in range(H):
            da = float(dh_t[n, j]) * (1 - h_t[n][j] ** 2)
            db_h[j] += da
            for d in range(D):
                dx_t[n][d] += da * W_xh[d][j]
                dW_xh[d][j] += da * x_t[n][d]
            for i in range(H):
                dh_prev[n][i] += da * W_hh[i][j]
                dW_hh[i][j] += da * h_prev[n][i]
    return dx_t, dh_prev, dW_xh, dW_hh, db_h


@STEP.add
def step_with_einsum(upstream, cache):
    x_t, h_prev, h_t, A, B = cache
    da = np.einsum("nh,nh->nh", upstream, 1 - np.square(h_t))
    return (
        np.einsum("nh,dh->nd", da, A),
        np.einsum("nh,kh->nk", da, B),
        np.einsum("nd,nh->dh", x_t, da),
        np.einsum("nk,nh->kh", h_prev, da),
        np.einsum("nh->h", da),
    )


@STEP.add
def step_one_example_at_a_time(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    rows = []
    for dh, x, before, h in zip(dh_t, x_t, h_prev, h_t, strict=True):
        jacobian = np.diag(1 - h**2)
        da = jacobian @ dh
        rows.append((W_xh @ da, W_hh @ da, np.outer(x, da), np.outer(before, da), da))
    dx, dh_before, A, B, b = zip(*rows, strict=True)
    return [np.array(dx), np.array(dh_before), sum(A), sum(B), sum(b)]


@STEP.add
def step_in_place_on_its_own_array(dh_t, cache):
    da_t = cache[2] ** 2
    np.subtract(1, da_t, out=da_t)
    da_t *= dh_t
    return (
        da_t.dot(cache[3].T),
        da_t.dot(cache[4].T),
        cache[0].T.dot(da_t),
        cache[1].T.dot(da_t),
        np.ones(len(da_t)) @ da_t,
    )


@STEP.add
def step_in_float32(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = (np.asarray(a, dtype=np.float32) for a in cache)
    da_t = dh_t.astype(np.float32) * (1 - h_t**2)
    return da_t @ W_xh.T, da_t @ W_hh.T, x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)


@STEP.add
def step_in_the_slides_columns(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = (a.T for a in cache)
    da = (1 + h_t) * (1 - h_t) * dh_t.T
    dW_xh, dW_hh = da @ x_t.T, da @ h_prev.T
    return (W_xh.T @ da).T, (W_hh.T @ da).T, dW_xh.T, dW_hh.T, da.sum(axis=1)


@STEP.add
def step_with_the_weights_stacked(dh_t, cache):
    x_t, h_prev, h_t, W_xh, W_hh = cache
    D = len(W_xh)
    da_t = dh_t - dh_t * h_t * h_t
    joined = np.hstack([x_t, h_prev, np.ones((len(x_t), 1))])
    dW = joined.T @ da_t
    d_joined = da_t @ np.vstack([W_xh, W_hh]).T
    return d_joined[:, :D], d_joined[:, D:], dW[:D], dW[D:-1], dW[-1]


# --- the sequence -------------------------------------------------------------------------------


@BACKWARD.add
def backward_filling_arrays(dh, cache):
    N, T, H = dh.shape
    W_xh, W_hh = cache[0][3], cache[0][4]
    dx = np.zeros((N, T, W_xh.shape[0]))
    dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros((H, H)), np.zeros(H)
    carry = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        x_t, h_prev, h_t, _, _ = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx[:, t] = da_t @ W_xh.T
        dW_xh += x_t.T @ da_t
        dW_hh += h_prev.T @ da_t
        db_h += da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return dx, carry, dW_xh, dW_hh, db_h


@BACKWARD.add
def backward_filling_arrays_by_steps(dh, cache):
    N, T, H = dh.shape
    W_xh = cache[0][3]
    dx = np.zeros((N, T, W_xh.shape[0]))
    dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros((H, H)), np.zeros(H)
    carry = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dx[:, t], carry, W, U, b = rnn_step_backward(dh[:, t] + carry, cache[t])
        dW_xh += W
        dW_hh += U
        db_h += b
    return dx, carry, dW_xh, dW_hh, db_h


@BACKWARD.add
def backward_all_da_first_then_one_product(dh, cache):
    x, before, h = (np.stack([step[i] for step in cache], axis=1) for i in range(3))
    W_xh, W_hh = cache[0][3:]
    da = np.zeros_like(dh)
    carry = 0.0
    for t in reversed(range(dh.shape[1])):
        da[:, t] = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        carry = da[:, t] @ W_hh.T
    dW_xh, dW_hh = np.einsum("ntd,nth->dh", x, da), np.einsum("ntk,nth->kh", before, da)
    return da @ W_xh.T, carry, dW_xh, dW_hh, da.sum(axis=(0, 1))


@BACKWARD.add
def backward_on_its_own_copy_of_dh(dh, cache):
    dh = dh.copy()
    dx, shares = [], []
    for t, (x_t, h_prev, h_t, W_xh, W_hh) in reversed(list(enumerate(cache))):
        da_t = dh[:, t] * (1 - h_t**2)
        dx = [da_t @ W_xh.T, *dx]
        shares.append((x_t.T @ da_t, h_prev.T @ da_t, da_t.sum(axis=0)))
        dh_0 = da_t @ W_hh.T
        if t:
            dh[:, t - 1] += dh_0
    return [np.stack(dx, axis=1), dh_0, *(sum(share) for share in zip(*shares, strict=True))]


@BACKWARD.add
def backward_one_sequence_at_a_time(dh, cache):
    W_xh, W_hh = cache[0][3], cache[0][4]
    dx, dh_0 = [], []
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    for n in range(len(dh)):
        carry, path = np.zeros(len(W_hh)), []
        for t in reversed(range(dh.shape[1])):
            x_t, h_prev, h_t = (cache[t][i][n] for i in range(3))
            da = (dh[n, t] + carry) * (1 - h_t * h_t)
            path.append(W_xh @ da)
            dW_xh += np.outer(x_t, da)
            dW_hh += np.outer(h_prev, da)
            db_h += da
            carry = W_hh @ da
        dx.append(path[::-1])
        dh_0.append(carry)
    return np.array(dx), np.array(dh_0), dW_xh, dW_hh, db_h


@BACKWARD.add
def backward_by_a_queue_of_steps(dh, cache):
    remaining = [(dh[:, t], step) for t, step in enumerate(cache)]
    carry, found = np.zeros_like(dh[:, 0]), []
    while remaining:
        upstream, (x_t, h_prev, h_t, W_xh, W_hh) = remaining.pop()
        da = (upstream + carry) * (1 - h_t**2)
        carry = np.matmul(da, np.transpose(W_hh))
        found.append((np.matmul(da, W_xh.T), x_t.T @ da, h_prev.T @ da, da.sum(0)))
    found.reverse()
    dx, *shares = zip(*found, strict=True)
    return np.array(dx).transpose(1, 0, 2), carry, *(np.sum(share, axis=0) for share in shares)


@BACKWARD.add
def backward_in_float32(dh, cache):
    carry, dx, dW_xh, dW_hh, db_h = np.float32(0), [], 0, 0, 0
    for t in reversed(range(dh.shape[1])):
        x_t, h_prev, h_t, W_xh, W_hh = (np.float32(a) for a in cache[t])
        da_t = (np.float32(dh[:, t]) + carry) * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@BACKWARD.add
def backward_with_scalar_loops(dh, cache):
    N, T, H = dh.shape
    W_xh, W_hh = cache[0][3].tolist(), cache[0][4].tolist()
    D = len(W_xh)
    dx, dh_0 = np.zeros((N, T, D)), np.zeros((N, H))
    dW_xh, dW_hh, db_h = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for n in range(N):
        carry = [0.0] * H
        for t in reversed(range(T)):
            x_t, h_prev, h_t = (cache[t][i][n].tolist() for i in range(3))
            da = [(dh[n, t, j] + carry[j]) * (1 - h_t[j] ** 2) for j in range(H)]
            for d in range(D):
                dx[n, t, d] = sum(da[j] * W_xh[d][j] for j in range(H))
                for j in range(H):
                    dW_xh[d, j] += x_t[d] * da[j]
            for i in range(H):
                for j in range(H):
                    dW_hh[i, j] += h_prev[i] * da[j]
            db_h += da
            carry = [sum(da[j] * W_hh[i][j] for j in range(H)) for i in range(H)]
        dh_0[n] = carry
    return dx, dh_0, dW_xh, dW_hh, db_h


# --- each loss alone ----------------------------------------------------------------------------


@PER_STEP.add
def slices_with_one_upstream_at_a_time(dh, cache):
    T, H = dh.shape[1:]
    slices = []
    for t in range(T):
        alone = np.zeros_like(dh)
        alone[:, t] = dh[:, t]
        carry, dW_hh = 0, np.zeros((H, H))
        for k in reversed(range(T)):
            _, h_prev, h_t, _, W_hh = cache[k]
            da = (alone[:, k] + carry) * (1 - h_t**2)
            dW_hh += h_prev.T @ da
            carry = da @ W_hh.T
        slices.append(dW_hh)
    return slices


@PER_STEP.add
def slices_by_steps(dh, cache):
    T, H = dh.shape[1:]
    slices = []
    for t in range(T):
        alone = np.zeros_like(dh)
        alone[:, t] = dh[:, t]
        carry, dW_hh = 0, np.zeros((H, H))
        for k in reversed(range(T)):
            _, carry, _, U, _ = rnn_step_backward(alone[:, k] + carry, cache[k])
            dW_hh = dW_hh + U
        slices.append(dW_hh)
    return slices


@PER_STEP.add
def slices_going_back_from_each_loss(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H))
    for t in range(T):
        carry = dh[:, t]
        for _, h_prev, h_t, _, W_hh in cache[t::-1]:
            da = carry * (1 - h_t**2)
            slices[t] += h_prev.T @ da
            carry = da @ W_hh.T
    return slices


@PER_STEP.add
def slices_of_all_losses_at_once(dh, cache):
    N, T, H = dh.shape
    carry, slices = np.zeros((T, N, H)), np.zeros((T, H, H))
    for k in reversed(range(T)):
        _, h_prev, h_t, _, W_hh = cache[k]
        carry[k] += dh[:, k]
        da = carry * (1 - h_t**2)
        slices += h_prev.T @ da
        carry = da @ W_hh.T
    return slices


@PER_STEP.add
def slices_as_differences_of_prefixes(dh, cache):
    T, H = dh.shape[1:]
    sums = [np.zeros((H, H))]
    for end in range(1, T + 1):
        carry, total = 0, 0
        for k in reversed(range(end)):
            _, h_prev, h_t, _, W_hh = cache[k]
            da = (dh[:, k] + carry) * (1 - h_t**2)
            total = total + h_prev.T @ da
            carry = da @ W_hh.T
        sums.append(total)
    return np.diff(np.array(sums), axis=0)


@PER_STEP.add
def slices_with_explicit_jacobians(dh, cache):
    N, T, H = dh.shape
    slices = np.zeros((T, H, H))
    for n in range(N):
        for t in range(T):
            g = dh[n, t]
            for k in range(t, -1, -1):
                _, h_prev, h_t, _, W_hh = cache[k]
                g = g @ np.diag(1 - h_t[n] ** 2)
                slices[t] += np.outer(h_prev[n], g)
                g = W_hh @ g
    return slices


@PER_STEP.add
def slices_in_float32(dh, cache):
    T, H = dh.shape[1:]
    slices = np.zeros((T, H, H), dtype=np.float32)
    for t in range(T):
        carry = np.float32(dh[:, t])
        for k in reversed(range(t + 1)):
            _, h_prev, h_t, _, W_hh = (np.float32(a) for a in cache[k])
            da = carry * (1 - h_t**2)
            slices[t] += h_prev.T @ da
            carry = da @ W_hh.T
    return slices


# --- chunks -------------------------------------------------------------------------------------


@TRUNCATED.add
def truncated_by_cutting_the_carry(dh, cache, k):
    T = dh.shape[1]
    carry, dx, dW_xh, dW_hh, db_h = 0, [None] * T, 0, 0, 0
    for t in reversed(range(T)):
        if (t + 1) % k == 0:
            carry = 0
        x_t, h_prev, h_t, W_xh, W_hh = cache[t]
        da_t = (dh[:, t] + carry) * (1 - h_t**2)
        dx[t] = da_t @ W_xh.T
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@TRUNCATED.add
def truncated_by_steps(dh, cache, k):
    T = dh.shape[1]
    carry, dx, dW_xh, dW_hh, db_h = 0, [None] * T, 0, 0, 0
    for t in reversed(range(T)):
        if (t + 1) % k == 0:
            carry = 0
        dx[t], carry, W, U, b = rnn_step_backward(dh[:, t] + carry, cache[t])
        dW_xh, dW_hh, db_h = dW_xh + W, dW_hh + U, db_h + b
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h


@TRUNCATED.add
def truncated_by_a_mask_on_the_carry(dh, cache, k):
    N, T, H = dh.shape
    keep = np.arange(1, T + 1) % k != 0
    da, carry = np.zeros((N, T, H)), np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        da[:, t] = (dh[:, t] + keep[t] * carry) * (1 - cache[t][2] ** 2)
        carry = da[:, t] @ cache[t][4].T
    x, before = (np.stack([step[i] for step in cache], axis=1) for i in (0, 1))
    dW_xh, dW_hh = np.tensordot(x, da, ((0, 1), (0, 1))), np.tensordot(before, da, ((0, 1), (0, 1)))
    return da @ cache[0][3].T, carry, dW_xh, dW_hh, da.sum(axis=(0, 1))


@TRUNCATED.add
def truncated_chunk_by_chunk(dh, cache, k):
    def whole(dh, cache):
        carry, dx, shares = 0, [], []
        for t in reversed(range(dh.shape[1])):
            x_t, h_prev, h_t, W_xh, W_hh = cache[t]
            da = (dh[:, t] + carry) * (1 - h_t**2)
            dx.insert(0, da @ W_xh.T)
            shares.append((x_t.T @ da, h_prev.T @ da, da.sum(axis=0)))
            carry = da @ W_hh.T
        return np.stack(dx, axis=1), carry, *(sum(s) for s in zip(*shares, strict=True))

    chunks = [whole(dh[:, s : s + k], cache[s : s + k]) for s in range(0, dh.shape[1], k)]
    dx = np.concatenate([chunk[0] for chunk in chunks], axis=1)
    return [dx, chunks[0][1], *(sum(chunk[i] for chunk in chunks) for i in (2, 3, 4))]


@TRUNCATED.add
def truncated_chunks_from_the_last(dh, cache, k):
    N, T, H = dh.shape
    W_xh, W_hh = cache[0][3], cache[0][4]
    dx, dW_xh, dW_hh, db_h = np.zeros((N, T, len(W_xh))), 0 * W_xh, 0 * W_hh, np.zeros(H)
    for start in range((T - 1) // k * k, -1, -k):
        carry = np.zeros((N, H))
        for t in range(min(start + k, T) - 1, start - 1, -1):
            x_t, h_prev, h_t, *_ = cache[t]
            da = (dh[:, t] + carry) * (1 - h_t**2)
            dx[:, t] = da @ W_xh.T
            dW_xh += x_t.T @ da
            dW_hh += h_prev.T @ da
            db_h += np.sum(da, axis=0)
            carry = da @ W_hh.T
    return dx, carry, dW_xh, dW_hh, db_h


@TRUNCATED.add
def truncated_in_float32(dh, cache, k):
    T = dh.shape[1]
    carry, dx, dW_xh, dW_hh, db_h = np.float32(0), [], 0, 0, 0
    for t in reversed(range(T)):
        x_t, h_prev, h_t, W_xh, W_hh = (np.float32(a) for a in cache[t])
        arrived = np.float32(dh[:, t]) if (t + 1) % k == 0 else np.float32(dh[:, t]) + carry
        da_t = arrived * (1 - h_t**2)
        dx.insert(0, da_t @ W_xh.T)
        dW_xh, dW_hh, db_h = dW_xh + x_t.T @ da_t, dW_hh + h_prev.T @ da_t, db_h + da_t.sum(axis=0)
        carry = da_t @ W_hh.T
    return np.stack(dx, axis=1), carry, dW_xh, dW_hh, db_h
