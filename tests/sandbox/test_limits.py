"""Whatever a submission uses too much of ends in a named limit, and finished exercises stay."""

import dataclasses
from pathlib import Path

import pytest

from autograder.sandbox.engine import Engine
from autograder.sandbox.job import Ending
from autograder.sandbox.launcher import BubblewrapLauncher
from tests.sandbox.running import (
    CHECK,
    CPU_ALONE,
    SMALL,
    SOLUTION,
    earns_its_mark,
    notebook,
    printed,
)

SWALLOWS = """
import signal, time
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    time.sleep(0.01)
"""
CATCHES = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""


def test_endless_cell_ends_by_its_cpu_time_and_the_next_run(short_of_cpu: Engine) -> None:
    ends_and_the_next_run(short_of_cpu, "while True:\n    pass", "cpu")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import time\ntime.sleep(10 ** 6)", id="sleep"),
        pytest.param(
            "import threading\nl = threading.Lock(); l.acquire(); l.acquire()", id="deadlock"
        ),
        pytest.param("while True:\n    pass", id="endless loop"),
    ],
)
def test_waiting_cell_ends_by_the_clock_and_the_next_run(
    short_of_wall: Engine, source: str
) -> None:
    ends_and_the_next_run(short_of_wall, source, "wall")


def ends_and_the_next_run(engine: Engine, source: str, limit: str) -> None:
    run = engine.run(notebook(source, SOLUTION, CHECK))
    assert run.cells[0].soft_limit == limit
    assert run.cells[0].error_name == "OutOfTime"
    assert run.ending is Ending.DONE
    assert earns_its_mark(run)


def test_check_of_an_endless_function_reports_the_limit_in_its_answers(
    short_of_cpu: Engine,
) -> None:
    endless = SOLUTION.replace("    h_t =", "    while True: pass\n    h_t =")
    run = short_of_cpu.run(notebook(endless, CHECK, "print('next')"))
    assert run.cells[1].soft_limit == "cpu"
    assert len(run.cells[1].answers) == 1
    assert not earns_its_mark(run)
    assert printed(run, 2) == "next"


@pytest.mark.parametrize("source", [SWALLOWS, CATCHES], ids=["ignores signals", "catches all"])
def test_cell_that_defies_the_clock_is_killed(short_of_wall: Engine, source: str) -> None:
    run = short_of_wall.run(notebook(SOLUTION, CHECK, source, "print('never')"))
    assert run.ending is Ending.WALL
    assert run.ending_cell == 2
    assert 3 not in run.cells
    assert earns_its_mark(run)  # what was finished before keeps its mark


def test_notebook_that_uses_up_its_cpu_time_ends_by_it(
    unit_folder: Path, bubblewrap: BubblewrapLauncher
) -> None:
    burn = "import time\nend = time.process_time() + 0.9\nwhile time.process_time() < end: pass"
    limits = dataclasses.replace(SMALL, notebook_cpu_s=4.0)
    with Engine(unit_folder, limits, bubblewrap) as engine:
        run = engine.run(notebook(*[burn] * 8))
    assert run.ending is Ending.CPU
    assert 7 not in run.cells


def test_cpu_time_beyond_the_grace_is_ended_by_the_kernel(
    unit_folder: Path, bubblewrap: BubblewrapLauncher
) -> None:
    limits = dataclasses.replace(CPU_ALONE, notebook_cpu_s=1.0)
    with Engine(unit_folder, limits, bubblewrap) as engine:
        run = engine.run(notebook(CATCHES))
    assert run.ending is Ending.CPU


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import numpy as np\nx = np.ones(2 ** 30)", id="one array"),
        pytest.param("x = []\nwhile True:\n    x.append(bytes(10 ** 6))", id="many pieces"),
        pytest.param("x = None\nwhile True:\n    x = [x] * 5000", id="small objects"),
        pytest.param("import mmap\nx = mmap.mmap(-1, 2 ** 30)", id="mapping"),
    ],
)
def test_memory_bomb_ends_its_cell(engine: Engine, source: str) -> None:
    run = engine.run(notebook(source, "x = None", SOLUTION, CHECK))
    assert run.cells[0].error_name in ("MemoryError", "_ArrayMemoryError", "OSError")
    assert earns_its_mark(run)


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm", "."])
def test_disk_fill_is_stopped(engine: Engine, folder: str) -> None:
    source = (
        f"i = 0\nwhile True:\n    open('{folder}/f%d' % i, 'wb').write(bytes(2 ** 20))\n    i += 1"
    )
    run = engine.run(notebook(source, "print(i)"))
    assert run.cells[0].error_name == "OSError"
    assert 0 < int(printed(run, 1)) <= SMALL.disk_bytes // 2**20


