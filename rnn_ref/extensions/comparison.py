"""Networks of different cells side by side: equal numbers of parameters, one task, one training."""

import time
from typing import NamedTuple

import numpy as np

from rnn_ref.clipping import Arrays, adam_step, clip_by_global_norm
from rnn_ref.extensions.networks import (
    Net,
    errors,
    first_params,
    loss_and_gradients,
    parameter_count,
    width_for,
)
from rnn_ref.extensions.tasks import Task
from rnn_ref.lstm import FloatArray

LARGEST_NORM = 1.0


class Result(NamedTuple):
    """One network on one task with one seed."""

    net: Net
    width: int
    """Numbers in a state, each layer and each direction by itself."""
    parameters: int
    losses: FloatArray
    """Of each training step, before it."""
    test_loss: float
    """On the task's test examples, the same for every network and seed."""
    ms_per_step: float
    """Milliseconds of processor time for forward, backward and update."""


def mean_loss(net: Net, params: Arrays, x: FloatArray, y: FloatArray, at_once: int = 100) -> float:
    """Mean squared error on many examples, some at a time: bounds the memory, not the result.

    Parameters
    ----------
    net, params, x, y
        As in ``loss_and_gradients``.
    at_once : int
        Sequences that are read together.
    """
    parts = [slice(start, start + at_once) for start in range(0, len(x), at_once)]
    squares = [float(np.sum(errors(net, params, x[k], y[k])[0] ** 2)) for k in parts]
    return sum(squares) / y.size


def train(net: Net, task: Task, budget: int, steps: int, seed: int, rate: float) -> Result:
    """Train one network with Adam, a new batch each step, the rate falling to a tenth.

    Parameters
    ----------
    net : Net
    task : Task
    budget : int
        Parameters, about.
    steps : int
    seed : int
        Of first weights and examples.
    rate : float
        Adam's learning rate at the first step.
    """
    rng = np.random.default_rng(seed)
    H = width_for(net, task.D, budget)
    params, state = first_params(net, task.D, H, rng), None
    losses, seconds = [], 0.0
    for step in range(steps):
        x, y = task.batch(rng)
        started = time.process_time()
        loss, grads = loss_and_gradients(net, params, x, y)
        clipped, _ = clip_by_global_norm(grads, LARGEST_NORM)
        params, state = adam_step(params, clipped, state, rate * (1 - 0.9 * step / steps))
        seconds += time.process_time() - started
        losses.append(loss)
    test_loss = mean_loss(net, params, *task.test())
    count = parameter_count(net, task.D, H)
    return Result(net, H, count, np.array(losses), test_loss, 1000 * seconds / max(steps, 1))
