"""Unit 10: training loops: the adding problem and the character model, with a bar one can stop.

The cells are the fast ones of ``rnn_ref.fused``; clipping and Adam are those of unit 07. Everything
is in single precision.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rnn_ref import fused
from rnn_ref.char_lm import make_batches
from rnn_ref.clipping import AdamState, adam_step, clip_by_global_norm
from rnn_ref.gradient_flow import orthogonal
from rnn_ref.long_memory import adding_batch
from rnn_ref.outputs import softmax_cross_entropy
from rnn_ref.widgets.bars import tqdm

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]
Arrays = dict[str, FloatArray]

GATES = {"RNN": 1, "LSTM": 4}
"""Blocks along the columns of the weights, by the name of the cell."""
FIRST_RADIUS = {"RNN": 1.0, "LSTM": 0.5}
"""Of the recurrent blocks. At 1 a gradient goes as far back through a tanh RNN as it ever will."""
INPUT_SCALE = 0.6
FORGET_BIAS = 1.0  # keeps 73% of a cell at each step, at first
ADDING_RATE = {"RNN": 1e-3, "LSTM": 1e-2}
LARGEST_NORM = 1.0
SMOOTHING = 0.98  # of the loss that the bar shows


class Learned(NamedTuple):
    """What a run leaves, also one that was stopped early."""

    params: Arrays
    losses: FloatArray
    """Training loss before each step."""


def first_weights(cell: str, D: int, H: int, V: int, rng: np.random.Generator) -> Arrays:
    """Random weights of a cell and its output layer; recurrent blocks orthogonal, scaled.

    Parameters
    ----------
    cell : "RNN" or "LSTM"
    D, H, V : int
        Inputs, units, outputs.
    rng : Generator
    """
    gates = GATES[cell]
    blocks = [orthogonal(H, rng) for _ in range(gates)]
    params = {
        "W_xh": INPUT_SCALE * rng.normal(size=(D, gates * H)),
        "W_hh": FIRST_RADIUS[cell] * np.concatenate(blocks, axis=1),
        "b": np.zeros(gates * H),
        "W_hy": rng.normal(size=(H, V)) / np.sqrt(H),
        "b_y": np.zeros(V),
    }
    if cell == "LSTM":
        params["b"][H : 2 * H] = FORGET_BIAS
    return {name: array.astype(np.float32) for name, array in params.items()}


State = tuple[FloatArray, ...]


def zero_state(cell: str, N: int, H: int) -> State:
    """h_0, and for an LSTM c_0."""
    return tuple(np.zeros((N, H), np.float32) for _ in range(2 if cell == "LSTM" else 1))


def read(params: Arrays, x: npt.NDArray[Any], state: State) -> tuple[FloatArray, State, Any]:
    """Run the cell over x: its states h (N, T, H), the last state, and what backward needs.

    ``x`` holds numbers, (N, T, D), or ids, (N, T), which stand for their one-hot rows.
    """
    weights = (params["W_xh"], params["W_hh"], params["b"])
    if x.ndim == 2:
        x = np.eye(len(params["W_xh"]), dtype=np.float32)[x]  # (N, T, D)
    if len(state) == 1:
        h, cache = fused.rnn_forward(x, state[0], *weights)
        return h, (h[:, -1],), cache
    h_0, c_0 = state
    h, c, lstm_cache = fused.lstm_forward(x, h_0, c_0, *weights)
    return h, (h[:, -1], c[:, -1]), lstm_cache


def cell_gradients(dh: FloatArray, cache: Any, state: State) -> Arrays:
    """Gradients of the cell's three weights from those of its states."""
    if len(state) == 1:
        _, _, dW_xh, dW_hh, db = fused.rnn_backward(dh, cache)
    else:
        _, _, _, dW_xh, dW_hh, db = fused.lstm_backward(dh, cache)
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b": db}


class Learner:
    """Parameters and Adam's averages; ``step`` renews both."""

    def __init__(self, params: Arrays, beta2: float = 0.999) -> None:
        self.params = params
        self._beta2 = beta2
        self._state: AdamState | None = None

    def step(self, grads: Arrays, rate: float) -> None:
        """Clip the gradients together, then one step of Adam."""
        clipped, _ = clip_by_global_norm(grads, LARGEST_NORM)
        self.params, self._state = adam_step(
            self.params, clipped, self._state, rate, beta2=self._beta2
        )


def adding_loss(params: Arrays, x: FloatArray, y: FloatArray) -> tuple[float, Arrays]:
    """Mean squared error of the sum read off the last state, and its gradients."""
    cell = "LSTM" if params["W_hh"].shape[1] > len(params["W_hh"]) else "RNN"
    h, state, cache = read(params, x, zero_state(cell, len(x), len(params["W_hh"])))
    h_T = state[0]
    error = (h_T @ params["W_hy"] + params["b_y"])[:, 0] - y  # (N,)
    derror = (2 / len(y) * error)[:, None]  # (N, 1)
    dh = np.zeros(h.shape, np.float32)
    dh[:, -1] = derror @ params["W_hy"].T
    output = {"W_hy": h_T.T @ derror, "b_y": derror.sum(axis=0)}
    return float(np.mean(error**2)), {**cell_gradients(dh, cache, state), **output}


