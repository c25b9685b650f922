"""The engine: parallel runs, replaced servers, and a way to do without a sandbox."""

import os
import pickle
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.engine import Engine, _Attempt
from autograder.sandbox.job import Cell, Ending, Job
from autograder.sandbox.launcher import BubblewrapLauncher, PlainLauncher
from autograder.sandbox.server_process import ServerProcess
from autograder.sandbox.transcript import parse_transcript
from tests.sandbox.running import (
    CHECK,
    CPU_ALONE,
    SMALL,
    SOLUTION,
    earns_its_mark,
    notebook,
    printed,
)


def test_many_threads_get_each_their_own_run(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        jobs = [notebook(f"print({number})", SOLUTION, CHECK) for number in range(24)]
        runs = list(pool.map(engine.run, jobs))
    assert [printed(run, 0) for run in runs] == [str(number) for number in range(24)]
    assert all(earns_its_mark(run) for run in runs)


def test_runs_in_parallel_do_not_wait_for_each_other(engine: Engine) -> None:
    job = notebook("import time\nprint(time.monotonic())\ntime.sleep(1)\nprint(time.monotonic())")
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(engine.run, [job] * 4))
    times = sorted(tuple(map(float, printed(run, 0).split())) for run in runs)
    assert any(later[0] < earlier[1] for earlier, later in pairwise(times))


def test_transcript_crosses_machines_as_plain_data(engine: Engine) -> None:
    job = notebook(SOLUTION, CHECK)
    transcript = pickle.loads(pickle.dumps(engine.execute(job)))
    assert earns_its_mark(parse_transcript(transcript, job, SMALL))


def test_empty_job_is_done(engine: Engine) -> None:
    run = engine.run(Job("empty", ()))
    assert (run.ending, run.cells) == (Ending.DONE, {})


def test_large_source_gets_through(engine: Engine) -> None:
    run = engine.run(notebook("text = '''" + "x" * (3 * 10**6) + "'''\nprint(len(text))"))
    assert printed(run, 0) == "3000000"


def test_no_process_is_left_when_the_engine_has_gone(
    unit_folder: Path, bubblewrap: BubblewrapLauncher
) -> None:
    with Engine(unit_folder, SMALL, bubblewrap) as engine:
        server = engine.server_pid
        os.kill(server, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_server_that_dies_is_replaced_and_its_job_run_again(
    unit_folder: Path, bubblewrap: BubblewrapLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def follow_and_kill(attempt: _Attempt, data: bytes) -> bool:
        few_enough = follow(attempt, data)
        if attempt.cell is not None and engine.starts == 1:
            os.kill(engine.server_pid, signal.SIGKILL)  # its cell has begun
        return few_enough

    follow = _Attempt._follow
    monkeypatch.setattr(_Attempt, "_follow", follow_and_kill)
    with Engine(unit_folder, SMALL, bubblewrap) as engine:
        run = engine.run(notebook("import time\ntime.sleep(1)\nprint('ran')"))
        assert printed(run, 0) == "ran"
        assert engine.starts == 2


def test_server_that_died_between_jobs_is_replaced(
    unit_folder: Path, bubblewrap: BubblewrapLauncher
) -> None:
    with Engine(unit_folder, SMALL, bubblewrap) as engine:
        runs = [engine.run(notebook("print(1)"))]
        os.kill(engine.server_pid, signal.SIGKILL)
        runs.append(engine.run(notebook("print(2)")))
        assert [printed(run, 0) for run in runs] == ["1", "2"]


def test_job_for_a_closed_engine_is_nobodys_zero(
    unit_folder: Path, bubblewrap: BubblewrapLauncher
) -> None:
    with Engine(unit_folder, SMALL, bubblewrap) as engine:
        pass
    run = engine.run(notebook("print(1)"))
    assert run.ending is Ending.SETUP
    assert "closed" in run.detail


def test_sandbox_that_does_not_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listen_and_linger(server: ServerProcess, start: Any, hello: Any) -> None:
        listen(server, start, hello)
        time.sleep(0.5)  # as on a busy machine: the thread is there when the server has gone

    listen = ServerProcess._listen
    monkeypatch.setattr(ServerProcess, "_listen", listen_and_linger)
    (tmp_path / "unit").mkdir()
    plain = PlainLauncher()
    with (
        pytest.raises(SandboxUnavailable, match="did not start"),
        Engine(tmp_path / "unit", SMALL, plain),
    ):
        pass


def test_plain_launcher_gives_the_same_marks_without_a_sandbox(unit_folder: Path) -> None:
    with Engine(unit_folder, CPU_ALONE, PlainLauncher()) as engine:
        run = engine.run(notebook("while True: pass", SOLUTION, CHECK))
        assert run.cells[0].soft_limit == "cpu"
        assert earns_its_mark(run)
        assert "judge" in engine.run(notebook("import autograder.judge")).cells[0].error_text


@pytest.mark.parametrize("indices", [(1, 0), (0, 0), (-1,), (2**16,)])
def test_job_with_unusable_indices_is_refused(indices: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"index|indices"):
        Job("bad", tuple(Cell(index, "") for index in indices))
