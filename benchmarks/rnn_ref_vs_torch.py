"""Training steps of rnn_ref.fused against PyTorch's nn.RNN and nn.LSTM on the processor.

``python benchmarks/rnn_ref_vs_torch.py [--json]`` measures forward and backward of one layer, with
inputs as wide as the state and all gradients wanted. Each implementation has a process of its own,
and the two take turns, so that whatever else the machine does meets both. In a turn the median
step counts, and of the turns the calmest. All sizes are gone through four times: what disturbs the
machine for some seconds spoils one of four visits to a few sizes.

Memory is how far one step lifts the peak of resident memory above what inputs and weights need, in
a fresh process with one thread.

``geomean_ratio`` and ``worst_ratio`` are processor times, ours divided by PyTorch's, over all sizes
and numbers of threads in float32; those of float64 stand beside them. Both have the same number of
threads, ours in NumPy's BLAS alone. The time of all threads counts, also of one that waits for the
others; ``geomean_clock_ratio`` is the same by the clock, which other programs disturb more.
"""

import argparse
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

from training_step import STEPS, Size

TURN_S = 0.04
ROUNDS = 4
TURNS = 3
PAUSE_S = 0.05
"""Before a turn. Idle threads of OpenBLAS spin on a core for some 20 ms after the other's turn."""
THREADS = (1, 2)
CAPTION = "processor time of a step, forward and backward, float32; memory that it needs, 1 thread"
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
            worker.process.stdin.close()


def sizes(dtype: str) -> list[Size]:
    """The course's sizes."""
    cells, batches, steps, states = ("rnn", "lstm"), (1, 16, 64), (25, 100), (64, 128, 256, 512)
    return [Size(*size, dtype) for size in product(cells, batches, steps, states)]


def measure_times(measured: list[Size], threads: int, turns: int) -> list[Row]:
    """Let both take turns at each size, in several rounds."""
    calmest = {size: dict.fromkeys(STEPS, (math.inf, math.inf)) for size in measured}
    with workers(threads) as both:
        for size in measured * ROUNDS:
            for _ in range(turns):
                for name, worker in both.items():
                    time.sleep(PAUSE_S)
                    steps = worker.ask("time", size, seconds=TURN_S)
                    of_turn = map(statistics.median, zip(*steps, strict=True))
                    calmest[size][name] = tuple(map(min, calmest[size][name], of_turn))
    return [
        {
            **asdict(size),
            "threads": threads,
            "ours_ms": times["fused"][0] * 1e3,
            "torch_ms": times["torch"][0] * 1e3,
            "ratio": times["fused"][0] / times["torch"][0],
            "clock_ratio": times["fused"][1] / times["torch"][1],
        }
        for size, times in calmest.items()
    ]


def measure_memory(measured: list[Size]) -> dict[Size, dict[str, float]]:
    """Return the megabytes of one step, ours and PyTorch's, by size."""
    with workers(1) as both:
        return {
            size: {
                "ours_mb": both["fused"].ask("memory", size) / 1e6,
                "torch_mb": both["torch"].ask("memory", size) / 1e6,
            }
            for size in measured
        }


def summary(rows: list[Row]) -> dict[str, float]:
    """Geometric means and maximum of the ratios; nan where nothing was measured."""
    ratios = [row["ratio"] for row in rows] or [math.nan]
    by_clock = [row["clock_ratio"] for row in rows] or [math.nan]
    return {
        "geomean_ratio": statistics.geometric_mean(ratios),
        "worst_ratio": max(ratios),
        "geomean_clock_ratio": statistics.geometric_mean(by_clock),
    }


def show(rows: list[Row], float64_rows: list[Row]) -> None:
    """Print one line a size, both numbers of threads side by side, and the sums."""
    from rich.console import Console
    from rich.table import Table

    threads = sorted({row["threads"] for row in rows})
    drawn = Table(box=None, header_style="", pad_edge=False, padding=(0, 1), caption=CAPTION)
    names = ["cell", "N", "T", "H"]
    for number in threads:
        names += [f"{number} thread{'s' * (number > 1)}\nours ms", "\nPyTorch", "\nratio"]
    for name in [*names, "memory\nours MB", "\nPyTorch"]:
        drawn.add_column(name, justify="right")
    by_size: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in ("cell", "N", "T", "H"))
        by_size.setdefault(key, []).append(row)
    for key, group in by_size.items():
        cells = [*key]
        for row in group:
            cells += [f"{row['ours_ms']:.2f}", f"{row['torch_ms']:.2f}", f"{row['ratio']:.2f}"]
        cells += [f"{group[0]['ours_mb']:.1f}", f"{group[0]['torch_mb']:.1f}"]
        drawn.add_row(*cells)
    console = Console(width=100, highlight=False)
    console.print(drawn)
    console.print(_sentence("float32", rows))
    if float64_rows:
        console.print(_sentence("float64", float64_rows))


def _sentence(dtype: str, rows: list[Row]) -> str:
    figures = summary(rows)
    slowest = max(rows, key=lambda row: row["ratio"])
    at = "{cell}, N={N}, T={T}, H={H}, {threads} thread(s)".format(**slowest)
    return (
        f"{dtype}: ratio {figures['geomean_ratio']:.2f} as the geometric mean of {len(rows)}; "
        f"at worst {figures['worst_ratio']:.2f} ({at}). "
        f"By the clock: {figures['geomean_clock_ratio']:.2f}."
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--turns", type=int, default=TURNS, help="turns of each in every round")
    parser.add_argument("--threads", type=int, nargs="+", default=THREADS)
    parser.add_argument("--no-float64", action="store_true", help="float32 alone, in half the time")
    parser.add_argument("--only", default="", help="sizes that begin so: 'lstm', or 'lstm 16 100'")
    arguments = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        print(HOW_TO_GET_TORCH, file=sys.stderr)
        raise SystemExit(2)
    chosen = {
        dtype: [size for size in sizes(dtype) if size.label.startswith(arguments.only)]
        for dtype in ("float32", "float64")
    }
    if not chosen["float32"]:
        parser.error(
            f"no size begins with {arguments.only!r}; the first is {sizes('float32')[0].label!r}"
        )
    memory = measure_memory(chosen["float32"])
    rows, float64_rows = [], []
    for threads in arguments.threads:
        timed = measure_times(chosen["float32"], threads, arguments.turns)
        rows += [row | memory[size] for size, row in zip(chosen["float32"], timed, strict=True)]
        if not arguments.no_float64:
            float64_rows += measure_times(chosen["float64"], threads, 1)
    if not arguments.json:
        show(rows, float64_rows)
        return
    print(
        json.dumps(
            summary(rows) | {"float64": summary(float64_rows), "rows": rows + float64_rows},
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
