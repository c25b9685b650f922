"""Jobs that a Dask cluster is asked for, whose workers die or answer something else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.sandbox.cluster import Cluster, ClusterEngine
from autograder.sandbox.dask_client import ClusterUnavailable
from autograder.sandbox.job import Ending
from autograder.sandbox.parcel import Answer, pack_answer
from tests.course.grading_folders import NEEDS_SANDBOX
from tests.sandbox.dask_cluster import LoopbackCluster, kill_while_busy
from tests.sandbox.running import SMALL, SOLUTION, notebook, secret_cases

pytest.importorskip("distributed", reason="the extra cluster is not installed")
UNIT = "recurrence"


@NEEDS_SANDBOX
def test_job_that_takes_every_worker_down_is_left_to_the_instructor_and_the_next_one_runs(
    tmp_path: Path,
) -> None:
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with LoopbackCluster(tmp_path / "dask", once) as dask:
        dask.start_scheduler()
        worker = dask.start_worker("dies")
        dask.await_workers(1)
        with Cluster(dask.url) as connected, ThreadPoolExecutor(1) as pool:
            engine = ClusterEngine(connected, UNIT, secret_cases(), SMALL)
            dying = pool.submit(engine.run, notebook("import time\ntime.sleep(300)"))
            assert kill_while_busy(dask.url, "dies", worker)
            dask.start_worker("next")
            dask.await_workers(1)
            run = dying.result(60)
            assert run.ending is Ending.SETUP
            assert "1 worker died while it ran it" in run.detail
            assert engine.run(notebook("print(1)")).ending is Ending.DONE


class Scripted:
    """A cluster that says what it is told to."""

    url = "tcp://scripted:1"

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def ask(self, function: object, *arguments: object, worker: str = "") -> object:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def run_scripted(*answers: object) -> Any:
    engine = ClusterEngine(Scripted(*answers), UNIT, secret_cases(), SMALL)  # type: ignore[arg-type]
    return engine.run(notebook(SOLUTION))


def test_job_that_kills_its_workers_is_not_gradable_with_a_sentence() -> None:
    from distributed.scheduler import KilledWorker

    last = SimpleNamespace(address="tcp://10.0.0.9:1")
    run = run_scripted(KilledWorker("task", last, 3))  # type: ignore[arg-type]
    assert run.ending is Ending.SETUP
    assert "4 workers died while they ran it, the last of them tcp://10.0.0.9:1" in run.detail


@pytest.mark.parametrize("answer", [{"points": 9}, "text", b"", b"\x80\x04.", ValueError("bad")])
def test_job_with_an_answer_that_is_none_is_not_gradable(answer: object) -> None:
    run = run_scripted(answer)
    assert run.ending is Ending.SETUP and run.cells == {}


def test_job_whose_worker_asks_for_inputs_for_ever_is_not_gradable() -> None:
    wants = pack_answer(Answer(wants_inputs=True))
    assert "asked for its inputs twice" in run_scripted(wants, wants).detail


def test_job_that_a_late_worker_refuses_ends_the_grading() -> None:
    with pytest.raises(ClusterUnavailable, match=r"refused: Its sandbox.*grade again"):
        run_scripted(pack_answer(Answer(refusal="Its sandbox does not hold.")))
