"""Clipping and Adam in place give what unit 07's functions give."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnn_ref.clipping import AdamState, adam_step, clip_by_global_norm
from rnn_ref.fused import Adam

Arrays = dict[str, npt.NDArray[Any]]
RATE, BETAS, EPSILON = 0.02, (0.8, 0.95), 1e-6


def arrays(seed: int, dtype: str = "float64", scale: float = 1.0) -> Arrays:
    rng = np.random.default_rng(seed)
    shapes = {"W": (3, 4), "b": (4,), "turned": (2, 5)}
    drawn = {name: (scale * rng.normal(size=shape)).astype(dtype) for name, shape in shapes.items()}
    return {**drawn, "turned": np.asfortranarray(drawn["turned"])}


def unit_07(params: Arrays, gradients: list[Arrays], max_norm: float) -> tuple[Arrays, list[float]]:
    state: AdamState | None = None
    norms = []
    for grads in gradients:
        clipped, norm = clip_by_global_norm(grads, max_norm)
        params, state = adam_step(params, clipped, state, RATE, *BETAS, EPSILON)
        norms.append(norm)
    return params, norms


@pytest.mark.parametrize(("dtype", "rounding"), [("float64", 1e-12), ("float32", 1e-5)])
@pytest.mark.parametrize("max_norm", [1e-3, 4.0, np.inf])  # clips all, some and none
def test_adam_in_place_equals_unit_after_every_step(
    dtype: str, rounding: float, max_norm: float
) -> None:
    start = arrays(0, dtype)
    params = {name: array.copy(order="K") for name, array in start.items()}
    adam = Adam(params, max_norm, *BETAS, EPSILON)
    gradients: list[Arrays] = []
    for seed, scale in enumerate([1.0, 0.1, 30.0, 1e-4, 1.0], start=1):
        gradients.append(arrays(seed, dtype, scale))
        norm = adam.step(gradients[-1], RATE)
        expected, norms = unit_07(start, gradients, max_norm)
        assert norm == pytest.approx(norms[-1], rel=rounding)
        for name, array in expected.items():
            assert params[name].dtype == dtype
            np.testing.assert_allclose(params[name], array, rtol=0.0, atol=rounding)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_adam_in_place_unusable_gradient_counts_as_zero(wrong: float) -> None:
    start = arrays(0)
    params = {name: array.copy() for name, array in start.items()}
    gradients = [arrays(1), arrays(2), arrays(3)]
    gradients[1]["b"][2] = wrong
    adam = Adam(params, 4.0, *BETAS, EPSILON)
    norms = [adam.step(grads, RATE) for grads in gradients]
    expected, _ = unit_07(start, gradients, 4.0)
    assert [bool(np.isfinite(norm)) for norm in norms] == [True, False, True]
    for name, array in expected.items():
        np.testing.assert_allclose(params[name], array, rtol=0.0, atol=1e-12)


def test_adam_in_place_changes_parameters_and_no_gradient() -> None:
    params, grads = arrays(0), arrays(1)
    places = {name: array.ctypes.data for name, array in params.items()}
    before = {name: array.copy() for name, array in grads.items()}
    Adam(params, 0.5).step(grads, RATE)
    assert {name: array.ctypes.data for name, array in params.items()} == places
    for name, array in arrays(0).items():
        assert (params[name] != array).all()
        np.testing.assert_array_equal(grads[name], before[name])
