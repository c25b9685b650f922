"""The reference of unit 10 against scalar loops, the standard library's statistics and PyTorch."""

import math
import statistics
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_ref import long_memory
from rnn_ref.errors import InputError, ShapeError
from rnn_ref.long_memory import CHUNK, Params, adding_batch, best_unit_probe, bits_per_character
from tests.rnn_ref.scalar_lstm import scalar_lstm_step
from tests.rnn_ref.strategies import FloatArray

# Sums in another order, of numbers near 1: some thousand roundings of 1e-16 each.
ROUNDING = 1e-12
SEEDS = st.integers(0, 2**32 - 1)


# --- the adding problem -------------------------------------------------------------------------


@given(N=st.integers(1, 20), T=st.integers(2, 41), seed=SEEDS)
def test_adding_any_size_has_a_marker_in_each_half_and_their_sum(N: int, T: int, seed: int) -> None:
    x, y = adding_batch(N, T, np.random.default_rng(seed))
    assert x.shape == (N, T, 2)
    assert y.shape == (N,)
    for n in range(N):
        marked = [t for t in range(T) if x[n, t, 1] != 0]
        assert len(marked) == 2
        assert marked[0] < T // 2 <= marked[1]
        assert [x[n, t, 1] for t in marked] == [1, 1]
        assert y[n] == pytest.approx(math.fsum(x[n, t, 0] for t in marked), abs=ROUNDING)
        assert all(0 <= x[n, t, 0] < 1 for t in range(T))


def test_adding_always_answering_1_misses_by_a_sixth() -> None:
    """The sum of two uniform numbers has variance 1/6; the mean of M squares misses by 3 sigma."""
    M = 100_000
    _, y = adding_batch(M, 10, np.random.default_rng(0))
    squares = (y - 1) ** 2  # E = 1/6, and E of the square is 1/15: variance 1/15 - 1/36
    assert abs(squares.mean() - 1 / 6) < 3 * math.sqrt((1 / 15 - 1 / 36) / M)


def test_adding_equal_generators_give_equal_batches_and_each_call_another() -> None:
    rng = np.random.default_rng(5)
    first, second = adding_batch(3, 6, rng)[0], adding_batch(3, 6, rng)[0]
    again = adding_batch(3, 6, np.random.default_rng(5))[0]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, second)


def test_adding_every_place_comes_up() -> None:
    x, _ = adding_batch(400, 7, np.random.default_rng(1))
    # A place of the second half stays empty with chance (3/4)^400, below 1e-49.
    assert (x[:, :, 1].sum(axis=0) > 0).all()


def test_adding_without_room_for_two_markers_raises() -> None:
    with pytest.raises(InputError, match="T is 1"):
        adding_batch(3, 1, np.random.default_rng(0))


# --- bits a character ---------------------------------------------------------------------------


