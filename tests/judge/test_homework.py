"""Wrong functions as beginners write them, of which something untrue was once said, or nothing."""

from dataclasses import dataclass

import pytest

from tests.judge.judged import failed, verdict_on_cell

#: Of it no determinant of a matrix without an inverse came out as 0 before.
SEED = 5


@dataclass(frozen=True)
class Attempt:
    """One function and what has to be said of it.

    Attributes
    ----------
    headline : str
        A part of the first cause.
    mistake : str
        The name that has to be given; "" where it has to be none.
    fails : tuple of str
        Criteria that are not met, or cannot be judged.
    no_cross : tuple of str
        Criteria that are not said to be broken: what they claim holds, or cannot be told.
    """

    exercise: str
    what: str
    cell: str
    headline: str = ""
    mistake: str = ""
    fails: tuple[str, ...] = ()
    no_cross: tuple[str, ...] = ()


SAMPLE = """
from rnn_ref.char_lm import one_hot
from rnn_ref.outputs import output_forward
from rnn_ref.recurrence import rnn_step_forward
from rnn_ref.sampling import softmax_temperature
def sample(params, h_0, first_id, length, temperature, rng, stop_id=None):
    V = len(params["b_y"])
    h, last, ids = h_0, first_id, []
    for _ in range(length):
        x = one_hot(np.array([last]), V)
        h, _ = rnn_step_forward(x, h, params["W_xh"], params["W_hh"], params["b_h"])
        SCORES
        last = int(rng.choice(V, p=p))
        ids.append(last)
        if last == stop_id:
            break
    return np.array(ids)
"""

OUTPUT = """
def output_backward(dscores, cache):
    h, W_hy = cache
    (N, T, H), V = h.shape, dscores.shape[2]
    dW_hy = h.reshape(SHAPE) @ dscores.reshape(N * T, V) / DIVISOR
    return dscores @ W_hy.T, dW_hy, dscores.sum(axis=(0, 1)) / DIVISOR
"""

ADAM = """
t = 0
def adam_step(params, grads, state, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    COUNT
    m = {k: beta1 * m[k] + (1 - beta1) * g for k, g in grads.items()}
    v = {k: beta2 * v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    new = {}
    for k in params:
        m_hat, v_hat = m[k] / CORRECTION1, v[k] / CORRECTION2
        new[k] = params[k] - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return new, (m, v)
"""
FIRST = "m, v = state or ({k: 0 for k in params}, {k: 0 for k in params})"

