"""Unit 07: the norm of a gradient, clipping, two optimisers, a training step."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Case, Criterion, Exercise, Kind, Trial
from autograder.judge.hints.clipping import HINTS
from autograder.judge.mistakes import clipping as mistakes
from autograder.judge.shared_criteria import repeatable, unchanged
from autograder.judge.sizes import apart
from autograder.judge.variants import clipping as variants
from rnn_ref import clipping

UNIT = "clipping"
NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
ALL, OTHER = "all arrays of a network", "with other numbers"
UNUSABLE = "zero, inf and nan among others"
LONG, SHORT, TOGETHER = "far too long", "within the limit", "short each, too long together"
SQUARED = "within the limit, its square, too"
SEVERAL, CONSTANTS, NO_GRADIENT = "several steps", "other constants", "some gradients always zero"
SMALL = "very small gradients"
CLIPPED, WITHIN, IN_A_ROW = "a gradient that is clipped", "one that is not", "batches in a row"
ALONE, OTHER_SHAPES = "an array alone", "other names and shapes"
TRIALS = 10

Arrays = dict[str, np.ndarray]


def _shapes(rng: np.random.Generator) -> dict[str, tuple[int, ...]]:
    V, H = apart(rng, 2, least=3)
    return dict(zip(NAMES, ((V, H), (H, H), (H,), (H, V), (V,)), strict=True))


def _turned(shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Return the names in the other order: what belongs together is told by name alone."""
    return dict(reversed(shapes.items()))


def _draw(rng: np.random.Generator, shapes: dict[str, tuple[int, ...]]) -> Arrays:
    """Return normal numbers; those of different arrays differ in size."""
    return {name: rng.uniform(0.5, 2) * rng.normal(size=shape) for name, shape in shapes.items()}


def _away_from_zero(rng: np.random.Generator, shapes: dict[str, tuple[int, ...]]) -> Arrays:
    """Return numbers beside which the usual epsilon is nothing, wherever it stands."""
    return {
        name: rng.choice([-1, 1], size=shape) * rng.uniform(0.3, 2, size=shape)
        for name, shape in shapes.items()
    }


def _two(first: float, second: float) -> Arrays:
    """Return a matrix and a bias of one number each."""
    return {"W_xh": np.array([[first]]), "b_h": np.array([second])}


def _of_norm(grads: Arrays, norm: float) -> Arrays:
    factor = norm / clipping.global_norm(grads)
    return {name: factor * g for name, g in grads.items()}


def _trials(rng: np.random.Generator, shapes: dict[str, tuple[int, ...]]) -> list[Arrays]:
    """Return gradients of norm below 1; each kind of unusable number is in one or more of them."""
    kinds = [0.0, np.inf, -np.inf, np.nan, None, None]
    more = [kinds[i] for i in rng.integers(len(kinds), size=TRIALS - len(kinds))]
    trials = []
    for i in rng.permutation(TRIALS):
        grads = _of_norm(_draw(rng, shapes), rng.uniform(0.2, 0.9))
        kind = [*kinds, *more][i]
        if kind == 0.0:
            grads = {name: np.zeros_like(g) for name, g in grads.items()}
        elif kind is not None:
            g = grads[NAMES[int(rng.integers(len(NAMES)))]]
            g[tuple(rng.integers(n) for n in g.shape)] = kind
        trials.append(grads)
    return trials


def _norm_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = _shapes(rng)
    odd = {"scale": (1,), "kernel": (2, 3, 4), "row": (1, 5)}
    return (
        Case(ALL, {"grads": _draw(rng, shapes)}),
        Case(OTHER, {"grads": _draw(rng, _shapes(rng))}),
        Case(ALONE, {"grads": {"b": rng.normal(size=4)}}),
        Case(OTHER_SHAPES, {"grads": _draw(rng, odd)}),
        Case(UNUSABLE, {"trials": _trials(rng, shapes)}, edge=True),
    )


def _clip_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = _shapes(rng)
    max_norm = float(rng.uniform(3, 8))  # so that 0.6 of it, squared, is above it

    def case(name: str, share: float) -> Case:
        grads = _of_norm(_draw(rng, shapes), share * max_norm)
        return Case(name, {"grads": grads, "max_norm": max_norm})

    each = {
        name: _of_norm({name: g}, rng.uniform(0.55, 0.9) * max_norm)[name]
        for name, g in _draw(rng, shapes).items()
    }
    return (
        case(LONG, rng.uniform(25, 40)),
        case(OTHER, rng.uniform(2, 4)),
        case(SHORT, rng.uniform(0.6, 0.9)),
        case(SQUARED, rng.uniform(0.3, 0.8) / max_norm),
        Case(TOGETHER, {"grads": each, "max_norm": max_norm}),
        Case(UNUSABLE, {"trials": _trials(rng, shapes), "max_norm": max_norm}, edge=True),
    )