def model(seed: int, V: int, H: int) -> Params:
    rng = np.random.default_rng(seed)
    shapes = {"W_xh": (V, 4 * H), "W_hh": (H, 4 * H), "b": (4 * H,), "W_hy": (H, V), "b_y": (V,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def scalar_bits(params: Params, ids: list[int]) -> float:
    """Code length by scalar loops and exact sums, one character at a time."""
    W_xh, W_hh, b = (params[name].tolist() for name in ("W_xh", "W_hh", "b"))
    V, H = len(params["b_y"]), len(W_hh)
    h, c, bits = [0.0] * H, [0.0] * H, [math.log2(V)]
    for now, after in pairwise(ids):
        h, c = scalar_lstm_step([float(v == now) for v in range(V)], h, c, W_xh, W_hh, b)
        scores = [
            math.fsum(h[j] * float(params["W_hy"][j, v]) for j in range(H))
            + float(params["b_y"][v])
            for v in range(V)
        ]
        total = math.fsum(math.exp(score - scores[after]) for score in scores)
        bits.append(math.log2(total))
    return math.fsum(bits) / len(ids)


@given(seed=SEEDS, V=st.integers(2, 5), H=st.integers(1, 4), length=st.integers(1, 12))
def test_bits_any_text_equals_scalar_loop(seed: int, V: int, H: int, length: int) -> None:
    ids = np.random.default_rng(seed).integers(V, size=length)
    params = model(seed, V, H)
    expected = scalar_bits(params, ids.tolist())
    assert bits_per_character(params, ids) == pytest.approx(expected, abs=ROUNDING)


@pytest.mark.parametrize("length", [CHUNK, CHUNK + 1, CHUNK + 2, 2 * CHUNK + 1])
def test_bits_of_text_longer_than_a_chunk_equal_scalar_loop(length: int) -> None:
    ids = np.random.default_rng(length).integers(4, size=length)
    params = model(1, 4, 3)
    expected = scalar_bits(params, ids.tolist())
    assert bits_per_character(params, ids) == pytest.approx(expected, abs=ROUNDING)


def test_bits_chunk_size_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = np.random.default_rng(3).integers(4, size=50)
    whole = bits_per_character(model(2, 4, 5), ids)
    monkeypatch.setattr(long_memory, "CHUNK", 7)
    assert bits_per_character(model(2, 4, 5), ids) == pytest.approx(whole, abs=ROUNDING)


@given(V=st.integers(2, 100), length=st.integers(1, 30))
def test_bits_of_an_ignorant_model_are_log2_of_the_vocabulary(V: int, length: int) -> None:
    params = {name: np.zeros_like(array) for name, array in model(0, V, 2).items()}
    ids = np.arange(length) % V
    assert bits_per_character(params, ids) == pytest.approx(math.log2(V), abs=ROUNDING)


def test_bits_of_the_notebooks_example_are_two() -> None:
    """Probabilities 1/2 for the second character and 1/8 for the third: (2 + 1 + 3) / 3."""
    params = {name: np.zeros_like(array) for name, array in model(0, 4, 1).items()}
    params["b_y"] = np.log([1 / 2, 1 / 8, 3 / 16, 3 / 16])
    assert bits_per_character(params, np.array([3, 0, 1])) == pytest.approx(2, abs=ROUNDING)


def test_bits_scores_of_1000_stay_finite() -> None:
    params = {**model(4, 3, 2), "b_y": np.array([1000.0, 0.0, -1000.0])}
    assert 0 < bits_per_character(params, np.array([0, 2, 1, 0])) < 4000


def test_bits_of_no_character_or_an_unknown_one_raise() -> None:
    with pytest.raises(InputError, match="empty"):
        bits_per_character(model(0, 3, 2), np.array([], dtype=int))
    for ids in ([0, 3], [3], [-1, 0], [0, -1]):
        with pytest.raises(InputError):
            bits_per_character(model(0, 3, 2), np.array(ids))
    with pytest.raises(ShapeError):
        bits_per_character(model(0, 3, 2), np.array([[0, 1]]))


def test_bits_equal_torch() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is an optional second oracle")
    V, H = 5, 4
    params, ids = model(7, V, H), np.random.default_rng(7).integers(V, size=40)
    order = np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]  # torch has i, f, g, o
    lstm = torch.nn.LSTM(V, H, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(torch.from_numpy(params["W_xh"][:, order].T.copy()))
        lstm.weight_hh_l0.copy_(torch.from_numpy(params["W_hh"][:, order].T.copy()))
        lstm.bias_ih_l0.copy_(torch.from_numpy(params["b"][order]))
        lstm.bias_hh_l0.zero_()
        h, _ = lstm(torch.nn.functional.one_hot(torch.from_numpy(ids[None, :-1]), V).double())
        scores = h[0] @ torch.from_numpy(params["W_hy"]) + torch.from_numpy(params["b_y"])
        nats = torch.nn.functional.cross_entropy(scores, torch.from_numpy(ids[1:]), reduction="sum")
    expected = (float(nats) / math.log(2) + math.log2(V)) / len(ids)
    assert bits_per_character(params, ids) == pytest.approx(expected, rel=1e-12)


# --- the best unit ------------------------------------------------------------------------------


def correlation(a: list[float], b: list[float]) -> float:
    return statistics.correlation(a, b) if len(set(a)) > 1 and len(set(b)) > 1 else 0.0


@given(seed=SEEDS, L=st.integers(4, 40), H=st.integers(1, 6))
def test_best_any_states_equals_statistics_module(seed: int, L: int, H: int) -> None:
    rng = np.random.default_rng(seed)
    h, labels = rng.normal(size=(L, H)), rng.random(L) < 0.5
    half = L // 2
    wanted = labels.astype(float).tolist()
    first = [abs(correlation(h[:half, j].tolist(), wanted[:half])) for j in range(H)]
    unit, r = best_unit_probe(h, labels)
    assert first[unit] == pytest.approx(max(first), abs=ROUNDING)
    assert r == pytest.approx(correlation(h[half:, unit].tolist(), wanted[half:]), abs=1e-9)


@given(seed=SEEDS, scale=st.floats(0.1, 10), shift=st.floats(-5, 5))
def test_best_scale_and_shift_of_units_change_nothing(
    seed: int, scale: float, shift: float
) -> None:
    rng = np.random.default_rng(seed)
    h, labels = rng.normal(size=(30, 4)), np.arange(30) % 3 == 0
    unit, r = best_unit_probe(h, labels)
    same_unit, same_r = best_unit_probe(scale * h + shift, labels)
    turned_unit, turned_r = best_unit_probe(-h, labels)
    assert unit == same_unit == turned_unit
    assert r == pytest.approx(same_r, abs=1e-9) == pytest.approx(-turned_r, abs=1e-9)


def test_best_second_half_has_no_say_in_the_choice() -> None:
    rng = np.random.default_rng(2)
    h, labels = rng.normal(size=(40, 5)), rng.random(40) < 0.5
    other = h.copy()
    other[20:] = rng.normal(size=(20, 5))
    assert best_unit_probe(h, labels)[0] == best_unit_probe(other, labels)[0]


def test_best_constant_units_and_labels_have_no_correlation() -> None:
    labels = np.array([0, 1, 0, 1, 0, 1])
    h: FloatArray = np.stack([np.full(6, 0.1), [0.0, 0.1, 0.1, 0.3, 0.4, 0.3]], axis=1)
    assert best_unit_probe(h, labels)[0] == 1
    assert best_unit_probe(h[:, :1], labels) == (0, 0.0)
    assert best_unit_probe(h, np.array([0, 1, 0, 1, 1, 1])) == (1, 0.0)


def test_best_too_little_text_or_other_lengths_raise() -> None:
    with pytest.raises(InputError, match="3 characters"):
        best_unit_probe(np.zeros((3, 2)), np.zeros(3))
    with pytest.raises(ShapeError):
        best_unit_probe(np.zeros((6, 2)), np.zeros(5))


def test_no_argument_is_changed() -> None:
    params, ids = model(0, 4, 3), np.array([0, 1, 3, 2])
    h, labels = np.random.default_rng(0).normal(size=(8, 2)), np.arange(8) % 2
    before = [array.copy() for array in (*params.values(), ids, h, labels)]
    bits_per_character(params, ids)
    best_unit_probe(h, labels)
    for was, now in zip(before, (*params.values(), ids, h, labels), strict=True):
        np.testing.assert_array_equal(was, now)
