"""Unit 08: the step, the loop over time, the form per gate, set gates, as people write them."""

import math

import numpy as np

from autograder.judge.exercise import Variants

STEP = Variants("lstm_step_forward")
FORWARD = Variants("lstm_forward")
GATES = Variants("lstm_step_gates")
PROGRAM = Variants("program_gates")


@STEP.add
def step_with_scalar_loops(x_t, h_prev, c_prev, W_xh, W_hh, b):
    N, H = h_prev.shape
    h_t, c_t = np.zeros((N, H)), np.zeros((N, H))
    for n in range(N):
        for j in range(H):
            i, f, o, g = (
                b[k * H + j]
                + sum(x_t[n, d] * W_xh[d, k * H + j] for d in range(len(W_xh)))
                + sum(h_prev[n, m] * W_hh[m, k * H + j] for m in range(H))
                for k in range(4)
            )
            i, f, o = ((1 + math.tanh(z / 2)) / 2 for z in (i, f, o))
            c_t[n, j] = f * c_prev[n, j] + i * math.tanh(g)
            h_t[n, j] = o * math.tanh(c_t[n, j])
    return h_t, c_t, (x_t, h_prev)


@STEP.add
def step_with_the_plain_sigmoid(x_t, h_prev, c_prev, W_xh, W_hh, b):
    H = h_prev.shape[1]
    z = np.dot(x_t, W_xh) + np.dot(h_prev, W_hh) + b
    s = 1.0 / (1.0 + np.exp(-z[:, : 3 * H]))
    c_t = s[:, H : 2 * H] * c_prev + s[:, :H] * np.tanh(z[:, 3 * H :])
    return s[:, 2 * H :] * np.tanh(c_t), c_t, {"z": z, "gates": s}


@STEP.add
def step_in_the_slides_columns(x_t, h_prev, c_prev, W_xh, W_hh, b):
    W = np.concatenate([W_hh, W_xh]).T
    z = W @ np.concatenate([h_prev, x_t], axis=1).T + b[:, None]
    i, f, o, g = z.reshape(4, -1, z.shape[1])
    i, f, o = ((1 + np.tanh(a / 2)) / 2 for a in (i, f, o))
    c_t = f * c_prev.T + i * np.tanh(g)
    return [(o * np.tanh(c_t)).T, c_t.T, [i, f, o]]


@STEP.add
def step_with_einsum(x_t, h_prev, c_prev, W_xh, W_hh, b):
    H = h_prev.shape[1]
    z = np.einsum("nd,dkh->knh", x_t, W_xh.reshape(-1, 4, H))
    z = z + np.einsum("nm,mkh->knh", h_prev, W_hh.reshape(H, 4, H)) + b.reshape(4, 1, H)
    i, f, o = np.where(z[:3] > 0, 1, np.exp(np.minimum(z[:3], 0)))
    i, f, o = (top / (1 + np.exp(-np.abs(a))) for top, a in zip((i, f, o), z[:3], strict=True))
    c_t = f * c_prev + i * np.tanh(z[3])
    return o * np.tanh(c_t), c_t, ()


@STEP.add
def step_in_place_on_its_own_array(x_t, h_prev, c_prev, W_xh, W_hh, b):
    H = h_prev.shape[1]
    z = x_t @ W_xh
    z += h_prev @ W_hh
    z += b
    z[:, : 3 * H] *= 0.5
    np.tanh(z, out=z)
    z[:, : 3 * H] += 1
    z[:, : 3 * H] *= 0.5
    c_t = z[:, :H] * z[:, 3 * H :]
    c_t += z[:, H : 2 * H] * c_prev
    h_t = np.tanh(c_t)
    h_t *= z[:, 2 * H : 3 * H]
    return h_t, c_t, z


