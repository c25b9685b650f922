"""Unit 04: the temperature and the loop that writes text, as different people write them.

Each way to draw from a distribution with a Generator is there once.
"""

import math

import numpy as np

from autograder.judge.exercise import Variants

SOFTMAX = Variants("softmax_temperature")
SAMPLE = Variants("sample")


@SOFTMAX.add
def softmax_dividing_first(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = scores / temperature
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


@SOFTMAX.add
def softmax_with_scalar_loops(scores, temperature):
    if not temperature > 0:
        raise ValueError(f"temperature {temperature}")
    p = np.zeros(scores.shape)
    for row, out in zip(np.atleast_2d(scores), np.atleast_2d(p), strict=True):
        weights = [math.exp((s - max(row)) / temperature) for s in row]
        for v, weight in enumerate(weights):
            out[v] = weight / sum(weights)
    return p


@SOFTMAX.add
def softmax_by_log_sum_exp(scores, temperature):
    if temperature <= 0:
        raise ValueError
    z = scores / temperature
    return np.exp(z - np.logaddexp.reduce(z, axis=-1)[..., None])


@SOFTMAX.add
def softmax_in_place_on_its_own_array(scores, temperature):
    if temperature <= 0:
        raise ValueError("no")
    p = np.array(scores, dtype=float)
    p -= p.max(axis=-1)[..., None]
    p /= temperature
    np.exp(p, out=p)
    p /= p.sum(axis=-1)[..., None]
    return p


@SOFTMAX.add
def softmax_in_float32(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature")
    z = (np.float32(scores) - np.float32(scores).max(-1, keepdims=True)) / np.float32(temperature)
    e = np.exp(z)
    return e / e.sum(-1, keepdims=True)


@SOFTMAX.add
def softmax_by_differences(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    between = (scores[..., None, :] - scores[..., :, None]) / temperature
    return 1 / np.sum(np.exp(np.minimum(between, 700)), axis=-1)


@SOFTMAX.add
def softmax_as_lists_of_a_transposed_array(scores, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    z = scores.T / temperature
    e = np.exp(z - z.max(axis=0))
    return (e / e.sum(axis=0)).T.tolist()


@SAMPLE.add
def sample_with_choice(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = params["W_hy"].shape[1]
    state, character, text = h_0, first_id, []
    left = length
    while left > 0:
        left -= 1
        x = np.eye(V)[[character]]
        state = np.tanh(x @ params["W_xh"] + state @ params["W_hh"] + params["b_h"])
        z = (state @ params["W_hy"] + params["b_y"]).ravel() / temperature
        p = np.exp(z - z.max())
        character = int(rng.choice(np.arange(V), p=p / p.sum()))
        text.append(character)
        if stop_id is not None and character == stop_id:
            return np.array(text)
    return np.array(text)


@SAMPLE.add
def sample_by_the_cumulative_sum(params, h_0, first_id, length, temperature, rng, stop_id=None):
    h, last = h_0[0], first_id
    ids = np.zeros(length, dtype=np.int32)
    for t in range(length):
        h = np.tanh(params["W_xh"][last] + h @ params["W_hh"] + params["b_h"])
        z = (h @ params["W_hy"] + params["b_y"]) / temperature
        edges = np.cumsum(np.exp(z - z.max()))
        last = int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))
        ids[t] = last
        if last == stop_id:
            return ids[: t + 1]
    return ids


@SAMPLE.add
def sample_with_multinomial(params, h_0, first_id, length, temperature, rng, stop_id=None):
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        h = np.tanh(params["W_xh"][last] + h @ params["W_hh"] + params["b_h"])
        z = (h @ params["W_hy"] + params["b_y"])[0] / temperature
        p = np.exp(z - z.max())
        last = int(np.argmax(rng.multinomial(1, p / p.sum())))
        ids.append(last)
        if last == stop_id:
            break
    return ids


@SAMPLE.add
def sample_with_gumbel_noise(params, h_0, first_id, length, temperature, rng, stop_id=None):
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        h = np.tanh(params["W_xh"][last] + h @ params["W_hh"] + params["b_h"])
        z = (h @ params["W_hy"] + params["b_y"])[0] / temperature
        last = int(np.argmax(z + rng.gumbel(size=len(z))))
        ids.append(last)
        if last == stop_id:
            break
    return np.asarray(ids)


@SAMPLE.add
def sample_by_racing_exponentials(params, h_0, first_id, length, temperature, rng, stop_id=None):
    h, last, ids = h_0, first_id, []
    left = length
    while left > 0:
        h = np.tanh(params["W_xh"][last] + h @ params["W_hh"] + params["b_h"])
        z = (h @ params["W_hy"] + params["b_y"])[0] / temperature
        with np.errstate(divide="ignore"):
            arrival = rng.exponential(size=len(z)) / np.exp(z - z.max())
        last = int(np.argmin(arrival))
        ids.append(last)
        left = 0 if last == stop_id else left - 1
    return tuple(ids)


@SAMPLE.add
def sample_in_float32(params, h_0, first_id, length, temperature, rng, stop_id=None):
    w = {name: array.astype(np.float32) for name, array in params.items()}
    h, last, ids = h_0.astype(np.float32), first_id, []
    for _ in range(length):
        h = np.tanh(w["W_xh"][last] + h @ w["W_hh"] + w["b_h"])
        z = (h @ w["W_hy"] + w["b_y"])[0] / np.float32(temperature)
        p = np.exp(z - z.max())
        last = int(rng.choice(len(p), p=p / p.sum()))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids, dtype=np.uint8)


@SAMPLE.add
def sample_by_walking_along_the_line(params, h_0, first_id, length, temperature, rng, stop_id=None):
    h, last, ids = h_0[0], first_id, []
    for _ in range(length):
        h = np.tanh(params["W_xh"][last] + h @ params["W_hh"] + params["b_h"])
        z = (h @ params["W_hy"] + params["b_y"]) / temperature
        p = np.exp(z - z.max())
        left = rng.uniform(0, p.sum())
        last = 0
        while last < len(p) - 1 and left >= p[last]:
            left -= p[last]
            last += 1
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)
