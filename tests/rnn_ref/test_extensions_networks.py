"""Networks of several cells, deep and in both directions, against autograd and PyTorch."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.extensions import (
    bidirectional_backward,
    bidirectional_forward,
    deep_backward,
    deep_forward,
    gru_backward,
    gru_forward,
)
from rnn_ref.gradcheck import relative_error
from tests.rnn_ref.extension_cells import (
    AUTOGRAD,
    CELLS,
    ROUNDING,
    Cell,
    arguments,
    assert_gradients,
)
from tests.rnn_ref.strategies import FloatArray

# --- deep and bidirectional, over every cell ------------------------------------------------------


def layers_of(cell: Cell, sizes: Sequence[tuple[int, int]], seed: int = 1) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [arguments(cell, 2, D, H, rng) for D, H in sizes]


@pytest.mark.parametrize("name", CELLS)
def test_deep_three_layers_of_different_widths_equal_autograd(name: str) -> None:
    cell = CELLS[name]
    layers = layers_of(cell, [(3, 4), (4, 2), (2, 5)])
    rng = np.random.default_rng(2)
    x, dh = rng.normal(size=(2, 6, 3)), rng.normal(size=(2, 6, 5))
    count = len(layers[0])

    def plain(x: Any, *flat: Any) -> Any:
        h = x
        for k in range(3):
            h = cell.plain(h, *flat[k * count : (k + 1) * count])
        return h

    h, cache = deep_forward(cell.forward, x, layers)
    flat = [array for layer in layers for array in layer]
    np.testing.assert_allclose(h, plain(x, *flat), rtol=1e-12, atol=1e-12)
    dx, of_layers = deep_backward(cell.backward, dh, cache)
    ours = [dx, *(array for layer in of_layers for array in layer)]
    assert_gradients(ours, plain, (x, *flat), dh)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("H_behind", [4, 2])
def test_bidirectional_equals_autograd(name: str, H_behind: int) -> None:
    cell = CELLS[name]
    ahead, behind = layers_of(cell, [(3, 4), (3, H_behind)])
    rng = np.random.default_rng(2)
    x, dh = rng.normal(size=(2, 6, 3)), rng.normal(size=(2, 6, 4 + H_behind))

    def plain(x: Any, *flat: Any) -> Any:
        from_left = cell.plain(x, *flat[: len(ahead)])
        from_right = cell.plain(x[:, ::-1], *flat[len(ahead) :])[:, ::-1]
        return anp.concatenate([from_left, from_right], axis=2)

    h, cache = bidirectional_forward(cell.forward, x, ahead, behind)
    np.testing.assert_allclose(h, plain(x, *ahead, *behind), rtol=1e-12, atol=1e-12)
    dx, d_ahead, d_behind = bidirectional_backward(cell.backward, dh, cache, H_ahead=4)
    assert_gradients([dx, *d_ahead, *d_behind], plain, (x, *ahead, *behind), dh)


def test_bidirectional_each_step_knows_the_whole_sequence() -> None:
    cell = CELLS["gru"]
    ahead, behind = layers_of(cell, [(3, 4), (3, 4)])
    x, moved = np.zeros((2, 6, 3)), np.zeros((2, 6, 3))
    moved[:, 3] = 1.0
    before, _ = bidirectional_forward(gru_forward, x, ahead, behind)
    after, _ = bidirectional_forward(gru_forward, moved, ahead, behind)
    changed = (before != after).all(axis=(0, 2))
    assert changed.tolist() == [False, False, False, True, False, False]  # both halves: step 3
    either = (before != after).any(axis=(0, 2))
    assert either.all()


def test_bidirectional_odd_width_without_its_share_is_refused() -> None:
    ahead, behind = layers_of(CELLS["gru"], [(3, 4), (3, 3)])
    h, cache = bidirectional_forward(gru_forward, np.zeros((2, 6, 3)), ahead, behind)
    with pytest.raises(ShapeError, match="give H_ahead"):
        bidirectional_backward(gru_backward, h, cache)


def test_deep_without_a_layer_is_refused() -> None:
    with pytest.raises(InputError):
        deep_forward(gru_forward, np.zeros((1, 2, 3)), [])
    with pytest.raises(InputError):
        deep_backward(gru_backward, np.zeros((1, 2, 3)), ())


# --- PyTorch, where it is installed ---------------------------------------------------------------


TORCH_ORDER = {"rnn": [0], "lstm": [0, 1, 3, 2], "gru": [0, 1, 2]}  # PyTorch: i, f, g, o; r, z, n


def _reordered(name: str, array: FloatArray) -> FloatArray:
    blocks = np.split(array, CELLS[name].blocks, axis=-1)
    return np.concatenate([blocks[k] for k in TORCH_ORDER[name]], axis=-1)  # its own inverse


def _torch_gradients(
    torch: Any, name: str, x: FloatArray, dh: FloatArray, cells: list[Any], **kind: Any
) -> tuple[FloatArray, list[FloatArray]]:
    """States, then dx, first states' and weights' gradients, in the order of `cells`."""
    states, H = CELLS[name].states, cells[0][0].shape[1]
    make = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[name]
    module = make(x.shape[2], H, batch_first=True, dtype=torch.float64, **kind)
    suffixes = [
        n.removeprefix("weight_ih") for n, _ in module.named_parameters() if "weight_ih" in n
    ]
    for suffix, (*_, W_xh, W_hh, b) in zip(suffixes, cells, strict=True):
        with torch.no_grad():
            for key, value in {"weight_ih": W_xh, "weight_hh": W_hh, "bias_ih": b}.items():
                own = torch.from_numpy(_reordered(name, value).T.copy())
                getattr(module, key + suffix).copy_(own)
            getattr(module, f"bias_hh{suffix}").zero_()  # PyTorch has two biases
    x_leaf = torch.tensor(x, requires_grad=True)
    first = [
        torch.tensor(np.stack([c[k] for c in cells]), requires_grad=True) for k in range(states)
    ]
    h, _ = module(x_leaf, first[0] if states == 1 else tuple(first))
    (h * torch.from_numpy(dh)).sum().backward()
    gradients = [x_leaf.grad.numpy()]
    for k, suffix in enumerate(suffixes):
        gradients += [leaf.grad.numpy()[k] for leaf in first]
        for key in ("weight_ih", "weight_hh", "bias_ih"):
            gradients.append(_reordered(name, getattr(module, key + suffix).grad.numpy().T))
    return h.detach().numpy(), gradients


def _flat(nested: Any) -> list[FloatArray]:
    if isinstance(nested, np.ndarray):
        return [nested]
    return [array for part in nested for array in _flat(part)]


@pytest.mark.parametrize("name", TORCH_ORDER)
@pytest.mark.parametrize("kind", ["one layer", "two layers", "bidirectional", "both"])
def test_network_states_and_gradients_equal_torch(name: str, kind: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is an optional second oracle")
    cell = CELLS[name]
    deep, both_ways = kind in ("two layers", "both"), kind in ("bidirectional", "both")
    rng = np.random.default_rng(3)
    width = 8 if both_ways else 4
    x, dh = rng.normal(size=(2, 6, 3)), rng.normal(size=(2, 6, width))
    inputs = [3, width] if deep else [3]
    cells = [arguments(cell, 2, D, 4, rng) for D in inputs for _ in range(width // 4)]
    forward, backward = cell.forward, cell.backward
    layers: list[Any] = cells
    if both_ways:
        forward = partial(bidirectional_forward, cell.forward)
        backward = partial(bidirectional_backward, cell.backward)
        layers = [cells[k : k + 2] for k in range(0, len(cells), 2)]
    h, cache = deep_forward(forward, x, layers)
    ours = _flat(deep_backward(backward, dh, cache))
    expected, theirs = _torch_gradients(
        torch, name, x, dh, cells, num_layers=len(inputs), bidirectional=both_ways
    )
    np.testing.assert_allclose(h, expected, **ROUNDING)
    for one, other in zip(ours, theirs, strict=True):
        assert relative_error(one, other) < AUTOGRAD
