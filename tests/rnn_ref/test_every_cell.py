"""What every cell of the course keeps to, the graded and the ungraded: one way through time."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rnn_ref.extension_cells import CELLS, ROUNDING, any_sizes, case
from tests.rnn_ref.strategies import FloatArray

UNITS = {"rnn": "recurrence", "lstm": "lstm"}
EVERY = pytest.mark.parametrize(
    "name", [pytest.param(name, id=UNITS.get(name, f"extensions-{name}")) for name in CELLS]
)


def read(name: str, x: FloatArray, arguments: Any) -> tuple[tuple[FloatArray, ...], Any]:
    """Return the states, for an LSTM both kinds, and the cache."""
    *states, cache = CELLS[name].forward(x, *arguments)
    return tuple(states), cache


@EVERY
@given(sizes=any_sizes, data=st.data())
def test_cell_split_anywhere_equals_whole(name: str, sizes: Any, data: st.DataObject) -> None:
    x, arguments, _ = case(CELLS[name], **sizes)
    count = CELLS[name].states
    cut = data.draw(st.integers(0, x.shape[1]), label="cut")
    whole, whole_cache = read(name, x, arguments)
    first, first_cache = read(name, x[:, :cut], arguments)
    between = [states[:, -1] for states in first[:count]] if cut else arguments[:count]
    second, second_cache = read(name, x[:, cut:], (*between, *arguments[count:]))
    for one, two, both in zip(first, second, whole, strict=True):
        np.testing.assert_allclose(np.concatenate([one, two], axis=1), both, **ROUNDING)
    if not name.startswith("mingru"):  # its cache is one for all steps
        assert len(first_cache) + len(second_cache) == len(whole_cache)


@EVERY
@given(sizes=any_sizes)
def test_cell_each_sequence_alone_equals_its_row_of_the_batch(name: str, sizes: Any) -> None:
    x, arguments, _ = case(CELLS[name], **sizes)
    count = CELLS[name].states
    together, _ = read(name, x, arguments)
    for n in range(len(x)):
        row = slice(n, n + 1)
        first = [states[row] for states in arguments[:count]]
        alone, _ = read(name, x[row], (*first, *arguments[count:]))
        for one, all_rows in zip(alone, together, strict=True):
            np.testing.assert_allclose(one, all_rows[row], **ROUNDING)


@EVERY
@given(sizes=any_sizes)
def test_cell_later_input_leaves_earlier_states_alone(name: str, sizes: Any) -> None:
    x, arguments, _ = case(CELLS[name], **sizes)
    changed = x.copy()
    changed[:, -1] += 1.0
    before, after = read(name, x, arguments)[0], read(name, changed, arguments)[0]
    for earlier, later in zip(before, after, strict=True):
        np.testing.assert_array_equal(earlier[:, :-1], later[:, :-1])


@EVERY
@pytest.mark.parametrize(("N", "T"), [(0, 3), (2, 0), (0, 0)])
def test_cell_nothing_to_read_gives_empty_states(name: str, N: int, T: int) -> None:
    x, arguments, _ = case(CELLS[name], N=N, T=T)
    states, cache = read(name, x, arguments)
    assert all(one.shape == (N, T, 4) for one in states)
    assert name.startswith("mingru") or len(cache) == T
