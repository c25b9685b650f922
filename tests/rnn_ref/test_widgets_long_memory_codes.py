"""Unit 10's codes: counts, compressors, the model as it is and adapting."""

import math

import numpy as np
import pytest

from rnn_ref.long_memory import bits_per_character
from rnn_ref.widgets import long_memory_training as training
from rnn_ref.widgets.long_memory_codes import (
    ADAPTIVE_T,
    COMPRESSORS,
    adaptive_bits,
    adaptive_costs,
    compressor_bits,
    counting_bits,
    model_bits,
    states_over,
)
from rnn_ref.widgets.long_memory_text import module_text
from tests.rnn_ref.seen import choosing_ids

START = training.first_weights("LSTM", 96, 8, 96, np.random.default_rng(0))


def test_counting_bits_equal_the_chain_rule_by_hand() -> None:
    """a b a with two characters: 1/2, then 1/2 seen of 2, then 3/2 seen of 3."""
    ids = np.array([0, 1, 0])
    by_hand = -(math.log2(1 / 2) + math.log2(0.5 / 2) + math.log2(1.5 / 3)) / 3
    assert counting_bits(0, ids, 2) == pytest.approx(by_hand)
    # Bigram: the first costs log2 2; after a: 1/2; after b: 1/2.
    assert counting_bits(1, ids, 2) == pytest.approx(1.0)
    # Primed with a b a b: after a came b twice, 2.5 of 3; after b came a once, 1.5 of 2.
    primed = -(math.log2(1 / 2) + math.log2(2.5 / 3) + math.log2(1.5 / 2)) / 3
    assert counting_bits(1, ids, 2, np.array([0, 1, 0, 1])) == pytest.approx(primed)


@pytest.mark.parametrize("name", COMPRESSORS)
def test_compressor_knows_a_text_it_was_primed_with(name: str) -> None:
    text = module_text("textwrap")
    cold = compressor_bits(name, text)
    primed = compressor_bits(name, text[:8000], text[:8000])
    assert 1 < cold < 4
    assert primed < (2.5 if name == "bzip2" else 0.2)


def test_model_bits_equal_the_reference() -> None:
    ids = choosing_ids()[:1300]
    # The fast cell works in single precision: seven digits.
    assert model_bits(START, ids) == pytest.approx(bits_per_character(START, ids), rel=1e-5)
    assert states_over(START, ids).shape == (1300, 8)


def test_adapting_at_rate_zero_is_the_fixed_model() -> None:
    ids = choosing_ids()[:1301]
    assert adaptive_bits(START, ids, 0.0) == pytest.approx(model_bits(START, ids), rel=1e-5)


def test_adapting_learns_from_what_was_read_and_changes_no_argument() -> None:
    before = {name: array.copy() for name, array in START.items()}
    ids = choosing_ids()[:3000]
    assert adaptive_bits(START, ids, 4e-3) < model_bits(START, ids) - 0.5
    for name, array in before.items():
        np.testing.assert_array_equal(START[name], array)


def test_adapting_never_looks_ahead() -> None:
    """Other characters from the 5th stretch on: the first four cost the same, to the last bit."""
    ids = choosing_ids()[: 10 * ADAPTIVE_T]
    other = ids.copy()
    other[4 * ADAPTIVE_T + 1 :] = (other[4 * ADAPTIVE_T + 1 :] + 7) % 96
    costs, changed = (adaptive_costs(START, text, 4e-3) for text in (ids, other))
    np.testing.assert_array_equal(costs[:4], changed[:4])
    assert (costs[4:] != changed[4:]).all()


def test_adapting_costs_of_a_stretch_are_those_of_the_weights_before_it() -> None:
    """The first stretch is paid for by the weights that were given, whatever the rate."""
    ids = choosing_ids()[: ADAPTIVE_T + 1]
    bits = model_bits(START, ids) * len(ids)
    assert adaptive_costs(START, ids, 1.0).tolist() == [pytest.approx(bits, rel=1e-5)]
