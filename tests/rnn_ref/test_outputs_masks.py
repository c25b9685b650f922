"""The masks and the padding of unit 02 against lists of steps, and through a whole network."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.outputs import (
    PATTERNS,
    loss_mask,
    output_backward,
    output_forward,
    pad_and_mask,
    softmax_cross_entropy,
)
from rnn_ref.recurrence import rnn_forward
from tests.rnn_ref.strategies import network

# Sums of some dozen products in another order differ in the last places of numbers near 10.
ROUNDING = {"rtol": 1e-12, "atol": 1e-12}


sizes = st.integers(1, 5)


seeds = st.integers(0, 2**32 - 1)


# --- masks ----------------------------------------------------------------------------------------


def counted_steps(pattern: str, n_in: int, n_out: int) -> list[int]:
    """Step by step from the picture: which steps carry a target, without a formula for all."""
    match pattern:
        case "one-to-one":
            return [0]
        case "one-to-many" | "aligned":
            return list(range(n_out))
        case "many-to-one":
            return [n_in - 1]
        case _:
            return [n_in - 1 + k for k in range(n_out)]


def lengths(pattern: str, N: int, rng: np.random.Generator) -> tuple[Any, Any]:
    n_in, n_out = rng.integers(1, 6, size=N), rng.integers(0, 5, size=N)
    if pattern.startswith("one-"):
        n_in[:] = 1
    if pattern.endswith("-one"):
        n_out[:] = 1
    return n_in, n_in if pattern == "aligned" else n_out


@given(st.sampled_from(sorted(PATTERNS)), sizes, st.integers(0, 3), seeds)
def test_loss_mask_any_pattern_equals_list_of_steps(
    pattern: str, N: int, more: int, seed: int
) -> None:
    n_in, n_out = lengths(pattern, N, np.random.default_rng(seed))
    steps = [counted_steps(pattern, i, o) for i, o in zip(n_in, n_out, strict=True)]
    T = max([1, *(row[-1] + 1 for row in steps if row)]) + more
    T = max(T, int(n_in.max()))
    mask = loss_mask(pattern, T, n_in, n_out)
    assert mask.dtype == bool
    assert [np.flatnonzero(row).tolist() for row in mask] == steps


@pytest.mark.parametrize(
    ("pattern", "T", "n_in", "n_out"),
    [
        ("one-to-some", 4, [1], [1]),
        ("many-to-many", 4, [3], [3]),
        ("aligned", 2, [3], [3]),
        ("aligned", 4, [3], [2]),
        ("one-to-many", 4, [2], [2]),
        ("many-to-one", 4, [2], [2]),
        ("many-to-many", 4, [0], [2]),
    ],
)
def test_loss_mask_impossible_request_raises(
    pattern: str, T: int, n_in: list[int], n_out: list[int]
) -> None:
    with pytest.raises(InputError):
        loss_mask(pattern, T, n_in, n_out)


def test_loss_mask_one_number_for_the_batch_raises() -> None:
    with pytest.raises(ShapeError):
        loss_mask("aligned", 3, 2, 2)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), sizes, seeds)
def test_pad_and_mask_any_lengths_can_be_undone(lengths: list[int], D: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sequences = [rng.normal(size=(length, D)) for length in lengths]
    padded, mask = pad_and_mask(sequences)
    assert padded.shape == (len(lengths), max(lengths), D)
    assert mask.sum(axis=1).tolist() == lengths
    np.testing.assert_array_equal(padded[~mask], 0.0)
    for n, sequence in enumerate(sequences):
        np.testing.assert_array_equal(padded[n, : len(sequence)], sequence)
        np.testing.assert_array_equal(padded[n][mask[n]], sequence)


def test_pad_and_mask_ids_stay_integers_and_id_zero_counts() -> None:
    padded, mask = pad_and_mask([np.array([0, 3]), np.array([0])])
    assert padded.dtype.kind == "i"
    np.testing.assert_array_equal(mask, [[True, True], [True, False]])


@pytest.mark.parametrize(
    "sequences",
    [[], [np.zeros((2, 3)), np.zeros((2, 4))], [np.zeros((2, 3)), np.zeros(2)], [np.array(1.0)]],
)
def test_pad_and_mask_sequences_that_do_not_fit_raise(sequences: list[Any]) -> None:
    with pytest.raises(InputError):
        pad_and_mask(sequences)


# --- all of them together -------------------------------------------------------------------------


def loss_and_gradients(net: Any, W_hy: Any, x: Any, targets: Any, mask: Any) -> list[Any]:
    h, _ = rnn_forward(x, net.h_0, *net.weights)
    scores, cache = output_forward(h, W_hy, np.zeros(W_hy.shape[1]))
    loss, dscores = softmax_cross_entropy(scores, targets, mask)
    _, dW_hy, db_y = output_backward(dscores, cache)
    return [loss, dW_hy, db_y]


@given(st.integers(0, 4), seeds)
def test_network_padding_of_the_inputs_changes_neither_loss_nor_gradients(
    more: int, seed: int
) -> None:
    """From padded inputs to the gradients of the weights: what fills a batch up leaves no trace."""
    rng = np.random.default_rng(seed)
    net = network(N=3, T=1, D=2, H=4, seed=seed)
    W_hy, n_in = rng.normal(size=(4, 5)), rng.integers(1, 5, size=3)
    x, mask = pad_and_mask([rng.normal(size=(n, 2)) for n in n_in])
    targets = rng.integers(5, size=mask.shape)
    noise = rng.normal(size=(3, x.shape[1] + more, 2))
    noise[:, : x.shape[1]][mask] = x[mask]
    longer = loss_mask("aligned", x.shape[1] + more, n_in, n_in)
    ids = rng.integers(5, size=longer.shape)
    ids[longer] = targets[mask]
    before = loss_and_gradients(net, W_hy, x, targets, mask)
    after = loss_and_gradients(net, W_hy, noise, ids, longer)
    for got, want in zip(after, before, strict=True):
        np.testing.assert_allclose(got, want, **ROUNDING)
