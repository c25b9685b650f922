"""Unit 04: softmax with a temperature, and sampling, judged by frequencies.

The false-alarm rate: all tables of counts of one check share ``frequencies.FALSE_ALARM`` = 1e-7, so
a right ``sample`` fails by chance less than once in ten million checks; ``frequencies`` says
why. All else is exact: at a temperature near 0 only one text has a chance above 1e-100.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np

from autograder.judge.exercise import Advice, Case, Criterion, Exercise, Kind
from autograder.judge.frequencies import divergence
from autograder.judge.hints.sampling import HINTS
from autograder.judge.mistakes import sampling as mistakes
from autograder.judge.variants import sampling as variants
from rnn_ref import sampling
from rnn_ref.recurrence import rnn_step_forward

UNIT = "sampling"
COLD = 1e-6
HOT = 1e6
FREE = 100.0  # nearly even: the same random number every time gives the same character every time
TEXTS = 500  # of a table of counts
LENGTH = 12  # of the likeliest text
APART = 40.0  # nats, of TEXTS texts; a table of counts is called wrong from some 20 on
CLEAR = 0.02  # score by which each character of the likeliest text leads: 20,000 COLD

Inputs = dict[str, Any]


def _softmax_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, V = (int(n) for n in rng.permutation([3, 4, 5, 6])[:2])
    batch, other = 2 * rng.normal(size=(2, N, V))
    far_apart = np.linspace(-1000, 1000, N)[:, None] + rng.normal(size=(N, V))
    far_apart = np.round(8 * far_apart) / 8  # float32 holds eighths of a thousand exactly
    low, high = rng.uniform(0.3, 0.7), rng.uniform(1.8, 3)
    clear = rng.permutation(np.arange(V)) + rng.uniform(0, 0.5, size=(N, V))
    return (
        Case("temperature 1", {"scores": batch, "temperature": 1.0}),
        Case("a low temperature", {"scores": batch, "temperature": low}),
        Case("a high temperature", {"scores": other, "temperature": high}),
        Case("scores near 1000 and near -1000", {"scores": far_apart, "temperature": 1.5}),
        Case("a temperature near 0", {"scores": clear, "temperature": COLD}),
        Case("a huge temperature", {"scores": other, "temperature": HOT}),
        Case("scores of one character", {"scores": 2 * rng.normal(size=V), "temperature": high}),
        Case(
            "temperatures 0 and below",
            {"scores": 2 * rng.normal(size=V), "temperature": low, "refused": [0.0, -1.0]},
        ),
    )


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


def _likeliest(inputs: Inputs, carried: bool = True) -> tuple[list[int], float]:
    """The text that temperature 0 would write, and the smallest lead of any of its characters."""
    h_t, last, ids, lead = inputs["h_0"], inputs["first_id"], [], np.inf
    for _ in range(LENGTH):
        scores, h_next = sampling.next_scores(inputs["params"], h_t, last)
        h_t = h_next if carried else h_t
        last = int(scores.argmax())
        lead = min(lead, float(np.diff(np.sort(scores)[-2:])[0]))
        ids.append(last)
    return ids, lead


def _clear_text(rng: np.random.Generator) -> tuple[Inputs, int, int]:
    """Inputs whose likeliest text is clear; a character that comes late in it, one that is missing.

    The text goes on to others after the late one, so that stopping there shows. Until then it is
    not what a network would write that forgets its state.
    """
    while True:
        inputs = _start(rng, _params(rng, V=5, H=6))
        ids, lead = _likeliest(inputs)
        late = max(set(ids), key=ids.index)
        missing = set(range(5)) - set(ids)
        place = ids.index(late)
        forgetful, _ = _likeliest(inputs, carried=False)
        shows = (
            late > 0 and 5 <= place < 10 and ids[-1] != late and forgetful[:place] != ids[:place]
        )
        if lead > CLEAR and missing and shows:
            return {**inputs, "length": LENGTH, "temperature": COLD}, late, min(missing)


def _renamed(inputs: Inputs, old: int) -> Inputs:
    """The same network with characters `old` and 0 changing names."""
    order = np.arange(5)
    order[[0, old]] = order[[old, 0]]
    params = {
        **inputs["params"],
        "W_xh": inputs["params"]["W_xh"][order],
        "W_hy": inputs["params"]["W_hy"][:, order],
        "b_y": inputs["params"]["b_y"][order],
    }
    return {**inputs, "params": params, "first_id": int(order[inputs["first_id"]])}


def _counted(rng: np.random.Generator, temperature: float) -> Inputs:
    """A network whose first two characters tell right from nearly right."""
    while True:
        inputs = {**_start(rng, _params(rng, V=4, H=5)), "temperature": temperature}
        right = _chances(inputs)
        nearly = _nearly_right(inputs)
        if all(_apart(one, other) for one, other in combinations([right, *nearly], 2)):
            first, second = _scores(inputs)
            counted = {"first_scores": first, "second_scores": second, "texts": TEXTS, "length": 2}
            return {**inputs, **counted}


def _nearly_right(inputs: Inputs) -> list[np.ndarray]:
    """Probabilities under mistakes that are hard to see: in the loop, in the temperature."""
    temperature = inputs["temperature"]
    first, second = _scores(inputs)
    forgotten = [_scores({**inputs, "first_id": i})[0] for i in range(len(first))]
    p_first, p_second, p_forgotten = (
        sampling.softmax_temperature(scores, temperature)
        for scores in (first, second, np.stack(forgotten))
    )
    nearly = [p_first[:, None] * p_forgotten]  # the state not carried
    if temperature == 1:
        likeliest_fed_back = p_first[:, None] * p_second[p_first.argmax()]
        another_draw_fed_back = p_first[:, None] * (p_first @ p_second)
        soft_fed_back = p_first[:, None] * _after_soft_input(inputs, p_first)
        return [*nearly, likeliest_fed_back, another_draw_fed_back, soft_fed_back]
    return [*nearly, *(_chances({**inputs, "temperature": t}) for t in (1.0, 1 / temperature))]


def _after_soft_input(inputs: Inputs, p: np.ndarray) -> np.ndarray:
    """Probabilities of the second character if the first one's were the input, at temperature 1."""
    params = inputs["params"]
    _, h_1 = sampling.next_scores(params, inputs["h_0"], inputs["first_id"])
    h_2, _ = rnn_step_forward(p[None], h_1, params["W_xh"], params["W_hh"], params["b_h"])
    return sampling.softmax_temperature(h_2 @ params["W_hy"] + params["b_y"], 1.0)  # (1, V)