def train_adding(
    cell: str,
    steps: int,
    seed: int,
    *,
    T: int = 100,
    H: int = 64,
    N: int = 20,
    make: Any = adding_batch,
    **bar: Any,
) -> Learned:
    """Train on the adding problem, a new batch each step; an interrupt ends it early.

    Parameters
    ----------
    make : function of N, T, rng
        ``adding_batch``, or the learner's own.
    **bar
        For tqdm; ``disable=True`` shows none.
    """
    rng = np.random.default_rng(seed)
    learner = Learner(first_weights(cell, 2, H, 1, rng))
    rate = ADDING_RATE[cell]

    def one_step(step: int) -> float:
        x, y = make(N, T, rng)
        loss, grads = adding_loss(learner.params, x.astype(np.float32), y.astype(np.float32))
        learner.step(grads, rate * (1 - 0.9 * step / steps))
        return loss

    losses = run(steps, one_step, desc=cell, **bar)
    return Learned(learner.params, losses)


def character_loss(
    params: Arrays, inputs: IntArray, targets: IntArray, state: State
) -> tuple[float, Arrays, State]:
    """Mean loss in nats a character, its gradients through T steps, and the last state.

    Parameters
    ----------
    params : dict from name to float32 array
    inputs, targets : int arrays, shape (N, T)
    state : pair of float arrays, shape (N, H)
        To begin with.
    """
    h, state, cache = read(params, inputs, state)
    N, T, H = h.shape
    h_rows = h.swapaxes(0, 1).reshape(T * N, H)  # time first, as they lie in memory
    scores = h_rows @ params["W_hy"] + params["b_y"]  # (T N, V)
    loss, (dscores,) = softmax_cross_entropy(scores[None], targets.T.reshape(1, T * N))
    dh = (dscores @ params["W_hy"].T).reshape(T, N, H).swapaxes(0, 1)
    output = {"W_hy": h_rows.T @ dscores, "b_y": dscores.sum(axis=0)}
    return loss, {**cell_gradients(dh, cache, state), **output}, state


def train_characters(
    ids: IntArray,
    params: Arrays,
    steps: int,
    *,
    N: int = 32,
    T: int = 16,
    rate: float = 1.5e-2,
    beta2: float = 0.99,
    segment: int = 1024,
    seed: int = 0,
    **bar: Any,
) -> Learned:
    """Train a character LSTM on a text, the state carried on; an interrupt ends it early.

    Parameters
    ----------
    ids : int array, shape (L,)
    params : dict from name to float32 array
        To begin with.
    steps : int
        Batches of N T characters; the text is begun again as often as that takes.
    rate : float
        Learning rate at first; it falls evenly to 0.
    beta2 : float
        Of Adam: how much of the mean square is kept. At 0.99 it forgets the first large gradients.
    segment : int
        Each pass reads the text in segments of this length, in another order. Read in its own
        order, a text keeps a network busy with the module of the moment.
    seed : int
        Of that order.
    **bar
        For tqdm; ``disable=True`` shows none.
    """
    rng = np.random.default_rng(seed)
    state = zero_state("LSTM", N, len(params["W_hh"]))
    learner = Learner(params, beta2)
    batches: Iterator[tuple[IntArray, IntArray]] = iter(())

    def one_step(step: int) -> float:
        nonlocal batches, state
        batch = next(batches, None)
        if batch is None:
            batches = zip(*make_batches(_reordered(ids, segment, rng), N, T), strict=True)
            batch = next(batches)
        loss, grads, state = character_loss(learner.params, *batch, state)
        learner.step(grads, rate * (1 - step / steps))
        return loss

    losses = run(steps, one_step, desc="LSTM", **bar)
    return Learned(learner.params, losses)


def _reordered(ids: IntArray, segment: int, rng: np.random.Generator) -> IntArray:
    starts = range(0, len(ids), segment)
    pieces = [ids[start : start + segment] for start in starts]
    return np.concatenate([pieces[i] for i in rng.permutation(len(pieces))])


def run(steps: int, one_step: Callable[[int], float], **bar: Any) -> FloatArray:
    """Take steps beneath a bar with the loss and the time left; an interrupt ends the run early.

    Parameters
    ----------
    steps : int
    one_step : function of the step's number, 0 to steps - 1
        Returns its loss.

    Returns
    -------
    losses : float array
        Of the steps that were finished.
    """
    losses: list[float] = []
    smooth = None
    with tqdm(total=steps, unit="step", mininterval=0.5, **bar) as shown:
        try:
            for step in range(steps):
                loss = one_step(step)
                losses.append(loss)
                smooth = loss if smooth is None else smooth + (1 - SMOOTHING) * (loss - smooth)
                shown.set_postfix(loss=f"{smooth:.3f}", refresh=False)
                shown.update()
        except KeyboardInterrupt:
            print(f"Stopped after {len(losses)} steps; what was learned so far is kept.")
    return np.array(losses)
