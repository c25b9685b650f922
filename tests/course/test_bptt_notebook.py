"""The numbers in unit 05's text are what the reference gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rnn_ref.bptt import (
    per_step_weight_gradient,
    rnn_backward,
    rnn_step_backward,
    state_gradients,
    truncated_bptt,
)
from rnn_ref.recurrence import RNNCache, rnn_forward, rnn_step_forward
from rnn_ref.widgets.bptt import triangle


@pytest.fixture
def cells(repository: Path) -> dict[str, str]:
    path = repository / "solutions" / "05_bptt" / "05_bptt.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


def text(value: float) -> str:
    rounded = f"{value:.4f}"
    return "0" if float(rounded) == 0 else rounded


def row(values: np.ndarray) -> str:
    return r"(" + r",\; ".join(text(value) for value in values.ravel()) + ")"


def matrix(values: np.ndarray) -> str:
    rows = r"\\ ".join(" & ".join(text(value) for value in line) for line in values)
    return r"\begin{pmatrix} " + rows + r"\end{pmatrix}"


def tiny() -> RNNCache:
    """Unit 01's network with one number in the state, which reads 1, 0, 0."""
    x = np.array([[[1.0], [0.0], [0.0]]])
    one = np.array([[1.0]])
    return rnn_forward(x, 0 * one, one, one / 2, np.zeros(1))[1]


def upstream(*values: float) -> np.ndarray:
    return np.array(values).reshape(1, -1, 1)


def test_step_example(cells: dict[str, str]) -> None:
    x_t, h_prev = np.array([[1.0, 2.0]]), np.array([[0.5, 0.0, -0.5]])
    W_xh = np.array([[0.5, 0.0, 1.0], [0.0, 0.5, -0.5]])
    W_hh = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    h_t, cache = rnn_step_forward(x_t, h_prev, W_xh, W_hh, np.array([1.0, -1.0, -0.5]))
    dh_t = np.array([[1.0, 0.0, -1.0]])
    dx_t, dh_prev, dW_xh, dW_hh, db_h = rnn_step_backward(dh_t, cache)
    told = cells["step-example-numbers"]
    for values in (1 - h_t**2, db_h, dx_t, dh_prev, db_h @ W_hh):
        assert row(values) in told
    assert matrix(dW_xh) in told
    assert matrix(dW_hh) in told


def test_sequence_example(cells: dict[str, str]) -> None:
    dx, dh_0, dW_xh, dW_hh, db_h = rnn_backward(upstream(0, 0, 1), tiny())
    told = cells["backward-example"] + cells["backward-example-sums"]
    for values in (dx, dh_0, dW_xh, dW_hh, db_h):
        for value in values.ravel():
            assert text(value) in told
    for step in tiny():
        assert text(float(step.h_t[0, 0])) in told
    for value in (0.5 * dx[0, 2, 0], 0.5 * dx[0, 1, 0]):  # carries: W_xh is 1, so da is dx
        assert text(value) in told


def test_triangle_of_terms(cells: dict[str, str]) -> None:
    cache, dh = tiny(), upstream(1, 1, 1)
    da = state_gradients(dh, cache)[:, :, 0, 0] * [1 - step.h_t[0, 0] ** 2 for step in cache]
    terms = da * [step.h_prev[0, 0] for step in cache]
    told = cells["two-cuts-example"]
    lines = [line.split("|")[1:-1] for line in told.splitlines() if line.startswith("| loss ")]
    for t, (_, *uses, total) in enumerate(lines):
        numbers = [use.strip() for use in uses if use.strip()]
        assert numbers == [text(value) for value in terms[t, : t + 1]]
        assert total.strip(" *") == text(terms[t].sum())
    by_use = next(line for line in told.splitlines() if line.startswith("| by use"))
    assert [n.strip() for n in by_use.split("|")[2:-1]] == [
        *(text(value) for value in terms.sum(axis=0)),
        text(terms.sum()),
    ]
    slices = per_step_weight_gradient(dh, cache).ravel()
    assert ", ".join(text(value) for value in slices) in cells["per-step-heading"]


def test_truncated_example(cells: dict[str, str]) -> None:
    dx, dh_0, _, dW_hh, _ = truncated_bptt(upstream(0, 0, 1), tiny(), 2)
    told = cells["truncated-example"]
    assert [text(value) for value in dx.ravel()] == ["0", "0", "0.9677"]
    assert text(dx[0, 2, 0]) in told
    assert dh_0 == 0
    assert text(dW_hh[0, 0]) in told


def test_cost_of_measuring(cells: dict[str, str]) -> None:
    weights = 100 * 256 + 256 * 256 + 256
    assert f"{weights:,} weights" in cells["why-not-measure"]
    assert f"{2 * weights:,} passes" in cells["why-not-measure"]


def test_what_the_widget_shows_at_the_sizes_that_are_named() -> None:
    vanishing, exploding = triangle(0.5).norms, triangle(3.0).norms
    assert vanishing[-1, 0] < 1e-3
    assert exploding[-1, 0] > 10
