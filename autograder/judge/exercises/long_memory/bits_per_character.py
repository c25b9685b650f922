"""Bits a character."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import apart
from rnn_ref import long_memory
from rnn_ref.lstm import lstm_forward
from rnn_ref.outputs import output_forward, softmax_cross_entropy

Inputs = Mapping[str, Any]
LONG_TEXT, ONE_UNIT = "a long text", "one unit"
FIRST, TWO = "a text of one character", "a text of two characters"
SHORT, OTHER = "a short text", "another short text"
NEAR_1000, FAR_APART = "scores near 1000", "scores far apart"
SHOWS = 0.2  # nats of a text of 1217: seven times what is let pass
IMPOSSIBLE = 750.0  # nats: exp of minus that is 0
FLOATS = (np.float64, np.float32)


def _model(rng: np.random.Generator, V: int, H: int, scores: float = 1.5) -> dict[str, Any]:
    """Weights with which every part shows; the cells keep what they hold."""
    b = 0.5 * rng.normal(size=4 * H)
    b[H : 2 * H] += 3
    return {
        "W_xh": rng.normal(size=(V, 4 * H)),
        "W_hh": 1.5 * rng.normal(size=(H, 4 * H)) / np.sqrt(H),
        "b": b,
        "W_hy": scores * rng.normal(size=(H, V)),
        "b_y": rng.normal(size=V),
    }


def _bits_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    def inputs(
        length: int, scores: float = 1.5, shift: float = 0.0, H: int = 0, more: int = 0
    ) -> dict[str, Any]:
        V, some_H = apart(rng, 2, least=4)
        V += more
        ids = rng.choice(V, size=length, p=rng.dirichlet(np.full(V, 3.0)))
        params = _model(rng, V, H or some_H, scores)
        ids[0] = np.argmin(params["b_y"])  # dear to who predicts it with the output layer alone
        if shift:
            params["b_y"] = np.round(64 * (params["b_y"] + shift)) / 64  # in any precision the same
        return {"params": params, "ids": ids}

    return (
        Case(SHORT, inputs(12)),
        Case(OTHER, inputs(23)),
        Case(FIRST, inputs(1, more=int(rng.integers(90))), edge=True),
        Case(TWO, inputs(2), edge=True),
        Case(ONE_UNIT, inputs(17, H=1), edge=True),
        Case(
            LONG_TEXT,
            {**_long_text(rng, lambda: inputs(1217)), "part": int(rng.integers(620, 680))},
            edge=True,
        ),
        # Single precision rounds each of these scores by 0.00003: that is to be lost in the mean.
        Case(NEAR_1000, inputs(48, shift=1000.0), edge=True),
        Case(FAR_APART, _far_apart(lambda: inputs(15, scores=700.0)), edge=True),
    )


def _long_text(rng: np.random.Generator, draw: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Inputs in which every way to go on from character 1000 with a wrong state shows.

    The cells keep what they hold for hundreds of steps; rounding errors die out.
    """
    while True:
        inputs = draw()
        params, ids, H = inputs["params"], inputs["ids"], len(inputs["params"]["W_hh"])
        params["b"][H : 2 * H] += 2
        params["W_hh"] *= 0.5
        x = np.eye(len(params["b_y"]))[None, ids]
        zeros = np.zeros((1, H))
        h, c = _read(params, x[:, :1000], zeros, zeros)
        right, single = (_nats(params, x, ids, h[:, -1], c[:, -1], dtype) for dtype in FLOATS)
        states = [(h[:, -1], state) for state in (zeros, c[:, 0], c[:, 500])]
        states += [(zeros, state) for state in (zeros, c[:, -1])]
        nats = [right, *(_nats(params, x, ids, *state) for state in states)]
        without = np.delete(x, 1000, axis=1), np.delete(ids, 1000)  # one at a boundary is lost
        nats.append(_nats(params, *without, h[:, -1], c[:, -1]))
        if np.diff(np.sort(nats)).min() > SHOWS and abs(single - right) < SHOWS / 50:
            return inputs


def _far_apart(draw: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Inputs in which some character comes whose probability is 0 in floats."""
    while True:
        inputs = draw()
        params, ids = inputs["params"], inputs["ids"]
        zeros = np.zeros((1, len(params["W_hh"])))
        h, _ = _read(params, np.eye(len(params["b_y"]))[None, ids[:-1]], zeros, zeros)
        scores = h[0] @ params["W_hy"] + params["b_y"]
        if (scores.max(axis=1) - scores[range(len(scores)), ids[1:]]).max() > 2 * IMPOSSIBLE:
            return inputs


def _read(
    params: Inputs, x: np.ndarray, h_t: np.ndarray, c_t: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    h, c, _ = lstm_forward(x, h_t, c_t, params["W_xh"], params["W_hh"], params["b"])
    return h, c


def _nats(
    params: Inputs,
    x: np.ndarray,
    ids: np.ndarray,
    h_t: np.ndarray,
    c_t: np.ndarray,
    dtype: type = np.float64,
) -> float:
    """What the text behind character 1000 costs, read on from these states."""
    params = {name: array.astype(dtype) for name, array in params.items()}
    h, _ = _read(params, x[:, 1000:-1].astype(dtype), h_t.astype(dtype), c_t.astype(dtype))
    scores, _ = output_forward(h, params["W_hy"], params["b_y"])
    loss, _ = softmax_cross_entropy(scores.astype(np.float64), ids[None, 1001:])
    return float(loss * h.shape[1])


def _small_texts(rng: np.random.Generator) -> list[dict[str, Any]]:
    def inputs(H: int, length: int) -> dict[str, Any]:
        ids = np.arange(length) * 2 % 3 % 2
        return {"params": short(_model(rng, 2, H)), "ids": ids}

    return [inputs(1, 1), inputs(1, 2), inputs(1, 3), inputs(2, 4)]


EXERCISE = Exercise(
    name="bits_per_character",
    title="Bits a character",
    version=6,
    reference={"bits": long_memory.bits_per_character},
    make_cases=_bits_cases,
    axes={"bits": (), "bits_of_its_beginning": ()},
    criteria=(
        Criterion("first", 0.2, "The first character costs log2 V.").of("bits", FIRST),
        Criterion(
            "values",
            0.35,
            "The bits are right: each character, from those before it, counts equally.",
        ).of("bits", SHORT, OTHER, TWO, ONE_UNIT),
        Criterion(
            "long",
            0.25,
            "A long text comes out right: read with one state, from its beginning to its end.",
        ).of(("bits", "bits_of_its_beginning"), LONG_TEXT),
        Criterion("finite", 0.1, "Scores of any size give a finite, right number of bits.").of(
            "bits", NEAR_1000, FAR_APART
        ),
        unchanged(0.1),
    ),
    trial=Trial(_small_texts, {"bits": "bits_per_character(params, ids)"}),
    slow_sentence="A text is read once from left to right: one step a character is enough.",
)
