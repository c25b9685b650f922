"""The faster sequence functions give what the units' own give, and what differences measure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_ref import bptt, fused, lstm, lstm_gradients, recurrence
from rnn_ref.errors import InputError, ShapeError
from rnn_ref.gradcheck import numeric_gradient, relative_error

# Sums in another order differ in the last places.
EQUAL = {"rtol": 0.0, "atol": 1e-10}
Arrays = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class Cell:
    """The same functions from both sides: (forward, backward) each."""

    fused: tuple[Callable[..., Any], Callable[..., Any]]
    unit: tuple[Callable[..., Any], Callable[..., Any]]
    n_states: int
    n_gates: int


CELLS = {
    "rnn": Cell(
        (fused.rnn_forward, fused.rnn_backward),
        (recurrence.rnn_forward, bptt.rnn_backward),
        n_states=1,
        n_gates=1,
    ),
    "lstm": Cell(
        (fused.lstm_forward, fused.lstm_backward),
        (lstm.lstm_forward, lstm_gradients.lstm_backward),
        n_states=2,
        n_gates=4,
    ),
}
both_cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def both_ways(functions: tuple[Callable[..., Any], ...], arguments: Arrays, dh: Any) -> Arrays:
    """States and gradients."""
    forward, backward = functions
    *states, cache = forward(*arguments)
    return [*states, *backward(dh, cache)]


def case(
    cell: Cell, N: int, T: int, D: int, H: int, seed: int = 0, scale: float = 1.0
) -> tuple[Arrays, npt.NDArray[Any]]:
    """Arguments of the forward, and dh."""
    rng = np.random.default_rng(seed)
    G = cell.n_gates * H
    states = [rng.uniform(-0.9, 0.9, size=(N, H)) for _ in range(cell.n_states)]
    weights = [scale * rng.normal(size=shape) for shape in [(D, G), (H, G), (G,)]]
    return [rng.normal(size=(N, T, D)), *states, *weights], rng.normal(size=(N, T, H))


def assert_all_equal(got: Arrays, expected: Arrays, **tolerance: float) -> None:
    assert [array.shape for array in got] == [array.shape for array in expected]
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, **(tolerance or EQUAL))


size = st.integers(1, 6)
sizes = st.fixed_dictionaries(dict.fromkeys("NTDH", size) | {"seed": st.integers(0, 2**32 - 1)})


@both_cells
@settings(deadline=None)  # a busy machine is no mistake
@given(shape=sizes)
def test_fused_any_shape_equals_unit(cell: Cell, shape: dict[str, int]) -> None:
    arguments, dh = case(cell, **shape)
    assert_all_equal(both_ways(cell.fused, arguments, dh), both_ways(cell.unit, arguments, dh))


@both_cells
def test_fused_gradients_equal_differences(cell: Cell) -> None:
    arguments, dh = case(cell, N=2, T=4, D=3, H=3, scale=0.5)
    gradients = both_ways(cell.fused, arguments, dh)[cell.n_states :]
    for place, gradient in enumerate(gradients):

        def loss(value: Any, place: int = place) -> float:
            changed = [*arguments[:place], value, *arguments[place + 1 :]]
            return float(np.sum(cell.fused[0](*changed)[0] * dh))

        assert relative_error(gradient, numeric_gradient(loss, arguments[place])) < 1e-6


@both_cells
def test_fused_single_precision_stays_single(cell: Cell) -> None:
    arguments, dh = case(cell, N=3, T=5, D=4, H=6, scale=0.3)
    single = [array.astype(np.float32) for array in arguments]
    got = both_ways(cell.fused, single, dh.astype(np.float32))
    assert {array.dtype for array in got} == {np.dtype(np.float32)}
    # Five steps and sums of at most 18 products, each rounded to 6e-8 of numbers below 10.
    assert_all_equal(got, both_ways(cell.unit, arguments, dh), atol=2e-5)
    mixed = both_ways(cell.fused, [single[0], *arguments[1:]], dh)
    assert {array.dtype for array in mixed} == {np.dtype(np.float64)}


@both_cells
def test_fused_arguments_in_any_memory_stay_and_a_second_call_agrees(cell: Cell) -> None:
    arguments, dh = case(cell, N=3, T=5, D=4, H=6)
    spread = [np.asfortranarray(np.repeat(a, 2, axis=-1))[..., ::2] for a in (*arguments, dh)]
    for array in spread:
        assert not array.flags.c_contiguous
        array.setflags(write=False)
    *states, cache = cell.fused[0](*spread[:-1])
    first = [*(state.copy() for state in states), *cell.fused[1](spread[-1], cache)]
    other = case(cell, N=3, T=5, D=4, H=6, seed=1)  # between them: nothing is shared
    both_ways(cell.fused, *other)
    second = [*states, *cell.fused[1](spread[-1], cache)]
    assert_all_equal(first, both_ways(cell.unit, arguments, dh))
    assert_all_equal(second, first)


@both_cells
def test_fused_no_sequences_or_no_steps_give_nothing(cell: Cell) -> None:
    got = both_ways(cell.fused, *case(cell, N=0, T=3, D=3, H=4))
    assert got[0].shape == (0, 3, 4)
    assert not any(gradient.any() for gradient in got[-3:])
    arguments, dh = case(cell, N=2, T=0, D=3, H=4)
    *states, cache = cell.fused[0](*arguments)
    assert [state.shape for state in states] == [(2, 0, 4)] * cell.n_states
    with pytest.raises(InputError, match="at least one step"):
        cell.fused[1](dh, cache)


def test_lstm_closed_gates_stay_finite_without_a_warning() -> None:
    """At -1e5 a plain exp is infinite, and the gate is 0 all the same."""
    cell = CELLS["lstm"]
    (x, *rest), dh = case(cell, N=2, T=4, D=3, H=5)
    got = both_ways(cell.fused, [1e5 * x, *rest], dh)
    assert_all_equal(got[:2], both_ways(cell.unit, [1e5 * x, *rest], dh)[:2])
    assert all(np.isfinite(array).all() for array in got)


@both_cells
def test_fused_misshaped_argument_is_named_with_both_shapes(cell: Cell) -> None:
    (x, *rest), dh = case(cell, N=3, T=6, D=5, H=4)
    with pytest.raises(ShapeError, match=r"x has shape \(6, 3, 5\); expected \(3, T, 5\)"):
        cell.fused[0](x.swapaxes(0, 1), *rest)
    *_, cache = cell.fused[0](x, *rest)
    with pytest.raises(ShapeError, match=r"dh has shape \(3, 5, 4\); expected \(3, 6, 4\)"):
        cell.fused[1](dh[:, 1:], cache)
