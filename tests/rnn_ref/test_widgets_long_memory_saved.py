"""Unit 10's saved runs: the goals they meet, and the numbers that the notebook tells of them."""

import math
import sys
from functools import cache

import numpy as np
import pytest

from rnn_ref.long_memory import CHUNK, best_unit_probe, bits_per_character
from rnn_ref.widgets.long_memory_codes import model_bits
from rnn_ref.widgets.long_memory_pictures import control
from rnn_ref.widgets.long_memory_saved import load_model, load_results, read_both_halves
from rnn_ref.widgets.long_memory_text import MODULES, OF_A_PASSAGE, PACKAGES
from rnn_ref.widgets.long_memory_text import PASSAGES as COUNT_OF_PASSAGES
from rnn_ref.widgets.long_memory_training import (
    Arrays,
    FloatArray,
    IntArray,
    read,
    train_adding,
    zero_state,
)
from tests.rnn_ref.seen import cells_of, choosing_ids

PASSAGES, NEW_MODULES = range(2)  # rows of all bits
_, FIXED, ADAPTING = range(3)  # columns of the networks' bits; the first is untrained
COLD, PRIMED = range(2)
STRETCHES = 8


def test_saved_runs_of_the_adding_problem_meet_the_goal() -> None:
    rnn, lstm = load_results()["adding"]
    assert len(rnn) >= 5
    assert (lstm[:, -2:].mean(axis=1) < 0.01).all()
    assert (rnn[:, -2:].mean(axis=1) > 0.1).all()


def side_by_side(params: Arrays, ids: IntArray) -> float:
    """Return `model_bits` of the text as stretches that are read at once: a sixth of the time."""
    length, state = len(ids) // STRETCHES, zero_state("LSTM", STRETCHES, len(params["W_hh"]))
    rows, nats = ids[: STRETCHES * length].reshape(STRETCHES, length), 0.0
    for start in range(0, length - 1, CHUNK):
        targets = rows[:, start + 1 : start + CHUNK + 1]
        h, state, _ = read(params, rows[:, start : start + targets.shape[1]], state)
        scores = h @ params["W_hy"] + params["b_y"]
        scores -= scores.max(axis=2, keepdims=True)
        right = np.take_along_axis(scores, targets[:, :, None], axis=2)[:, :, 0]
        nats += float((np.log(np.exp(scores).sum(axis=2)) - right).sum(dtype=np.float64))
    return nats / (STRETCHES * (length - 1) * math.log(2))


def test_saved_bits_are_those_of_the_saved_weights() -> None:
    """On choosing text, which is as far as a test may read; with Python 3.11's library."""
    saved, ids = load_results(), choosing_ids()
    if tuple(saved["python"]) != sys.version_info[:2]:
        pytest.skip("the saved numbers belong to another version's library")
    assert side_by_side(load_model(), ids) == pytest.approx(saved["saved_choosing"], rel=0.001)


def test_bits_side_by_side_are_those_of_one_text_after_the_other() -> None:
    """What eight stretches lose by beginning with an empty state is all the difference."""
    model, ids = load_model(), choosing_ids()[:4000]
    apart = [model_bits(model, stretch) for stretch in ids.reshape(STRETCHES, -1)]
    first = np.log2(len(model["b_y"]))  # of a text's first character nothing is known
    length = len(ids) // STRETCHES
    wanted = (np.mean(apart) * length - first) / (length - 1)
    assert side_by_side(model, ids) == pytest.approx(wanted, rel=1e-4)


def test_saved_model_predicts_other_text_of_this_python() -> None:
    """The library differs between versions, so only roughly as well as where it was measured."""
    ids = choosing_ids()[:1000]
    assert bits_per_character(load_model(), ids) < 2.5


def test_saved_model_has_the_size_that_the_table_tells() -> None:
    units, weights = load_results()["saved_size"]
    model = load_model()
    assert model["W_hh"].shape == (units, 4 * units)
    assert sum(array.size for array in model.values()) == weights


