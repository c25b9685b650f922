"""Writing text.

The judge counts the texts itself. All its tables of one check share ``frequencies.FALSE_ALARM`` =
1e-7, so a right ``sample`` fails by chance less than once in ten million checks; ``frequencies``
says why. All else is exact: at a temperature near 0 only one text has a chance above 1e-100.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.sampling.texts import (
    chances,
    clear_start,
    clear_text,
    counted,
    small_texts,
    song,
)
from autograder.judge.shared_criteria import unchanged
from autograder.student.answers import FormError
from rnn_ref import sampling

FREE = 100.0  # nearly even: the same random number every time gives the same character every time
LIKELIEST, ANOTHER = "the likeliest text", "another likeliest text"
STOP, STOP_0 = "a stop character", "stop character 0"
NO_STOP = "a stop character that does not come"
FIRST_IS_STOP = "a stop character that is the first input, too"
SINGLE, ONE_UNIT = "a single character", "one unit"
MANY, MANY_HOT = "many texts", "many texts at a high temperature"
Outputs = Mapping[str, np.ndarray]


def _sample_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    free = {"temperature": FREE, "length": int(rng.integers(16, 32))}  # never equal by chance
    one_unit = clear_start(rng, V=4, H=1)
    return (
        Case(LIKELIEST, {**clear_text(rng), "free": free}),
        Case(STOP, song(rng, first_id=1, stop_id=0)),
        Case(ANOTHER, clear_text(rng)),
        Case(MANY, counted(rng, 1.0)),
        Case(MANY_HOT, counted(rng, 2.5)),
        Case(SINGLE, {**song(rng, first_id=1, stop_id=None), "length": 1}, edge=True),
        Case(ONE_UNIT, one_unit, edge=True),
        Case(STOP_0, song(rng, first_id=1, stop_id=-1), edge=True),
        Case(NO_STOP, song(rng, first_id=1, stop_id=None), edge=True),
        Case(FIRST_IS_STOP, song(rng, first_id=1, stop_id=1), edge=True),
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


EXERCISE = Exercise(
    name="sample",
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
    chances={"counts": chances},
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
        ).of("ids", LIKELIEST, ANOTHER, ONE_UNIT),
        Criterion(
            "frequencies",
            0.2,
            "At temperature 1 every text comes up as often as its probability says.",
        ).of("counts", MANY),
        Criterion("temperature", 0.15, "It does so at a high temperature, too.").of(
            "counts", MANY_HOT
        ),
        Criterion(
            "length",
            0.05,
            "Without a stop character the text comes out right: as long as asked for.",
        ).of("ids", SINGLE, NO_STOP),
        Criterion(
            "stop",
            0.1,
            "With a stop character the text comes out right: it ends as soon as that is drawn.",
        ).of("ids", STOP, STOP_0, FIRST_IS_STOP),
        Criterion(
            "own_softmax",
            0.1,
            "The texts come up as often as your own softmax_temperature says.",
            kind=Kind.CONSISTENT,
            against=("counts", "own_chances"),
            carried="It draws from the probabilities of your own softmax_temperature, so the "
            "loop is right there: look for the mistake in softmax_temperature.",
        ).of("counts", MANY, MANY_HOT),
        Criterion(
            "given_rng",
            0.1,
            "Chance comes from rng alone: equal generators write equal texts.",
            kind=Kind.SAME,
            against=("text",),
        ).of("text_again", LIKELIEST),
        unchanged(0.05),
    ),
    trial=Trial(
        small_texts,
        {
            "ids": "sample(params, h_0, first_id, length, temperature, "
            "np.random.default_rng(seed), stop_id)"
        },
    ),
)
