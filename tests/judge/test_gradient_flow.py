"""Unit 06: what is said to mistakes that have no name, and what unusual right answers earn."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.judge.judged import failed, verdict_on

Function = Callable[..., Any]


def drawn_from_laplace(H: int, rng: np.random.Generator) -> Any:
    Q, R = np.linalg.qr(rng.laplace(size=(H, H)))
    return Q * np.sign(np.diag(R))


def test_numbers_with_favourite_directions_fail_that_alone() -> None:
    report = verdict_on("orthogonal", drawn_from_laplace)
    assert failed(report) == {"directions"}


def test_matrix_drawn_from_a_cube_is_named_by_its_frequencies() -> None:
    report = verdict_on("orthogonal", lambda H, rng: signed(rng.uniform(-3, 3, size=(H, H))))
    assert report.mistake == "drawn_from_a_cube"


def signed(A: np.ndarray) -> np.ndarray:
    Q, R = np.linalg.qr(A)
    return np.asarray(Q * np.sign(np.diag(R)))


def test_refusal_of_every_singular_matrix_is_named_in_whatever_words() -> None:
    def refuses(W: Any, rho: Any) -> Any:
        if abs(np.linalg.det(W)) < 1e-9:
            raise ValueError("no inverse")
        return W * (rho / np.abs(np.linalg.eigvals(W)).max())

    report = verdict_on("rescale_spectral_radius", refuses)
    assert report.mistake == "singular_matrices_refused"
    assert report.headline.startswith("A matrix without an inverse: it stopped: ValueError")


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
    report = verdict_on(name, function)
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
    report = verdict_on("orthogonal", function)
    assert "signs" in failed(report)
    assert report.points is not None and report.points <= 1.3
