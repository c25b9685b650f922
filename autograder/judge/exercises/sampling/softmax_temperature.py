"""Probabilities at a temperature."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.exercises.sampling.texts import COLD
from autograder.judge.shared_criteria import unchanged
from autograder.judge.sizes import Inputs, apart
from rnn_ref import sampling

HOT = 1e6
PLAIN, LOW, HIGH = "temperature 1", "a low temperature", "a high temperature"
FAR_APART = "scores near 1000 and near -1000"
NEAR_0, HUGE = "a temperature near 0", "a huge temperature"
ROW, ALONE, ONE_CLASS = "scores of one character", "a batch of one", "a single class"
REFUSED = "temperatures 0 and below"


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


EXERCISE = Exercise(
    name="softmax_temperature",
    title="Probabilities at a temperature",
    version=3,
    reference={"softmax": sampling.softmax_temperature},
    make_cases=_softmax_cases,
    axes={"p": ("batch", "class"), "p_row": ("class",), "refusals": ("temperature",)},
    calls={"refusals": _refused_calls},
    criteria=(
        Criterion("plain", 0.2, "At temperature 1 it is the softmax.").of("p", PLAIN),
        Criterion(
            "temperature",
            0.25,
            "At others it is the softmax of the scores divided by the temperature.",
        ).of("p", LOW, HIGH),
        Criterion("finite", 0.15, "Scores of any size give finite, right probabilities.").of(
            "p", FAR_APART
        ),
        Criterion(
            "extremes",
            0.1,
            "Near temperature 0 the largest score takes all; at a huge one all are equal.",
        ).of("p", NEAR_0, HUGE),
        Criterion(
            "sizes",
            0.1,
            "Scores of shape (V,) come out right like those of (N, V), and N or V may be 1.",
        ).of(("p", "p_row"), ROW, ALONE, ONE_CLASS),
        Criterion(
            "refuses", 0.1, "A temperature of 0 or below raises a ValueError; others do not."
        ).of("refusals", REFUSED),
        unchanged(0.1),
    ),
    trial=Trial(
        _small_scores, dict.fromkeys(("p", "p_row"), "softmax_temperature(scores, temperature)")
    ),
)
