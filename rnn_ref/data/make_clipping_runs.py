"""Train the networks whose curves unit 07 shows, and save them as clipping_runs.npz.

Plain gradient descent on source code of Python's standard library, from five starts, at four
learning rates, each with and without a limit to the gradient's norm. Run it with
``python rnn_ref/data/make_clipping_runs.py``: it takes about three minutes. Another Python version
has another library and gives other curves.

The file that lies here was made on 2026-11-22 by an earlier, longer ``rnn_ref.fused``, in about the
time told above; today's gives the same up to rounding.
"""

from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm  # type: ignore[import-untyped]

from rnn_ref.widgets.clipping_training import Curves, train

FILE = Path(__file__).with_name("clipping_runs.npz")
RATES = (0.25, 0.5, 1.0, 2.0)
LIMITS = (np.inf, 1.0)  # without, with
SEEDS = (0, 1, 2, 3, 4)
STEPS = 400


def main() -> None:
    """Train and save losses and norms, shape (rates, limits, seeds, steps) each."""
    runs = [(rate, limit, seed) for rate in RATES for limit in LIMITS for seed in SEEDS]
    curves = [train(seed, rate, limit, STEPS) for rate, limit, seed in tqdm(runs, unit="run")]
    shape = (len(RATES), len(LIMITS), len(SEEDS), STEPS)
    arrays: dict[str, Any] = {
        name: np.reshape([getattr(one, name) for one in curves], shape).astype(np.float32)
        for name in Curves._fields
    }
    np.savez_compressed(FILE, **arrays, rates=RATES, limits=LIMITS)
    print(f"{FILE.name}: {FILE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
