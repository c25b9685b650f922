"""Unit 06: gradients through many steps, and the matrices that decide what becomes of them.

Random matrices are judged by frequencies: all tables of counts of one check share
``frequencies.FALSE_ALARM`` = 1e-7, so a right ``orthogonal`` fails by chance less than once in ten
million checks. Their probabilities follow from symmetry. Turning the plane by any angle changes
nothing, so the first column lies within 22.5° of an axis half of the time. Turning the sign of a
column changes nothing either. It flips the determinant's sign and that of the column's own entry on
the diagonal; the last column's is not looked at. So all patterns of these signs are equally likely.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.judge.exercise import Case, Criterion, Exercise, Tolerance, Trial, short
from autograder.judge.hints.gradient_flow import HINTS
from autograder.judge.mistakes import gradient_flow as mistakes
from autograder.judge.shared_criteria import unchanged
from autograder.judge.variants import gradient_flow as variants
from autograder.student.answers import FormError
from rnn_ref import gradient_flow

UNIT = "gradient_flow"
TINY = 1e-4
FADED = Tolerance(relative=1e-4, absolute=1e-12)  # norms span many decades: relative error counts
ROUNDING = Tolerance(relative=0.0, absolute=1e-10)  # of an orthogonal matrix

_HALF_EXACT = 1e-5  # float32 will do for a sign
_NEAR_AXIS = np.cos(np.pi / 8)  # half of all directions of the plane: within 22.5° of an axis

Inputs = dict[str, Any]
Outputs = Mapping[str, np.ndarray]


def _sizes(rng: np.random.Generator) -> tuple[int, int]:
    """Return two sizes: units H, and more states than units."""
    H = int(rng.integers(3, 6))
    return H, H + int(rng.integers(3, 6))


def _gaussian(rng: np.random.Generator, H: int) -> np.ndarray:
    return rng.normal(scale=H**-0.5, size=(H, H))


def _similar(rng: np.random.Generator, W: np.ndarray) -> np.ndarray:
    """Return a matrix with the eigenvalues of W that is far from symmetric, or from normal."""
    H = len(W)
    stretch = np.diag(np.linspace(1, 3, H))
    S = gradient_flow.orthogonal(H, rng) @ stretch @ gradient_flow.orthogonal(H, rng)
    return np.asarray(S @ W @ np.linalg.inv(S))


def _turning(rng: np.random.Generator, H: int) -> np.ndarray:
    """Return a matrix whose largest eigenvalues are a complex pair, its real parts small."""
    W = np.diag(rng.uniform(0.1, 0.4, H))
    turn, length = rng.uniform(1.2, 1.4), rng.uniform(1.5, 2.5)
    c, s = length * np.cos(turn), length * np.sin(turn)
    W[:2, :2] = [[c, s], [-s, c]]
    return _similar(rng, W)


def _negative(rng: np.random.Generator, H: int) -> np.ndarray:
    """Return a matrix with a negative eigenvalue that is the longest, and positive ones."""
    eigenvalues = rng.uniform(0.2, 1.0, H)
    eigenvalues[0] = -rng.uniform(1.5, 2.5)
    return _similar(rng, np.diag(eigenvalues))


def _led_by_a_pair(rng: np.random.Generator, H: int, rows: np.ndarray | float = 1.0) -> np.ndarray:
    """Return a Gaussian matrix times `rows` in which each shortcut to the longest eigenvalue shows.

    It is one of a complex pair, to the left of 0, and longer than any real part. With an inverse,
    another one lies to the right: the largest real part is a number to divide by.
    """
    while True:
        W: np.ndarray = rows * rng.normal(size=(H, H))
        eigenvalues = np.linalg.eigvals(W)
        longest = eigenvalues[np.abs(eigenvalues).argmax()]
        right = np.ndim(rows) > 0 or eigenvalues.real.max() > 0.1 * abs(longest)
        if right and longest.real < 0 and abs(longest) > 1.05 * np.abs(eigenvalues.real).max():
            return W


def _shear(rng: np.random.Generator) -> np.ndarray:
    """Return a matrix whose powers grow first and then fade: its eigenvalues are below 1."""
    a, b = rng.uniform(0.6, 0.7, 2)
    return np.array([[a, rng.uniform(4, 6)], [0.0, b]])


def _linear_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    H, T = _sizes(rng)

    def inputs(W: np.ndarray, T: int) -> Inputs:
        return {"W": W, "g": rng.normal(size=len(W)), "T": T}

    return (
        Case("a Gaussian matrix", inputs(_gaussian(rng, H), T)),
        Case("other numbers", inputs(_gaussian(rng, H + 2), T + 4)),
        Case("complex eigenvalues", inputs(_turning(rng, H), T)),
        Case("a negative eigenvalue", inputs(_negative(rng, H), T)),
        Case("growing first, then fading", inputs(_shear(rng), 40)),
        Case("nothing above the diagonal", inputs(np.tril(rng.normal(size=(H, H)), -1), T)),
        Case("the last state alone", inputs(_gaussian(rng, H), 1), edge=True),
        Case("one unit", inputs(-rng.uniform(0.5, 1.5, (1, 1)), T), edge=True),
    )


def _jacobian_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    H, T = _sizes(rng)

    def inputs(T: int, H: int, spread: float, size: float = 1.5) -> Inputs:
        states = np.tanh(spread * rng.normal(size=(T, H)))
        return {"h": states, "W_hh": size * _gaussian(rng, H)}

    return (
        Case("a sequence", inputs(T, H, 0.8)),
        Case("other numbers", inputs(T + 4, H + 2, 0.8)),
        Case("states near zero", inputs(T, H, 4e-4)),
        Case("states near -1 and 1", inputs(T, H, 2.0, 4.0)),
        Case("a long sequence", inputs(60, H, 0.5), edge=True),
        Case("a single state", inputs(1, H, 0.8), edge=True),
        Case("two states", inputs(2, H, 0.8), edge=True),
        Case("one unit", inputs(T, 1, 0.8), edge=True),
    )


def _rescale_calls(inputs: Mapping[str, Any]) -> list[str]:
    """Return how each call reads; a matrix that is triangular with zeros has radius 0."""

    def kind(W: np.ndarray) -> str:
        if not W.any():
            return "a matrix of zeros"
        above, below = np.triu(W, 1), np.tril(W, -1)
        if np.array_equal(W, above) or np.array_equal(W, below):
            where = "above" if above.any() else "below"
            return f"numbers {where} the diagonal and zeros elsewhere"
        return "another matrix" if np.abs(W).max() > TINY else "tiny numbers"

    return [f"`rescale_spectral_radius(W, rho)` of {kind(W)}" for W in inputs["tried"]]


def _rescale_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    H, _ = _sizes(rng)

    def inputs(W: np.ndarray) -> Inputs:
        return {"W": W, "rho": float(rng.uniform(0.5, 0.9) if rng.random() < 0.5 else 1.3)}

    singular = rng.permutation(np.arange(H) > 0)[:, None]  # with a row of zeros
    triangular = np.triu(rng.normal(size=(H, H)))
    leading = np.abs(np.diag(triangular)).argmax()
    np.fill_diagonal(triangular, np.abs(np.diag(triangular)))
    triangular[leading, leading] = -1 - abs(triangular[leading, leading])
    without = rng.normal(size=(H, H))
    of_radius_0 = [np.zeros((H, H)), np.triu(without, 1), np.tril(without, -1)]
    tiny = rng.uniform(0.5, 1, size=(H, H))  # its radius is above its largest entry
    tiny *= 10 ** -rng.uniform(0, 1) * TINY / np.abs(np.linalg.eigvals(tiny)).max()
    others = [_led_by_a_pair(rng, H) for _ in range(rng.integers(2, 5))]
    tried = [*of_radius_0, tiny, *others]
    tried = [tried[i] for i in rng.permutation(len(tried))]
    return (
        Case("a Gaussian matrix", inputs(_led_by_a_pair(rng, H))),
        Case("other numbers", inputs(0.1 * _led_by_a_pair(rng, H))),  # to be made larger
        Case("complex eigenvalues", inputs(_turning(rng, H))),
        Case("a negative eigenvalue", inputs(_negative(rng, H))),
        Case("a matrix without an inverse", inputs(_led_by_a_pair(rng, H, singular)), edge=True),
        Case("a triangular matrix", inputs(triangular)),
        Case("one unit", inputs(-rng.uniform(2, 3, (1, 1))), edge=True),
        Case(
            "matrices of radius 0",
            {**inputs(_led_by_a_pair(rng, H)), "tried": tried},
            edge=True,
        ),
    )


def _orthogonal_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    def inputs(H: int) -> Inputs:
        return {"H": H, "seed": int(rng.integers(2**31)), "columns": rng.normal(size=(H, H))}

    def drawn(H: int, draws: int) -> Inputs:
        draws += int(rng.integers(100))  # so that nobody's counts can be used again
        return {"H": H, "seed": int(rng.integers(2**31)), "draws": draws}

    H, _ = _sizes(rng)
    return (
        Case("a matrix", inputs(H)),
        Case("another matrix", inputs(H)),
        Case("a large matrix", inputs(int(rng.integers(30, 50))), edge=True),
        Case("one unit", inputs(1), edge=True),
        Case("many matrices of two rows", drawn(2, 4000)),
        Case("many matrices of three rows", drawn(3, 500)),
    )


def _even_signs(inputs: Mapping[str, Any]) -> np.ndarray:
    H: int = inputs["H"]
    return np.full((2,) * H, 1 / 2**H)


def _even_directions(_: Mapping[str, Any]) -> np.ndarray:
    return np.full(2, 1 / 2)


def _there_and_back(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    if "columns" not in inputs:
        return None
    Q = _square("Q", outputs, inputs["H"])
    turned_back: np.ndarray = Q.T @ (Q @ inputs["columns"])
    return turned_back


def _back_and_there(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    if "columns" not in inputs:
        return None
    Q = _square("Q", outputs, inputs["H"])
    turned: np.ndarray = Q @ (Q.T @ inputs["columns"])
    return turned


def _columns_again(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    """Return the columns, or zeros: an equal generator gives an equal matrix, the next is new.

    None if it is not orthogonal: any matrix at all would do.
    """
    H = inputs["H"]
    if "columns" not in inputs or H == 1:  # of one unit there are two, often equal by chance
        return None
    Q, following, again = (_square(name, outputs, H) for name in ("Q", "next_Q", "Q_again"))
    if not _is_orthogonal(Q):
        return None
    new, same = not np.array_equal(Q, following), np.array_equal(Q, again)
    columns: np.ndarray = inputs["columns"] * (new and same)
    return columns


def _signs_of_2(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    return _signs(2, inputs, outputs)


def _signs_of_3(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    return _signs(3, inputs, outputs)


def _signs(H: int, inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    """Return how often each pattern of signs comes up, of the diagonal and of the determinant."""
    if "draws" not in inputs or inputs["H"] != H:
        return None
    matrices = _drawn(inputs, outputs)
    if matrices is None:
        return None
    diagonals = np.diagonal(matrices, axis1=1, axis2=2)[:, :-1] > 0
    patterns = np.column_stack([diagonals, np.linalg.det(matrices) > 0]).astype(int)
    counts = np.zeros((2,) * H, dtype=np.int64)
    np.add.at(counts, tuple(patterns.T), 1)
    return counts


def _directions(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    """Return how often the first column of the plane's matrices lies slanted, and near an axis."""
    if "draws" not in inputs or inputs["H"] != 2:
        return None
    matrices = _drawn(inputs, outputs)
    if matrices is None:
        return None
    near = np.abs(matrices[:, :, 0]).max(axis=1) > _NEAR_AXIS
    return np.bincount(near.astype(int), minlength=2).astype(np.int64)


