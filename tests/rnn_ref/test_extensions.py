"""The ungraded cells against autograd and themselves: the GRU and the minGRU."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.extensions import (
    gru_forward,
    gru_step_backward,
    gru_step_forward,
    linear_loop,
    linear_scan,
    mingru_forward,
)
from tests.rnn_ref.extension_cells import (
    CELLS,
    ROUNDING,
    Case,
    Cell,
    _gru_plain,
    any_sizes,
    assert_gradients,
    case,
    size,
)
from tests.rnn_ref.strategies import FloatArray

# --- each cell, and the same in autograd's NumPy --------------------------------------------------


NEW = ("gru", "mingru", "mingru loop")


def gradients(cell: Cell, given_case: Case) -> tuple[FloatArray, ...]:
    *_, cache = cell.forward(given_case.x, *given_case.arguments)
    return tuple(cell.backward(given_case.dh, cache))


@pytest.mark.parametrize("name", NEW)
@given(sizes=any_sizes)
def test_cell_states_equal_plain_formula(name: str, sizes: Any) -> None:
    cell, given_case = CELLS[name], case(CELLS[name], **sizes)
    h, *_ = cell.forward(given_case.x, *given_case.arguments)
    # Candidates of the minGRU have no bound; those drawn here stay below some 30.
    expected = cell.plain(given_case.x, *given_case.arguments)
    np.testing.assert_allclose(h, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NEW)
@settings(max_examples=25)  # autograd takes its time
@given(sizes=any_sizes)
def test_cell_gradients_equal_autograd(name: str, sizes: Any) -> None:
    cell, given_case = CELLS[name], case(CELLS[name], **sizes)
    everything = (given_case.x, *given_case.arguments)
    assert_gradients(gradients(cell, given_case), cell.plain, everything, given_case.dh)


@pytest.mark.parametrize("name", NEW)
def test_cell_backward_of_no_step_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        gradients(CELLS[name], case(CELLS[name], T=0))


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize("shape", [(5, 2, 4), (2, 4, 4), (2, 5, 3), (2, 4)])
def test_cell_misshaped_upstream_is_named(name: str, shape: tuple[int, ...]) -> None:
    given_case = case(CELLS[name])
    with pytest.raises(ShapeError, match=r"^dh has"):
        gradients(CELLS[name], given_case._replace(dh=np.zeros(shape)))


# --- the GRU's step -------------------------------------------------------------------------------


@settings(max_examples=25)
@given(sizes=any_sizes)
def test_gru_step_gradients_equal_autograd(sizes: Any) -> None:
    x, others, dh = case(CELLS["gru"], **sizes)
    _, cache = gru_step_forward(x[:, 0], *others)
    ours = gru_step_backward(dh[:, 0], cache)

    def plain(x_t: Any, *rest: Any) -> Any:
        return _gru_plain(x_t[:, None], *rest)[:, 0]

    assert_gradients(ours, plain, (x[:, 0], *others), dh[:, 0])


def test_gru_reset_gate_stands_behind_the_product() -> None:
    """With r = 1/2 throughout both forms agree; with r per unit they do not."""
    x, (h_0, W_xh, W_hh, b), _ = case(CELLS["gru"], T=1)
    h, cache = gru_forward(x, h_0, W_xh, W_hh, b)
    r, z = cache[0].r_t, cache[0].z_t
    from_x = (x[:, 0] @ W_xh + b)[:, 8:]
    before = np.tanh(from_x + (r * h_0) @ W_hh[:, 8:])  # Cho et al.
    behind = np.tanh(from_x + r * (h_0 @ W_hh[:, 8:]))  # PyTorch
    np.testing.assert_allclose(h[:, 0], z * h_0 + (1 - z) * behind, **ROUNDING)
    assert np.abs(before - behind).max() > 0.1


def test_gru_update_gate_open_keeps_the_state() -> None:
    x, (h_0, W_xh, W_hh, b), _ = case(CELLS["gru"])
    b[4:8] = 1000.0  # z = 1
    h, _ = gru_forward(x, h_0, W_xh, W_hh, b)
    np.testing.assert_array_equal(h, np.repeat(h_0[:, None], 5, axis=1))


# --- the minGRU's scan ----------------------------------------------------------------------------


@given(N=size, T=st.integers(0, 40), H=size, seed=st.integers(0, 2**32 - 1))
def test_scan_equals_loop(N: int, T: int, H: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, size=(N, T, H)), rng.normal(size=(N, T, H))
    h_0 = rng.normal(size=(N, H))
    # At most 40 terms below 5 with factors within one: rounding of sums below 200.
    np.testing.assert_allclose(linear_scan(a, b, h_0), linear_loop(a, b, h_0), atol=1e-12)


def test_scan_where_running_products_underflow_stays_exact() -> None:
    rng = np.random.default_rng(0)
    a, b = np.full((1, 5000, 2), 0.01), rng.normal(size=(1, 5000, 2))
    h_0 = np.ones((1, 2))
    products = np.cumprod(a, axis=1)
    assert products[0, -1, 0] == 0.0  # so b / products, the textbook's form, has no value
    np.testing.assert_allclose(linear_scan(a, b, h_0), linear_loop(a, b, h_0), **ROUNDING)


def test_mingru_state_is_linear_in_the_first_one() -> None:
    x, (h_0, *weights), _ = case(CELLS["mingru"])
    at_0, at_1, at_2 = (mingru_forward(x, k * h_0, *weights)[0] for k in (0, 1, 2))
    np.testing.assert_allclose(at_2 - at_1, at_1 - at_0, **ROUNDING)
