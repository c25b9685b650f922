"""The bug hunt: what a faulty function does to the work it is put to.

Each symptom is computed live with the function that stands in the notebook; where that function is
right, the symptom is gone. What stands around it is the reference's.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from rnn_ref.char_lm import build_vocabulary, decode, encode
from rnn_ref.clipping import adam_step, loss_and_gradients, sgd_step
from rnn_ref.gradcheck import relative_error
from rnn_ref.gradient_flow import linear_gradient_norms, spectral_radius
from rnn_ref.lstm import FloatArray, lstm_step_forward, program_gates
from rnn_ref.lstm_gradients import lstm_step_backward
from rnn_ref.plotting import LOOKS, course_style, new_figure
from rnn_ref.recurrence import rnn_forward
from rnn_ref.sampling import sample
from rnn_ref.widgets import one_batch
from rnn_ref.widgets.sampling_model import load_model

Function = Callable[..., Any]

WITHOUT_MEMORY = np.log(2) / 2
"""Least mean loss [nats] on "hello" without memory: behind an l, half the targets, it is ln 2."""

SENTENCE = "the cat sat on the mat and the rat sat on the cat. "


def _weights(rng: np.random.Generator, V: int, H: int, recurrent: float) -> dict[str, FloatArray]:
    return {
        "W_xh": rng.normal(scale=0.5, size=(V, H)),
        "W_hh": rng.normal(scale=recurrent, size=(H, H)),
        "b_h": np.zeros(H),
        "W_hy": rng.normal(scale=0.5, size=(H, V)),
        "b_y": np.zeros(V),
    }


def chunk_gap(forward: Function) -> FloatArray:
    """Read 8 steps at once, then in two halves; return the largest difference at each step."""
    rng = np.random.default_rng(1)
    N, T, D, H = 2, 8, 3, 4
    x, h_0 = rng.normal(size=(N, T, D)), np.zeros((N, H))
    weights = rng.normal(size=(D, H)), rng.normal(size=(H, H)), rng.normal(size=H)
    at_once, _ = forward(x, h_0, *weights)
    first, _ = forward(x[:, : T // 2], h_0, *weights)
    second, _ = forward(x[:, T // 2 :], first[:, -1], *weights)
    halves = np.concatenate([first, second], axis=1)
    return np.asarray(np.abs(at_once - halves).max(axis=(0, 2)))


def loss_by_scale(loss: Function) -> dict[int, float]:
    """Return the loss of scores that are 1, 10, 100, 1000 times as large."""
    rng = np.random.default_rng(2)
    scores, targets = rng.normal(size=(2, 3, 5)), rng.integers(5, size=(2, 3))
    with np.errstate(all="ignore"):  # the number tells enough
        return {scale: float(loss(scale * scores, targets)[0]) for scale in (1, 10, 100, 1000)}


def train_reader(make: Function) -> tuple[float, str]:
    """Train a small network on a sentence; return its last loss and what it then writes."""
    char_to_id, id_to_char = build_vocabulary(SENTENCE)
    ids = encode(SENTENCE * 8, char_to_id)
    rng = np.random.default_rng(3)
    params, state = _weights(rng, len(char_to_id), H=24, recurrent=0.2), None
    loss = np.nan
    for _ in range(25):
        h: FloatArray = np.zeros((2, 24))
        for batch in zip(*make(ids, 2, 16), strict=True):
            loss, grads, h = loss_and_gradients(params, batch, h)
            params, state = adam_step(params, grads, state, 0.02)
    written = sample(params, np.zeros((1, 24)), char_to_id["t"], 40, 0.3, rng)
    return loss, "t" + decode(written, id_to_char)


def written_texts(sample: Function) -> Iterator[tuple[float, int, str]]:
    """Yield (temperature, seed, text) of unit 04's model, two seeds at each temperature."""
    model = load_model()
    H = len(model.params["b_h"])
    for temperature in (0.3, 1.0):
        for seed in (1, 2):
            rng = np.random.default_rng(seed)
            first = model.char_to_id[" "]
            ids = sample(model.params, np.zeros((1, H)), first, 40, temperature, rng)
            yield temperature, seed, decode(ids, model.id_to_char)


class HelloRun(NamedTuple):
    """What came of training on "hello"."""

    losses: FloatArray
    """Before each step, in nats a character."""
    moved: Mapping[str, float]
    """How far each array of weights is from where it started, as a norm."""


