"""A benchmark that has nothing to compare with says so."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="PyTorch is installed")
def test_training_step_benchmark_without_torch_says_how_to_get_it() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "rnn_ref_vs_torch.py"), "--json"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "pip install torch" in done.stderr