def test_many_empty_files_are_stopped(engine: Engine) -> None:
    run = engine.run(notebook("for i in range(10 ** 5):\n    open('f%d' % i, 'w').close()"))
    assert run.cells[0].error_name == "OSError"


def test_large_file_is_stopped_even_if_sparse(engine: Engine) -> None:
    run = engine.run(notebook("open('f', 'wb').truncate(2 ** 40)"))
    assert run.cells[0].error_name == "OSError"


def test_open_files_are_limited(engine: Engine) -> None:
    run = engine.run(notebook("files = [open('/dev/null') for _ in range(10 ** 4)]"))
    assert run.cells[0].error_name == "OSError"


def test_fork_bomb_makes_no_process(engine: Engine) -> None:
    source = (
        "import os\nmade = 0\nfor _ in range(100):\n    try:\n"
        "        pid = os.fork()\n        made += 1\n        if pid == 0: os._exit(0)\n"
        "    except OSError:\n        pass\nprint(made)"
    )
    assert printed(engine.run(notebook(source)), 0) == "0"


def test_thread_bomb_is_stopped_at_the_limit(engine: Engine) -> None:
    source = (
        "import threading, time\nthreading.stack_size(65536)\nstarted = 0\n"
        "while True:\n    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n"
        "    started += 1"
    )
    run = engine.run(notebook(source, "print(started)"))
    assert run.cells[0].error_name == "RuntimeError"
    assert 4 < int(printed(run, 1)) < SMALL.threads


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("line = 'x' * 10 ** 6\nfor _ in range(1000):\n    print(line)", id="1 GB"),
        pytest.param("print('x' * (200 * 10 ** 6))", id="one line of 200 MB"),
        pytest.param("for i in range(10 ** 5):\n    display(i)", id="many outputs"),
        pytest.param(
            "import sys\nfor i in range(10 ** 4):\n    print(i)\n    print(i, file=sys.stderr)",
            id="two streams in turn",
        ),
    ],
)
def test_flood_of_output_is_cut_and_the_notebook_goes_on(engine: Engine, source: str) -> None:
    run = engine.run(notebook(source, SOLUTION, CHECK))
    sizes = [len(output.data) for output in run.cells[0].outputs]
    assert sum(sizes) <= SMALL.cell_output_bytes + 1000
    assert len(sizes) <= SMALL.outputs_per_cell + 2  # the note, and what came before it
    assert "rest is left out" in printed(run, 0, "stderr")
    assert run.irregular == ()
    assert earns_its_mark(run)


def test_flood_past_the_streams_is_killed(engine: Engine) -> None:
    source = "import os\nwhile True:\n    os.write(3, b'x' * 65536)"
    run = engine.run(notebook(SOLUTION, CHECK, source))
    assert run.ending is Ending.OUTPUT
    assert earns_its_mark(run)


BEGINS_AGAIN = """
import os, signal, struct, time
signal.signal(signal.SIGALRM, signal.SIG_IGN)
while True:
    for kind, cell in ((3, 1), (3, 2), (10, 2), (10, 0), (3, 0), (3, 999)):
        os.write(3, struct.pack("<BHI", kind, cell, 0))
    time.sleep(0.5)
"""


def test_cell_that_says_it_begins_again_gets_no_more_time(short_of_wall: Engine) -> None:
    run = short_of_wall.run(notebook("x = 1", BEGINS_AGAIN, "y = 1"))
    assert run.ending is Ending.WALL
    assert run.detail.startswith("Cell 1 did not end")