def _sgd_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = _shapes(rng)

    def case(name: str, shapes: dict[str, tuple[int, ...]], rate: float) -> Case:
        params, grads = _draw(rng, shapes), _draw(rng, _turned(shapes))
        return Case(name, {"params": params, "grads": grads, "learning_rate": float(rate)})

    return (
        case(ALL, shapes, rng.uniform(0.1, 0.4)),
        case(OTHER, shapes, rng.uniform(1.5, 3)),
        case(ALONE, {"b_h": (4,)}, rng.uniform(0.1, 0.4)),
    )


def _adam_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = _shapes(rng)

    def case(
        name: str, constants: list[float], silent: tuple[str, ...] = (), size: float = 1.0
    ) -> Case:
        grads = [
            {name: size * g for name, g in _away_from_zero(rng, _turned(shapes)).items()}
            for _ in range(5)
        ]
        for step in grads:
            step.update({name: np.zeros_like(step[name]) for name in silent})
        rate = float(rng.uniform(0.1, 0.4))
        params = _draw(rng, shapes)
        return Case(
            name,
            {"params": params, "grads": grads, "learning_rate": rate, "constants": constants},
            edge=name == NO_GRADIENT,
        )

    others = [rng.uniform(0.5, 0.8), rng.uniform(0.85, 0.95), rng.uniform(0.1, 0.5)]
    return (
        case(SEVERAL, []),
        case(OTHER, []),
        case(CONSTANTS, [float(value) for value in others]),
        case(SMALL, [], size=1e-8),  # where the usual epsilon shows
        case(NO_GRADIENT, [], tuple(NAMES[int(i)] for i in rng.permutation(len(NAMES))[:2])),
    )


def _train_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    shapes = _shapes(rng)
    V, H = shapes["W_xh"]
    N, T = 2, 4

    def case(name: str, count: int, max_norm: float) -> Case:
        return Case(
            name,
            {
                "params": _draw(rng, shapes),
                "h_0": rng.uniform(-0.9, 0.9, size=(N, H)),
                "batches": [list(rng.integers(V, size=(2, N, T))) for _ in range(count)],
                "learning_rate": float(rng.uniform(0.5, 1.5)),
                "max_norm": float(max_norm),
            },
        )

    def steep(name: str) -> Case:
        """Return a case whose gradient is longer than any number it might be clipped by."""
        while True:
            made = case(name, 1, rng.uniform(0.05, 0.1))
            given = made.inputs
            batch = tuple(given["batches"][0])
            loss, grads, _ = clipping.loss_and_gradients(given["params"], batch, given["h_0"])
            if clipping.global_norm(grads) > 1.2 * max(loss, given["learning_rate"]):
                return made

    return (
        steep(CLIPPED),
        steep(OTHER),
        case(WITHIN, 1, rng.uniform(100, 200)),
        case(IN_A_ROW, 3, rng.uniform(0.05, 0.1)),
    )


def _each(what: str) -> tuple[str, ...]:
    return tuple(f"{what}_{name}" for name in NAMES)


def _axes(what: str) -> dict[str, tuple[str, ...]]:
    axes = (("input", "unit"), ("from", "to"), ("unit",), ("unit", "class"), ("class",))
    return dict(zip(_each(what), axes, strict=True))


def _apart(weight: float, what: str, cases: tuple[str, ...], against: str = "") -> Criterion:
    sentence = "The result does not change when its caller writes into the arrays handed in."
    later, first = (f"{what}_later",), (against or what,)
    same = Kind.SAME
    return Criterion("apart", weight, sentence, later, cases, same, first, if_repeatable=True)


def _own_scaled(inputs: Mapping[str, Any], outputs: Mapping[str, np.ndarray]) -> Any:
    """Return the gradient scaled as the learner's own norm says."""
    norm = outputs.get("own_norm")
    if norm is None or norm.shape != ():
        return None
    scale = inputs["max_norm"] / norm if norm > inputs["max_norm"] else 1.0
    return scale * np.concatenate([g.ravel() for g in inputs["grads"].values()])


_Make = Callable[[np.random.Generator], tuple[Case, ...]]


