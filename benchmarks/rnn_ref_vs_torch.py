"""Training steps of rnn_ref.fused against PyTorch's nn.RNN and nn.LSTM on the processor.

``python benchmarks/rnn_ref_vs_torch.py [--json]`` measures forward and backward of one layer, all
gradients wanted, side by side: each implementation has a process of its own, and the two take turns,
so that whatever else the machine does meets both. A time is the median over all turns.
Memory is how far one step lifts a fresh process's peak of resident memory, with one thread, above what it
held with inputs and weights made. ``geomean_ratio`` and ``worst_ratio`` are times, ours divided by
PyTorch's, over all sizes and numbers of threads in float32; float64 is told apart from them.
"""

import argparse
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

from training_step import STEPS, Size

TURN_S = 0.04
TURNS = 9
THREADS = (1, 2)
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
HOW_TO_GET_TORCH = (
    "PyTorch is not installed beside this Python, so there is nothing to compare with; "
    f"`{Path(sys.executable).name} -m pip install torch` gets it."
)
Row = dict[str, Any]


class Worker:
    """One implementation in a process of its own, with so many threads."""

    def __init__(self, implementation: str, threads: int) -> None:
        script = Path(__file__).with_name("training_step.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script), implementation, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads))},
        )

    def ask(self, do: str, size: Size, **more: float) -> Any:
        """Send one request and wait for its answer."""
        assert self.process.stdin and self.process.stdout
        print(json.dumps({"do": do, "size": asdict(size), **more}), file=self.process.stdin)
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"A measuring process ended early, at {size}.")
        return json.loads(answer)


@contextmanager
def workers(threads: int) -> Iterator[dict[str, Worker]]:
    """Run both implementations' processes, and end them."""
    with ExitStack() as stack:
        started = {name: Worker(name, threads) for name in STEPS}
        for worker in started.values():
            stack.enter_context(worker.process)
        yield started
        for worker in started.values():
            assert worker.process.stdin
            worker.process.stdin.close()


def sizes(dtype: str) -> list[Size]:
    """The course's sizes."""
    cells, batches, steps, states = ("rnn", "lstm"), (1, 16, 64), (25, 100), (64, 128, 256, 512)
    return [Size(*size, dtype) for size in product(cells, batches, steps, states)]


def measure_times(measured: list[Size], threads: int, turns: int) -> Iterator[Row]:
    """Let both take turns at each size."""
    with workers(threads) as both:
        for size in measured:
            times: dict[str, list[float]] = {name: [] for name in both}
            for _ in range(turns):
                for name, worker in both.items():
                    times[name] += worker.ask("time", size, seconds=TURN_S)
            ours, theirs = (statistics.median(times[name]) for name in ("fused", "torch"))
            yield {
                **asdict(size),
                "threads": threads,
                "ours_ms": ours * 1e3,
                "torch_ms": theirs * 1e3,
                "ratio": ours / theirs,
            }


def measure_memory(measured: list[Size]) -> dict[Size, tuple[int, int]]:
    """Bytes of one step, ours and PyTorch's."""
    with workers(1) as both:
        return {
            size: (both["fused"].ask("memory", size), both["torch"].ask("memory", size))
            for size in measured
        }


def geometric_mean(ratios: list[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, ratios)))


def table(rows: list[Row]) -> Any:
    """One line a size, both numbers of threads side by side."""
    from rich.table import Table

    drawn = Table(box=None, header_style="", pad_edge=False, padding=(0, 1))
    threads = sorted({row["threads"] for row in rows})
    for name in ("cell", "N", "T", "H"):
        drawn.add_column(name, justify="right")
    for number in threads:
        for name in (f"{number} thread{'s' * (number > 1)} ms", "PyTorch ms", "ratio"):
            drawn.add_column(name, justify="right")
    for name in ("MB", "PyTorch MB"):
        drawn.add_column(name, justify="right")
    by_size: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        by_size.setdefault((row["cell"], row["N"], row["T"], row["H"]), []).append(row)
    for size, group in by_size.items():
        cells = [str(part) for part in size]
        for row in sorted(group, key=lambda row: row["threads"]):
            cells += [f"{row['ours_ms']:.2f}", f"{row['torch_ms']:.2f}", f"{row['ratio']:.2f}"]
        if "ours_mb" in group[0]:
            cells += [f"{group[0]['ours_mb']:.1f}", f"{group[0]['torch_mb']:.1f}"]
        drawn.add_row(*cells)
    return drawn


def summary(rows: list[Row]) -> dict[str, float]:
    ratios = [row["ratio"] for row in rows]
    return {"geomean_ratio": geometric_mean(ratios), "worst_ratio": max(ratios)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--turns", type=int, default=TURNS, help="turns of each at every size")
    parser.add_argument("--only", default="", help="for example 'lstm 64': cell and N to measure")
    parser.add_argument("--threads", type=int, nargs="*", default=THREADS)
    parser.add_argument("--no-float64", action="store_true")
    arguments = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        print(HOW_TO_GET_TORCH, file=sys.stderr)
        raise SystemExit(2)
    chosen = [size for size in sizes("float32") if f"{size.cell} {size.N} ".startswith(arguments.only)]
    rows = [r for n in arguments.threads for r in measure_times(chosen, n, arguments.turns)]
    from rich.console import Console
    console = Console(width=130)
    console.print(table(rows))
    print(summary(rows))

if __name__ == "__main__":
    main()
