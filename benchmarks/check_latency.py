"""How long a learner waits for a check: from the call to the report, mistake named.

``python benchmarks/check_latency.py [--json]`` prints the first call in a fresh process, which
loads the judge and draws the cases, and the median of later calls. For every exercise the wrong
implementation that takes longest to be named stands for all.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

REPEATS = 5
FIRST_CALL = """
import time
import numpy as np
import autograder.student

def rnn_step_forward(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh.T + b_h), None

begin = time.perf_counter()
try:
    autograder.student.check("rnn_step_forward", step=rnn_step_forward)
except autograder.student.CheckFailed:
    print(f"\\n{time.perf_counter() - begin}")
"""


def first_call_s() -> float:
    """Return the seconds of the first check in a fresh process; importing `check` is not in it."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_CALL], capture_output=True, text=True, check=True
    )
    return float(done.stdout.strip().splitlines()[-1])


def slowest_mistakes_s() -> dict[str, float]:
    """Return, by exercise, the median seconds of naming the mistake that takes longest."""
    from autograder.judge.backend import JudgeBackend
    from autograder.judge.exercises import exercises_of, units_with_exercises

    backend = JudgeBackend()
    slowest = {}
    for unit in units_with_exercises():
        for exercise in exercises_of(unit):
            medians = []
            for mistake in exercise.mistakes:
                functions = {**exercise.reference, exercise.role: mistake.function}
                times = []
                for _ in range(REPEATS):
                    begin = time.perf_counter()
                    backend.check(exercise.name, functions)
                    times.append(time.perf_counter() - begin)
                medians.append(statistics.median(times))
            slowest[exercise.name] = max(medians)
    return slowest


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    as_json = parser.parse_args().json
    first, later = first_call_s(), slowest_mistakes_s()
    if as_json:
        print(json.dumps({"first_call_s": first, "slowest_mistake_s": later}, indent=1))
        return
    print(f"first check in a fresh process   {first * 1000:6.0f} ms")
    for name, seconds in later.items():
        print(f"{name:32s} {seconds * 1000:6.1f} ms")


if __name__ == "__main__":
    main()