def _exercise(name: str, title: str, make_cases: _Make, **more: Any) -> Exercise:
    return Exercise(
        name=name,
        unit=UNIT,
        title=title,
        make_cases=make_cases,
        hints=HINTS[name],
        **{"version": 3, **more},
    )


EXERCISES = (
    _exercise(
        "global_norm",
        "The length of a gradient",
        _norm_cases,
        reference={"norm": clipping.global_norm},
        trial=Trial(
            lambda _: [{"grads": {"b_h": np.array([3.0, -4.0])}}, {"grads": _two(3.0, -4.0)}],
            {"norm": "global_norm(grads)"},
        ),
        axes={"norm": (), "norms": ("gradient",)},
        criteria=(
            Criterion(
                "norm",
                0.5,
                "All numbers of all arrays count together, as in one long vector.",
                ("norm",),
                (ALL, OTHER),
            ),
            Criterion("alone", 0.1, "An array alone comes out right.", ("norm",), (ALONE,)),
            Criterion(
                "shapes",
                0.1,
                "Other names and any number of axes come out right.",
                ("norm",),
                (OTHER_SHAPES,),
            ),
            Criterion(
                "unusable",
                0.15,
                "Every norm is right: 0 of a zero gradient, inf or nan where they occur.",
                ("norms",),
                (UNUSABLE,),
            ),
            unchanged(0.1),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.NORM),
        variants=tuple(variants.NORM),
    ),
    _exercise(
        "clip_by_global_norm",
        "Clip by the global norm",
        _clip_cases,
        version=4,
        reference={"norm": clipping.global_norm, "clip": clipping.clip_by_global_norm},
        stand_ins=("global_norm",),
        stand_in_cases=(LONG, OTHER, SHORT, SQUARED, TOGETHER, UNUSABLE),
        trial=Trial(
            lambda _: [
                {"grads": _two(3.0, 4.0), "max_norm": 2.5},
                {"grads": _two(0.6, 0.8), "max_norm": 2.0},
                {"grads": _two(3.0, 0.5), "max_norm": 2.0},
            ],
            {
                "clipped_W_xh": 'clip_by_global_norm(grads, max_norm)[0]["W_xh"]',
                "clipped_b_h": 'clip_by_global_norm(grads, max_norm)[0]["b_h"]',
                "norm": "clip_by_global_norm(grads, max_norm)[1]",
            },
        ),
        axes={
            **_axes("clipped"),
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
                _each("clipped"),
                (LONG, OTHER),
            ),
            Criterion(
                "short",
                0.15,
                "A gradient within the limit keeps its values.",
                (
                    *_each("clipped"),
                    "norm",
                ),  # with its norm, or nothing would have to be done for it
                (SHORT, SQUARED),
            ),
            Criterion(
                "together",
                0.15,
                "Arrays too long only together come out right: all decide, one factor scales.",
                _each("clipped"),
                (TOGETHER,),
            ),
            Criterion(
                "norm",
                0.1,
                "The norm that comes back is the one before clipping.",
                ("norm",),
                (LONG, OTHER, SHORT),
            ),
            Criterion(
                "unusable",
                0.1,
                "With zero, inf and nan, too, all is right: the last two become zeros.",
                ("clipped_each", "norms"),
                (UNUSABLE,),
            ),
            _apart(0.05, "clipped", (SHORT, OTHER)),
            Criterion(
                "own_norm",
                0.1,
                "The gradient is scaled as your own global_norm says.",
                ("clipped",),
                (LONG, OTHER, SHORT),
                Kind.CONSISTENT,
                against=("clipped", "own_scaled"),
                carried="It scales as your own global_norm says, so look for the mistake in "
                "global_norm.",
            ),
            unchanged(0.05),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.CLIP),
        variants=tuple(variants.CLIP),
    ),
    _exercise(
        "sgd_step",
        "A step of gradient descent",
        _sgd_cases,
        version=4,
        reference={"update": clipping.sgd_step},
        trial=Trial(
            lambda _: [
                {"params": _two(1.0, -2.0), "grads": _two(0.5, 4.0), "learning_rate": 0.1},
            ],
            {
                "params_W_xh": 'sgd_step(params, grads, learning_rate)["W_xh"]',
                "params_b_h": 'sgd_step(params, grads, learning_rate)["b_h"]',
            },
        ),
        axes={**_axes("params"), "params": ("number",), "params_later": ("number",)},
        criteria=(
            Criterion(
                "values",
                0.65,
                "Each parameter moves against its gradient, by learning_rate times it.",
                _each("params"),
                (ALL, OTHER),
            ),
            Criterion("sizes", 0.1, "An array alone comes out right.", ("params_b_h",), (ALONE,)),
            _apart(0.1, "params", (ALL, OTHER)),
            unchanged(0.1),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.SGD),
        variants=tuple(variants.SGD),
    ),
    _exercise(
        "adam_step",
        "A step of Adam",
        _adam_cases,
        version=4,
        reference={"update": clipping.adam_step},
        trial=Trial(
            lambda _: [
                {
                    "params": {"b_h": np.array([1.0])},
                    "grads": [{"b_h": np.array([g])} for g in (0.5, -2.0)],
                    "learning_rate": 0.1,
                    "constants": [],
                }
            ],
            {
                "params_first": 'adam_step(params, grads[0], None, learning_rate)[0]["b_h"]',
                "params": "state, after = None, []\nfor g in grads:\n"
                "    params, state = adam_step(params, g, state, learning_rate)\n"
                '    after.append(params["b_h"])\nnp.array(after)',
            },
        ),
        axes={
            "params_first": ("number",),
            "params_last": ("number",),
            "params": ("time", "number"),
            "params_again": ("number",),
            "params_later": ("number",),
        },
        criteria=(
            Criterion(
                "first",
                0.2,
                "The first step moves every number by learning_rate.",
                ("params_first",),
                (SEVERAL, OTHER),
            ),
            Criterion(
                "several",
                0.3,
                "The next steps are right, the averages and the count carried on.",
                ("params",),
                (SEVERAL, OTHER),
            ),
            Criterion(
                "constants",
                0.2,
                "With any beta1, beta2 and epsilon it is right; left out, they are as given.",
                ("params",),
                (CONSTANTS, SMALL),
            ),
            Criterion(
                "zero",
                0.05,
                "Where the gradient has always been zero, nothing moves.",
                ("params",),
                (NO_GRADIENT,),
                besides=(SEVERAL, OTHER),
            ),
            Criterion(
                "again",
                0.05,
                "From the same state the same step can be made again.",
                ("params_again",),
                (SEVERAL, OTHER),
                Kind.SAME,
                against=("params_last",),
            ),
            _apart(0.05, "params", (SEVERAL, OTHER), "params_last"),
            unchanged(0.1),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.ADAM),
        variants=tuple(variants.ADAM),
    ),
    _exercise(
        "train_step",
        "A training step",
        _train_cases,
        reference={
            "loss": clipping.loss_and_gradients,
            "norm": clipping.global_norm,
            "clip": clipping.clip_by_global_norm,
            "update": clipping.sgd_step,
            "train": clipping.train_step,
        },
        stand_ins=("clip_by_global_norm", "sgd_step"),
        stand_in_cases=(CLIPPED, OTHER, WITHIN, IN_A_ROW),
        axes={
            **_axes("params"),
            "params": ("number",),
            "params_in_a_row": ("number",),
            "loss": (),
            "losses": ("time",),
            "norm": (),
            "h_T": ("batch", "unit"),
        },
        criteria=(
            Criterion(
                "clipped",
                0.3,
                "The parameters make the step that the clipped gradient says.",
                _each("params"),
                (CLIPPED, OTHER),
            ),
            Criterion(
                "within",
                0.1,
                "Within the limit they make the whole step.",
                _each("params"),
                (WITHIN,),
            ),
            Criterion(
                "loss",
                0.1,
                "The loss is that of the parameters before the step.",
                ("loss",),
                (CLIPPED, OTHER, WITHIN),
            ),
            Criterion(
                "norm",
                0.1,
                "The norm is that of the gradient before clipping.",
                ("norm",),
                (CLIPPED, OTHER, WITHIN),
            ),
            Criterion(
                "state",
                0.1,
                "The state that comes back is the last one, to go on from.",
                ("h_T",),
                (CLIPPED, OTHER, WITHIN),
            ),
            Criterion(
                "in_a_row",
                0.1,
                "Three batches in a row, parameters and state handed on, come out right.",
                ("params_in_a_row", "losses"),
                (IN_A_ROW,),
            ),
            Criterion(
                "own_parts",
                0.1,
                "It makes the step of your own clip_by_global_norm and sgd_step.",
                ("params",),
                (CLIPPED, OTHER, WITHIN),
                Kind.CONSISTENT,
                against=("params", "own_params"),
                carried="It makes the step of your own clip_by_global_norm and sgd_step, so look "
                "for the mistake in one of those.",
            ),
            unchanged(0.05),
            repeatable(0.05),
        ),
        mistakes=tuple(mistakes.TRAIN),
        variants=tuple(variants.TRAIN),
    ),
)
