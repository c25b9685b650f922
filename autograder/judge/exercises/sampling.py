"""Unit 04: softmax with a temperature, and sampling, judged by frequencies.

The judge counts the texts itself. All its tables of one check share ``frequencies.FALSE_ALARM`` =
1e-7, so a right ``sample`` fails by chance less than once in ten million checks; ``frequencies``
says why. All else is exact: at a temperature near 0 only one text has a chance above 1e-100.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Trial, short
from autograder.judge.frequencies import divergence
from autograder.judge.hints.sampling import HINTS
from autograder.judge.mistakes import sampling as mistakes
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import apart
from autograder.judge.variants import sampling as variants
from autograder.student.answers import FormError
from autograder.student.stand_ins import stand_ins_of
from rnn_ref import sampling
from rnn_ref.recurrence import rnn_step_forward

UNIT = "sampling"
COLD = 1e-6
HOT = 1e6
FREE = 100.0  # nearly even: the same random number every time gives the same character every time
TEXTS = 500  # of a table of counts
LENGTH = 12  # of the likeliest text
SELDOM = 0.03  # of a first character: it comes all the same, 15 times in TEXTS
APART = 40.0  # nats, of TEXTS texts; a table of counts is called wrong from some 20 on
CLEAR = 0.02  # score by which each character of the likeliest text leads: 20,000 COLD

PLAIN, LOW, HIGH = "temperature 1", "a low temperature", "a high temperature"
FAR_APART = "scores near 1000 and near -1000"
NEAR_0, HUGE = "a temperature near 0", "a huge temperature"
ROW, ALONE, ONE_CLASS = "scores of one character", "a batch of one", "a single class"
REFUSED = "temperatures 0 and below"

LIKELIEST, ANOTHER = "the likeliest text", "another likeliest text"
STOP, STOP_0 = "a stop character", "stop character 0"
NO_STOP = "a stop character that does not come"
FIRST_IS_STOP = "a stop character that is the first input, too"
SINGLE, ONE_UNIT = "a single character", "one unit"
MANY, MANY_HOT = "many texts", "many texts at a high temperature"

Inputs = dict[str, Any]
Outputs = Mapping[str, np.ndarray]


def _softmax_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    N, V = apart(rng, 2, least=3)
    batch, other = 2 * rng.normal(size=(N, V)), 2 * rng.normal(size=(V, N))
    far_apart = np.linspace(-1000, 1000, N)[:, None] + rng.normal(size=(N, V))
    far_apart = np.round(8 * far_apart) / 8  # float32 holds eighths of a thousand exactly
    low, high = rng.uniform(0.3, 0.7), rng.uniform(1.8, 3)
    clear = rng.permutation(np.arange(V)) + rng.uniform(0, 0.5, size=(N, V))
    row = 2 * rng.normal(size=V)
    tried = [float(n) for n in rng.permutation([0.0, 0.0, -1.0, -low, low, high, 1.0])]
    return (
        Case(PLAIN, {"scores": batch, "temperature": 1.0}),
        Case(LOW, {"scores": batch, "temperature": low}),
        Case(HIGH, {"scores": other, "temperature": high}),
        Case(FAR_APART, {"scores": far_apart, "temperature": 1.25}, edge=True),
        Case(NEAR_0, {"scores": clear, "temperature": COLD}, edge=True),
        Case(HUGE, {"scores": other, "temperature": HOT}, edge=True),
        Case(ROW, {"scores": 2 * rng.normal(size=V), "temperature": high}, edge=True),
        Case(ALONE, {"scores": 2 * rng.normal(size=(1, V)), "temperature": low}, edge=True),
        Case(ONE_CLASS, {"scores": 2 * rng.normal(size=(N, 1)), "temperature": low}, edge=True),
        Case(REFUSED, {"scores": row, "temperature": low, "tried": tried}, edge=True),
    )


def _refused_calls(inputs: Mapping[str, Any]) -> list[str]:
    words = {0.0: "temperature 0", -1.0: "a negative temperature", 1.0: "a temperature above 0"}
    return [f"`softmax_temperature` at {words[np.sign(n)]}" for n in inputs["tried"]]


def _small_scores(rng: np.random.Generator) -> list[Inputs]:
    rows = [rng.normal(size=2), rng.normal(size=(1, 2)), rng.normal(size=(2, 2))]
    plain = [short({"scores": 2 * row, "temperature": 2.0}) for row in rows]
    return [*plain, {"scores": np.array([[1000.0, 999.0], [-1.0, 1.0]]), "temperature": 2.0}]


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


def _clear_start(rng: np.random.Generator, V: int, H: int) -> Inputs:
    """Inputs whose likeliest text is clear."""
    while True:
        inputs = _start(rng, _params(rng, V, H))
        ids, lead = _likeliest(inputs, LENGTH)
        if lead > CLEAR and len(set(ids)) > 1:
            return {**inputs, "length": LENGTH, "temperature": COLD}


def _clear_text(rng: np.random.Generator) -> Inputs:
    """Inputs whose likeliest text is clear, and another one for each mistake in the network."""
    while True:
        inputs = _clear_start(rng, V=5, H=6)
        wrong = {_cold_text(inputs, name) for name in mistakes.IN_THE_NETWORK}
        right = tuple(_likeliest(inputs, LENGTH)[0])
        if len(wrong - {right}) == len(mistakes.IN_THE_NETWORK):
            return inputs


def _cold_text(inputs: Inputs, mistake: str) -> tuple[int, ...]:
    arguments = (inputs[n] for n in ("params", "h_0", "first_id", "length", "temperature"))
    ids = mistakes.SAMPLE[mistake].function(*arguments, np.random.default_rng(0))
    return tuple(ids.tolist())


def _song(rng: np.random.Generator, first_id: int, stop_id: int | None) -> Inputs:
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


def _small_texts(rng: np.random.Generator) -> list[Inputs]:
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


def _counted(rng: np.random.Generator, temperature: float) -> Inputs:
    """A network whose first two characters tell right from nearly right, as well when it is hot."""
    while True:
        params = _params(rng, V=4, H=5)
        params |= {name: temperature * params[name] for name in ("W_hy", "b_y")}
        inputs = {**_start(rng, params), "temperature": temperature}
        right = _chances(inputs)
        often = right.sum(axis=1).min() > SELDOM  # who stops at any character is seen to stop
        if not often or not all(_gives_away(wrong, right) for wrong in _wrong_network(inputs)):
            continue
        tables = [right, *_nearly_right(inputs)]
        if all(_apart(one, other) for one, other in combinations(tables, 2)):
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
    return [
        p_first[:, None] * p_forgotten,  # the state not carried
        p_first[:, None] * p_second[p_first.argmax()],  # the likeliest fed back
        p_first[:, None] * (p_first @ p_second),  # another draw fed back
        p_first[:, None] * _after_soft_input(inputs, p_first),
        *(_chances({**inputs, "temperature": t}) for t in {1.0, 1 / temperature} - {temperature}),
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
    yield from (_chances({**inputs, **one}) for one in without)
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


def _chances(inputs: Mapping[str, Any]) -> np.ndarray:
    """Exact probabilities of all texts of two characters, by the chain rule."""
    first, second = _scores(inputs)
    temperature = inputs["temperature"]
    ours = stand_ins_of(inputs)
    softmax = ours.get("softmax_temperature", sampling.softmax_temperature)
    chances: np.ndarray = softmax(first, temperature)[:, None] * softmax(second, temperature)
    return chances


def _sample_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    free = {"temperature": FREE, "length": int(rng.integers(16, 32))}  # never equal by chance
    one_unit = _clear_start(rng, V=4, H=1)
    return (
        Case(LIKELIEST, {**_clear_text(rng), "free": free}),
        Case(STOP, _song(rng, first_id=1, stop_id=0)),
        Case(ANOTHER, _clear_text(rng)),
        Case(MANY, _counted(rng, 1.0)),
        Case(MANY_HOT, _counted(rng, 2.5)),
        Case(SINGLE, {**_song(rng, first_id=1, stop_id=None), "length": 1}, edge=True),
        Case(ONE_UNIT, one_unit, edge=True),
        Case(STOP_0, _song(rng, first_id=1, stop_id=-1), edge=True),
        Case(NO_STOP, _song(rng, first_id=1, stop_id=None), edge=True),
        Case(FIRST_IS_STOP, _song(rng, first_id=1, stop_id=1), edge=True),
    )


def _counts(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    """Return how often each first and second character came up in many texts."""
    if "texts" not in inputs or "texts" not in outputs:
        return None
    texts, V = outputs["texts"], len(inputs["params"]["b_y"])
    if texts.ndim != 2 or len(texts) != inputs["texts"]:
        raise FormError("not as many texts came as were asked for.")
    if texts.shape[1] < 2:
        return None
    if texts.dtype.kind not in "iu" or texts.min() < 0 or texts.max() >= V:
        raise FormError(f"ids holds what is none of the V classes, 0 to {V - 1}.")
    first, second = texts[:, :2].astype(np.int64).T
    counts: np.ndarray = np.bincount(V * first + second, minlength=V * V).reshape(V, V)
    return counts


def _own_chances(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    """Return the probabilities that the learner's softmax gives to all texts of two characters."""
    V = len(inputs["params"]["b_y"])
    first, second = outputs.get("own_first_p"), outputs.get("own_second_p")
    if first is None or second is None or (first.shape, second.shape) != ((V,), (V, V)):
        return None
    chances: np.ndarray = first[:, None].astype(np.float64) * second.astype(np.float64)
    return chances


