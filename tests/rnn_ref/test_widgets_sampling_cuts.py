"""Top-k and nucleus cut what they say, and the notebook's numbers are the saved network's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rnn_ref.widgets.sampling_cuts import (
    PLACES,
    WAYS,
    K,
    cuts_picture,
    nucleus,
    show_ways,
    top_k,
    write_by,
)
from rnn_ref.widgets.sampling_model import load_model
from tests.rnn_ref.seen import cells_of

weights = arrays.arrays(float, st.integers(1, 12), elements=st.floats(0.01, 1.0))


@given(weights, st.integers(1, 12))
def test_top_k_keeps_the_k_largest_in_their_proportions(w: np.ndarray, k: int) -> None:
    p = w / w.sum()
    q = top_k(p, k)
    kept = q > 0
    assert kept.sum() == min(k, len(p))
    assert p[kept].min() >= p[~kept].max(initial=0)
    np.testing.assert_allclose(q[kept] / q.max(), p[kept] / p.max(), rtol=1e-12)
    assert q.sum() == pytest.approx(1, abs=1e-12)


@given(weights, st.floats(0.01, 0.99))
def test_nucleus_is_the_smallest_that_has_the_share(w: np.ndarray, share: float) -> None:
    p = w / w.sum()
    kept = nucleus(p, share) > 0
    assert p[kept].sum() >= share - 1e-12
    assert p[kept].sum() - p[kept].min() < share + 1e-12


def test_cuts_picture_tells_what_the_notebook_says() -> None:
    text = cells_of("04_sampling")["cuts-look"]
    model = load_model()
    few, many = (
        np.count_nonzero(WAYS["nucleus"][1](model.scores_after(prime))) for prime in PLACES
    )
    assert few == 1 and f"lets {many} through" in text
    _, alt = cuts_picture()
    assert f"keeps {K} at both places" in alt and f"and {many} after" in alt


def test_write_by_draws_nothing_that_was_cut() -> None:
    model, greedy = load_model(), WAYS["cold"][1]
    assert write_by(model, "def ", lambda s: top_k(np.exp(s - s.max()), 1), 30, seed=0) == write_by(
        model, "def ", lambda s: top_k(greedy(s), 1), 30, seed=5
    )


def test_show_ways_shows_each_text_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    show_ways(load_model(), "random")
    ((_, page),) = [(b["text/plain"], b["text/html"]) for b in shown]
    for name in WAYS:
        assert f"<b>{name}</b>" in page
