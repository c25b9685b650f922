"""A random orthogonal matrix.

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

from autograder.judge.criterion import Criterion
from autograder.judge.exercise import Case, Exercise, Tolerance
from autograder.judge.exercises.gradient_flow.shared import draw_sizes
from autograder.judge.sizes import Inputs
from autograder.student.answers import FormError
from rnn_ref import gradient_flow

ROUNDING = Tolerance(relative=0.0, absolute=1e-10)  # of an orthogonal matrix
_HALF_EXACT = 1e-5  # float32 will do for a sign
_NEAR_AXIS = np.cos(np.pi / 8)  # half of all directions of the plane: within 22.5° of an axis
Outputs = Mapping[str, np.ndarray]


def _orthogonal_cases(rng: np.random.Generator) -> tuple[Case, ...]:
    def inputs(H: int) -> Inputs:
        return {"H": H, "seed": int(rng.integers(2**31)), "columns": rng.normal(size=(H, H))}

    def drawn(H: int, draws: int) -> Inputs:
        draws += int(rng.integers(100))  # so that nobody's counts can be used again
        return {"H": H, "seed": int(rng.integers(2**31)), "draws": draws}

    H, _ = draw_sizes(rng)
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


EXERCISE = Exercise(
    name="orthogonal",
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
    chances={"signs_of_2": _even_signs, "signs_of_3": _even_signs, "directions": _even_directions},
    criteria=(
        Criterion(
            "orthogonal",
            0.3,
            "Q turns back what its transpose turns, and the other way round, to 1e-10.",
        ).of(
            ("there_and_back", "back_and_there"),
            "a matrix",
            "another matrix",
            "a large matrix",
            "one unit",
        ),
        Criterion("signs", 0.35, "All signs are equally likely: R's signs are divided out.").of(
            ("signs_of_2", "signs_of_3"), "many matrices of two rows", "many matrices of three rows"
        ),
        Criterion("directions", 0.2, "No direction is more likely than another.").of(
            "directions", "many matrices of two rows"
        ),
        Criterion(
            "given_rng",
            0.15,
            "Chance comes from rng alone: equal generators, equal matrices; the next is new.",
        ).of("columns_again", "a matrix", "another matrix", "a large matrix"),
    ),
    tolerance=ROUNDING,
)
