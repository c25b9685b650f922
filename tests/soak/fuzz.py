"""Fuzzing guided by coverage: every target for as long as it is given, then what came of it.

Each target runs in a process of its own, for atheris ends the process it works in. Where atheris
is absent a sentence says so and nothing runs: ``pip install -e .[fuzz]`` on Linux.
"""

import argparse
import importlib
import importlib.util
import random
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
NAMES = ("wire", "answers", "transcript", "judge", "submission", "pages", "workers")
MAX_INPUT_BYTES = 32_768
MEMORY_MB, ONE_INPUT_S = 3_000, 60
ABSENT = "atheris is not installed, so nothing was fuzzed by coverage: pip install atheris."


@dataclass(frozen=True)
class Outcome:
    """What came of one target."""

    name: str
    inputs: int
    edges: int
    failure: str = ""

    def __str__(self) -> str:
        told = f"{self.name}: {self.inputs} inputs, {self.edges} edges"
        return f"{told}, {self.failure}" if self.failure else f"{told}, no crash, no wrong mark"


def fuzz(name: str, seconds: int, target: str = "tests.soak.targets") -> Outcome:
    """Fuzz one target in a process of its own.

    Parameters
    ----------
    target : str
        The module whose ``TARGETS`` has it.
    """
    command = [sys.executable, __file__, "--inside", name, "--seconds", str(seconds)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*command, "--module", target],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        told = done.stderr + done.stdout
        failure = ""
        if done.returncode:
            kept = _keep(name, Path(folder))
            failure = f"failed ({kept}):\n{_what_failed(told)}"
    executed = re.findall(r"number_of_executed_units:\s*(\d+)", told) or re.findall(
        r"^#(\d+)", told, re.MULTILINE
    )
    edges = re.findall(r"cov: (\d+)", told)
    return Outcome(
        name, int(executed[-1]) if executed else 0, int(edges[-1]) if edges else 0, failure
    )


def _keep(name: str, folder: Path) -> str:
    """Return where the input that failed is kept, out of a folder that goes."""
    for found in (*folder.glob("crash-*"), *folder.glob("oom-*"), *folder.glob("timeout-*")):
        kept = Path(tempfile.gettempdir()) / f"fuzz-{name}-{found.name}"
        kept.write_bytes(found.read_bytes())
        return str(kept)
    return "no input was kept"


def _what_failed(told: str) -> str:
    """Return the Python error in what a target said, else its last lines."""
    _, found, rest = told.partition("=== Uncaught Python exception: ===")
    return "\n".join((rest if found else told[-1500:]).strip().splitlines()[:25])


def run_inside(name: str, seconds: int, module: str) -> None:
    """Fuzz in this process, which ends with it."""
    import atheris

    prefixes = importlib.import_module("tests.soak.instrumented").INSTRUMENTED[name]
    with atheris.instrument_imports(include=list(prefixes)):
        target = importlib.import_module(module).TARGETS[name]

    def mutated(data: bytes, longest: int, seed: int) -> bytes:
        if target.mutate is None or random.Random(seed).random() < 0.3:
            return bytes(atheris.Mutate(data, longest))
        changed: bytes = target.mutate(data, seed)
        return changed[:longest]

    corpus = Path("corpus")
    corpus.mkdir()
    for number, data in enumerate(target.corpus()):
        (corpus / str(number)).write_bytes(data)
    arguments = [f"-max_total_time={seconds}", f"-max_len={MAX_INPUT_BYTES}", "-len_control=0"]
    arguments += [f"-rss_limit_mb={MEMORY_MB}", f"-timeout={ONE_INPUT_S}", "-print_final_stats=1"]
    options = {"custom_mutator": mutated} if target.mutate else {}
    atheris.Setup([sys.argv[0], *arguments, str(corpus)], target.run, **options)
    atheris.Fuzz()


def main() -> int:
    """Fuzz the targets asked for; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=100, help="for each target")
    parser.add_argument("--target", action="append", choices=NAMES)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("--module", default="tests.soak.targets", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        print(ABSENT)
        return 0
    if chosen.inside:
        run_inside(chosen.inside, chosen.seconds, chosen.module)
        return 0
    failed = False
    for name in chosen.target or NAMES:
        outcome = fuzz(name, chosen.seconds, chosen.module)
        print(outcome, flush=True)
        failed |= bool(outcome.failure)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
