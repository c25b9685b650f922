"""04_sampling: the model answers. Made by ``autograder release``."""

import numpy as np
from rnn_ref.char_lm import one_hot
from rnn_ref.outputs import output_forward
from rnn_ref.recurrence import rnn_step_forward


def softmax_temperature(scores, temperature):
    """Return softmax(scores / temperature) along the last axis."""
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}; it must be greater than 0")
    below = scores - scores.max(axis=-1, keepdims=True)  # at most 0
    unnormalised = np.exp(below / temperature)
    return unnormalised / unnormalised.sum(axis=-1, keepdims=True)


def sample(params, h_0, first_id, length, temperature, rng, stop_id=None):
    """Return the ids drawn: length of them, or fewer if stop_id came."""
    V = len(params["b_y"])
    h_t, last_id, ids = h_0, first_id, []
    for _ in range(length):
        x_t = one_hot(np.array([last_id]), V)  # (1, V)
        h_t, _ = rnn_step_forward(x_t, h_t, params["W_xh"], params["W_hh"], params["b_h"])
        scores, _ = output_forward(h_t[:, None], params["W_hy"], params["b_y"])  # (1, 1, V)
        p = softmax_temperature(scores[0, 0], temperature)  # (V,)
        last_id = int(rng.choice(V, p=p))
        ids.append(last_id)
        if last_id == stop_id:
            break
    return np.array(ids)


def nucleus(p, share):
    """Return p cut to its likeliest characters, which make up at least the share."""
    order = np.argsort(-p)  # the likeliest first
    before = np.cumsum(p[order]) - p[order]  # what stands before each
    kept = np.zeros_like(p)
    kept[order[before < share]] = p[order[before < share]]
    return kept / kept.sum()
