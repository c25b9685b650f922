"""The fused kernels give what the units' plain functions give."""

import os
import subprocess
import sys
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
from rnn_ref.fused import buffers, pairs, sequences
from rnn_ref.fused import lstm as lstm_kernel

# Sums in another order differ in the last places; the issue asks for 1e-10.
EQUAL = {"rtol": 0.0, "atol": 1e-10}
Arrays = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class Cell:
    """The same functions from both sides."""

    fused_forward: Callable[..., Any]
    fused_backward: Callable[..., Any]
    plain_forward: Callable[..., Any]
    plain_backward: Callable[..., Any]
    n_states: int
    n_gates: int

    def fused(self, x: Any, rest: Arrays, dh: Any) -> Arrays:
        *outputs, cache = self.fused_forward(x, *rest)
        return [*outputs, *self.fused_backward(dh, cache)]

    def plain(self, x: Any, rest: Arrays, dh: Any) -> Arrays:
        *outputs, cache = self.plain_forward(x, *rest)
        return [*outputs, *self.plain_backward(dh, cache)]


CELLS = {
    "rnn": Cell(
        fused.rnn_forward,
        fused.rnn_backward,
        recurrence.rnn_forward,
        bptt.rnn_backward,
        n_states=1,
        n_gates=1,
    ),
    "lstm": Cell(
        fused.lstm_forward,
        fused.lstm_backward,
        lstm.lstm_forward,
        lstm_gradients.lstm_backward,
        n_states=2,
        n_gates=4,
    ),
}
both_cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


@dataclass(frozen=True)
class Case:
    """Inputs, everything after them, and the upstream gradient."""

    x: npt.NDArray[Any]
    rest: Arrays
    dh: npt.NDArray[Any]

    @property
    def arrays(self) -> Arrays:
        return [self.x, *self.rest, self.dh]


def case(
    cell: Cell, N: int, T: int, D: int, H: int, seed: int = 0, scale: float = 1.0, ids: bool = False
) -> Case:
    rng = np.random.default_rng(seed)
    G = cell.n_gates * H
    states = [rng.uniform(-0.9, 0.9, size=(N, H)) for _ in range(cell.n_states)]
    weights = [scale * rng.normal(size=shape) for shape in [(D, G), (H, G), (G,)]]
    x = rng.integers(0, D, size=(N, T)) if ids else rng.normal(size=(N, T, D))
    return Case(x, [*states, *weights], rng.normal(size=(N, T, H)))


def assert_all_equal(got: Arrays, expected: Arrays, **tolerance: float) -> None:
    assert len(got) == len(expected)
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, **(tolerance or EQUAL))


size = st.integers(1, 6)
sizes = st.fixed_dictionaries(dict.fromkeys("NTDH", size) | {"seed": st.integers(0, 2**32 - 1)})


@both_cells
@settings(deadline=None)  # a busy machine is no mistake
@given(shape=sizes)
def test_fused_any_shape_equals_unit(cell: Cell, shape: dict[str, int]) -> None:
    c = case(cell, **shape)
    assert_all_equal(cell.fused(c.x, c.rest, c.dh), cell.plain(c.x, c.rest, c.dh))


@both_cells
@settings(deadline=None)  # a busy machine is no mistake
@given(shape=sizes)
def test_fused_ids_equal_one_hot_rows(cell: Cell, shape: dict[str, int]) -> None:
    c = case(cell, **shape, ids=True)
    n_outputs = cell.n_states
    got = cell.fused(c.x, c.rest, c.dh)
    expected = cell.plain(np.eye(shape["D"])[c.x], c.rest, c.dh)
    assert got[n_outputs] is None  # dx: nothing flows into a choice
    assert_all_equal(
        got[:n_outputs] + got[n_outputs + 1 :], expected[:n_outputs] + expected[n_outputs + 1 :]
    )