@STEP.add
def step_in_float32(x_t, h_prev, c_prev, W_xh, W_hh, b):
    x_t, h_prev, c_prev, W_xh, W_hh, b = (
        np.asarray(a, dtype=np.float32) for a in (x_t, h_prev, c_prev, W_xh, W_hh, b)
    )
    i, f, o, g = np.split(x_t @ W_xh + h_prev @ W_hh + b, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    c_t = f * c_prev + i * np.tanh(g)
    return o * np.tanh(c_t), c_t, None


@STEP.add
def step_block_by_block(x_t, h_prev, c_prev, W_xh, W_hh, b):
    H = c_prev.shape[1]
    blocks = []
    for k in range(4):
        s = slice(k * H, k * H + H)
        z = x_t @ W_xh[:, s] + h_prev @ W_hh[:, s] + b[s]
        blocks.append(np.tanh(z) if k == 3 else np.exp(-np.logaddexp(0, -z)))
    c_t = blocks[1] * c_prev + blocks[0] * blocks[3]
    return blocks[2] * np.tanh(c_t), c_t, blocks


@FORWARD.add
def forward_filling_arrays(x, h_0, c_0, W_xh, W_hh, b):
    N, T, _ = x.shape
    H = h_0.shape[1]
    h, c = np.empty((N, T, H)), np.empty((N, T, H))
    for t in range(T):
        before, cell = (h_0, c_0) if t == 0 else (h[:, t - 1], c[:, t - 1])
        z = x[:, t] @ W_xh + before @ W_hh + b
        s = 1 / (1 + np.exp(-z))
        c[:, t] = s[:, H : 2 * H] * cell + s[:, :H] * np.tanh(z[:, 3 * H :])
        h[:, t] = s[:, 2 * H : 3 * H] * np.tanh(c[:, t])
    return h, c, None


@FORWARD.add
def forward_projecting_first(x, h_0, c_0, W_xh, W_hh, b):
    projected = np.moveaxis(x @ W_xh + b, 1, 0)
    h, c = [h_0], [c_0]
    for z in projected:
        i, f, o, g = np.split(z + h[-1] @ W_hh, 4, axis=1)
        i, f, o = ((1 + np.tanh(a / 2)) / 2 for a in (i, f, o))
        c.append(f * c[-1] + i * np.tanh(g))
        h.append(o * np.tanh(c[-1]))
    return np.stack(h[1:], axis=1), np.stack(c[1:], axis=1), projected


@FORWARD.add
def forward_one_sequence_at_a_time(x, h_0, c_0, W_xh, W_hh, b):
    h, c = [], []
    for sequence, h_t, c_t in zip(x, h_0, c_0, strict=True):
        h_path, c_path = [], []
        for x_t in sequence:
            z = x_t @ W_xh + h_t @ W_hh + b
            i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4)
            c_t = f * c_t + i * np.tanh(z[3 * len(i) :])
            h_t = o * np.tanh(c_t)
            h_path.append(h_t)
            c_path.append(c_t)
        h.append(h_path)
        c.append(c_path)
    return np.array(h), np.array(c), None


@FORWARD.add
def forward_by_recursion(x, h_0, c_0, W_xh, W_hh, b):
    z = x[:, 0] @ W_xh + h_0 @ W_hh + b
    i, f, o, _ = np.split(1 / (1 + np.exp(-z)), 4, axis=1)
    c_1 = f * c_0 + i * np.tanh(z[:, 3 * i.shape[1] :])
    h_1 = o * np.tanh(c_1)
    if x.shape[1] == 1:
        return h_1[:, None], c_1[:, None], [z]
    h, c, cache = forward_by_recursion(x[:, 1:], h_1, c_1, W_xh, W_hh, b)
    return np.hstack([h_1[:, None], h]), np.hstack([c_1[:, None], c]), [z, *cache]


