"""Networks of any cell, depth and direction: their weights by name, their answers, gradients.

Parameters travel as one flat dict, as in unit 07: ``"0.W_xh"`` is the W_xh of layer 0,
``"0.behind.W_xh"`` that of its cell from right to left, ``"W_hy"`` and ``"b_y"`` those of the
output layer, which gives one number. The loss is the mean squared error.
"""

import math
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.bptt import rnn_backward
from rnn_ref.clipping import Arrays
from rnn_ref.errors import InputError
from rnn_ref.extensions.gru import gru_backward, gru_forward
from rnn_ref.extensions.mingru import mingru_backward, mingru_forward
from rnn_ref.extensions.wrappers import (
    Backward,
    Forward,
    bidirectional_backward,
    bidirectional_forward,
    deep_backward,
    deep_forward,
)
from rnn_ref.gradient_flow import orthogonal
from rnn_ref.lstm import FloatArray, lstm_forward
from rnn_ref.lstm_gradients import lstm_backward
from rnn_ref.recurrence import rnn_forward


class Cell(NamedTuple):
    """What a network needs to know of its cell."""

    forward: Forward
    backward: Backward
    first_biases: tuple[float, ...]
    """Of each block along the columns. Gates that keep start open: 1 keeps 73%."""
    states: int = 1
    """2 for the LSTM: h and c."""
    recurrent: bool = True
    """Whether there is a W_hh."""


CELLS: Mapping[str, Cell] = MappingProxyType(
    {
        "RNN": Cell(rnn_forward, rnn_backward, (0.0,)),
        "LSTM": Cell(lstm_forward, lstm_backward, (0.0, 1.0, 0.0, 0.0), states=2),
        "GRU": Cell(gru_forward, gru_backward, (0.0, 1.0, 0.0)),
        # One step after the other: with few steps and many sequences the quicker way on a CPU.
        "minGRU": Cell(
            partial(mingru_forward, at_once=False),
            partial(mingru_backward, at_once=False),
            (-1.0, 0.0),
            recurrent=False,
        ),
    }
)


class Net(NamedTuple):
    """A network but for its width and its weights."""

    cell: str
    layers: int = 1
    both_ways: bool = False

    @property
    def name(self) -> str:
        """As the table has it."""
        depth = f", {self.layers} layers" if self.layers > 1 else ""
        return f"{self.cell}{depth}{', both ways' if self.both_ways else ''}"

    @property
    def ways(self) -> int:
        """Directions in which the sequence is read."""
        return 2 if self.both_ways else 1


def shapes(net: Net, D: int, H: int) -> dict[str, tuple[int, ...]]:
    """Return the shape of each parameter by its name, layer after layer, the output last."""
    cell = CELLS[net.cell]
    columns = len(cell.first_biases) * H
    found: dict[str, tuple[int, ...]] = {}
    for layer, place in _places(net):
        found[f"{place}W_xh"] = (D if layer == 0 else net.ways * H, columns)
        if cell.recurrent:
            found[f"{place}W_hh"] = (H, columns)
        found[f"{place}b"] = (columns,)
    return {**found, "W_hy": (net.ways * H, 1), "b_y": (1,)}


def first_params(net: Net, D: int, H: int, rng: np.random.Generator) -> Arrays:
    """Draw a network's first weights: orthogonal from state to state, single precision.

    Parameters
    ----------
    net : Net
    D, H : int
        Inputs and the width of each layer and direction.
    rng : Generator

    Returns
    -------
    params : dict from name to float32 array
    """
    biases = CELLS[net.cell].first_biases
    params: Arrays = {}
    for name, shape in shapes(net, D, H).items():
        if name.endswith("W_hh"):
            params[name] = np.concatenate([orthogonal(H, rng) for _ in biases], axis=1)
        elif name.endswith(".b"):
            params[name] = np.repeat(biases, H)
        elif name == "b_y":
            params[name] = np.zeros(shape)
        else:
            params[name] = rng.normal(size=shape) / np.sqrt(shape[0])
    return {name: array.astype(np.float32) for name, array in params.items()}


def parameter_count(net: Net, D: int, H: int) -> int:
    """Count a network's parameters, the output layer's with them.

    Examples
    --------
    >>> parameter_count(Net("RNN"), D=2, H=10)  # 2·10 + 10·10 + 10, and 10 + 1
    141
    >>> parameter_count(Net("minGRU"), D=2, H=10)  # 2·20 + 20, and 10 + 1
    71
    """
    return sum(math.prod(shape) for shape in shapes(net, D, H).values())


