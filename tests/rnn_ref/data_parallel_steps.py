"""Steps for the tests of data-parallel training, where another process can import them."""

import os
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from rnn_ref import fused
from rnn_ref.fused import blas

Arrays = tuple[npt.NDArray[Any], ...]
Results = tuple[Arrays, Arrays]


def rnn_step(weights: Arrays, batch: Arrays) -> Results:
    """Forward and backward of a layer; batch: x, dh, h_0."""
    x, dh, h_0 = batch
    h, cache = fused.rnn_forward(x, h_0, *weights)
    dx, dh_0, *sums = fused.rnn_backward(dh, cache)
    assert dx is not None
    return (h, dx, dh_0), tuple(sums)


def lstm_step(weights: Arrays, batch: Arrays) -> Results:
    """Forward and backward of a layer; batch: x, dh, h_0, c_0."""
    x, dh, h_0, c_0 = batch
    h, c, cache = fused.lstm_forward(x, h_0, c_0, *weights)
    dx, dh_0, dc_0, *sums = fused.lstm_backward(dh, cache)
    assert dx is not None
    return (h, c, dx, dh_0, dc_0), tuple(sums)


def process_step(weights: Arrays, batch: Arrays) -> Results:
    """Each example times the weight, and the process that took it; the sum."""
    (weight,), (x,) = weights, batch
    return (weight * x, np.full(len(x), os.getpid())), (np.asarray(weight * x.sum()),)


def step_told(weights: Arrays, batch: Arrays) -> Results:
    """As told by the batch's first example: 1 fails, 2 fails in the other process, 3 is slow."""
    (home,), (told,) = weights, batch
    if told[0] == 1 or (told[0] == 2 and os.getpid() != home):
        raise ArithmeticError("This half was told to fail.")
    if told[0] == 3:
        time.sleep(0.3)
    if told[0] == 4 and os.getpid() == home:
        raise KeyboardInterrupt
    return (told + 0,), (told.sum(axis=0),)


def environment_step(weights: Arrays, batch: Arrays) -> Results:
    """How many threads the process was told to take, 0 if nothing was said."""
    threads = int(os.environ.get("OPENBLAS_NUM_THREADS", 0))
    return (np.full(len(batch[0]), threads),), ()


def blas_step(weights: Arrays, batch: Arrays) -> Results:
    """How many threads OpenBLAS takes, 1 where it is not OpenBLAS."""
    get, _ = blas._openblas()
    return (np.full(len(batch[0]), get()),), ()