def _drawn(inputs: Mapping[str, Any], outputs: Outputs) -> np.ndarray | None:
    """Return the matrices if all are orthogonal: the signs of others say nothing."""
    H = inputs["H"]
    matrices = _shaped("matrices", outputs, (inputs["draws"], H, H))
    return matrices if _is_orthogonal(matrices) else None


def _is_orthogonal(matrices: np.ndarray) -> bool:
    turned_back = np.swapaxes(matrices, -1, -2) @ matrices
    return np.allclose(turned_back, np.eye(matrices.shape[-1]), rtol=0, atol=_HALF_EXACT)


def _square(name: str, outputs: Outputs, H: int) -> np.ndarray:
    return _shaped(name, outputs, (H, H))


def _shaped(name: str, outputs: Outputs, shape: tuple[int, ...]) -> np.ndarray:
    array = outputs.get(name)
    if array is None or array.shape != shape:
        raise FormError(f"{name} has not come in the shape {shape}.")
    return array.astype(np.float64)


EXERCISES = (
    Exercise(
        name="linear_gradient_norms",
        unit=UNIT,
        title="A gradient on its way back",
        version=3,
        reference={"norms": gradient_flow.linear_gradient_norms},
        make_cases=_linear_cases,
        axes={"norms": ("lag",)},
        criteria=(
            Criterion(
                "powers",
                0.4,
                "Entry k is the length after k steps back, each a product with W transposed.",
                ("norms",),
                ("a Gaussian matrix", "other numbers"),
            ),
            Criterion(
                "eigenvalues",
                0.2,
                "With complex and negative eigenvalues it comes out right.",
                ("norms",),
                ("complex eigenvalues", "a negative eigenvalue"),
            ),
            Criterion(
                "transient",
                0.2,
                "Of a gradient that grows first and fades later the lengths are right.",
                ("norms",),
                ("growing first, then fading", "nothing above the diagonal"),
            ),
            Criterion(
                "sizes",
                0.1,
                "A single state and a single unit come out right.",
                ("norms",),
                ("the last state alone", "one unit"),
            ),
            unchanged(0.1),
        ),
        mistakes=tuple(mistakes.LINEAR),
        variants=tuple(variants.LINEAR),
        hints=HINTS["linear_gradient_norms"],
        trial=Trial(
            lambda rng: [
                {"T": 3, **short({"W": rng.normal(size=(H, H)), "g": rng.normal(size=H)})}
                for H in (1, 2)
            ],
            {"norms": "linear_gradient_norms(W, g, T)"},
        ),
        tolerance=FADED,
    ),
    Exercise(
        name="jacobian_product_norms",
        unit=UNIT,
        title="The same with tanh",
        version=4,
        reference={"norms": gradient_flow.jacobian_product_norms},
        make_cases=_jacobian_cases,
        axes={"norms": ("lag",)},
        criteria=(
            Criterion(
                "norms",
                0.35,
                "Entry k is the spectral norm of the product of the last k steps.",
                ("norms",),
                ("a sequence", "other numbers"),
            ),
            Criterion(
                "linear",
                0.15,
                "Near zero, where tanh does nothing, it gives the norms of powers of W_hh.",
                ("norms",),
                ("states near zero",),
            ),
            Criterion(
                "saturated",
                0.15,
                "Where states are near -1 or 1 and tanh lets little through, it is right.",
                ("norms",),
                ("states near -1 and 1",),
            ),
            Criterion(
                "long", 0.1, "A long sequence comes out right.", ("norms",), ("a long sequence",)
            ),
            Criterion(
                "sizes",
                0.15,
                "One state, two states, one unit: all come out right.",
                ("norms",),
                ("a single state", "two states", "one unit"),
            ),
            unchanged(0.1),
        ),
        mistakes=tuple(mistakes.JACOBIANS),
        variants=tuple(variants.JACOBIANS),
        hints=HINTS["jacobian_product_norms"],
        trial=Trial(
            lambda rng: [
                short({"h": np.tanh(rng.normal(size=(3, H))), "W_hh": rng.normal(size=(H, H))})
                for H in (1, 2)
            ],
            {"norms": "jacobian_product_norms(h, W_hh)"},
        ),
        tolerance=FADED,
    ),
    Exercise(
        name="rescale_spectral_radius",
        unit=UNIT,
        title="A matrix with a given spectral radius",
        version=7,
        reference={"rescale": gradient_flow.rescale_spectral_radius},
        make_cases=_rescale_cases,
        axes={"scaled": ("row", "column"), "refusals": ("matrix",)},
        calls={"refusals": _rescale_calls},
        criteria=(
            Criterion(
                "radius",
                0.3,
                "The largest absolute value of the eigenvalues becomes rho.",
                ("scaled",),
                ("a Gaussian matrix", "other numbers"),
            ),
            Criterion(
                "complex",
                0.15,
                "With complex eigenvalues it is right: their absolute value counts.",
                ("scaled",),
                ("complex eigenvalues",),
            ),
            Criterion(
                "negative",
                0.15,
                "So it is with negative ones.",
                ("scaled",),
                ("a negative eigenvalue", "one unit"),
            ),
            Criterion(
                "singular",
                0.1,
                "Triangular matrices and those without an inverse come out right.",
                ("scaled",),
                ("a matrix without an inverse", "a triangular matrix"),
            ),
            Criterion(
                "refuses",
                0.2,
                "A matrix whose eigenvalues are all 0 raises a ValueError; others do not.",
                ("refusals",),
                ("matrices of radius 0",),
            ),
            unchanged(0.1),
        ),
        mistakes=tuple(mistakes.RESCALE),
        variants=tuple(variants.RESCALE),
        hints=HINTS["rescale_spectral_radius"],
        trial=Trial(
            lambda _: [
                {"W": np.array(W), "rho": 1.5}
                for W in ([[-2.0]], [[0.5, 2.0], [0.0, -1.0]], [[0.0, 2.0], [-2.0, 0.0]])
            ],
            {"scaled": "rescale_spectral_radius(W, rho)"},
        ),
    ),
    Exercise(
        name="orthogonal",
        unit=UNIT,
        title="A random orthogonal matrix",
        version=3,
        reference={"orthogonal": gradient_flow.orthogonal},
        make_cases=_orthogonal_cases,
        axes={
            "there_and_back": ("row", "column"),
            "back_and_there": ("row", "column"),
            "columns_again": ("row", "column"),
            "signs_of_2": ("sign of Q[0, 0]", "sign of the determinant"),
            "signs_of_3": ("sign of Q[0, 0]", "sign of Q[1, 1]", "sign of the determinant"),
            "directions": ("first column (0 slanted, 1 near an axis)",),
        },
        derived={
            "there_and_back": _there_and_back,
            "back_and_there": _back_and_there,
            "columns_again": _columns_again,
            "signs_of_2": _signs_of_2,
            "signs_of_3": _signs_of_3,
            "directions": _directions,
        },
        chances={
            "signs_of_2": _even_signs,
            "signs_of_3": _even_signs,
            "directions": _even_directions,
        },
        criteria=(
            Criterion(
                "orthogonal",
                0.3,
                "Q turns back what its transpose turns, and the other way round, to 1e-10.",
                ("there_and_back", "back_and_there"),
                ("a matrix", "another matrix", "a large matrix", "one unit"),
            ),
            Criterion(
                "signs",
                0.35,
                "All signs are equally likely: R's signs are divided out.",
                ("signs_of_2", "signs_of_3"),
                ("many matrices of two rows", "many matrices of three rows"),
            ),
            Criterion(
                "directions",
                0.2,
                "No direction is more likely than another.",
                ("directions",),
                ("many matrices of two rows",),
            ),
            Criterion(
                "given_rng",
                0.15,
                "Chance comes from rng alone: equal generators, equal matrices; the next is new.",
                ("columns_again",),
                ("a matrix", "another matrix", "a large matrix"),
            ),
        ),
        mistakes=tuple(mistakes.ORTHOGONAL),
        variants=tuple(variants.ORTHOGONAL),
        hints=HINTS["orthogonal"],
        tolerance=ROUNDING,
    ),
)