def width_for(net: Net, D: int, budget: int) -> int:
    """Return the width whose parameters come closest to a budget.

    Raises
    ------
    InputError
        If not even one unit fits.

    Examples
    --------
    >>> width_for(Net("RNN"), D=2, budget=141)
    10
    """
    H = 1
    if parameter_count(net, D, H) > budget:
        raise InputError(f"The budget is {budget}; one unit needs {parameter_count(net, D, H)}.")
    while parameter_count(net, D, H + 1) <= budget:
        H += 1
    over = parameter_count(net, D, H + 1) - budget
    return H + 1 if over < budget - parameter_count(net, D, H) else H


def loss_and_gradients(
    net: Net, params: Arrays, x: FloatArray, y: FloatArray
) -> tuple[float, Arrays]:
    """Mean squared error on a batch, and its gradient.

    Parameters
    ----------
    net : Net
    params : dict from name to float array
        As ``first_params`` makes them.
    x : float array, shape (N, T, D)
    y : float array, shape (N, T) or (N,)
        A target for each step; or one for each sequence: then the answer is read off the states
        that have read everything, the last one, and from right to left the first.

    Returns
    -------
    loss : float
    grads : dict from name to float array
        With the names and shapes of params.
    """
    _, backward = _functions(net)
    error, read, h, cache = errors(net, params, x, y)
    derror = (2 / error.size * error)[..., None]
    dread = derror * params["W_hy"][:, 0]
    dh = dread if y.ndim == 2 else _ends_backward(dread, h.shape, net)
    _, of_layers = deep_backward(backward, dh, cache)
    grads = _named(net, of_layers)
    grads["W_hy"] = read.reshape(-1, read.shape[-1]).T @ derror.reshape(-1, 1)
    grads["b_y"] = derror.reshape(-1, 1).sum(axis=0)
    return float(np.mean(error**2)), grads


def errors(
    net: Net, params: Arrays, x: FloatArray, y: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, Any]:
    """Answers minus targets; the states they are read off, (N, T, H) or (N, H); all, the cache."""
    forward, _ = _functions(net)
    h, cache = deep_forward(forward, x, _layers(net, params, len(x)))
    read = h if y.ndim == 2 else _ends(h, net)
    return (read @ params["W_hy"])[..., 0] + params["b_y"][0] - y, read, h, cache


def _places(net: Net) -> Iterator[tuple[int, str]]:
    for layer in range(net.layers):
        yield layer, f"{layer}."
        if net.both_ways:
            yield layer, f"{layer}.behind."


def _functions(net: Net) -> tuple[Forward, Backward]:
    cell = CELLS[net.cell]
    if not net.both_ways:
        return cell.forward, cell.backward
    return (
        partial(bidirectional_forward, cell.forward),
        partial(bidirectional_backward, cell.backward),
    )


def _weights(net: Net) -> tuple[str, ...]:
    return ("W_xh", "W_hh", "b") if CELLS[net.cell].recurrent else ("W_xh", "b")


def _layers(net: Net, params: Arrays, N: int) -> list[Any]:
    """The arguments of each layer: first states of zero, and the weights."""
    H = len(params["W_hy"]) // net.ways
    zeros = (np.zeros((N, H), params["W_hy"].dtype),) * CELLS[net.cell].states
    cells = [
        (*zeros, *(params[place + name] for name in _weights(net))) for _, place in _places(net)
    ]
    if not net.both_ways:
        return cells
    return list(zip(cells[::2], cells[1::2], strict=True))


def _named(net: Net, of_layers: Any) -> Arrays:
    """The other way round: gradients of the arguments, first states left out, by their names."""
    cells = [cell for layer in of_layers for cell in layer] if net.both_ways else of_layers
    names = _weights(net)
    return {
        place + name: array
        for (_, place), gradients in zip(_places(net), cells, strict=True)
        for name, array in zip(names, gradients[-len(names) :], strict=True)
    }


def _ends(h: FloatArray, net: Net) -> FloatArray:
    if not net.both_ways:
        return h[:, -1]
    half = h.shape[2] // 2
    return np.concatenate([h[:, -1, :half], h[:, 0, half:]], axis=1)


def _ends_backward(dread: FloatArray, shape: tuple[int, ...], net: Net) -> FloatArray:
    dh = np.zeros(shape, dread.dtype)
    half = shape[2] // 2 if net.both_ways else shape[2]
    dh[:, -1, :half] = dread[:, :half]
    dh[:, 0, half:] = dread[:, half:]
    return dh