def test_units_of_the_saved_model_pass_their_control() -> None:
    reading = read_both_halves()
    _, r = best_unit_probe(reading.h, reading.labels["quoted text"])
    assert abs(r) > 2 * chances()["quoted text"]


# --- the numbers in the notebook's text ---------------------------------------------------------

told = cells_of("10_long_memory").__getitem__


@cache
def chances() -> dict[str, float]:
    """What chance reaches for each label, by the rotations of the notebook's table."""
    rng = np.random.default_rng(0)
    reading = read_both_halves()
    return {
        label: float(control(reading, label, best_unit_probe, rng).max())
        for label in reading.labels
    }


def test_notebook_tells_the_saved_errors_of_the_adding_problem() -> None:
    rnn, lstm = load_results()["adding"][:, :, -2:].mean(axis=2)
    text = told("predict-why")
    for number in (f"{lstm.max():.4f}", f"{rnn.min():.3f}", f"{rnn.max():.3f}"):
        assert number in text


def test_picture_of_training_says_rightly_where_most_is_learned() -> None:
    """In its first million characters a network gains more than in all that follow."""
    saved = load_results()
    for name in ("five_minutes", "saved"):
        curve, untrained = saved[f"{name}_curve"], saved[f"{name}_bits"][PASSAGES, 0]
        around = np.abs(saved[f"{name}_read"] - 1e6) < 1e5
        assert untrained - curve[around].mean() > 2 * (curve[around].mean() - curve[-9:].mean())


def test_picture_of_training_says_rightly_where_the_two_texts_stand() -> None:
    """Passages nearer to the training loss than new modules are."""
    saved = load_results()
    for name in ("five_minutes", "saved"):
        passages, new = saved[f"{name}_bits"][:, FIXED]
        end = saved[f"{name}_curve"][-9:].mean()
        assert end < passages < (end + new) / 2


def code_bits() -> dict[str, FloatArray]:
    """Bits of each code, (text, cold or primed)."""
    saved = load_results()
    return dict(zip(saved["codes"].tolist(), saved["code_bits"].swapaxes(0, 1), strict=True))


def test_notebook_tells_the_saved_bits() -> None:
    saved, codes = load_results(), code_bits()
    small, large = saved["five_minutes_bits"], saved["saved_bits"]
    weights, text = int(saved["saved_size"][1]), told("table-look")
    counts = [codes[name][i, PRIMED] for name in ("unigram", "bigram") for i in range(2)]
    for bits in (*counts, *codes["xz"][:, PRIMED], *small[:, FIXED], *large[:, FIXED]):
        assert f"{bits:.2f}" in text
    for bits in (small[NEW_MODULES, ADAPTING], *large[:, ADAPTING]):
        assert f"{bits:.2f}" in text
    assert f"{weights:,}" in text
    assert (
        f"after {saved['five_minutes_seconds'][1] / 60:.1f} minutes of training on one core" in text
    )
    assert saved["five_minutes_cores"] == 1
    assert "the larger one on two cores" in told("characters-learn")
    assert saved["saved_cores"] == 2
    assert f"{saved['characters'][0] / 1e6:.1f} million characters" in text
    assert f"{saved['saved_choosing']:.2f} bits" in told("one-passage")


def test_notebook_is_fair_to_the_compressors() -> None:
    saved, text = load_results(), told("table-honest")
    cold, large = code_bits()["xz"][NEW_MODULES, COLD], saved["saved_bits"]
    size, length = 16 * int(saved["saved_size"][1]), int(saved["characters"][3])  # bits, characters
    adapting = large[NEW_MODULES, ADAPTING]
    assert f"{size / 8e3:.0f} kB" in text
    assert f"{length * cold / 8e3:.0f} kB" in text
    assert f"{length * adapting / 8e3:.0f} kB" in text
    assert f"{size / (cold - adapting) / 1e6:.0f} million" in text
    for bits in large:
        assert f"{bits[FIXED] - bits[ADAPTING]:.2f}" in text


