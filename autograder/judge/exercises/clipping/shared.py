"""What several exercises of this unit are drawn with, and asked."""

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.sizes import apart
from rnn_ref import clipping

NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
ALL, OTHER = "all arrays of a network", "with other numbers"
UNUSABLE = "zero, inf and nan among others"
ALONE, OTHER_SHAPES = "an array alone", "other names and shapes"
TRIALS = 10
Arrays = dict[str, np.ndarray]


def draw_shapes(rng: np.random.Generator) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a network's arrays by name."""
    V, H = apart(rng, 2, least=3)
    return dict(zip(NAMES, ((V, H), (H, H), (H,), (H, V), (V,)), strict=True))


def turned(shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Return the names in the other order: what belongs together is told by name alone."""
    return dict(reversed(shapes.items()))


def draw(rng: np.random.Generator, shapes: dict[str, tuple[int, ...]]) -> Arrays:
    """Return normal numbers; those of different arrays differ in size."""
    return {name: rng.uniform(0.5, 2) * rng.normal(size=shape) for name, shape in shapes.items()}


def two(first: float, second: float) -> Arrays:
    """Return a matrix and a bias of one number each."""
    return {"W_xh": np.array([[first]]), "b_h": np.array([second])}


def of_norm(grads: Arrays, norm: float) -> Arrays:
    """Return the gradients scaled to that norm."""
    factor = norm / clipping.global_norm(grads)
    return {name: factor * g for name, g in grads.items()}


def draw_trials(rng: np.random.Generator, shapes: dict[str, tuple[int, ...]]) -> list[Arrays]:
    """Return gradients of norm below 1; each kind of unusable number is in one or more of them."""
    kinds = [0.0, np.inf, -np.inf, np.nan, None, None]
    more = [kinds[i] for i in rng.integers(len(kinds), size=TRIALS - len(kinds))]
    trials = []
    for i in rng.permutation(TRIALS):
        grads = of_norm(draw(rng, shapes), rng.uniform(0.2, 0.9))
        kind = [*kinds, *more][i]
        if kind == 0.0:
            grads = {name: np.zeros_like(g) for name, g in grads.items()}
        elif kind is not None:
            g = grads[NAMES[int(rng.integers(len(NAMES)))]]
            g[tuple(rng.integers(n) for n in g.shape)] = kind
        trials.append(grads)
    return trials


def each_of(what: str) -> tuple[str, ...]:
    """Return the outputs that are called `what`, one for each array."""
    return tuple(f"{what}_{name}" for name in NAMES)


def axes_of(what: str) -> dict[str, tuple[str, ...]]:
    """Return what the axes of these outputs are called."""
    axes = (("input", "unit"), ("from", "to"), ("unit",), ("unit", "class"), ("class",))
    return dict(zip(each_of(what), axes, strict=True))


def stays_apart(weight: float, what: str, cases: tuple[str, ...], against: str = "") -> Criterion:
    sentence = "The result does not change when its caller writes into the arrays handed in."
    later, first = (f"{what}_later",), (against or what,)
    same = Kind.SAME
    return Criterion("apart", weight, sentence, kind=same, against=first, if_repeatable=True).of(
        later, *cases
    )
