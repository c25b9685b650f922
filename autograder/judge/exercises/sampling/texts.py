"""Networks and texts that `sample` is asked for, drawn so that each mistake shows."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from autograder.judge.exercise import short
from autograder.judge.frequencies import divergence
from autograder.judge.mistakes import sampling as mistakes
from autograder.judge.sizes import Inputs
from autograder.student.stand_ins import stand_ins_of
from rnn_ref import sampling
from rnn_ref.recurrence import rnn_step_forward

COLD = 1e-6
TEXTS = 500  # of a table of counts
LENGTH = 12  # of the likeliest text
SELDOM = 0.03  # of a first character: it comes all the same, 15 times in TEXTS
APART = 40.0  # nats, of TEXTS texts; a table of counts is called wrong from some 20 on
CLEAR = 0.02  # score by which each character of the likeliest text leads: 20,000 COLD


def _params(rng: np.random.Generator, V: int, H: int) -> Inputs:
    """Weights with which every part shows: the state, the last character, both biases."""
    return {
        "W_xh": 2.5 * rng.normal(size=(V, H)),
        "W_hh": 1.5 * rng.normal(size=(H, H)) / np.sqrt(H),
        "b_h": rng.normal(size=H),
        "W_hy": 1.5 * rng.normal(size=(H, V)),
        "b_y": rng.normal(size=V),
    }


def _start(rng: np.random.Generator, params: Inputs) -> Inputs:
    """A first state that is not zero, as after a prime text, and one character to go on from."""
    V, H = params["W_xh"].shape
    h_0, first_id = sampling.read_prime(params, rng.integers(V, size=6))
    return {
        "params": params,
        "h_0": h_0 + rng.uniform(-0.1, 0.1, size=(1, H)),
        "first_id": first_id,
        "stop_id": None,
        "seed": int(rng.integers(2**31)),
    }


def _likeliest(inputs: Mapping[str, Any], length: int) -> tuple[list[int], float]:
    """The text that temperature 0 would write, and the smallest lead of any of its characters."""
    h_t, last, ids, lead = inputs["h_0"], inputs["first_id"], [], np.inf
    for _ in range(length):
        scores, h_t = sampling.next_scores(inputs["params"], h_t, last)
        last = int(scores.argmax())
        lead = min(lead, float(np.diff(np.sort(scores)[-2:])[0]))
        ids.append(last)
    return ids, lead


def clear_start(rng: np.random.Generator, V: int, H: int) -> Inputs:
    """Inputs whose likeliest text is clear."""
    while True:
        inputs = _start(rng, _params(rng, V, H))
        ids, lead = _likeliest(inputs, LENGTH)
        if lead > CLEAR and len(set(ids)) > 1:
            return {**inputs, "length": LENGTH, "temperature": COLD}


def clear_text(rng: np.random.Generator) -> Inputs:
    """Inputs whose likeliest text is clear, and another one for each mistake in the network."""
    while True:
        inputs = clear_start(rng, V=5, H=6)
        wrong = {_cold_text(inputs, name) for name in mistakes.IN_THE_NETWORK}
        right = tuple(_likeliest(inputs, LENGTH)[0])
        if len(wrong - {right}) == len(mistakes.IN_THE_NETWORK):
            return inputs


def _cold_text(inputs: Inputs, mistake: str) -> tuple[int, ...]:
    arguments = (inputs[n] for n in ("params", "h_0", "first_id", "length", "temperature"))
    ids = mistakes.SAMPLE[mistake].function(*arguments, np.random.default_rng(0))
    return tuple(ids.tolist())


def song(rng: np.random.Generator, first_id: int, stop_id: int | None) -> Inputs:
    """The notebook's tiny example: scores so clear that chance has no say; 0 comes last.

    Where `stop_id` is None, the stop character is one that is never sung. The state has no say
    either, so that who does not carry it is judged by what is asked here alone.
    """
    V = int(rng.integers(5, 8))
    silent = V - 1
    order = np.append(1 + rng.permutation(V - 2), 0)
    after = np.zeros((V, V))
    after[order, np.roll(order, -1)] = rng.uniform(80, 100, size=len(order))
    start = {"h_0": np.zeros((1, V)), "first_id": int(order[first_id]), "length": 2 * V}
    params = {"W_xh": 9 * np.eye(V), "W_hh": np.zeros((V, V)), "b_h": np.zeros(V)}
    return {
        **start,
        "params": {**params, "W_hy": after, "b_y": np.zeros(V)},
        "stop_id": silent if stop_id is None else int(order[stop_id]),
        "temperature": COLD,
        "seed": int(rng.integers(2**31)),
    }


def small_texts(rng: np.random.Generator) -> list[Inputs]:
    """Two characters, one or two units, clear from the first character on."""
    found: list[Inputs] = []
    while len(found) < 3:
        H = min(len(found) + 1, 2)
        start = {"h_0": rng.normal(size=(1, H)), "first_id": 0, "length": 4, "stop_id": None}
        inputs = {**short(start), "params": short(_params(rng, V=2, H=H))}
        ids, lead = _likeliest(inputs, 4)
        if lead > 20 * CLEAR and len(set(ids[:3])) == 2 and ids[1] != ids[0]:
            stop = {"stop_id": ids[1]} if len(found) == 2 else {}
            found.append({**inputs, **stop, "temperature": 0.01, "seed": 0})
    return found


def counted(rng: np.random.Generator, temperature: float) -> Inputs:
    """A network whose first two characters tell right from nearly right, as well when it is hot."""
    while True:
        params = _params(rng, V=4, H=5)
        params |= {name: temperature * params[name] for name in ("W_hy", "b_y")}
        inputs = {**_start(rng, params), "temperature": temperature}
        right = chances(inputs)
        often = right.sum(axis=1).min() > SELDOM  # who stops at any character is seen to stop
        if not often or not all(_gives_away(wrong, right) for wrong in _wrong_network(inputs)):
            continue
        tables = [right, *nearly_right(inputs)]
        if all(_apart(one, other) for one, other in combinations(tables, 2)):
            first, second = _scores(inputs)
            counted = {"first_scores": first, "second_scores": second, "texts": TEXTS, "length": 2}
            return {**inputs, **counted}


def nearly_right(inputs: Inputs) -> list[np.ndarray]:
    """Probabilities under mistakes that are hard to see: in the loop, in the temperature."""
    temperature = inputs["temperature"]
    first, second = _scores(inputs)
    forgotten = [_scores({**inputs, "first_id": i})[0] for i in range(len(first))]
    p_first, p_second, p_forgotten = (
        sampling.softmax_temperature(scores, temperature)
        for scores in (first, second, np.stack(forgotten))
    )
    return [
        p_first[:, None] * p_forgotten,  # the state not carried
        p_first[:, None] * p_second[p_first.argmax()],  # the likeliest fed back
        p_first[:, None] * (p_first @ p_second),  # another draw fed back
        p_first[:, None] * _after_soft_input(inputs, p_first),
        *(chances({**inputs, "temperature": t}) for t in {1.0, 1 / temperature} - {temperature}),
    ]


def _after_soft_input(inputs: Inputs, p: np.ndarray) -> np.ndarray:
    """Probabilities of the second character if the first one's were the input."""
    params = inputs["params"]
    _, h_1 = sampling.next_scores(params, inputs["h_0"], inputs["first_id"])
    scores = _scores_after(params, p[None], h_1)
    return sampling.softmax_temperature(scores, inputs["temperature"])