ATTEMPTS = [
    Attempt(
        "rnn_forward",
        "states stacked along the first axis, so that the call with half of them stops",
        """
def rnn_forward(x, h_0, W_xh, W_hh, b_h):
    h, h_t = [], h_0
    for t in range(x.shape[1]):
        h_t = np.tanh(x[:, t] @ W_xh + h_t @ W_hh + b_h)
        h.append(h_t)
    return np.array(h), None
""",
        ": h has shape (",
        "time_on_the_first_axis",
        ("states",),
    ),
    Attempt(
        "decode",
        "blanks between the characters, which encode then refuses",
        """
def decode(ids, id_to_char):
    if any(i not in id_to_char for i in ids):
        raise ValueError("an id is unknown")
    return " ".join(id_to_char[i] for i in ids)
""",
        "A text: text has shape",
        "joined_with_blanks",
        ("text",),
    ),
    Attempt(
        "output_forward",
        "the scores in the cache, in the place of the weights",
        "def output_forward(h, W_hy, b_y):\n    s = h @ W_hy + b_y\n    return s, (h, s)",
        "The cache is a tuple of 2 (arrays of shapes",
        "",
        ("cache",),
    ),
    Attempt(
        "build_vocabulary",
        "words for characters",
        """
def build_vocabulary(text):
    words = sorted(set(text.split()))
    return {w: i for i, w in enumerate(words)}, dict(enumerate(words))
""",
        "char_to_id lacks a character of the text",
        "",
        ("order",),
    ),
    Attempt(
        "softmax_cross_entropy",
        "divided by the number of sequences, with any padding",
        """
def softmax_cross_entropy(scores, targets, mask=None):
    mask = np.ones(targets.shape) if mask is None else mask * 1.0
    s = scores - scores.max(axis=2, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=2, keepdims=True))
    n, t = np.indices(targets.shape)
    d = np.exp(log_p)
    d[n, t, targets] -= 1
    N = len(targets)
    return -(mask * log_p[n, t, targets]).sum() / N, d * mask[:, :, None] / N
""",
        "loss differs",
        "divided_by_the_number_of_sequences",
        ("loss", "gradient", "mask"),
        ("padding", "no_target"),
    ),
    Attempt(
        "sample",
        "the temperature not used, but as many characters as asked for, and an end",
        SAMPLE.replace(
            "SCORES",
            'p = softmax_temperature((h @ params["W_hy"] + params["b_y"])[0], 1.0)',
        ),
        "The likeliest text",
        "temperature_never_used",
        ("likeliest", "temperature"),
        ("length", "stop"),
    ),
    Attempt(
        "sample",
        "the time axis forgotten",
        SAMPLE.replace(
            "SCORES",
            's, _ = output_forward(h, params["W_hy"], params["b_y"])\n'
            "        p = softmax_temperature(s[0, 0], temperature)",
        ),
        "Is the batch or time axis missing? Here h is (1, ",
        fails=("likeliest",),
    ),
    Attempt(
        "rnn_step_backward",
        "the cache unpacked in another order",
        """
def rnn_step_backward(dh_t, cache):
    x_t, h_prev, W_xh, W_hh, h_t = cache
    da = dh_t * (1 - h_t**2)
    return da @ W_xh.T, da @ W_hh.T, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)
""",
        "and 1 - h_t ** 2 is (",
        fails=("dx_t",),
    ),
    Attempt(
        "jacobian_product_norms",
        "the norm that NumPy takes of a matrix, after a 1 at lag 0",
        """
def jacobian_product_norms(h, W_hh):
    J, norms = np.eye(h.shape[1]), [1]
    for k in range(1, len(h)):
        J = J @ np.diag(1 - h[-k] ** 2) @ W_hh.T
        norms.append(np.linalg.norm(J))
    return np.array(norms)
""",
        "A sequence",
        "frobenius_norm",
        ("norms",),
    ),
    Attempt(
        "jacobian_product_norms",
        "states counted from the beginning",
        """
def jacobian_product_norms(h, W_hh):
    J, norms = np.eye(h.shape[1]), []
    for h_t in h:
        norms.append(np.linalg.svd(J)[1][0])
        J = J @ np.diag(1 - h_t**2) @ W_hh.T
    return np.array(norms)
""",
        "A sequence",
        "states_from_the_first",
        ("norms",),
    ),
    Attempt(
        "rescale_spectral_radius",
        "every matrix without an inverse refused",
        """
def rescale_spectral_radius(W, rho):
    if np.linalg.det(W) == 0:
        raise ValueError("no inverse")
    return W * rho / max(abs(np.linalg.eigvals(W)))
""",
        "A matrix without an inverse",
        "singular_matrices_refused",
        ("singular",),
        ("refuses",),
    ),
    Attempt(
        "rescale_spectral_radius",
        "upside down, but what has to be refused is",
        """
def rescale_spectral_radius(W, rho):
    radius = max(abs(np.linalg.eigvals(W)))
    if radius == 0:
        raise ValueError("radius 0")
    return W * radius / rho
""",
        "A Gaussian matrix",
        "upside_down",
        ("radius",),
        ("refuses",),
    ),
    Attempt(
        "sgd_step",
        "two dicts paired by position",
        """
def sgd_step(params, grads, learning_rate):
    pairs = zip(params.items(), grads.values())
    return {name: p - learning_rate * g for (name, p), g in pairs}
""",
        "It stopped",
        "pairs_by_position",
        ("values",),
    ),
    Attempt(
        "adam_step",
        "a count that outlives the call, and nothing shared with the caller",
        ADAM.replace("COUNT", f"global t\n    t += 1\n    {FIRST}")
        .replace("CORRECTION1", "(1 - beta1**t)")
        .replace("CORRECTION2", "(1 - beta2**t)"),
        "With other numbers",
        "",
        ("again", "repeatable"),
        ("apart",),
    ),
    Attempt(
        "adam_step",
        "no correction, and nothing moves where the gradient is zero",
        ADAM.replace("COUNT", FIRST).replace("CORRECTION1", "1").replace("CORRECTION2", "1"),
        "Several steps",
        "adam_without_correction",
        ("first",),
        ("zero",),
    ),
    Attempt(
        "train_step",
        "the batch handed over in pieces",
        """
def train_step(loss_and_gradients, params, batch, h_0, learning_rate, max_norm):
    return loss_and_gradients(params, *batch, h_0)
""",
        "TypeError: loss_and_gradients() takes 3 positional arguments but 4 were given",
        fails=("clipped",),
    ),
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda a: f"{a.exercise}-{a.what}")
def test_attempt_is_told_what_is_true_of_it(attempt: Attempt) -> None:
    report = verdict_on_cell(attempt.exercise, attempt.cell, SEED)
    assert attempt.headline in report.headline
    assert report.mistake == attempt.mistake
    assert set(attempt.fails) <= failed(report)
    crosses = {r.name for r in report.criteria if r.judged and not r.passed}
    assert not crosses & set(attempt.no_cross)


@pytest.mark.parametrize("shape", ["N * T, H).T.reshape(H, N * T", "H, N * T"])
def test_slip_in_summing_over_places_gets_a_case_to_try(shape: str) -> None:
    """One sequence does not show a mean over the batch, one unit no exchange of axes."""
    cell = OUTPUT.replace("SHAPE", shape).replace("DIVISOR", "N" if ").T" in shape else "1")
    assert verdict_on_cell("output_backward", cell).example is not None