def _habits(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    """Return what tells mistakes apart that draw: four answers of yes and no about free texts."""
    names = ("ids", "text", "next_text", "text_again")
    if "free" not in inputs or not outputs.keys() >= set(names):
        return None
    ids, text, following, again = (outputs[name] for name in names)
    habits = (
        np.array_equal(text[: len(ids)], ids),
        bool(np.all(text == text[:1])),
        np.array_equal(text, following),
        np.array_equal(text, again),
    )
    return np.array(habits, dtype=np.int64)


EXERCISES = (
    Exercise(
        name="softmax_temperature",
        unit=UNIT,
        title="Probabilities at a temperature",
        version=3,
        reference={"softmax": sampling.softmax_temperature},
        make_cases=_softmax_cases,
        axes={"p": ("batch", "class"), "p_row": ("class",), "refusals": ("temperature",)},
        calls={"refusals": _refused_calls},
        criteria=(
            Criterion("plain", 0.2, "At temperature 1 it is the softmax.", ("p",), (PLAIN,)),
            Criterion(
                "temperature",
                0.25,
                "At others it is the softmax of the scores divided by the temperature.",
                ("p",),
                (LOW, HIGH),
            ),
            Criterion(
                "finite",
                0.15,
                "Scores of any size give finite, right probabilities.",
                ("p",),
                (FAR_APART,),
            ),
            Criterion(
                "extremes",
                0.1,
                "Near temperature 0 the largest score takes all; at a huge one all are equal.",
                ("p",),
                (NEAR_0, HUGE),
            ),
            Criterion(
                "sizes",
                0.1,
                "Scores of shape (V,) come out right like those of (N, V), and N or V may be 1.",
                ("p", "p_row"),
                (ROW, ALONE, ONE_CLASS),
            ),
            Criterion(
                "refuses",
                0.1,
                "A temperature of 0 or below raises a ValueError; others do not.",
                ("refusals",),
                (REFUSED,),
            ),
            unchanged(0.1),
        ),
        mistakes=tuple(mistakes.SOFTMAX),
        variants=tuple(variants.SOFTMAX),
        hints=HINTS["softmax_temperature"],
        trial=Trial(
            _small_scores,
            dict.fromkeys(("p", "p_row"), "softmax_temperature(scores, temperature)"),
        ),
    ),
    Exercise(
        name="sample",
        unit=UNIT,
        title="Writing text",
        version=5,
        reference={"softmax": sampling.softmax_temperature, "sample": sampling.sample},
        make_cases=_sample_cases,
        axes={
            "ids": ("time",),
            "counts": ("first id", "second id"),
            "text_again": ("time",),
            "habits": ("question",),
        },
        derived={"counts": _counts, "own_chances": _own_chances, "habits": _habits},
        chances={"counts": _chances},
        stand_ins=("softmax_temperature",),
        stand_in_cases=(
            *(LIKELIEST, STOP, ANOTHER, MANY, MANY_HOT),
            *(SINGLE, ONE_UNIT, STOP_0, NO_STOP, FIRST_IS_STOP),
        ),
        criteria=(
            Criterion(
                "likeliest",
                0.25,
                "Near temperature 0 it writes the likeliest text: state carried, input replaced.",
                ("ids",),
                (LIKELIEST, ANOTHER, ONE_UNIT),
            ),
            Criterion(
                "frequencies",
                0.2,
                "At temperature 1 every text comes up as often as its probability says.",
                ("counts",),
                (MANY,),
            ),
            Criterion(
                "temperature",
                0.15,
                "It does so at a high temperature, too.",
                ("counts",),
                (MANY_HOT,),
            ),
            Criterion(
                "length",
                0.05,
                "It draws as many characters as asked for.",
                ("ids",),
                (SINGLE, NO_STOP),
            ),
            Criterion(
                "stop",
                0.1,
                "It ends with the stop character as soon as that is drawn.",
                ("ids",),
                (STOP, STOP_0, FIRST_IS_STOP),
            ),
            Criterion(
                "own_softmax",
                0.1,
                "The texts come up as often as your own softmax_temperature says.",
                ("counts",),
                (MANY, MANY_HOT),
                Kind.CONSISTENT,
                against=("counts", "own_chances"),
                carried="It draws from the probabilities of your own softmax_temperature, so the "
                "loop is right there: look for the mistake in softmax_temperature.",
            ),
            Criterion(
                "given_rng",
                0.1,
                "Chance comes from rng alone: equal generators write equal texts.",
                ("text_again",),
                (LIKELIEST,),
                Kind.SAME,
                against=("text",),
            ),
            unchanged(0.05),
        ),
        mistakes=tuple(mistakes.SAMPLE),
        variants=tuple(variants.SAMPLE),
        hints=HINTS["sample"],
        trial=Trial(
            _small_texts,
            {
                "ids": "sample(params, h_0, first_id, length, temperature, "
                "np.random.default_rng(seed), stop_id)"
            },
        ),
    ),
)
