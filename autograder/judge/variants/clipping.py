"""Unit 07: norms, clipping, optimisers and training steps as different people write them."""

import math

import numpy as np

from autograder.judge.exercise import Variants

NORM = Variants("global_norm")
CLIP = Variants("clip_by_global_norm")
SGD = Variants("sgd_step")
ADAM = Variants("adam_step")
TRAIN = Variants("train_step")


# --- global_norm ------------------------------------------------------------------------------


@NORM.add
def norm_of_one_long_vector(grads):
    return np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))


@NORM.add
def norm_with_scalar_loops(grads):
    total = 0.0
    for name in grads:
        for value in grads[name].flat:
            total += float(value) ** 2
    return total**0.5


@NORM.add
def norm_of_norms(grads):
    return float(np.linalg.norm([np.linalg.norm(g) for g in grads.values()]))


@NORM.add
def norm_by_einsum(grads):
    return math.sqrt(sum(np.einsum("i,i->", g.ravel(), g.ravel()) for g in grads.values()))


@NORM.add
def norm_in_float32(grads):
    squares = [np.vdot(g.astype(np.float32), g.astype(np.float32)) for g in grads.values()]
    return np.sqrt(np.sum(squares, dtype=np.float32))


@NORM.add
def norm_by_exact_sum(grads):
    return math.sqrt(math.fsum(v * v for g in grads.values() for v in g.ravel().tolist()))


@NORM.add
def norm_as_array_of_one_number(grads):
    total = np.zeros(1)
    for g in grads.values():
        total += np.square(g).sum()
    return np.sqrt(total)


# --- clip_by_global_norm ----------------------------------------------------------------------


@CLIP.add
def clip_with_three_returns(grads, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    if np.isnan(norm) or np.isinf(norm):
        return {k: np.zeros(g.shape) for k, g in grads.items()}, norm
    if norm <= max_norm:
        return {k: g.copy() for k, g in grads.items()}, norm
    return {k: g * max_norm / norm for k, g in grads.items()}, norm


@CLIP.add
def clip_by_minimum(grads, max_norm):
    norm = float(np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()])))
    if not math.isfinite(norm):
        return {k: 0 * np.ones_like(g) for k, g in grads.items()}, norm
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return dict(zip(grads, [factor * g for g in grads.values()], strict=True)), norm


@CLIP.add
def clip_in_place_on_its_own_copies(grads, max_norm):
    clipped = {k: np.array(g, copy=True) for k, g in grads.items()}
    norm = math.sqrt(sum(float((g * g).sum()) for g in clipped.values()))
    for g in clipped.values():
        if not np.isfinite(norm):
            g.fill(0.0)
        elif norm > max_norm:
            g *= max_norm
            g /= norm
    return clipped, norm


@CLIP.add
def clip_with_a_tiny_number_against_zero(grads, max_norm):
    norm = np.sqrt(np.sum([np.sum(np.square(g)) for g in grads.values()]))
    coefficient = np.minimum(max_norm / (norm + 1e-12), 1.0)
    usable = np.isfinite(norm)
    return {k: g * coefficient if usable else np.zeros_like(g) for k, g in grads.items()}, norm


@CLIP.add
def clip_of_one_long_vector(grads, max_norm):
    flat = np.concatenate([g.ravel() for g in grads.values()])
    norm = np.sqrt(flat @ flat)
    if not np.isfinite(norm):
        flat = np.zeros_like(flat)
    elif norm > max_norm:
        flat = flat / norm * max_norm
    clipped, at = {}, 0
    for name, g in grads.items():
        clipped[name] = flat[at : at + g.size].reshape(g.shape)
        at += g.size
    return clipped, norm


@CLIP.add
def clip_in_float32_as_a_list(grads, max_norm):
    half = {k: g.astype(np.float32) for k, g in grads.items()}
    norm = np.sqrt(sum((g**2).sum() for g in half.values()))
    if not np.isfinite(norm):
        return [{k: np.zeros_like(g) for k, g in half.items()}, norm]
    return [{k: g / max(1.0, norm / max_norm) for k, g in half.items()}, norm]


# --- sgd_step ---------------------------------------------------------------------------------


@SGD.add
def descent_in_a_loop(params, grads, learning_rate):
    new = {}
    for name in params:
        new[name] = params[name] - learning_rate * grads[name]
    return new


@SGD.add
def descent_in_place_on_a_copy(params, grads, learning_rate):
    new = {name: p.copy() for name, p in params.items()}
    for name, g in grads.items():
        new[name] -= learning_rate * g
    return new


@SGD.add
def descent_by_zip(params, grads, learning_rate):
    names = sorted(params)
    moved = [np.subtract(params[k], np.multiply(grads[k], learning_rate)) for k in names]
    return dict(zip(names, moved, strict=True))


@SGD.add
def descent_with_scalar_loops(params, grads, learning_rate):
    new = {}
    for name, p in params.items():
        new[name] = np.empty(p.shape)
        for i in np.ndindex(*p.shape):
            new[name][i] = p[i] - learning_rate * grads[name][i]
    return new


@SGD.add
def descent_in_float32(params, grads, learning_rate):
    rate = np.float32(learning_rate)
    return {
        k: p.astype(np.float32) + -rate * grads[k].astype(np.float32) for k, p in params.items()
    }


# --- adam_step --------------------------------------------------------------------------------


