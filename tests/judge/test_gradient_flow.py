"""Unit 06: what is said to mistakes that have no name, and what unusual right answers earn."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.report import Report

SEED = 77
Function = Callable[..., Any]


def verdict(name: str, function: Function) -> Report:
    exercise = find_exercise(name)
    (role,) = exercise.reference
    key = AnswerKey.draw(exercise, SEED)
    return judge(key, list(key.answers_of({role: function}).values()))


def symmetric_part(W: Any, g: Any, T: Any) -> Any:
    S = (W + W.T) / 2
    return np.array([np.linalg.norm(np.linalg.matrix_power(S, k) @ g) for k in range(T)])


def last_slope_at_every_step(h: Any, W_hh: Any) -> Any:
    J = np.diag(1 - h[-1] ** 2) @ W_hh.T
    return np.array([np.linalg.norm(np.linalg.matrix_power(J, k), 2) for k in range(len(h))])


def slopes_and_weights_apart(h: Any, W_hh: Any) -> Any:
    """Right with one unit and with one step: the slopes are gathered before the weights."""
    slope, power, norms = np.eye(len(W_hh)), np.eye(len(W_hh)), [1.0]
    for h_t in h[:0:-1]:
        slope, power = slope @ np.diag(1 - h_t**2), power @ W_hh.T
        norms.append(np.linalg.norm(slope @ power, 2))
    return np.array(norms)


def plain_division(W: Any, rho: Any) -> Any:
    return W * (rho / float(np.max(np.abs(np.linalg.eigvals(W)))))


def last_sign_alone(H: int, rng: np.random.Generator) -> Any:
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    Q[:, -1] *= np.sign(R[-1, -1])
    return Q


def drawn_from_laplace(H: int, rng: np.random.Generator) -> Any:
    Q, R = np.linalg.qr(rng.laplace(size=(H, H)))
    return Q * np.sign(np.diag(R))


@pytest.mark.parametrize(
    ("name", "function", "sentence"),
    [
        ("linear_gradient_norms", symmetric_part, "With one unit it is right"),
        ("jacobian_product_norms", last_slope_at_every_step, "Where tanh does nothing"),
        ("jacobian_product_norms", slopes_and_weights_apart, "and their product is not"),
        ("rescale_spectral_radius", plain_division, "matrices of radius 0"),
        ("orthogonal", last_sign_alone, "look at the signs of R's diagonal"),
    ],
)
def test_mistake_without_a_name_is_told_what_it_usually_means(
    name: str, function: Function, sentence: str
) -> None:
    report = verdict(name, function)
    assert report.mistake == ""
    assert any(sentence in advice for advice in report.advice), report


def test_numbers_with_favourite_directions_fail_that_alone() -> None:
    report = verdict("orthogonal", drawn_from_laplace)
    assert [c.name for c in report.criteria if not c.passed] == ["directions"]
    assert any("no favourite direction" in advice for advice in report.advice)


def rows_signed(H: int, rng: np.random.Generator) -> Any:
    """Also right: Householder vectors are independent, so signs of the rows do as well."""
    Q, R = np.linalg.qr(rng.normal(size=(H, H)))
    return np.sign(np.diag(R))[:, None] * Q


def by_eigenvectors(W: Any, rho: Any) -> Any:
    eigenvalues, V = np.linalg.eig(W)
    radius = np.abs(eigenvalues).max()
    if radius == 0:
        raise ValueError("no radius")
    return (V @ np.diag(eigenvalues * rho / radius) @ np.linalg.inv(V)).real


@pytest.mark.parametrize(
    ("name", "function"),
    [("orthogonal", rows_signed), ("rescale_spectral_radius", by_eigenvectors)],
)
def test_unusual_right_answer_earns_all(name: str, function: Function) -> None:
    report = verdict(name, function)
    assert report.points == report.max_points, report


@pytest.mark.parametrize(
    "function",
    [
        lambda H, rng: np.eye(H),
        lambda H, rng: np.eye(H)[rng.permutation(H)],
        lambda H, rng: np.linalg.svd(rng.normal(size=(H, H)))[0],
    ],
    ids=["identity", "permutations", "singular vectors"],
)
def test_orthogonal_matrices_that_are_not_evenly_drawn_lose_the_signs(function: Function) -> None:
    report = verdict("orthogonal", function)
    assert "signs" in [c.name for c in report.criteria if not c.passed]
    assert report.points is not None and report.points <= 1.3
