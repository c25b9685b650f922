"""The reference of unit 03 against plain Python, character by character, and its properties."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_ref.char_lm import build_vocabulary, decode, encode, make_batches, one_hot
from rnn_ref.errors import InputError, ShapeError

texts = st.text(max_size=60)  # any Unicode but lone surrogates, which are no text


@st.composite
def cuts(draw: st.DrawFn) -> tuple[int, int, int]:
    """(L, N, T) with at least one full batch."""
    N, T = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    return draw(st.integers(N * T + 1, 6 * N * T + 3)), N, T


# --- vocabulary, encode, decode ---------------------------------------------------------------


@given(texts)
def test_vocabulary_any_text_maps_undo_each_other(text: str) -> None:
    char_to_id, id_to_char = build_vocabulary(text)
    assert set(char_to_id) == set(text)
    assert sorted(id_to_char) == list(range(len(char_to_id)))
    assert all(char_to_id[id_to_char[i]] == i for i in id_to_char)


@given(texts, st.randoms(use_true_random=False))
def test_vocabulary_shuffled_text_gives_the_same(text: str, random: Any) -> None:
    characters = list(text)
    random.shuffle(characters)
    assert build_vocabulary("".join(characters)) == build_vocabulary(text)


def test_vocabulary_order_is_by_code_point() -> None:
    _, id_to_char = build_vocabulary("zebra Äé\n😀Z")
    assert "".join(id_to_char.values()) == "\n Zaberz\u00c4\u00e9😀"


def test_vocabulary_characters_of_two_code_points_are_two() -> None:
    char_to_id, _ = build_vocabulary("e\u0301")  # é, written as e and an accent
    assert char_to_id == {"e": 0, "\u0301": 1}


@given(texts)
def test_encode_then_decode_any_text_returns_it(text: str) -> None:
    char_to_id, id_to_char = build_vocabulary(text)
    ids = encode(text, char_to_id)
    assert ids.shape == (len(text),)
    assert ids.dtype == np.int64
    assert decode(ids, id_to_char) == text


@given(texts)
def test_encode_any_text_equals_position_in_the_sorted_characters(text: str) -> None:
    ordered = sorted(set(text))
    expected = [ordered.index(character) for character in text]
    assert encode(text, build_vocabulary(text)[0]).tolist() == expected


def test_encode_unknown_character_is_named_with_its_place() -> None:
    with pytest.raises(InputError, match="Character 'x' at position 3 is not in the vocabulary"):
        encode("helxo", build_vocabulary("hello")[0])


def test_encode_unknown_character_large_vocabulary_is_cut_short() -> None:
    vocabulary = {chr(i): i - 97 for i in range(97, 97 + 26)}
    with pytest.raises(InputError, match="V = 26: 'abcdefghijklmnopqrst', …"):
        encode("A", vocabulary)


@pytest.mark.parametrize("wrong", [-1, 4, 99])
def test_decode_unknown_id_is_named_with_its_place(wrong: int) -> None:
    with pytest.raises(InputError, match=f"Id {wrong} at position 1 .* expected 0 to 3"):
        decode(np.array([0, wrong]), build_vocabulary("hello")[1])


def test_decode_batch_of_texts_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"ids has shape \(1, 2\); expected \(T,\)"):
        decode(np.array([[0, 1]]), build_vocabulary("hello")[1])


# --- one-hot ----------------------------------------------------------------------------------


@given(st.integers(1, 9), st.data())
def test_one_hot_any_ids_equals_loop(V: int, data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from([(), (3,), (2, 4), (2, 0), (2, 3, 2)]))
    size = math.prod(shape)
    flat = data.draw(st.lists(st.integers(0, V - 1), min_size=size, max_size=size))
    x = one_hot(np.array(flat, dtype=np.int64).reshape(shape), V)
    expected = [[1.0 if v == i else 0.0 for v in range(V)] for i in flat]
    np.testing.assert_array_equal(x, np.reshape(expected, (*shape, V)))
    assert x.dtype == np.float64


@given(st.lists(st.integers(0, 6), max_size=20))
def test_one_hot_argmax_returns_the_ids(ids: list[int]) -> None:
    x = one_hot(np.array(ids, dtype=np.uint8), 7)
    np.testing.assert_array_equal(x.argmax(axis=-1), ids)


def test_one_hot_times_matrix_picks_rows() -> None:
    W = np.random.default_rng(0).normal(size=(5, 3))
    ids = np.array([[4, 0], [2, 4]])
    np.testing.assert_array_equal(one_hot(ids, 5) @ W, W[ids])


@pytest.mark.parametrize("wrong", [-1, 4, 300])
def test_one_hot_id_out_of_range_is_named(wrong: int) -> None:
    with pytest.raises(InputError, match=f"Id {wrong} is out of range; expected 0 to 3"):
        one_hot(np.array([[0, 3], [wrong, 1]]), 4)


def test_one_hot_fractions_are_refused() -> None:
    with pytest.raises(InputError, match="ids has dtype float64; expected integers"):
        one_hot(np.array([0.0, 1.5]), 4)


# --- batches ----------------------------------------------------------------------------------


@given(cuts())
def test_batches_any_cut_equals_index_arithmetic(cut: tuple[int, int, int]) -> None:
    L, N, T = cut
    ids = np.random.default_rng(L).integers(0, 50, size=L)
    inputs, targets = make_batches(ids, N, T)
    B = (L - 1) // (N * T)
    assert inputs.shape == targets.shape == (B, N, T)
    for b, n, t in np.ndindex(B, N, T):
        place = n * B * T + b * T + t
        assert inputs[b, n, t] == ids[place]
        assert targets[b, n, t] == ids[place + 1]


@given(cuts())
def test_batches_any_cut_loses_and_doubles_nothing(cut: tuple[int, int, int]) -> None:
    L, N, T = cut
    inputs, targets = make_batches(np.arange(L), N, T)  # each id is its own place
    used = inputs.size
    assert sorted(inputs.ravel()) == list(range(used))
    assert sorted(targets.ravel()) == list(range(1, used + 1))
    assert 0 <= L - 1 - used < N * T


@given(cuts())
def test_batches_rows_go_on_in_the_next_batch(cut: tuple[int, int, int]) -> None:
    L, N, T = cut
    inputs, targets = make_batches(np.arange(L), N, T)
    np.testing.assert_array_equal(inputs[1:, :, 0], targets[:-1, :, -1])
    np.testing.assert_array_equal(inputs[:, :, 1:], targets[:, :, :-1])


def test_batches_hello_one_row_is_the_slides_example() -> None:
    char_to_id, id_to_char = build_vocabulary("hello")
    inputs, targets = make_batches(encode("hello", char_to_id), N=1, T=4)
    assert decode(inputs[0, 0], id_to_char) == "hell"
    assert decode(targets[0, 0], id_to_char) == "ello"


def test_batches_result_does_not_share_memory() -> None:
    ids = np.arange(13)
    inputs, targets = make_batches(ids, 2, 3)
    assert not np.shares_memory(inputs, ids)
    assert not np.shares_memory(inputs, targets)


def test_batches_text_one_too_short_says_how_many_are_needed() -> None:
    make_batches(np.arange(7), 2, 3)
    with pytest.raises(InputError, match=r"There are 6 ids; .* needs 7"):
        make_batches(np.arange(6), 2, 3)


@pytest.mark.parametrize(("N", "T"), [(0, 3), (2, 0), (-1, 2)])
def test_batches_no_rows_or_steps_are_refused(N: int, T: int) -> None:
    with pytest.raises(InputError, match="expected both to be at least 1"):
        make_batches(np.arange(7), N, T)


def test_batches_two_axes_are_refused() -> None:
    with pytest.raises(ShapeError, match="ids has shape"):
        make_batches(np.zeros((7, 1), dtype=int), 2, 3)


@given(cuts())
def test_functions_leave_their_arguments_alone(cut: tuple[int, int, int]) -> None:
    L, N, T = cut
    ids = np.arange(L)
    before = ids.copy()
    make_batches(ids, N, T)
    one_hot(ids, L)
    decode(ids, {i: chr(i) for i in range(L)})
    np.testing.assert_array_equal(ids, before)