def _apart(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether some text's count gives away which of the two it was drawn from."""
    pairs = zip(one.ravel(), other.ravel(), strict=True)
    return max(TEXTS * divergence(float(q), float(p)) for q, p in pairs) > APART


def _scores(inputs: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Scores of the first character (V,), and of the second after each first (V, V)."""
    params = inputs["params"]
    first, h_1 = sampling.next_scores(params, inputs["h_0"], inputs["first_id"])
    second = [sampling.next_scores(params, h_1, i)[0] for i in range(len(first))]
    return first, np.stack(second)


def _chances(inputs: Mapping[str, Any]) -> np.ndarray:
    """Exact probabilities of all texts of two characters, by the chain rule."""
    first, second = _scores(inputs)
    temperature = inputs["temperature"]
    p_first = sampling.softmax_temperature(first, temperature)  # (V,)
    chances: np.ndarray = p_first[:, None] * sampling.softmax_temperature(second, temperature)
    return chances


def _sample_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    clear, late, missing = _clear_text(rng)
    other, _, _ = _clear_text(rng)
    return (
        Case("the likeliest text", {**clear, "free_temperature": FREE}),
        Case("a single character", {**other, "length": 1}),
        Case("another likeliest text", other),
        Case("a stop character", {**clear, "stop_id": late}),
        Case("stop character 0", {**_renamed(clear, late), "stop_id": 0}),
        Case("a stop character that does not come", {**clear, "stop_id": missing}),
        Case("many texts", _counted(rng, 1.0)),
        Case("many texts at a low temperature", _counted(rng, 0.5)),
        Case("many texts at a high temperature", _counted(rng, 2.5)),
    )


_UNCHANGED = "No argument is changed in place."
_REPEATABLE = "A second call gives the same."

EXERCISES = (
    Exercise(
        name="softmax_temperature",
        unit=UNIT,
        title="Probabilities at a temperature",
        points=3,
        version=1,
        reference={"softmax": sampling.softmax_temperature},
        make_cases=_softmax_cases,
        axes={"p": ("batch", "class"), "p_row": ("class",), "refusals": ("temperature",)},
        criteria=(
            Criterion(
                "plain", 0.2, "At temperature 1 it is the softmax.", ("p",), ("temperature 1",)
            ),
            Criterion(
                "temperature",
                0.25,
                "The scores are divided by the temperature.",
                ("p",),
                ("a low temperature", "a high temperature"),
            ),
            Criterion(
                "finite",
                0.15,
                "Scores of any size give finite probabilities.",
                ("p",),
                ("scores near 1000 and near -1000",),
            ),
            Criterion(
                "extremes",
                0.1,
                "Near temperature 0 the largest score takes all; at a huge one all are equal.",
                ("p",),
                ("a temperature near 0", "a huge temperature"),
            ),
            Criterion(
                "one_axis",
                0.1,
                "Scores of shape (V,) work like those of shape (N, V).",
                ("p_row",),
                ("scores of one character",),
            ),
            Criterion(
                "refuses",
                0.1,
                "A temperature of 0 or below raises a ValueError; others do not.",
                ("p_row", "refusals"),
                ("temperatures 0 and below",),
            ),
            Criterion("unchanged", 0.1, _UNCHANGED, kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.SOFTMAX),
        variants=tuple(variants.SOFTMAX),
        hints=HINTS["softmax_temperature"],
    ),
    Exercise(
        name="sample",
        unit=UNIT,
        title="Writing text",
        points=4,
        version=1,
        reference={"softmax": sampling.softmax_temperature, "sample": sampling.sample},
        make_cases=_sample_cases,
        axes={
            "ids": ("time",),
            "counts": ("first id", "second id"),
            "own_text_again": ("time",),
        },
        chances={"counts": _chances},
        criteria=(
            Criterion(
                "likeliest",
                0.25,
                "Near temperature 0 it writes the likeliest text: state carried, input replaced.",
                ("ids",),
                ("the likeliest text", "another likeliest text"),
            ),
            Criterion(
                "frequencies",
                0.2,
                "At temperature 1 every text comes up as often as its probability says.",
                ("counts",),
                ("many texts",),
            ),
            Criterion(
                "temperature",
                0.15,
                "It does so at a low and a high temperature, too.",
                ("counts",),
                ("many texts at a low temperature", "many texts at a high temperature"),
            ),
            Criterion(
                "length",
                0.05,
                "It draws as many characters as asked for.",
                ("ids",),
                ("a single character", "a stop character that does not come"),
            ),
            Criterion(
                "stop",
                0.1,
                "It ends with the stop character as soon as that is drawn.",
                ("ids",),
                ("a stop character", "stop character 0"),
            ),
            Criterion(
                "own_softmax",
                0.1,
                "It draws from the probabilities of your own softmax_temperature.",
                ("counts",),
                ("many texts", "many texts at a low temperature"),
                Kind.CONSISTENT,
                against=("counts", "own_chances"),
            ),
            Criterion(
                "given_rng",
                0.1,
                "Chance comes from rng alone: equal generators write equal texts.",
                ("own_text_again",),
                ("the likeliest text",),
                Kind.CONSISTENT,
                against=("own_text_again", "own_text"),
                of_itself=True,
            ),
            Criterion("unchanged", 0.05, _UNCHANGED, kind=Kind.UNCHANGED),
        ),
        mistakes=tuple(mistakes.SAMPLE),
        variants=tuple(variants.SAMPLE),
        hints=HINTS["sample"],
        advice=(
            Advice(
                "You draw from the probabilities of your own softmax_temperature, so the loop is "
                "right and the softmax is not: repair softmax_temperature first.",
                failed=("temperature",),
                met=("own_softmax",),
            ),
        ),
    ),
)