@both_cells
@pytest.mark.parametrize(
    ("N", "T"),
    [
        (1, 2 * sequences.BLOCK_ROWS + 3),  # three blocks, the last one short
        (sequences.BLOCK_ROWS + 5, 7),  # a block of a single step
        (17, sequences.WORTH_A_COPY // 17 + 1),  # W_hh is copied for the way back
    ],
)
def test_fused_many_blocks_equal_unit(cell: Cell, N: int, T: int) -> None:
    c = case(cell, N, T, D=5, H=8, scale=0.3)
    assert_all_equal(cell.fused(c.x, c.rest, c.dh), cell.plain(c.x, c.rest, c.dh))


@both_cells
@pytest.mark.parametrize("most", [10**6, 0], ids=["in parts", "whole"])
@pytest.mark.parametrize("H", [16, 48, 128])  # parts of 16, 16 and 64 columns
def test_fused_products_in_parts_equal_unit(
    cell: Cell, H: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequences, "SMALL_PRODUCT", most)
    c = case(cell, N=3, T=4, D=5, H=H, scale=0.1)
    assert_all_equal(cell.fused(c.x, c.rest, c.dh), cell.plain(c.x, c.rest, c.dh))


@pytest.mark.parametrize(
    ("H", "large_weights", "beside"),
    [
        (64, 1 << 22, True),
        (64, 0, True),
        (32, 1 << 22, True),
        (32, 0, False),  # large, and parts of 32 columns
        (16, 1 << 22, False),  # parts of 16 columns
    ],
)
def test_lstm_inputs_beside_the_states_equal_unit(
    H: int, large_weights: int, beside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequences, "SMALL_PRODUCT", 10**6)
    monkeypatch.setattr(lstm_kernel, "LARGE_WEIGHTS", large_weights)
    cell = CELLS["lstm"]
    c = case(cell, N=3, T=4, D=5, H=H, scale=0.1)
    *_, cache = fused.lstm_forward(c.x, *c.rest)
    assert (cache.x is None) == beside
    assert_all_equal(cell.fused(c.x, c.rest, c.dh), cell.plain(c.x, c.rest, c.dh))


@both_cells
@pytest.mark.parametrize("T", [2, 40])  # weights as they are; copies of them
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_fused_weights_in_pairs_equal_unit(
    cell: Cell, T: int, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    def pair_product(W: Any, out: Any) -> Any:
        taken.append(W.flags.c_contiguous)
        return pairs.pair_product(W, out)

    monkeypatch.setattr(pairs, "WORTH_IT", range(1, 10**6))
    monkeypatch.setattr(pairs, "threads", lambda: 2)
    monkeypatch.setattr(sequences, "pair_product", pair_product)
    c = case(cell, N=1, T=T, D=3, H=6, scale=0.3)
    x, *rest, dh = (array.astype(dtype) for array in c.arrays)
    tolerance = EQUAL["atol"] if dtype == "float64" else 2e-5
    assert_all_equal(cell.fused(x, rest, dh), cell.plain(c.x, c.rest, c.dh), atol=tolerance)
    assert taken == [True, False]  # forwards, and back with the transposed matrix


@pytest.mark.parametrize(
    ("shape", "spread", "threads", "worth_it"),
    [
        ((256, 1024), False, 2, True),
        ((1024, 256), True, 2, True),  # transposed, pairs along what were rows
        ((256, 1024), False, 1, False),
        ((64, 256), False, 2, False),  # one thread reads it as fast
        ((512, 2048), False, 2, False),  # shared out anyway
        ((257, 1023), False, 2, False),  # no pairs
    ],
)
def test_pairs_are_worth_it_for_some_matrices(
    shape: tuple[int, int],
    spread: bool,
    threads: int,
    worth_it: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pairs, "threads", lambda: threads)
    W = np.zeros(shape[::-1]).T if spread else np.zeros(shape)
    assert pairs.are_worth_it(W) == worth_it
    assert not pairs.are_worth_it(np.repeat(W, 2, axis=0)[::2])


def test_step_product_in_parts_takes_columns_in_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sequences, "SMALL_PRODUCT", 10**6)
    rng = np.random.default_rng(0)
    W, rows, out = rng.normal(size=(7, 192)), rng.normal(size=(5, 7)), np.empty((2, 5, 96))
    multiply, parts, view = sequences.step_product(W, out, rows=5)
    assert parts.shape == (2, 3, 7, 32)
    multiply(rows, parts, view)
    np.testing.assert_allclose(out, np.stack(np.split(rows @ W, 2, axis=1)), **EQUAL)


@both_cells
@pytest.mark.parametrize("D", [3, 40])  # fewer or more than four times the rows
@pytest.mark.parametrize(("N", "T"), [(1, 1), (1, 9), (9, 1)])
def test_fused_single_sequence_or_step_equals_unit(cell: Cell, N: int, T: int, D: int) -> None:
    c = case(cell, N, T, D, H=4, scale=0.3)
    assert_all_equal(cell.fused(c.x, c.rest, c.dh), cell.plain(c.x, c.rest, c.dh))


@both_cells
@pytest.mark.parametrize("ids", [False, True], ids=["numbers", "ids"])
def test_fused_no_steps_gives_empty_states_and_no_gradient(cell: Cell, ids: bool) -> None:
    c = case(cell, N=2, T=0, D=3, H=4, ids=ids)
    *outputs, cache = cell.fused_forward(c.x, *c.rest)
    assert [output.shape for output in outputs] == [(2, 0, 4)] * cell.n_states
    with pytest.raises(InputError):
        cell.fused_backward(c.dh, cache)


@both_cells
def test_fused_no_sequences_gives_zero_gradients(cell: Cell) -> None:
    c = case(cell, N=0, T=3, D=3, H=4)
    got = cell.fused(c.x, c.rest, c.dh)
    assert got[0].shape == (0, 3, 4)
    assert all(not gradient.any() for gradient in got[-3:])


@both_cells
def test_fused_scattered_memory_equals_contiguous(cell: Cell) -> None:
    c = case(cell, N=3, T=5, D=4, H=6)
    spread = [np.asfortranarray(np.repeat(a, 2, axis=-1))[..., ::2] for a in c.arrays]
    assert not spread[0].flags.c_contiguous
    x, *rest, dh = spread
    assert_all_equal(cell.fused(x, rest, dh), cell.plain(c.x, c.rest, c.dh))


@both_cells
@pytest.mark.parametrize("ids", [False, True], ids=["numbers", "ids"])
def test_fused_arguments_stay_and_second_call_agrees(cell: Cell, ids: bool) -> None:
    c = case(cell, N=3, T=5, D=4, H=6, ids=ids)
    before = [array.copy() for array in c.arrays]
    for array in c.arrays:
        array.setflags(write=False)
    *outputs, cache = cell.fused_forward(c.x, *c.rest)
    outputs = [output.copy() for output in outputs]
    first = cell.fused_backward(c.dh, cache)
    second = cell.fused_backward(c.dh, cache)  # the cache is as it was
    *again, _ = cell.fused_forward(c.x, *c.rest)
    for a, b in zip([*first, *outputs], [*second, *again], strict=True):
        np.testing.assert_array_equal(a, b)
    for array, copy in zip(c.arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@both_cells
def test_fused_two_caches_do_not_disturb_each_other(cell: Cell) -> None:
    # Large enough for memory that is used again.
    c, d = (case(cell, N=16, T=20, D=16, H=16, seed=seed, scale=0.3) for seed in (1, 2))
    *_, cache_c = cell.fused_forward(c.x, *c.rest)
    *_, cache_d = cell.fused_forward(d.x, *d.rest)
    got_c, got_d = cell.fused_backward(c.dh, cache_c), cell.fused_backward(d.dh, cache_d)
    assert_all_equal(list(got_c), cell.plain(c.x, c.rest, c.dh)[cell.n_states :])
    assert_all_equal(list(got_d), cell.plain(d.x, d.rest, d.dh)[cell.n_states :])


@pytest.mark.parametrize("held", ["states", "cells", "cache"])
def test_lstm_arrays_in_use_are_not_lent_again(held: str) -> None:
    c, d = (case(CELLS["lstm"], N=4, T=5, D=3, H=6, seed=seed) for seed in (1, 2))
    h, cells, cache = fused.lstm_forward(c.x, *c.rest)
    kept = {"states": h, "cells": cells, "cache": cache}[held]
    before = {"states": h.copy(), "cells": cells.copy()}
    del h, cells, cache
    fused.lstm_backward(d.dh, fused.lstm_forward(d.x, *d.rest)[2])
    if isinstance(kept, fused.LSTMSequence):
        got, expected = fused.lstm_backward(c.dh, kept)[1:], CELLS["lstm"].plain(c.x, c.rest, c.dh)
        assert_all_equal(list(got), expected[3:])
    else:
        np.testing.assert_array_equal(kept, before[held])


@both_cells
@pytest.mark.parametrize("N", [1, 3])
@pytest.mark.parametrize("kept", range(6))
def test_fused_gradients_outlive_the_next_sequence_of_the_same_sizes(
    cell: Cell, N: int, kept: int
) -> None:
    c = case(cell, N, T=5, D=3, H=6)
    *_, cache = cell.fused_forward(c.x, *c.rest)
    gradients = cell.fused_backward(c.dh, cache)
    gradient = gradients[min(kept, len(gradients) - 1)]
    before = gradient.copy()
    del cache, gradients, _  # nothing but this one gradient holds on to memory
    cell.fused(c.x * 2, c.rest, c.dh * 3)
    np.testing.assert_array_equal(gradient, before)


def test_lstm_arrays_are_used_again_when_nobody_looks_at_them() -> None:
    c = case(CELLS["lstm"], N=4, T=5, D=3, H=6)
    used = {id(fused.lstm_forward(c.x, *c.rest)[2].arrays) for _ in range(5)}
    assert len(used) == 1


@both_cells
def test_fused_single_precision_stays_single(cell: Cell) -> None:
    c = case(cell, N=3, T=5, D=4, H=6, scale=0.3)
    x, *rest, dh = (array.astype(np.float32) for array in c.arrays)
    got = cell.fused(x, rest, dh)
    assert {array.dtype for array in got} == {np.dtype(np.float32)}
    # Five steps and sums of at most 18 products, each rounded to 6e-8 of numbers below 10.
    assert_all_equal(got, cell.plain(c.x, c.rest, c.dh), atol=2e-5)


@both_cells
def test_fused_one_double_argument_makes_double(cell: Cell) -> None:
    c = case(cell, N=2, T=3, D=4, H=5)
    h, *_ = cell.fused(c.x.astype(np.float32), c.rest, c.dh)
    assert h.dtype == np.float64


def test_lstm_closed_gates_stay_finite_without_a_warning() -> None:
    # At -1e5 the plain exp is infinite, and the gate is 0 all the same.
    cell = CELLS["lstm"]
    c = case(cell, N=2, T=4, D=3, H=5)
    got = cell.fused(1e5 * c.x, c.rest, c.dh)
    assert_all_equal(got[:2], cell.plain(1e5 * c.x, c.rest, c.dh)[:2])
    assert all(np.isfinite(array).all() for array in got)


@both_cells
def test_fused_misshaped_argument_is_named_with_both_shapes(cell: Cell) -> None:
    c = case(cell, N=3, T=6, D=5, H=4)
    with pytest.raises(ShapeError, match=r"x has shape \(6, 3, 5\); expected \(3, T, 5\)"):
        cell.fused_forward(c.x.swapaxes(0, 1), *c.rest)
    with pytest.raises(ShapeError, match=r"x has shape \(4, 6\); expected \(3, T\)"):
        cell.fused_forward(np.zeros((4, 6), dtype=int), *c.rest)
    *_, cache = cell.fused_forward(c.x, *c.rest)
    with pytest.raises(ShapeError, match=r"dh has shape \(3, 5, 4\); expected \(3, 6, 4\)"):
        cell.fused_backward(c.dh[:, 1:], cache)


@both_cells
@pytest.mark.parametrize("wrong", [-1, 5])
def test_fused_id_without_a_row_is_refused(cell: Cell, wrong: int) -> None:
    c = case(cell, N=2, T=3, D=5, H=4, ids=True)
    ids = c.x.copy()
    ids[1, 2] = wrong
    with pytest.raises(InputError, match="expected 0 to 4"):
        cell.fused_forward(ids, *c.rest)


# --- what BLAS is -------------------------------------------------------------------------------

TELL = "from rnn_ref.fused import blas, sequences; print(blas.core(), sequences.SMALL_PRODUCT)"


@pytest.mark.parametrize(("core", "most"), [("Haswell", "0"), ("SkylakeX", "1000000")])
def test_parts_are_taken_where_openblas_has_a_kernel_for_small_products(
    core: str, most: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", TELL],
        env={**os.environ, "OPENBLAS_CORETYPE": core},
        capture_output=True,
        text=True,
        check=True,
    )
    told = run.stdout.split(" ")
    if told[0] != core:
        pytest.skip(f"NumPy's BLAS cannot compute for {core} on this machine")
    assert told[1].strip() == most


# --- memory that is used again ----------------------------------------------------------------


def test_buffer_in_use_is_not_handed_out_again() -> None:
    shape = (64, buffers.MIN_BYTES // 64)
    first = buffers.buffer(shape, np.float64)
    first[:] = 1.0
    row = first[3]
    del first  # a view of it is left
    for _ in range(3):
        buffers.buffer(shape, np.float64)[:] = 2.0
    np.testing.assert_array_equal(row, 1.0)


def test_buffer_unused_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffers, "MAX_BYTES_KEPT", 4 * buffers.MIN_BYTES)
    held = [buffers.buffer((k * buffers.MIN_BYTES,), np.uint8) for k in range(1, 6)]
    held.clear()
    kept = [memory.nbytes // buffers.MIN_BYTES for _, memory in buffers._kept.values()]
    assert sum(kept) <= 4


@pytest.mark.parametrize("n_bytes", [buffers.MIN_BYTES, 10 * buffers.MIN_BYTES + 4])
def test_buffer_begins_at_the_edge_of_a_cache_line(n_bytes: int) -> None:
    held = [buffers.buffer((n_bytes // 4,), np.float32) for _ in range(4)]
    assert {array.ctypes.data % buffers.CACHE_LINE for array in held} == {0}


@pytest.mark.parametrize("shape", [(), (0, 5), (3, 4), (300, 400)])
def test_buffer_has_the_shape_and_type_of_an_empty_array(shape: tuple[int, ...]) -> None:
    array = buffers.buffer(shape, np.float32)
    assert array.shape == shape
    assert array.dtype == np.float32
    assert array.flags.writeable
    assert array.flags.c_contiguous
