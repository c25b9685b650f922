"""Clip by the global norm."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.criterion import Criterion, Kind
from autograder.judge.exercise import Case, Exercise, Trial
from autograder.judge.exercises.clipping.shared import (
    OTHER,
    UNUSABLE,
    Arrays,
    axes_of,
    draw,
    draw_shapes,
    draw_trials,
    each_of,
    of_norm,
    stays_apart,
    two,
)
from autograder.judge.shared_criteria import repeatable, unchanged
from rnn_ref import clipping

LONG, SHORT, TOGETHER = "far too long", "within the limit", "short each, too long together"
SQUARED = "within the limit, its square, too"


def _clip_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = draw_shapes(rng)
    max_norm = float(rng.uniform(3, 8))  # so that 0.6 of it, squared, is above it

    def case(name: str, share: float) -> Case:
        grads = of_norm(draw(rng, shapes), share * max_norm)
        return Case(name, {"grads": grads, "max_norm": max_norm})

    return (
        case(LONG, rng.uniform(25, 40)),
        case(OTHER, rng.uniform(2, 4)),
        case(SHORT, rng.uniform(0.6, 0.9)),
        case(SQUARED, rng.uniform(0.3, 0.8) / max_norm),
        Case(TOGETHER, {"grads": _short_each(rng, shapes, max_norm), "max_norm": max_norm}),
        Case(UNUSABLE, {"trials": draw_trials(rng, shapes), "max_norm": max_norm}, edge=True),
    )


def _short_each(
    rng: np.random.Generator, shapes: dict[str, tuple[int, ...]], max_norm: float
) -> Arrays:
    """Return arrays within the limit, together above it: by the norm, and by that of a stand-in.

    A stand-in adds powers up to the fourth, which makes less of them, and 1.2 times the root.
    """
    while True:
        each = {
            name: of_norm({name: g**3}, rng.uniform(0.75, 0.95) * max_norm)[name]
            for name, g in draw(rng, shapes).items()
        }
        if sum(np.sum(g**4) for g in each.values()) ** 0.25 > 0.9 * max_norm:
            return each


def _own_scaled(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> Any:
    """Return the gradient scaled as the learner's own norm says."""
    norm = outputs.get("own_norm")
    if norm is None or norm.shape != ():
        return None
    scale = inputs["max_norm"] / norm if norm > inputs["max_norm"] else 1.0
    return scale * np.concatenate([g.ravel() for g in inputs["grads"].values()])


EXERCISE = Exercise(
    name="clip_by_global_norm",
    title="Clip by the global norm",
    version=4,
    make_cases=_clip_cases,
    reference={"norm": clipping.global_norm, "clip": clipping.clip_by_global_norm},
    stand_ins=("global_norm",),
    stand_in_cases=(LONG, OTHER, SHORT, SQUARED, TOGETHER, UNUSABLE),
    trial=Trial(
        lambda _: [
            {"grads": two(3.0, 4.0), "max_norm": 2.5},
            {"grads": two(0.6, 0.8), "max_norm": 2.0},
            {"grads": two(3.0, 0.5), "max_norm": 2.0},
        ],
        {
            "clipped_W_xh": 'clip_by_global_norm(grads, max_norm)[0]["W_xh"]',
            "clipped_b_h": 'clip_by_global_norm(grads, max_norm)[0]["b_h"]',
            "norm": "clip_by_global_norm(grads, max_norm)[1]",
        },
    ),
    axes={
        **axes_of("clipped"),
        "norm": (),
        "norms": ("gradient",),
        "clipped": ("number",),
        "clipped_later": ("number",),
        "clipped_each": ("gradient", "number"),
    },
    derived={"own_scaled": _own_scaled},
    criteria=(
        Criterion(
            "long",
            0.25,
            "A gradient that is too long gets the length max_norm and keeps its direction.",
        ).of(each_of("clipped"), LONG, OTHER),
        # With its norm, or nothing would have to be done for it.
        Criterion(
            "short", 0.15, "A gradient within the limit keeps its values and comes with its norm."
        ).of((*each_of("clipped"), "norm"), SHORT, SQUARED),
        Criterion(
            "together",
            0.15,
            "Arrays too long only together come out right: all decide, one factor scales.",
        ).of(each_of("clipped"), TOGETHER),
        Criterion("norm", 0.1, "The norm that comes back is right: the one before clipping.").of(
            "norm", LONG, OTHER, SHORT
        ),
        Criterion(
            "unusable", 0.1, "With zero, inf and nan, too, all is right: the last two become zeros."
        ).of(("clipped_each", "norms"), UNUSABLE),
        stays_apart(0.05, "clipped", (SHORT, OTHER)),
        Criterion(
            "own_norm",
            0.1,
            "The gradient is scaled as your own global_norm says.",
            kind=Kind.CONSISTENT,
            against=("clipped", "own_scaled"),
            carried="It scales as your own global_norm says, so look for the mistake in "
            "global_norm.",
        ).of("clipped", LONG, OTHER, SHORT),
        unchanged(0.05),
        repeatable(0.05),
    ),
)
