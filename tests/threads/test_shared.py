"""What the threads of a grading share is whole to whoever comes while another fills it.

Each of these is filled when it is first needed.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

KEY = """
from autograder.judge.exercises import find_exercise
from autograder.judge.key import AnswerKey
exercise = find_exercise("rnn_step_forward")
key = AnswerKey.draw(exercise, 1)
key.expected
wrong = exercise.mistakes[0]
wrong = key.answers_of({"step": wrong.function})
"""
CLUSTER = """
import threading
from autograder.sandbox.cluster import Cluster
cluster, told = Cluster("tcp://127.0.0.1:1"), threading.local()
cluster._threads = lambda: {"a worker": 1} if told.who else {}
def look(who):
    told.who = who
    return cluster._look()
"""
TABLES = {
    "probes": (
        "import numpy\nfrom autograder.student.probes import exercise_names, find_probe",
        "(find_probe('rnn_step_forward').exercise, len(exercise_names()))",
        "find_probe exercise_names _probes register",
        "('rnn_step_forward', 41)",
    ),
    "exercises": (
        "import numpy\nfrom autograder.judge.exercises import find_exercise",
        "find_exercise('rnn_step_forward').unit",
        "find_exercise exercises_of find_probe",
        "'recurrence'",
    ),
    "mistakes that are tried": (
        KEY,
        "key.recogniser.recognise(wrong)[0].name",
        "__get__ recogniser recognise __init__",
        "'step_without_bias'",
    ),
    "rules of the markdown reader": (
        "from autograder.grading.shown import plain_html",
        "plain_html('*a* `b`')",
        "getRules __compile__",
        repr("<p><em>a</em> <code>b</code></p>\n"),
    ),
    "workers of a cluster": (CLUSTER, "look(who)", "_look", "None"),
}


def met(setup: str, asked: str, functions: str) -> list[str]:
    """Return what two threads got, whichever lines they met at."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.threads.meeting", setup, asked, functions],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # to be copied it must have one thread
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("table", TABLES)
def test_shared_table_that_is_being_filled_is_whole_to_every_thread(table: str) -> None:
    setup, asked, functions, expected = TABLES[table]
    assert met(setup, asked, functions) == [expected]


def test_table_that_is_used_as_soon_as_it_is_not_empty_is_found() -> None:
    setup = (
        "table = {}\ndef ask():\n    if not table:\n        table[1] = 1\n        table[2] = 2\n"
    )
    assert met(setup + "    return table.get(2)", "ask()", "ask") == ["2", "None"]
