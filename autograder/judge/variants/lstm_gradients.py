"""Unit 09: one step back, a sequence back, the product of the forget gates, as people write them.

The caches are taken as the notebook documents them: ten arrays a step, in order.
"""

import math

import numpy as np

from autograder.judge.exercise import Variants

STEP = Variants("lstm_step_backward")
BACKWARD = Variants("lstm_backward")
GAIN = Variants("direct_path_gain")


@STEP.add
def step_gate_by_gate(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    H = h_prev.shape[1]
    dc = dc_t + dh_t * o_t * (1 - np.tanh(c_t) ** 2)
    das = [
        dc * g_t * i_t * (1 - i_t),
        dc * c_prev * f_t * (1 - f_t),
        dh_t * np.tanh(c_t) * o_t * (1 - o_t),
        dc * i_t * (1 - g_t**2),
    ]
    dx_t, dh_prev = np.zeros_like(x_t), np.zeros_like(h_prev)
    for k, da in enumerate(das):
        dx_t += da @ W_xh[:, k * H : (k + 1) * H].T
        dh_prev += da @ W_hh[:, k * H : (k + 1) * H].T
    dW_xh = np.hstack([x_t.T @ da for da in das])
    dW_hh = np.hstack([h_prev.T @ da for da in das])
    return dx_t, dh_prev, dc * f_t, dW_xh, dW_hh, np.hstack([da.sum(axis=0) for da in das])


@STEP.add
def step_in_place_on_own_arrays(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    N, H = dh_t.shape
    tanh_c = np.tanh(c_t)
    dc = np.array(dc_t, copy=True)
    dc += dh_t * o_t * (1 - np.square(tanh_c))
    da = np.empty((N, 4 * H))
    da[:, :H] = dc * g_t
    da[:, H : 2 * H] = dc * c_prev
    da[:, 2 * H : 3 * H] = dh_t * tanh_c
    for k, gate in enumerate((i_t, f_t, o_t)):
        da[:, k * H : (k + 1) * H] *= gate - gate**2
    da[:, 3 * H :] = dc * i_t
    da[:, 3 * H :] *= (1 - g_t) * (1 + g_t)
    dc *= f_t
    return da.dot(W_xh.T), da.dot(W_hh.T), dc, x_t.T.dot(da), h_prev.T.dot(da), da.sum(0)


@STEP.add
def step_with_einsum_and_a_list(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    shape = len(dh_t), -1
    dc = dc_t + dh_t * o_t / np.cosh(np.clip(c_t, -300, 300)) ** 2
    partners = np.stack([dc * g_t, dc * c_prev, dh_t * np.tanh(c_t), dc * i_t], axis=1)
    slopes = np.stack([i_t * (1 - i_t), f_t * (1 - f_t), o_t * (1 - o_t), 1 - g_t**2], axis=1)
    da = (partners * slopes).reshape(shape)
    return [
        np.einsum("nk,dk->nd", da, W_xh),
        np.einsum("nk,hk->nh", da, W_hh),
        np.einsum("nh,nh->nh", dc, f_t),
        np.einsum("nd,nk->dk", x_t, da),
        np.einsum("nh,nk->hk", h_prev, da),
        np.einsum("nk->k", da),
    ]


@STEP.add
def step_example_by_example(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    dx_t, dh_prev, dc_prev = [], [], []
    dW_xh, dW_hh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[1])
    for n in range(len(x_t)):
        i, f, o, g, tanh_c = i_t[n], f_t[n], o_t[n], g_t[n], np.tanh(c_t[n])
        dc = dc_t[n] + dh_t[n] * o * (1 - tanh_c**2)
        after = dc * g, dc * c_prev[n], dh_t[n] * tanh_c, dc * i
        slopes = i * (1 - i), f * (1 - f), o * (1 - o), 1 - g**2
        da = np.concatenate([d * slope for d, slope in zip(after, slopes, strict=True)])
        dx_t.append(W_xh @ da)
        dh_prev.append(W_hh @ da)
        dc_prev.append(dc * f)
        dW_xh += np.outer(x_t[n], da)
        dW_hh += np.outer(h_prev[n], da)
        db += da
    return np.array(dx_t), np.array(dh_prev), np.array(dc_prev), dW_xh, dW_hh, db


@STEP.add
def step_with_scalar_loops(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = (a.tolist() for a in cache)
    N, D, H = len(x_t), len(W_xh), len(W_hh)
    dx_t, dh_prev = [[0.0] * D for _ in range(N)], [[0.0] * H for _ in range(N)]
    dc_prev = [[0.0] * H for _ in range(N)]
    dW_xh, dW_hh = [[0.0] * (4 * H) for _ in range(D)], [[0.0] * (4 * H) for _ in range(H)]
    db = [0.0] * (4 * H)
    for n in range(N):
        da = [0.0] * (4 * H)
        for j in range(H):
            i, f, o, g = i_t[n][j], f_t[n][j], o_t[n][j], g_t[n][j]
            tanh_c = math.tanh(c_t[n][j])
            dc = float(dc_t[n, j]) + float(dh_t[n, j]) * o * (1 - tanh_c**2)
            da[j] = dc * g * i * (1 - i)
            da[H + j] = dc * c_prev[n][j] * f * (1 - f)
            da[2 * H + j] = float(dh_t[n, j]) * tanh_c * o * (1 - o)
            da[3 * H + j] = dc * i * (1 - g**2)
            dc_prev[n][j] = dc * f
        for k in range(4 * H):
            db[k] += da[k]
            for d in range(D):
                dx_t[n][d] += W_xh[d][k] * da[k]
                dW_xh[d][k] += x_t[n][d] * da[k]
            for j in range(H):
                dh_prev[n][j] += W_hh[j][k] * da[k]
                dW_hh[j][k] += h_prev[n][j] * da[k]
    return dx_t, dh_prev, dc_prev, dW_xh, dW_hh, db


@STEP.add
def step_in_float32(dh_t, dc_t, cache):
    arrays = [np.asarray(array, dtype=np.float32) for array in (*cache, dh_t, dc_t)]
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh, dh, dc = arrays
    tanh_c = np.tanh(c_t)
    dc = dc + dh * o_t * (1 - tanh_c**2)
    da_i, da_f = dc * g_t * i_t * (1 - i_t), dc * c_prev * f_t * (1 - f_t)
    da_o, da_g = dh * tanh_c * o_t * (1 - o_t), dc * i_t * (1 - g_t**2)
    da = np.hstack((da_i, da_f, da_o, da_g))
    return da @ W_xh.T, da @ W_hh.T, dc * f_t, x_t.T @ da, h_prev.T @ da, np.sum(da, axis=0)


@STEP.add
def step_with_one_stacked_product(dh_t, dc_t, cache):
    x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = cache
    N, D = x_t.shape
    dtanh_c = dh_t * o_t
    dc = dc_t + (dtanh_c - dtanh_c * np.tanh(c_t) ** 2)
    do = dh_t * np.tanh(c_t)
    sigmoids = np.concatenate([i_t, f_t, o_t], axis=1)
    dsigmoids = np.concatenate([dc * g_t, dc * c_prev, do], axis=1)
    da = np.concatenate([dsigmoids * sigmoids * (1 - sigmoids), dc * i_t * (1 - g_t**2)], axis=1)
    joined = np.concatenate([x_t, h_prev, np.ones((N, 1))], axis=1)
    djoined = da @ np.concatenate([W_xh, W_hh]).T
    dW = joined.T @ da
    return djoined[:, :D], djoined[:, D:], dc * f_t, dW[:D], dW[D:-1], dW[-1]


@BACKWARD.add
def backward_with_lists(dh, cache):
    dx: list[np.ndarray] = []
    das: list[np.ndarray] = []
    dh_next, dc_next = 0.0, 0.0
    for t in range(dh.shape[1])[::-1]:
        _, _, c_prev, i, f, o, g, c, W_xh, W_hh = cache[t]
        dh_t = dh[:, t] + dh_next
        dc = dc_next + dh_t * o * (1 - np.tanh(c) ** 2)
        da = [dc * g * i * (1 - i), dc * c_prev * f * (1 - f)]
        da += [dh_t * np.tanh(c) * o * (1 - o), dc * i * (1 - g**2)]
        das.insert(0, np.hstack(da))
        dx.insert(0, das[0] @ W_xh.T)
        dh_next, dc_next = das[0] @ W_hh.T, dc * f
    dW_xh = sum(step[0].T @ da for step, da in zip(cache, das, strict=True))
    dW_hh = sum(step[1].T @ da for step, da in zip(cache, das, strict=True))
    return np.stack(dx, axis=1), dh_next, dc_next, dW_xh, dW_hh, sum(da.sum(0) for da in das)


@BACKWARD.add
def backward_with_slopes_of_all_steps_at_once(dh, cache):
    x, h_prev, c_prev, i, f, o, g, c = (np.stack(a, axis=1) for a in list(zip(*cache))[:8])  # noqa: B905
    W_xh, W_hh = cache[0][8], cache[0][9]
    tanh_c = np.tanh(c)
    to_c, to_o = o * (1 - tanh_c**2), tanh_c * o * (1 - o)
    to_i, to_f, to_g = g * i * (1 - i), c_prev * f * (1 - f), i * (1 - g**2)
    N, T, H = dh.shape
    da, dh_next, dc_next = np.empty((N, T, 4 * H)), np.zeros((N, H)), np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dh_t = dh[:, t] + dh_next
        dc = dc_next + dh_t * to_c[:, t]
        steps = dc * to_i[:, t], dc * to_f[:, t], dh_t * to_o[:, t], dc * to_g[:, t]
        np.concatenate(steps, axis=1, out=da[:, t])
        dh_next, dc_next = da[:, t] @ W_hh.T, dc * f[:, t]
    dW_xh, dW_hh = np.einsum("ntd,ntk->dk", x, da), np.einsum("nth,ntk->hk", h_prev, da)
    return da @ W_xh.T, dh_next, dc_next, dW_xh, dW_hh, da.sum(axis=(0, 1))


@BACKWARD.add
def backward_with_a_step_inside(dh, cache):
    def back(dh_t, dc_t, step):
        x_t, h_prev, c_prev, i_t, f_t, o_t, g_t, c_t, W_xh, W_hh = step
        dc_t = dc_t + dh_t * o_t * (1 - np.tanh(c_t) ** 2)
        da_o = dh_t * np.tanh(c_t) * o_t * (1 - o_t)
        da_i, da_f = dc_t * g_t * i_t * (1 - i_t), dc_t * c_prev * f_t * (1 - f_t)
        da = np.concatenate((da_i, da_f, da_o, dc_t * i_t * (1 - g_t**2)), axis=1)
        return da @ W_xh.T, da @ W_hh.T, dc_t * f_t, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)

    carried = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    totals, dx = [0.0, 0.0, 0.0], np.empty((len(dh), len(cache), cache[0][0].shape[1]))
    for t, step in reversed(list(enumerate(cache))):
        dx[:, t], *rest = back(dh[:, t] + carried[0], carried[1], step)
        carried, weights = rest[:2], rest[2:]
        totals = [a + b for a, b in zip(totals, weights, strict=True)]
    return (dx, *carried, *totals)


@BACKWARD.add
def backward_in_float32(dh, cache):
    dh = dh.astype(np.float32)
    steps = [[np.asarray(a, dtype=np.float32) for a in step] for step in cache]
    dx = np.zeros((len(dh), len(steps), len(steps[0][8])), dtype=np.float32)
    dW_xh, dW_hh = np.zeros_like(steps[0][8]), np.zeros_like(steps[0][9])
    db = np.zeros_like(dW_hh[0])
    dh_t, dc_t = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    for t in reversed(range(len(steps))):
        x_t, h_prev, c_prev, i, f, o, g, c, W_xh, W_hh = steps[t]
        dh_t = dh_t + dh[:, t]
        dc_t = dc_t + dh_t * o * (1 - np.tanh(c) ** 2)
        da_i, da_f = dc_t * g * i * (1 - i), dc_t * c_prev * f * (1 - f)
        da_o, da_g = dh_t * np.tanh(c) * o * (1 - o), dc_t * i * (1 - g**2)
        da = np.hstack([da_i, da_f, da_o, da_g])
        dx[:, t], dh_t, dc_t = da @ W_xh.T, da @ W_hh.T, dc_t * f
        dW_xh, dW_hh, db = dW_xh + x_t.T @ da, dW_hh + h_prev.T @ da, db + da.sum(axis=0)
    return dx, dh_t, dc_t, dW_xh, dW_hh, db


@BACKWARD.add
def backward_sequence_by_sequence(dh, cache):
    W_xh, W_hh = cache[0][8], cache[0][9]
    N, T, H = dh.shape
    dx, dh_0, dc_0 = np.zeros((N, T, len(W_xh))), np.zeros((N, H)), np.zeros((N, H))
    dW_xh, dW_hh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(4 * H)
    for n in range(N):
        dh_t, dc_t = np.zeros(H), np.zeros(H)
        for t in range(T - 1, -1, -1):
            x, h, c_prev, i, f, o, g, c = (array[n] for array in cache[t][:8])
            dh_t = dh_t + dh[n, t]
            dc_t = dc_t + dh_t * o * (1 - np.tanh(c) ** 2)
            da_i, da_f = dc_t * g * i * (1 - i), dc_t * c_prev * f * (1 - f)
            da_o, da_g = dh_t * np.tanh(c) * o * (1 - o), dc_t * i * (1 - g**2)
            da = np.r_[da_i, da_f, da_o, da_g]
            dx[n, t], dh_t, dc_t = W_xh @ da, W_hh @ da, dc_t * f
            dW_xh += np.outer(x, da)
            dW_hh += np.outer(h, da)
            db += da
        dh_0[n], dc_0[n] = dh_t, dc_t
    return [dx, dh_0, dc_0, dW_xh, dW_hh, db]


@BACKWARD.add
def backward_with_scalar_loops_over_units(dh, cache):
    W_xh, W_hh = cache[0][8].tolist(), cache[0][9].tolist()
    N, T, H = dh.shape
    D = len(W_xh)
    dx = [[[0.0] * D for _ in range(T)] for _ in range(N)]
    dW_xh, dW_hh = [[0.0] * (4 * H) for _ in range(D)], [[0.0] * (4 * H) for _ in range(H)]
    db, dh_0, dc_0 = [0.0] * (4 * H), [], []
    for n in range(N):
        carried_h, carried_c = [0.0] * H, [0.0] * H
        for t in reversed(range(T)):
            x, h, c_prev, i, f, o, g, c = (array[n].tolist() for array in cache[t][:8])
            da = [0.0] * (4 * H)
            for j in range(H):
                dh_t, tanh_c = float(dh[n, t, j]) + carried_h[j], math.tanh(c[j])
                dc = carried_c[j] + dh_t * o[j] * (1 - tanh_c**2)
                da[j] = dc * g[j] * i[j] * (1 - i[j])
                da[H + j] = dc * c_prev[j] * f[j] * (1 - f[j])
                da[2 * H + j] = dh_t * tanh_c * o[j] * (1 - o[j])
                da[3 * H + j] = dc * i[j] * (1 - g[j] ** 2)
                carried_c[j] = dc * f[j]
            for k in range(4 * H):
                db[k] += da[k]
            for rows, values, dW in ((W_xh, x, dW_xh), (W_hh, h, dW_hh)):
                for value, row in zip(values, dW, strict=True):
                    for k in range(4 * H):
                        row[k] += value * da[k]
                back = [sum(w * d for w, d in zip(row, da, strict=True)) for row in rows]
                if rows is W_xh:
                    dx[n][t] = back
                else:
                    carried_h = back
        dh_0.append(carried_h)
        dc_0.append(carried_c)
    return dx, dh_0, dc_0, dW_xh, dW_hh, db


@GAIN.add
def gain_by_cumprod_from_the_end(f):
    later = np.flip(f[:, 1:], axis=1)
    product = np.flip(np.cumprod(later, axis=1), axis=1)
    return np.concatenate([product, np.ones_like(f[:, :1])], axis=1)


@GAIN.add
def gain_by_one_product_a_step(f):
    return np.stack([f[:, t + 1 :].prod(axis=1) for t in range(f.shape[1])], axis=1)


@GAIN.add
def gain_by_logarithms(f):
    with np.errstate(divide="ignore"):
        log_f = np.log(f)
    log_gain = np.zeros_like(f)
    for t in range(f.shape[1] - 2, -1, -1):
        log_gain[:, t] = log_gain[:, t + 1] + log_f[:, t + 1]
    return np.exp(log_gain)


@GAIN.add
def gain_with_scalar_loops(f):
    N, T, H = f.shape
    gain = [[[1.0] * H for _ in range(T)] for _ in range(N)]
    for n in range(N):
        for j in range(H):
            for t in range(T - 2, -1, -1):
                gain[n][t][j] = gain[n][t + 1][j] * float(f[n, t + 1, j])
    return gain


@GAIN.add
def gain_in_float32(f):
    f = f.astype(np.float32)
    gain = [np.ones_like(f[:, 0])]
    for f_t in f.transpose(1, 0, 2)[:0:-1]:
        gain.append(gain[-1] * f_t)
    return np.stack(gain[::-1], axis=1)


@GAIN.add
def gain_by_accumulate_on_an_own_copy(f):
    shifted = np.ones_like(f)
    shifted[:, :-1] = f[:, 1:]
    return np.multiply.accumulate(shifted[:, ::-1], axis=1)[:, ::-1]
