"""The best unit."""

from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Trial, short
from autograder.judge.shared_criteria import unchanged
from rnn_ref import long_memory

ONE_UNIT = "one unit"
CLEAR_UNIT, AGAINST = "a clear unit", "a unit that goes against it"
LOUD, BETTER_LATER = "a unit with large numbers", "another unit is better later"
ODD_LENGTH = "an odd number of characters, labels 0 and 1"
CONSTANT, LATER = "a unit that never changes", "a unit that changes in the second half alone"
LITTLE = "units that change little"
CLEAR = 0.02  # of correlation by which the best unit leads


def _labels(rng: np.random.Generator, first: int, second: int) -> np.ndarray:
    """Labels of two halves, uneven, each with both kinds."""
    parts = [rng.permutation(np.arange(n) < round(0.4 * n)) for n in (first, second)]
    return np.concatenate(parts)


def _states(
    rng: np.random.Generator, labels: np.ndarray, mix: list[float], later: list[float] | None = None
) -> np.ndarray:
    """A unit for each number of mix: so much of the label and noise; later ones after the half."""
    middle = len(labels) // 2
    weight = np.where(np.arange(len(labels))[:, None] < middle, mix, later or mix)  # (L, H)
    noise = 0.4 * rng.uniform(-1, 1, size=weight.shape)
    h: np.ndarray = weight * labels[:, None] + noise
    return h


def _fickle(rng: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """States with one unit best in the first half, another in the second, a third on the whole."""
    middle = len(labels) // 2
    while True:
        h = _states(rng, labels, [0.1, 1.1, 0.0, 0.8, 0.2], [0.1, -0.3, 3.0, 0.8, 0.2])
        h = h[:, rng.permutation(5)]
        parts = (slice(0, middle), slice(middle, None), slice(None))
        strengths = [_strengths(h[part], labels[part]) for part in parts]
        clear = all(float(np.diff(np.sort(r)[-2:])[0]) > CLEAR for r in strengths)
        if clear and len({int(r.argmax()) for r in strengths}) == 3:
            return h


def _strengths(h: np.ndarray, labels: np.ndarray) -> np.ndarray:
    r: np.ndarray = np.abs(np.corrcoef(h.T, labels)[-1, :-1])
    return r


def _best_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    half = int(rng.integers(20, 30))
    labels, other, odd = (_labels(rng, half, half + more) for more in (0, 0, 1))

    def units(labels: np.ndarray, mix: list[float]) -> np.ndarray:
        return _states(rng, labels, mix)

    means = np.array([0.5, -0.5, -0.8, 3.0, 0.2])  # without them the fourth unit would be best
    clear = units(labels, [0.2, -0.1, 1.2, 0.1, 0.3]) + means * rng.uniform(0.9, 1.1, size=5)
    against = units(other, [0.5, 0.2, -1.5, 0.1, -0.2])
    loud = units(other, [0.0, 0.3, 1.5, 0.2, 0.1])
    loud[:, 1] *= 50
    still = units(labels, [0.1, 0.0, 1.5, 0.2, -0.3])
    still[:, 1] = 0.5  # its mean is exact
    later = units(other, [0.1, 0.0, 1.5, 0.2, -0.3])
    later[:half, 3] = -0.25
    little = 0.01 * units(labels, [0.1, 0.0, 1.5, 0.2, -0.3])
    little[:, 1] = 0.0
    for h in (clear, against, loud, still, later, little):
        h[...] = h[:, rng.permutation(5)]  # the best is another one in each case
    alone = rng.choice([-1, 1]) * _states(rng, labels, [0.6])
    return (
        Case(CLEAR_UNIT, {"h": clear, "labels": labels}),
        Case(AGAINST, {"h": against, "labels": other}),
        Case(BETTER_LATER, {"h": _fickle(rng, labels), "labels": labels}),
        Case(LOUD, {"h": loud, "labels": other}),
        Case(
            ODD_LENGTH,
            {
                "h": units(odd, [0.2, 0.5, 1.0, -0.1, 0.1])[:, rng.permutation(5)],
                "labels": odd.astype(np.int64),
            },
        ),
        Case(CONSTANT, {"h": still, "labels": labels}, edge=True),
        Case(LATER, {"h": later, "labels": other}, edge=True),
        Case(LITTLE, {"h": little, "labels": labels}, edge=True),
        Case(ONE_UNIT, {"h": alone, "labels": labels}, edge=True),
    )


def _small_states(rng: np.random.Generator) -> list[dict[str, Any]]:
    def inputs(H: int, still: bool = False) -> dict[str, Any]:
        labels = np.array([1, 0, 0, 1, 0, 1, 0])
        h = short({"h": rng.normal(size=(7, H)) - labels[:, None] * np.arange(1, H + 1)})["h"]
        h[:, 0] = 0.5 if still else h[:, 0]
        return {"h": h, "labels": labels}

    return [inputs(1), inputs(2), inputs(2, still=True)]


EXERCISE = Exercise(
    name="best_unit_probe",
    title="The best unit",
    version=4,
    reference={"best": long_memory.best_unit_probe},
    make_cases=_best_cases,
    axes={"unit": (), "r": ()},
    criteria=(
        Criterion(
            "unit",
            0.3,
            "The unit is the one with the largest absolute correlation in the first half.",
        ).of("unit", CLEAR_UNIT, AGAINST, LOUD, ODD_LENGTH),
        Criterion(
            "held_out",
            0.3,
            "Where another unit is better later, both are right: the second half has no say.",
        ).of(("unit", "r"), BETTER_LATER),
        Criterion(
            "r", 0.2, "r is right: the best unit's correlation on the second half, with its sign."
        ).of("r", CLEAR_UNIT, AGAINST, LOUD, ODD_LENGTH, ONE_UNIT),
        Criterion(
            "constant",
            0.1,
            "The choice is right beside a unit that never changes, and if all change little.",
        ).of(("unit", "r"), CONSTANT, LATER, LITTLE),
        unchanged(0.1),
    ),
    trial=Trial(
        _small_states,
        {"unit": "best_unit_probe(h, labels)[0]", "r": "best_unit_probe(h, labels)[1]"},
    ),
)
