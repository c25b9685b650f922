"""A process that times training steps of one implementation, asked line by line.

``python benchmarks/training_step.py fused|torch THREADS`` reads a line of JSON a request and
answers with one: ``{"do": "time", ...}`` gives seconds of processor time and by the clock for some
steps, ``{"do": "memory", ...}`` the bytes that a step needs. The number of BLAS threads must be in
the environment already.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Step = Callable[[], object]


@dataclass(frozen=True)
class Size:
    """One network and one batch; inputs are as wide as the state, as in the middle of a stack."""

    cell: str
    """``"rnn"`` or ``"lstm"``."""
    N: int
    T: int
    H: int
    dtype: str = "float32"

    @property
    def label(self) -> str:
        """As ``--only`` of the comparison takes it."""
        return f"{self.cell} {self.N} {self.T} {self.H}"


def fused_step(size: Size, threads: int = 1) -> Step:
    """Forward and backward of ``rnn_ref.fused``, weights like PyTorch's; BLAS has its threads."""
    from rnn_ref import fused

    N, T, H = size.N, size.T, size.H
    rng = np.random.default_rng(0)
    x, dh = rng.normal(size=(2, N, T, H)).astype(size.dtype)
    n_states, n_gates = {"rnn": (1, 1), "lstm": (2, 4)}[size.cell]
    states = [np.zeros((N, H), size.dtype) for _ in range(n_states)]
    bound = H**-0.5
    shapes = [(H, n_gates * H), (H, n_gates * H), (n_gates * H,)]
    weights = [rng.uniform(-bound, bound, size=shape).astype(size.dtype) for shape in shapes]

    def rnn() -> object:
        h, cache = fused.rnn_forward(x, *states, *weights)
        return h, fused.rnn_backward(dh, cache)

    def lstm() -> object:
        h, c, cache = fused.lstm_forward(x, *states, *weights)
        return h, c, fused.lstm_backward(dh, cache)

    return rnn if size.cell == "rnn" else lstm


def torch_step(size: Size, threads: int = 1) -> Step:
    """Forward and backward of ``torch.nn.RNN`` or ``torch.nn.LSTM``, batch first."""
    import torch

    torch.set_num_threads(threads)
    dtype = getattr(torch, size.dtype)
    make = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM}[size.cell]
    layer = make(size.H, size.H, batch_first=True, dtype=dtype)
    x = torch.randn(size.N, size.T, size.H, dtype=dtype, requires_grad=True)
    dh = torch.randn(size.N, size.T, size.H, dtype=dtype)
    h_0 = torch.zeros(1, size.N, size.H, dtype=dtype, requires_grad=True)
    states = h_0 if size.cell == "rnn" else (h_0, torch.zeros_like(h_0, requires_grad=True))
    leaves = [x, *layer.parameters(), *([h_0] if size.cell == "rnn" else states)]

    def step() -> object:
        for leaf in leaves:
            leaf.grad = None
        h, _ = layer(x, states)
        h.backward(dh)
        return h

    return step


Make = Callable[..., Step]
STEPS: dict[str, Make] = {"fused": fused_step, "torch": torch_step}


def seconds_of_steps(step: Step, seconds: float) -> list[tuple[float, float]]:
    """Repeat a step for so long, once at least; the first, which warms the caches, is not told.

    Of each step: processor time, of all threads together, and time by the clock.
    """
    times: list[tuple[float, float]] = []
    step()
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        begin = time.process_time(), time.perf_counter()
        step()
        times.append((time.process_time() - begin[0], time.perf_counter() - begin[1]))
    return times


def bytes_of_step(make: Make, size: Size) -> int:
    """How far a step lifts the resident memory above what inputs and weights need."""
    make(Size(size.cell, 1, 2, 8, size.dtype))()  # libraries load what they load once
    step = make(size)
    gc.collect()
    before = _reset_peak()
    step()
    return _peak() - before


def _reset_peak() -> int:
    with contextlib.suppress(OSError, AttributeError):  # what only Linux has
        # What was freed goes back, or it would hide what is needed.
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    return _peak()


def _peak() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def in_fork(work: Callable[[], Any]) -> Any:
    """Do it in a fresh copy of this process, in which nothing was computed yet."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text)


def main() -> None:
    """Answer until the input ends."""
    make, threads = STEPS[sys.argv[1]], int(sys.argv[2])
    measured: Size | None = None
    for line in sys.stdin:
        request = json.loads(line)
        size = Size(**request["size"])
        if request["do"] == "memory":
            answer: Any = in_fork(lambda size=size: bytes_of_step(make, size))
        else:
            if size != measured:
                step, measured = make(size, threads), size
            answer = seconds_of_steps(step, request["seconds"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