@FORWARD.add
def forward_as_nested_lists(x, h_0, c_0, W_xh, W_hh, b):
    h, c = [], []
    h_t, c_t = h_0, c_0
    for t in range(x.shape[1]):
        i, f, o, g = np.split(x[:, t] @ W_xh + h_t @ W_hh + b, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c_t = f * c_t + i * np.tanh(g)
        h_t = o * np.tanh(c_t)
        h.append(h_t)
        c.append(c_t)
    return np.swapaxes(h, 0, 1).tolist(), np.swapaxes(c, 0, 1).tolist(), {}


@FORWARD.add
def forward_in_float32(x, h_0, c_0, W_xh, W_hh, b):
    x, h_t, c_t, W_xh, W_hh, b = (np.float32(a) for a in (x, h_0, c_0, W_xh, W_hh, b))
    h, c = [], []
    for t in range(x.shape[1]):
        i, f, o, g = np.split(x[:, t] @ W_xh + h_t @ W_hh + b, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
        c_t = f * c_t + i * np.tanh(g)
        h_t = o * np.tanh(c_t)
        h.append(h_t)
        c.append(c_t)
    return np.stack(h, axis=1), np.stack(c, axis=1), None


@GATES.add
def gates_line_by_line(x_t, h_prev, c_prev, W, U, b):
    i = 1 / (1 + np.exp(-(h_prev @ W["i"] + x_t @ U["i"] + b["i"])))
    f = 1 / (1 + np.exp(-(h_prev @ W["f"] + x_t @ U["f"] + b["f"])))
    o = 1 / (1 + np.exp(-(h_prev @ W["o"] + x_t @ U["o"] + b["o"])))
    c_t = f * c_prev + i * np.tanh(h_prev @ W["c"] + x_t @ U["c"] + b["c"])
    return o * np.tanh(c_t), c_t


@GATES.add
def gates_by_key(x_t, h_prev, c_prev, W, U, b):
    z = {k: h_prev @ W[k] + x_t @ U[k] + b[k] for k in "ifoc"}
    i, f, o = (1 / (1 + np.exp(-z[k])) for k in "ifo")
    c_t = f * c_prev + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.add
def gates_by_stacking_first(x_t, h_prev, c_prev, W, U, b):
    left = np.hstack([h_prev, x_t])
    big = np.vstack([np.hstack([part[k] for k in "ifoc"]) for part in (W, U)])
    z = left @ big + np.hstack([b[k] for k in "ifoc"])
    i, f, o, g = np.split(z, 4, axis=-1)
    i, f, o = ((1 + np.tanh(a / 2)) / 2 for a in (i, f, o))
    c_t = f * c_prev + i * np.tanh(g)
    return o * np.tanh(c_t), c_t


@GATES.add
def gates_in_columns(x_t, h_prev, c_prev, W, U, b):
    z = {k: W[k].T @ h_prev.T + U[k].T @ x_t.T + b[k].reshape(-1, 1) for k in W}
    i, f, o = (np.exp(-np.logaddexp(0, -z[k])) for k in ("i", "f", "o"))
    c_t = f * c_prev.T + i * np.tanh(z["c"])
    return (o * np.tanh(c_t)).T, c_t.T


@GATES.add
def gates_row_by_row(x_t, h_prev, c_prev, W, U, b):
    h_rows, c_rows = [], []
    for x, h, c in zip(x_t, h_prev, c_prev, strict=True):
        a = {k: h.dot(W[k]) + x.dot(U[k]) + b[k] for k in b}
        i, f, o = (1 / (1 + np.exp(-a[k])) for k in "ifo")
        c = f * c + i * np.tanh(a["c"])
        c_rows.append(c)
        h_rows.append(o * np.tanh(c))
    return h_rows, c_rows


@GATES.add
def gates_in_float32(x_t, h_prev, c_prev, W, U, b):
    def single(array):
        return np.asarray(array, dtype=np.float32)

    z = {
        k: single(h_prev) @ single(W[k]) + single(x_t) @ single(U[k]) + single(b[k]) for k in "ifoc"
    }
    i, f, o = (1 / (1 + np.exp(-z[k])) for k in "ifo")
    c_t = f * single(c_prev) + i * np.tanh(z["c"])
    return o * np.tanh(c_t), c_t


@GATES.add
def gates_with_einsum(x_t, h_prev, c_prev, W, U, b):
    keys = ("i", "f", "o", "c")
    z = np.einsum("nh,khj->knj", h_prev, np.stack([W[k] for k in keys]))
    z += np.einsum("nd,kdj->knj", x_t, np.stack([U[k] for k in keys]))
    z += np.stack([b[k] for k in keys])[:, None]
    gates = 1 / (1 + np.exp(-z[:3]))
    c_t = gates[1] * c_prev + gates[0] * np.tanh(z[3])
    return gates[2] * np.tanh(c_t), c_t


@PROGRAM.add
def program_with_slices():
    W_xh, b = np.zeros((2, 4)), np.zeros(4)
    W_xh[1, 0], b[0] = 16, -8
    W_xh[1, 1], b[1] = -16, 8
    b[2] = 6
    W_xh[0, 3] = 3
    return W_xh, np.zeros((1, 4)), b


@PROGRAM.add
def program_with_whole_numbers():
    W_xh = np.array([[0, 0, 0, 100], [1000, -1000, 0, 0]])
    return W_xh, np.array([[0, 0, 0, 0]]), np.array([-500, 500, 500, 0])


@PROGRAM.add
def program_as_lists():
    return [[0.0, 0.0, 0.0, 2.0], [25.0, -25.0, 0.0, 0.0]], [[0.0] * 4], [-12.0, 12.0, 12.0, 0.0]


@PROGRAM.add
def program_in_float32():
    W_xh = np.array([[0, 0, 0, 4], [30, -30, 0, 0]], dtype=np.float32)
    return W_xh, np.zeros((1, 4), np.float32), np.array([-15, 15, 15, 0], dtype=np.float32)


@PROGRAM.add
def program_from_wanted_gates():
    def logit(p):
        return math.log(p / (1 - p))

    shut, wide = logit(1e-5), logit(1 - 1e-5)
    b = np.array([shut, wide, wide, 0.0])
    W_xh = np.stack([[0.0, 0.0, 0.0, 3.5], [wide - shut, shut - wide, 0.0, 0.0]])
    return W_xh, np.zeros((1, 4)), b


@PROGRAM.add
def program_refreshing_its_own_bit():
    """A little of the bit flows back through W_hh while it is held; it does no harm."""
    W_xh = np.array([[0.0, 0.0, 0.0, 5.0], [20.0, -20.0, 0.0, 0.0]])
    return W_xh, np.array([[0.0, 0.0, 0.0, 2.0]]), np.array([-9.0, 9.0, 9.0, 0.0])