def _scores_after(params: Inputs, x_t: np.ndarray, h_t: np.ndarray) -> np.ndarray:
    """Scores after the inputs `x_t`, (N, V), whatever they hold, all read from one state (1, H)."""
    h_prev = np.repeat(h_t, len(x_t), axis=0)
    h, _ = rnn_step_forward(x_t, h_prev, params["W_xh"], params["W_hh"], params["b_h"])
    scores: np.ndarray = h @ params["W_hy"] + params["b_y"]
    return scores


def _wrong_network(inputs: Inputs) -> Iterator[np.ndarray]:
    """Probabilities under mistakes in the network: a part of it is not used, or used again."""
    params, first_id, zero = inputs["params"], inputs["first_id"], np.zeros_like(inputs["h_0"])
    without = [{"h_0": zero}, *({"params": {**params, b: 0 * params[b]}} for b in ("b_h", "b_y"))]
    yield from (chances({**inputs, **one}) for one in without)
    first, h_1 = sampling.next_scores(params, inputs["h_0"], first_id)
    from_zero = np.stack([sampling.next_scores(params, zero, i)[0] for i in range(len(first))])
    again = np.tile(sampling.next_scores(params, h_1, first_id)[0], (len(first), 1))
    both = _scores_after(params, np.maximum(np.eye(len(first)), np.eye(len(first))[first_id]), h_1)
    for one, two in ((from_zero[first_id], from_zero), (first, again), (first, both)):
        p_one = sampling.softmax_temperature(one, inputs["temperature"])
        yield p_one[:, None] * sampling.softmax_temperature(two, inputs["temperature"])


def _apart(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether some text's count gives away which was drawn from, whichever of the two."""
    return _gives_away(one, other) and _gives_away(other, one)


def _gives_away(drawn: np.ndarray, supposed: np.ndarray) -> bool:
    pairs = zip(drawn.ravel(), supposed.ravel(), strict=True)
    return max(TEXTS * divergence(float(q), float(p)) for q, p in pairs) > APART


def _scores(inputs: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Scores of the first character (V,), and of the second after each first (V, V)."""
    params = inputs["params"]
    first, h_1 = sampling.next_scores(params, inputs["h_0"], inputs["first_id"])
    second = [sampling.next_scores(params, h_1, i)[0] for i in range(len(first))]
    return first, np.stack(second)


def chances(inputs: Mapping[str, Any]) -> np.ndarray:
    """Exact probabilities of all texts of two characters, by the chain rule."""
    first, second = _scores(inputs)
    temperature = inputs["temperature"]
    ours = stand_ins_of(inputs)
    softmax = ours.get("softmax_temperature", sampling.softmax_temperature)
    chances: np.ndarray = softmax(first, temperature)[:, None] * softmax(second, temperature)
    return chances
