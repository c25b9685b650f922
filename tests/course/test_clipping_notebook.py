"""Unit 07's notebook: the given function is the reference's, and the worked examples are right."""

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np

from rnn_ref import clipping

NOTEBOOK = Path(__file__).parents[2] / "solutions" / "07_clipping" / "07_clipping.ipynb"
CELLS = {
    cell["id"]: "".join(cell["source"])
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
}


def body_of(source: str) -> list[str]:
    """The statements of a function, without its signature and docstring."""
    return source.rpartition('"""')[2].strip().splitlines()


def test_given_loss_and_gradients_is_the_reference_s_line_by_line() -> None:
    theirs = inspect.getsource(clipping.loss_and_gradients)
    assert body_of(CELLS["loss-and-gradients"]) == body_of(theirs)


def test_worked_examples_of_norm_and_clipping() -> None:
    grads: Any = {"W_hh": np.array([[1.0, 2.0], [4.0, 2.0]]), "b_h": np.array([0.0, 12.0])}
    assert clipping.global_norm(grads) == 13
    clipped, norm = clipping.clip_by_global_norm(grads, 6.5)
    np.testing.assert_array_equal(clipped["W_hh"], [[0.5, 1], [2, 1]])
    np.testing.assert_array_equal(clipped["b_h"], [0, 6])
    assert (norm, clipping.global_norm(clipped)) == (13, 6.5)


def test_worked_example_of_adam() -> None:
    params: Any = {"b": np.array([1.0, 1.0])}
    params, state = clipping.adam_step(params, {"b": np.array([4.0, -0.1])}, None, 0.01)
    np.testing.assert_allclose(state.mean["b"], [0.4, -0.01], atol=1e-12)
    np.testing.assert_allclose(state.square["b"], [0.016, 0.00001], atol=1e-12)
    np.testing.assert_allclose(params["b"], [0.99, 1.01], atol=1e-7)
    params, state = clipping.adam_step(params, {"b": np.array([0.0, -0.1])}, state, 0.01)
    first, second = state.mean["b"][0] / 0.19, np.sqrt(state.square["b"][0] / (1 - 0.999**2))
    assert (round(first, 3), round(second, 3)) == (1.895, 2.828)
    np.testing.assert_allclose(params["b"], [0.9833, 1.02], atol=5e-5)


def test_worked_example_of_the_training_step() -> None:
    def model(params: Any, batch: Any, h_0: Any) -> Any:
        return float(params["b"][0] ** 2 / 2), {"b": params["b"].copy()}, h_0

    batch: Any = (np.zeros((1, 1), int), np.zeros((1, 1), int))
    params, loss, norm, _ = clipping.train_step(
        model, {"b": np.array([3.0])}, batch, np.zeros((1, 1)), 0.1, 1.0
    )
    assert (round(float(params["b"][0]), 12), loss, norm) == (2.9, 4.5, 3)


def test_numbers_of_guessing_evenly() -> None:
    assert round(float(np.log(96)), 2) == 4.56