def test_notebook_tells_the_library_s_size() -> None:
    """As it was measured, with Python 3.11."""
    training, choosing, passages, final = load_results()["characters"]
    text = told("library") + told("library-parts")
    assert f"{training / 1e6:.1f} million" in text
    for length in (choosing, passages, final):
        assert f"{length:,}" in text
    assert f"{len(MODULES)} modules" in text
    assert f"{len(PACKAGES)} packages" in text
    assert passages == COUNT_OF_PASSAGES * OF_A_PASSAGE
    assert f"{COUNT_OF_PASSAGES} passages of {OF_A_PASSAGE} characters" in text


def test_notebook_tells_what_the_units_reach() -> None:
    """To two digits, as the table shows them; they were made with Python 3.11's library."""
    if tuple(load_results()["python"]) != sys.version_info[:2]:
        pytest.skip("the saved numbers belong to another version's library")
    reading, untrained = read_both_halves(), read_both_halves(False)
    text = told("units-table-look")
    for label, wanted in reading.labels.items():
        assert f"{best_unit_probe(reading.h, wanted)[1]:+.2f}" in text
        assert f"{best_unit_probe(untrained.h, wanted)[1]:+.2f}" in text
        assert f"{chances()[label]:.2f}" in text
    same = {best_unit_probe(reading.h, reading.labels[k])[0] for k in ("quoted text", "comment")}
    assert len(same) == 1
    assert f"the *same* unit, {same.pop()}" in text


def test_notebook_report_gives_the_saved_numbers() -> None:
    saved, text, xz = load_results(), told("written-report"), code_bits()["xz"]
    rnn, lstm = saved["adding"][:, :, -2:].mean(axis=2)
    assert f"(worst {lstm.max():.4f}), no RNN did (best {rnn.min():.3f})" in text
    _, fixed, adapting = saved["saved_bits"][NEW_MODULES]
    assert f"{fixed:.2f} bits a character with fixed weights and {adapting:.2f} adapting" in text
    assert f"xz {xz[NEW_MODULES, COLD]:.2f} cold and {xz[NEW_MODULES, PRIMED]:.2f} primed" in text
    fixed, primed = saved["saved_bits"][PASSAGES, FIXED], xz[PASSAGES, PRIMED]
    assert f"passages of modules it knows it needs {fixed:.2f}, primed xz {primed:.2f}" in text
    size = 2 * int(saved["saved_size"][1])  # bytes, more than one for each character
    assert f"{size / 1e3:.0f} kB, more than the text" in text
    assert size > saved["characters"][3]
    table = told("units-table-look")  # tested above
    for words in ("reaches -0.66", "reached 0.14 at most", "+0.23"):
        assert words in table
    assert "r = -0.66; 60 rotations of the labels gave at most 0.14" in text
    assert "an untrained network +0.23" in text


def test_notebook_tells_who_learns_first_with_30_steps() -> None:
    """The live cell's run: the RNN gets below 0.1 within 500 batches, the LSTM before it."""
    assert "the RNN's error fell below 0.1 within 500 batches" in told("written-report")
    assert "only later than the LSTM" in told("live-adding-look")
    below = {}
    for cell in ("RNN", "LSTM"):
        losses = train_adding(cell, 500, seed=1, T=30, disable=True).losses
        means = losses.reshape(-1, 25).mean(axis=1)
        assert means[-1] < 0.1
        below[cell] = int((means < 0.1).argmax())
    assert below["LSTM"] < below["RNN"]


def test_notebook_example_of_the_best_unit_is_right() -> None:
    h = np.array([[3, 0.9], [1, 0.1], [2, 0.2], [1, 0.8], [2, 0.7], [3, 0.3]])
    labels = np.array([0, 1, 1, 0, 0, 1])
    first = [np.corrcoef(h[:3, unit], labels[:3])[0, 1] for unit in (0, 1)]
    unit, r = best_unit_probe(h, labels)
    assert unit == 1
    assert all(f"{number:.3f}" in told("best-example") for number in (*first, r))
