"""How long a learner waits for a check: from the call to the report, mistake named.

``python benchmarks/check_latency.py [--json]`` prints the first call in a fresh process, which
loads the judge and draws the cases; and, for every exercise, checks of wrong functions that the
judge has not seen: slips of the pen, one or two in each function, in a fresh judge, as in a
kernel that has just started. Told are the median and the longest, by clock and by processor.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

SINGLES_EACH = 8
DOUBLES = 150
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


def checks_of_mutants() -> dict[str, list[tuple[float, float]]]:
    """Return, by exercise, the seconds of checks of mutants: by the clock, by the processor."""
    from autograder.judge.backend import JudgeBackend
    from autograder.judge.exercises import exercises_of, units_with_exercises
    from autograder.quality.measure import doubles_of, mutants_of

    exercises = [e for unit in units_with_exercises() for e in exercises_of(unit)]
    doubles = doubles_of(exercises, DOUBLES)
    taken: dict[str, list[tuple[float, float]]] = {}
    for exercise in exercises:
        singles = mutants_of(exercise)
        chosen = singles[:: max(1, len(singles) // SINGLES_EACH)][:SINGLES_EACH]
        chosen += [one for one in doubles if one.exercise is exercise]
        backend = JudgeBackend()
        for subject in chosen:
            functions = {**exercise.reference, exercise.role: subject.make()}
            clock, processor = time.perf_counter(), time.process_time()
            backend.check(exercise.name, functions)
            spent = time.perf_counter() - clock, time.process_time() - processor
            taken.setdefault(exercise.name, []).append(spent)
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    as_json = parser.parse_args().json
    first, taken = first_call_s(), checks_of_mutants()
    every = [one for checks in taken.values() for one in checks]
    rows = {"all": every, **taken}
    figures = {
        name: {
            "checks": len(checks),
            "median_s": statistics.median(clock for clock, _ in checks),
            "longest_s": max(clock for clock, _ in checks),
            "longest_processor_s": max(processor for _, processor in checks),
        }
        for name, checks in rows.items()
    }
    if as_json:
        print(json.dumps({"first_call_s": first, "mutants": figures}, indent=1))
        return
    print(f"first check in a fresh process   {first * 1000:6.0f} ms")
    for name, row in figures.items():
        print(
            f"{name:32s} {row['checks']:4d} checks, median {row['median_s'] * 1000:6.0f} ms, "
            f"longest {row['longest_s'] * 1000:6.0f} ms ({row['longest_processor_s']:.2f} s of "
            "processor)"
        )


if __name__ == "__main__":
    main()