def train_hello(backward: Function, steps: int = 400) -> HelloRun:
    """Train a small network on "hello" by plain gradient descent, back through `backward`."""
    char_to_id, _ = build_vocabulary("hello")
    ids = encode("hello", char_to_id)
    batch = ids[None, :-1], ids[None, 1:]
    start = params = _weights(np.random.default_rng(4), V=4, H=6, recurrent=0.01)
    losses = []
    for _ in range(steps):
        loss, grads, _ = one_batch.loss_and_gradients(
            params, batch, np.zeros((1, 6)), rnn_forward, backward
        )
        params = sgd_step(params, grads, 0.5)
        losses.append(loss)
    moved = {name: float(np.linalg.norm(params[name] - start[name])) for name in start}
    return HelloRun(np.array(losses), moved)


def hello_picture(run: HelloRun) -> tuple[Figure, str]:
    """Return the loss of a run beside the floor of a network without memory, and its alt text."""
    last = run.losses[-1]
    below = last < 0.5 * WITHOUT_MEMORY
    claim = "The loss falls through the floor" if below else "The loss stops at the floor"
    with course_style():
        figure = new_figure(height_in=2.5)
        axes = figure.add_subplot()
        look = LOOKS["loss"]
        axes.plot(run.losses, color=look.colour, linestyle=look.line)
        floor = LOOKS["comparison"]
        axes.axhline(WITHOUT_MEMORY, color=floor.colour, linestyle=floor.line)
        axes.text(len(run.losses), WITHOUT_MEMORY - 0.06, "without memory", ha="right", va="top")
        axes.set_title(claim)
        axes.set_xlabel("training step")
        axes.set_ylabel("loss [nats/character]")
        axes.set_ylim(0, 1.6)
    alt = (
        f"{claim}: after {len(run.losses)} training steps it is {last:.2f} nats a character; "
        f"without memory none gets below {WITHOUT_MEMORY:.2f}."
    )
    return figure, alt


def radius_and_reach(rescale: Function) -> list[tuple[float, float, float]]:
    """Return, for three spectral radii: asked for, got, a gradient's norm after 50 steps back."""
    rng = np.random.default_rng(6)
    W, g = rng.normal(size=(64, 64)), rng.normal(size=64)
    g /= np.linalg.norm(g)
    rows = []
    for rho in (0.9, 1.0, 1.1):
        scaled = rescale(W.copy(), rho)
        reach = linear_gradient_norms(scaled, g, 51)[-1]
        rows.append((rho, spectral_radius(scaled), float(reach)))
    return rows


class Clipped(NamedTuple):
    """What clipping to norm 5 made of one gradient."""

    before: Mapping[str, float]
    """Norm of each array."""
    after: Mapping[str, float]
    norm: float
    """Of all arrays together, after clipping."""
    angle: float
    """Between the gradient before and after, in degrees."""


def clip_to_five(clip: Function) -> Clipped:
    """Clip a gradient in which W_hh is by far the longest array."""
    rng = np.random.default_rng(7)
    lengths = {"W_xh": 4.0, "W_hh": 40.0, "W_hy": 3.0}
    grads = {}
    for name, length in lengths.items():
        direction = rng.normal(size=(4, 4))
        grads[name] = direction * length / np.linalg.norm(direction)
    clipped, _ = clip({name: g.copy() for name, g in grads.items()}, 5.0)
    old, new = (np.concatenate([d[name].ravel() for name in lengths]) for d in (grads, clipped))
    cosine = old @ new / (np.linalg.norm(old) * np.linalg.norm(new))
    return Clipped(
        lengths,
        {name: float(np.linalg.norm(g)) for name, g in clipped.items()},
        float(np.linalg.norm(new)),
        float(np.degrees(np.arccos(min(cosine, 1.0)))),
    )


def held_bits(step: Function) -> dict[int, float]:
    """Store 1, then -1, in unit 08's programmed cell; return what it holds 20 steps later."""
    held = {}
    for bit in (1, -1):
        h = c = np.zeros((1, 1))
        for write in [1.0] + 20 * [0.0]:
            h, c, _ = step(np.array([[bit, write]]), h, c, *program_gates())
        held[bit] = float(c[0, 0])
    return held


def errors_of_calls(backward: Function) -> list[dict[str, float]]:
    """Call an LSTM step's backward twice with the same arrays; return each call's errors."""
    rng = np.random.default_rng(9)
    N, D, H = 2, 3, 4
    shapes = ((N, D), (N, H), (N, H), (D, 4 * H), (H, 4 * H), (4 * H,))
    arguments = [rng.normal(size=shape) for shape in shapes]
    dh_t, dc_t = rng.normal(size=(N, H)), rng.normal(size=(N, H))
    _, _, cache = lstm_step_forward(*arguments)
    right = lstm_step_backward(dh_t, dc_t, cache)
    names = ("dx_t", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db")
    calls = (backward(dh_t, dc_t, cache) for _ in range(2))
    return [
        {name: relative_error(g, r) for name, g, r in zip(names, got, right, strict=True)}
        for got in calls
    ]
