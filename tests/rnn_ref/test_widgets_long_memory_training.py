"""Unit 10's training loops: right gradients, every segment read, nothing lost at an interrupt."""

from typing import Any

import numpy as np
import pytest

from rnn_ref.gradcheck import numeric_gradient, relative_error
from rnn_ref.long_memory import adding_batch
from rnn_ref.widgets import long_memory_training as training


def doubled(params: training.Arrays) -> training.Arrays:
    return {name: array.astype(np.float64) for name, array in params.items()}


@pytest.mark.parametrize("cell", ["RNN", "LSTM"])
def test_adding_gradients_equal_differences(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In double precision the loss of a small net has gradients good to some 1e-7."""
    monkeypatch.setattr(training.np, "float32", np.float64)
    rng = np.random.default_rng(0)
    params = doubled(training.first_weights(cell, 2, 3, 1, rng))
    x, y = adding_batch(4, 6, rng)
    _, grads = training.adding_loss(params, x, y)
    for name, gradient in grads.items():

        def loss(value: Any, name: str = name) -> Any:
            return training.adding_loss({**params, name: value}, x, y)[0]

        assert relative_error(gradient, numeric_gradient(loss, params[name])) < 1e-6, name


def test_character_gradients_equal_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.np, "float32", np.float64)
    rng = np.random.default_rng(1)
    params = doubled(training.first_weights("LSTM", 5, 3, 5, rng))
    inputs, targets = rng.integers(5, size=(2, 2, 4))
    state = (rng.normal(size=(2, 3)), rng.normal(size=(2, 3)))
    _, grads, _ = training.character_loss(params, inputs, targets, state)
    for name, gradient in grads.items():

        def loss(value: Any, name: str = name) -> Any:
            return training.character_loss({**params, name: value}, inputs, targets, state)[0]

        assert relative_error(gradient, numeric_gradient(loss, params[name])) < 1e-6, name


def test_character_training_lowers_the_loss_and_carries_on() -> None:
    ids = np.tile(np.arange(6), 300)
    start = training.first_weights("LSTM", 6, 12, 6, np.random.default_rng(0))
    learned = training.train_characters(ids, start, 60, N=4, T=8, segment=60, disable=True)
    assert learned.losses.shape == (60,)
    assert learned.losses[-1] < 0.5 * learned.losses[0]
    assert all(array.dtype == np.float32 for array in learned.params.values())


def test_character_training_reads_every_segment_once_a_pass() -> None:
    ids = np.arange(1000)
    mixed = training._reordered(ids, 64, np.random.default_rng(0))
    assert not np.array_equal(mixed, ids)
    np.testing.assert_array_equal(np.sort(mixed), ids)
    assert (np.diff(mixed) != 1).sum() <= 1000 // 64  # breaks only where segments meet


def test_run_interrupted_keeps_what_was_learned(capsys: pytest.CaptureFixture[str]) -> None:
    calls = 0

    def make(N: int, T: int, rng: np.random.Generator) -> tuple[Any, Any]:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return adding_batch(N, T, rng)

    options: dict[str, Any] = {"T": 5, "H": 4, "N": 3, "disable": True}
    learned = training.train_adding("LSTM", 10, 0, make=make, **options)
    assert len(learned.losses) == 3
    assert "Stopped after 3 steps" in capsys.readouterr().out
    first = training.first_weights("LSTM", 2, 4, 1, np.random.default_rng(0))
    assert not np.array_equal(first["W_xh"], learned.params["W_xh"])