@ADAM.add
def adam_with_a_dict_for_state(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    if state is None:
        state = {"t": 0, "m": {}, "v": {}}
    t = state["t"] + 1
    m, v, new = {}, {}, {}
    for name, p in params.items():
        g = grads[name]
        m[name] = beta1 * state["m"].get(name, np.zeros_like(p)) + (1 - beta1) * g
        v[name] = beta2 * state["v"].get(name, np.zeros_like(p)) + (1 - beta2) * g * g
        m_hat = m[name] / (1 - beta1**t)
        v_hat = v[name] / (1 - beta2**t)
        new[name] = p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, {"t": t, "m": m, "v": v}


@ADAM.add
def adam_with_corrected_rate(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    t, m, v = state if state else (0, dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0))
    t = t + 1
    root = np.sqrt(1 - beta2**t)
    rate = learning_rate * root / (1 - beta1**t)
    m = {k: m[k] + (1 - beta1) * (grads[k] - m[k]) for k in params}
    v = {k: v[k] + (1 - beta2) * (grads[k] ** 2 - v[k]) for k in params}
    new = {k: params[k] - rate * m[k] / (np.sqrt(v[k]) + epsilon * root) for k in params}
    return new, [t, m, v]


@ADAM.add
def adam_with_all_gradients_kept(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    history = [*(state or []), {k: g.copy() for k, g in grads.items()}]
    t = len(history)
    new = {}
    for k, p in params.items():
        m = sum((1 - beta1) * beta1 ** (t - 1 - i) * past[k] for i, past in enumerate(history))
        v = sum((1 - beta2) * beta2 ** (t - 1 - i) * past[k] ** 2 for i, past in enumerate(history))
        size = np.sqrt(v / (1 - beta2**t)) + epsilon
        new[k] = p - learning_rate * (m / (1 - beta1**t)) / size
    return new, history


@ADAM.add
def adam_of_one_long_vector(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    g = np.concatenate([grads[k].ravel() for k in params])
    t, m, v = (0, np.zeros_like(g), np.zeros_like(g)) if state is None else state
    t += 1
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    step = learning_rate * m / (1 - beta1**t) / ((v / (1 - beta2**t)) ** 0.5 + epsilon)
    new, at = {}, 0
    for k, p in params.items():
        new[k] = p - step[at : at + p.size].reshape(p.shape)
        at += p.size
    return new, (t, m, v)


@ADAM.add
def adam_in_place_on_its_own_copies(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    zeros = {k: np.zeros_like(p) for k, p in params.items()}
    t, first, second = state or (0, zeros, zeros)
    t += 1
    first = {k: a.copy() for k, a in first.items()}
    second = {k: a.copy() for k, a in second.items()}
    new = {k: p.copy() for k, p in params.items()}
    for k, g in grads.items():
        first[k] *= beta1
        first[k] += (1 - beta1) * g
        second[k] *= beta2
        second[k] += (1 - beta2) * np.square(g)
        m_hat = first[k] / (1 - beta1**t)
        new[k] -= learning_rate * m_hat / (np.sqrt(second[k] / (1 - beta2**t)) + epsilon)
    return new, (t, first, second)


@ADAM.add
def adam_with_powers_for_state(
    params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8
):
    pairs, power1, power2 = state or (dict.fromkeys(params, (0.0, 0.0)), 1.0, 1.0)
    power1, power2 = power1 * beta1, power2 * beta2
    kept, new = {}, {}
    for k, p in params.items():
        m = beta1 * pairs[k][0] + (1 - beta1) * grads[k]
        v = beta2 * pairs[k][1] + (1 - beta2) * grads[k] ** 2
        kept[k] = m, v
        new[k] = p - learning_rate * m / (1 - power1) / (np.sqrt(v / (1 - power2)) + epsilon)
    return new, (kept, power1, power2)


# --- train_step -------------------------------------------------------------------------------


@TRAIN.add
def train_in_one_go(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return {k: params[k] - learning_rate * scale * grads[k] for k in params}, loss, norm, h_T


@TRAIN.add
def train_with_names(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    answer = loss_and_gradients(params=params, batch=batch, h_0=h_0)
    loss, grads, state = answer
    length = np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))
    rate = learning_rate
    if length > max_norm:
        rate = learning_rate * max_norm / length
    return [{k: p - rate * grads[k] for k, p in params.items()}, loss, length, state]


@TRAIN.add
def train_clipping_its_own_gradients_in_place(
    loss_and_gradients, params, batch, h_0, learning_rate, max_norm
):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    norm = math.sqrt(sum(float((g * g).sum()) for g in grads.values()))
    new = {k: p.copy() for k, p in params.items()}
    for k in new:
        if norm > max_norm:
            grads[k] *= max_norm / norm
        new[k] -= learning_rate * grads[k]
    return new, loss, norm, h_T.copy()


@TRAIN.add
def train_with_unpacked_batch(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    inputs, targets = batch
    loss, grads, h_T = loss_and_gradients(params, (inputs, targets), h_0)
    squares = [np.vdot(g, g) for g in grads.values()]
    norm = np.sqrt(np.sum(squares))
    scale = np.where(norm > max_norm, max_norm / norm, 1.0)
    return (
        {k: params[k] + -learning_rate * (scale * g) for k, g in grads.items()},
        loss,
        norm,
        h_T,
    )


@TRAIN.add
def train_in_float32(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    loss, grads, h_T = loss_and_gradients(params, batch, h_0)
    grads = {k: g.astype(np.float32) for k, g in grads.items()}
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    factor = learning_rate / max(1.0, float(norm) / max_norm)
    new = {k: p.astype(np.float32) - np.float32(factor) * grads[k] for k, p in params.items()}
    return new, np.float32(loss), norm, h_T.astype(np.float32)
