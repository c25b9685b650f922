"""The ungraded cells and wrappers against autograd, differences, themselves and PyTorch."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_ref.bptt import rnn_backward
from rnn_ref.errors import InputError, ShapeError
from rnn_ref.extensions import (
    bidirectional_backward,
    bidirectional_forward,
    deep_backward,
    deep_forward,
    gru_backward,
    gru_forward,
    gru_step_backward,
    gru_step_forward,
    linear_loop,
    linear_scan,
    mingru_backward,
    mingru_forward,
)
from rnn_ref.gradcheck import numeric_gradient, relative_error
from rnn_ref.lstm import lstm_forward
from rnn_ref.lstm_gradients import lstm_backward
from rnn_ref.recurrence import rnn_forward
from tests.rnn_ref.strategies import FloatArray

# Reverse mode twice, in two orders of summation: some hundred roundings of 1e-16 in sums near 10.
AUTOGRAD = 1e-10
# A central difference at step 1e-5: 1e-10 from the third derivative, 1e-11 from rounding, of sums.
DIFFERENCES = 1e-7
ROUNDING = {"rtol": 0.0, "atol": 1e-12}


# --- each cell, and the same in autograd's NumPy ------------------------------------------------


def _sigmoid(a: Any) -> Any:
    return 1 / (1 + anp.exp(-a))


def _blocks(array: Any, count: int) -> list[Any]:
    H = array.shape[-1] // count
    return [array[..., k * H : k * H + H] for k in range(count)]


def _rnn_plain(x: Any, h: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
    states = []
    for t in range(x.shape[1]):
        h = anp.tanh(anp.dot(x[:, t], W_xh) + anp.dot(h, W_hh) + b)
        states.append(h)
    return anp.stack(states, axis=1)


def _lstm_plain(x: Any, h: Any, c: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
    states = []
    for t in range(x.shape[1]):
        i, f, o, g = _blocks(anp.dot(x[:, t], W_xh) + anp.dot(h, W_hh) + b, 4)
        c = _sigmoid(f) * c + _sigmoid(i) * anp.tanh(g)
        h = _sigmoid(o) * anp.tanh(c)
        states.append(h)
    return anp.stack(states, axis=1)


def _gru_plain(x: Any, h: Any, W_xh: Any, W_hh: Any, b: Any) -> Any:
    """A matrix for each gate, columns as Cho et al. write them, reset behind the product."""
    (W_r, W_z, W_g), (U_r, U_z, U_g), (b_r, b_z, b_g) = (_blocks(a, 3) for a in (W_xh, W_hh, b))
    states = []
    for t in range(x.shape[1]):
        x_t = x[:, t]
        r = _sigmoid(anp.dot(x_t, W_r) + anp.dot(h, U_r) + b_r)
        z = _sigmoid(anp.dot(x_t, W_z) + anp.dot(h, U_z) + b_z)
        g = anp.tanh(anp.dot(x_t, W_g) + b_g + r * anp.dot(h, U_g))
        h = g + z * (h - g)
        states.append(h)
    return anp.stack(states, axis=1)


def _mingru_plain(x: Any, h: Any, W_xh: Any, b: Any) -> Any:
    """Each state as the sum it stands for: what was taken, times all that was kept since."""
    (W_z, W_g), (b_z, b_g) = _blocks(W_xh, 2), _blocks(b, 2)
    z = [_sigmoid(anp.dot(x[:, t], W_z) + b_z) for t in range(x.shape[1])]
    g = [anp.dot(x[:, t], W_g) + b_g for t in range(x.shape[1])]
    states = []
    for t in range(x.shape[1]):
        state, kept = 0.0, 1.0
        for k in reversed(range(t + 1)):
            state = state + kept * z[k] * g[k]
            kept = kept * (1 - z[k])
        states.append(state + kept * h)
    return anp.stack(states, axis=1)


class Cell(NamedTuple):
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    plain: Callable[..., Any]
    blocks: int
    states: int
    recurrent: bool


CELLS = {
    "rnn": Cell(rnn_forward, rnn_backward, _rnn_plain, 1, 1, True),
    "lstm": Cell(lstm_forward, lstm_backward, _lstm_plain, 4, 2, True),
    "gru": Cell(gru_forward, gru_backward, _gru_plain, 3, 1, True),
    "mingru": Cell(mingru_forward, mingru_backward, _mingru_plain, 2, 1, False),
    "mingru loop": Cell(
        partial(mingru_forward, at_once=False),
        partial(mingru_backward, at_once=False),
        _mingru_plain,
        2,
        1,
        False,
    ),
}
NEW = ("gru", "mingru", "mingru loop")


def arguments(cell: Cell, N: int, D: int, H: int, rng: Any) -> tuple[FloatArray, ...]:
    """First states and weights, none of them zero."""
    return (
        *(rng.uniform(-0.9, 0.9, size=(N, H)) for _ in range(cell.states)),
        rng.normal(size=(D, cell.blocks * H)),
        *([rng.normal(size=(H, cell.blocks * H))] if cell.recurrent else []),
        rng.normal(size=cell.blocks * H),
    )


class Case(NamedTuple):
    x: FloatArray  # (N, T, D)
    arguments: tuple[FloatArray, ...]
    dh: FloatArray  # (N, T, H)


def case(cell: Cell, N: int = 2, T: int = 5, D: int = 3, H: int = 4, seed: int = 0) -> Case:
    rng = np.random.default_rng(seed)
    x, dh = rng.normal(size=(N, T, D)), rng.normal(size=(N, T, H))
    return Case(x, arguments(cell, N, D, H, rng), dh)


size = st.integers(1, 5)
any_sizes = st.fixed_dictionaries(
    {"N": size, "T": st.integers(1, 9), "D": size, "H": size, "seed": st.integers(0, 2**32 - 1)}
)


def gradients(cell: Cell, given_case: Case) -> tuple[FloatArray, ...]:
    *_, cache = cell.forward(given_case.x, *given_case.arguments)
    return tuple(cell.backward(given_case.dh, cache))


def assert_gradients(
    ours: Sequence[FloatArray],
    plain: Callable[..., Any],
    everything: Sequence[FloatArray],
    dh: FloatArray,
) -> None:
    """Every gradient has the shape and, to AUTOGRAD, the values that autograd finds."""
    assert len(ours) == len(everything)
    for k, one in enumerate(ours):
        other = grad(lambda *a: anp.sum(plain(*a) * dh), k)(*everything)
        assert one.shape == other.shape, k
        assert relative_error(one, other) < AUTOGRAD, k


@pytest.mark.parametrize("name", NEW)
@given(sizes=any_sizes)
def test_cell_states_equal_plain_formula(name: str, sizes: Any) -> None:
    cell, given_case = CELLS[name], case(CELLS[name], **sizes)
    h, *_ = cell.forward(given_case.x, *given_case.arguments)
    # Candidates of the minGRU have no bound; those drawn here stay below some 30.
    expected = cell.plain(given_case.x, *given_case.arguments)
    np.testing.assert_allclose(h, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NEW)
@settings(max_examples=25)  # autograd takes its time
@given(sizes=any_sizes)
def test_cell_gradients_equal_autograd(name: str, sizes: Any) -> None:
    cell, given_case = CELLS[name], case(CELLS[name], **sizes)
    everything = (given_case.x, *given_case.arguments)
    assert_gradients(gradients(cell, given_case), cell.plain, everything, given_case.dh)


@pytest.mark.parametrize("name", NEW)
def test_cell_gradients_equal_central_differences(name: str) -> None:
    cell, given_case = CELLS[name], case(CELLS[name])
    everything = [given_case.x, *given_case.arguments]
    for k, ours in enumerate(gradients(cell, given_case)):

        def states(array: FloatArray, k: int = k) -> FloatArray:
            moved = [*everything[:k], array, *everything[k + 1 :]]
            result: FloatArray = cell.forward(*moved)[0]
            return result

        measured = numeric_gradient(states, everything[k], df=given_case.dh)
        assert relative_error(ours, measured) < DIFFERENCES, k


@pytest.mark.parametrize("name", NEW)
@given(sizes=any_sizes, data=st.data())
def test_cell_split_anywhere_equals_whole(name: str, sizes: Any, data: st.DataObject) -> None:
    cell, (x, (h_0, *weights), _) = CELLS[name], case(CELLS[name], **sizes)
    cut = data.draw(st.integers(0, x.shape[1]), label="cut")
    whole, _ = cell.forward(x, h_0, *weights)
    first, _ = cell.forward(x[:, :cut], h_0, *weights)
    second, _ = cell.forward(x[:, cut:], first[:, -1] if cut else h_0, *weights)
    both = np.concatenate([first, second], axis=1)
    np.testing.assert_allclose(both, whole, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NEW)
def test_cell_arguments_stay_and_second_call_agrees(name: str) -> None:
    cell, given_case = CELLS[name], case(CELLS[name])
    arrays = (given_case.x, *given_case.arguments, given_case.dh)
    before = [array.copy() for array in arrays]
    first = [array.copy() for array in gradients(cell, given_case)]
    for one, other in zip(gradients(cell, given_case), first, strict=True):
        np.testing.assert_array_equal(one, other)
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("name", NEW)
def test_cell_single_precision_stays_single(name: str) -> None:
    cell, double = CELLS[name], case(CELLS[name])
    single = Case(
        double.x.astype(np.float32),
        tuple(a.astype(np.float32) for a in double.arguments),
        double.dh.astype(np.float32),
    )
    for one, other in zip(gradients(cell, single), gradients(cell, double), strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)  # float32's 6e-8, summed


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize(("N", "T"), [(0, 3), (2, 0)])
def test_cell_nothing_to_read_gives_empty_states(name: str, N: int, T: int) -> None:
    x, others, _ = case(CELLS[name], N=N, T=T)
    assert CELLS[name].forward(x, *others)[0].shape == (N, T, 4)


@pytest.mark.parametrize("name", NEW)
def test_cell_backward_of_no_step_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        gradients(CELLS[name], case(CELLS[name], T=0))


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize("shape", [(5, 2, 4), (2, 4, 4), (2, 5, 3), (2, 4)])
def test_cell_misshaped_upstream_is_named(name: str, shape: tuple[int, ...]) -> None:
    given_case = case(CELLS[name])
    with pytest.raises(ShapeError, match=r"^dh has"):
        gradients(CELLS[name], given_case._replace(dh=np.zeros(shape)))


# --- the GRU's step -----------------------------------------------------------------------------


@settings(max_examples=25)
@given(sizes=any_sizes)
def test_gru_step_gradients_equal_autograd(sizes: Any) -> None:
    x, others, dh = case(CELLS["gru"], **sizes)
    _, cache = gru_step_forward(x[:, 0], *others)
    ours = gru_step_backward(dh[:, 0], cache)

    def plain(x_t: Any, *rest: Any) -> Any:
        return _gru_plain(x_t[:, None], *rest)[:, 0]

    assert_gradients(ours, plain, (x[:, 0], *others), dh[:, 0])


def test_gru_reset_gate_stands_behind_the_product() -> None:
    """With r = 1/2 throughout both forms agree; with r per unit they do not."""
    x, (h_0, W_xh, W_hh, b), _ = case(CELLS["gru"], T=1)
    h, cache = gru_forward(x, h_0, W_xh, W_hh, b)
    r, z = cache[0].r_t, cache[0].z_t
    from_x = (x[:, 0] @ W_xh + b)[:, 8:]
    before = np.tanh(from_x + (r * h_0) @ W_hh[:, 8:])  # Cho et al.
    behind = np.tanh(from_x + r * (h_0 @ W_hh[:, 8:]))  # PyTorch
    np.testing.assert_allclose(h[:, 0], z * h_0 + (1 - z) * behind, **ROUNDING)
    assert np.abs(before - behind).max() > 0.1


def test_gru_update_gate_open_keeps_the_state() -> None:
    x, (h_0, W_xh, W_hh, b), _ = case(CELLS["gru"])
    b[4:8] = 1000.0  # z = 1
    h, _ = gru_forward(x, h_0, W_xh, W_hh, b)
    np.testing.assert_array_equal(h, np.repeat(h_0[:, None], 5, axis=1))


@pytest.mark.parametrize(
    ("name", "wrong", "expected"),
    [
        ("W_hh", (4, 16), "(4, 12) = (H, 3H)"),
        ("W_xh", (12, 3), "(D, 12) = (D, 3H)"),
        ("b", (4,), "(12,) = (3H,)"),
        ("h_0", (4, 2), "(N, 4) = (N, H)"),
        ("x", (5, 2, 3), "(2, T, 3) = (N, T, D)"),
    ],
)
def test_gru_misshaped_argument_is_named(name: str, wrong: tuple[int, ...], expected: str) -> None:
    shapes = {"x": (2, 5, 3), "h_0": (2, 4), "W_xh": (3, 12), "W_hh": (4, 12), "b": (12,)}
    arrays = {key: np.zeros(shape) for key, shape in shapes.items()} | {name: np.zeros(wrong)}
    with pytest.raises(ShapeError) as caught:
        gru_forward(**arrays)
    assert str(caught.value).startswith(f"{name} has shape {wrong}; expected {expected}.")


# --- the minGRU's scan --------------------------------------------------------------------------


@given(N=size, T=st.integers(0, 40), H=size, seed=st.integers(0, 2**32 - 1))
def test_scan_equals_loop(N: int, T: int, H: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(-1, 1, size=(N, T, H)), rng.normal(size=(N, T, H))
    h_0 = rng.normal(size=(N, H))
    # At most 40 terms below 5 with factors within one: rounding of sums below 200.
    np.testing.assert_allclose(linear_scan(a, b, h_0), linear_loop(a, b, h_0), atol=1e-12)


def test_scan_where_running_products_underflow_stays_exact() -> None:
    rng = np.random.default_rng(0)
    a, b = np.full((1, 5000, 2), 0.01), rng.normal(size=(1, 5000, 2))
    h_0 = np.ones((1, 2))
    products = np.cumprod(a, axis=1)
    assert products[0, -1, 0] == 0.0  # so b / products, the textbook's form, has no value
    np.testing.assert_allclose(linear_scan(a, b, h_0), linear_loop(a, b, h_0), **ROUNDING)


def test_scan_leaves_its_arguments() -> None:
    a, b, h_0 = np.full((1, 4, 1), 0.5), np.ones((1, 4, 1)), np.ones((1, 1))
    linear_scan(a, b, h_0)
    assert (a == 0.5).all() and (b == 1).all() and (h_0 == 1).all()


def test_mingru_state_is_linear_in_the_first_one() -> None:
    x, (h_0, *weights), _ = case(CELLS["mingru"])
    at_0, at_1, at_2 = (mingru_forward(x, k * h_0, *weights)[0] for k in (0, 1, 2))
    np.testing.assert_allclose(at_2 - at_1, at_1 - at_0, **ROUNDING)


@pytest.mark.parametrize(
    ("name", "wrong", "expected"),
    [
        ("W_xh", (3, 4), "(D, 8) = (D, 2H)"),
        ("b", (4,), "(8,) = (2H,)"),
        ("x", (5, 2, 3), "(2, T, 3) = (N, T, D)"),
    ],
)
def test_mingru_misshaped_argument_is_named(
    name: str, wrong: tuple[int, ...], expected: str
) -> None:
    shapes = {"x": (2, 5, 3), "h_0": (2, 4), "W_xh": (3, 8), "b": (8,)}
    arrays = {key: np.zeros(shape) for key, shape in shapes.items()} | {name: np.zeros(wrong)}
    with pytest.raises(ShapeError) as caught:
        mingru_forward(**arrays)
    assert str(caught.value).startswith(f"{name} has shape {wrong}; expected {expected}.")


# --- deep and bidirectional, over every cell ----------------------------------------------------


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


# --- PyTorch, where it is installed -------------------------------------------------------------

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
