"""A process that times training steps of one implementation, asked line by line.

``python benchmarks/training_step.py fused|torch THREADS`` reads a line of JSON a request and
answers with one: ``{"do": "time", ...}`` gives the seconds of some steps, ``{"do": "memory", ...}``
the bytes that a step needs. The number of BLAS threads must be in the environment already.

Two threads of the fused kernels are two cores: two processes with half of the batch each, as
rnn_ref.fused.DataParallel does it, and one BLAS thread in each; the weights lie where both see
them, as an optimizer keeps them that changes them in place. A batch of one example cannot be
halved, so there BLAS has both threads.
"""

import contextlib
import ctypes
import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

START_S = 30.0
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


Arrays = tuple[Any, ...]


def rnn_layer(weights: Arrays, batch: Arrays) -> tuple[Arrays, Arrays]:
    """Forward and backward of an RNN, as ``DataParallel`` takes it; batch: x, dh, h_0."""
    from rnn_ref import fused

    x, dh, h_0 = batch
    h, cache = fused.rnn_forward(x, h_0, *weights)
    dx, dh_0, *sums = fused.rnn_backward(dh, cache)
    return (h, dx, dh_0), tuple(sums)


def lstm_layer(weights: Arrays, batch: Arrays) -> tuple[Arrays, Arrays]:
    """Forward and backward of an LSTM, as ``DataParallel`` takes it; batch: x, dh, h_0, c_0."""
    from rnn_ref import fused

    x, dh, h_0, c_0 = batch
    h, c, cache = fused.lstm_forward(x, h_0, c_0, *weights)
    dx, dh_0, dc_0, *sums = fused.lstm_backward(dh, cache)
    return (h, c[:, -1], dx, dh_0, dc_0), tuple(sums)


@contextlib.contextmanager
def fused_step(size: Size, threads: int = 1) -> Iterator[Step]:
    """Forward and backward of ``rnn_ref.fused``, weights like PyTorch's."""
    from rnn_ref.fused import DataParallel

    layer, n_states, n_gates = {"rnn": (rnn_layer, 1, 1), "lstm": (lstm_layer, 2, 4)}[size.cell]
    N, T, H = size.N, size.T, size.H
    rng = np.random.default_rng(0)
    x, dh = rng.normal(size=(2, N, T, H)).astype(size.dtype)
    states = [np.zeros((N, H), size.dtype) for _ in range(n_states)]
    bound = H**-0.5
    shapes = [(H, n_gates * H), (H, n_gates * H), (n_gates * H,)]
    weights = tuple(rng.uniform(-bound, bound, size=shape).astype(size.dtype) for shape in shapes)
    batch = (x, dh, *states)
    if threads == 1 or N == 1:
        yield lambda: layer(weights, batch)
        return
    with DataParallel(layer) as parallel:
        weights = parallel.share(weights)
        parallel(weights, batch)
        if not parallel.ready(START_S):
            raise SystemExit(f"The second process did not start within {START_S:.0f} s.")
        yield lambda: parallel(weights, batch)


@contextlib.contextmanager
def torch_step(size: Size, threads: int = 1) -> Iterator[Step]:
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

    yield step


Make = Callable[..., contextlib.AbstractContextManager[Step]]
STEPS: dict[str, Make] = {"fused": fused_step, "torch": torch_step}


def seconds_of_steps(step: Step, seconds: float) -> list[float]:
    """Repeat a step for so long, once at least; the first, which warms the caches, is not told."""
    times: list[float] = []
    step()
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return times


def bytes_of_step(make: Make, size: Size) -> int:
    """How far a step lifts the resident memory above what inputs and weights need."""
    with make(Size(size.cell, 1, 2, 8, size.dtype)) as step:
        step()  # libraries load what they load once
    with make(size) as step:
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
    with contextlib.ExitStack() as stack:
        for line in sys.stdin:
            request = json.loads(line)
            size = Size(**request["size"])
            if request["do"] == "memory":
                answer: Any = in_fork(lambda size=size: bytes_of_step(make, size))
            else:
                if size != measured:
                    stack.close()  # the size before, and its processes
                    step, measured = stack.enter_context(make(size, threads)), size
                answer = seconds_of_steps(step, request["seconds"])
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
