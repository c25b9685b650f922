"""A class graded by a real Dask cluster on loopback, with machines that die."""

from __future__ import annotations

import gc
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from autograder.cli import run as cli
from autograder.course import Course
from autograder.demo.notebooks import read_notebook, solution_texts, submission
from autograder.errors import AutograderError
from autograder.grading.pipeline import Graded, grade_unit
from autograder.grading.release import release_unit
from autograder.grading.results import read_results
from autograder.grading.unit_grader import UnitGrader, unit_seed
from autograder.sandbox import cluster, dask_client
from autograder.sandbox.cluster import Cluster, ClusterEngine, is_exposed
from autograder.sandbox.dask_client import ClusterUnavailable, within
from autograder.sandbox.job import Ending
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.sandbox.parcel import Answer, pack_answer, unpack_order
from autograder.student import wire
from tests.course.grading_folders import (
    NEEDS_SANDBOX,
    course_in,
    gradebook_rows,
    hand_in,
    twin,
)
from tests.grading import own_course
from tests.sandbox.dask_cluster import LoopbackCluster, kill, kill_while_busy
from tests.sandbox.running import SMALL, SOLUTION, notebook, secret_cases

pytest.importorskip("distributed", reason="the extra cluster is not installed")
UNIT = "recurrence"
WAITS = "import time\ntime.sleep(3)\n"
WRONG = "def stack_weights(W_xh, W_hh):\n    return np.concatenate([W_xh, W_hh])"
HIDDEN = "assert double(7.25) == 14.5"
OWN_ANSWERS = {
    "right": "return x + x",
    "six_alone": "return 6",
    "says_passed": "raise SystemExit(0)",
}
STUDENTS = ("anna", "ben", "chloe", "dora")


@dataclass
class Lesson:
    """A class graded twice: here, and on a cluster of which half dies."""

    here: Course
    there: Course
    was_busy: bool = False
    sent: list[tuple[Any, ...]] = field(default_factory=list)


def hand_in_class(course: Course) -> None:
    """Hand in right, wrong and broken work that takes a while."""
    release = read_notebook(course.release_notebook(UNIT))
    right = solution_texts(read_notebook(course.source_notebook(UNIT)))
    for student in STUDENTS:
        texts = {**right, "stack_weights": WAITS + right["stack_weights"]}
        if student == "ben":
            texts["stack_weights"] = WAITS + WRONG
        hand_in(course, UNIT, student, json.dumps(submission(release, texts)).encode())
    hand_in(course, UNIT, "frida", b"no notebook")


@pytest.fixture(autouse=True)
def _kept_open() -> None:
    """A cluster keeps sandboxes itself, by their secret cases: here every course has its own."""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    folder = tmp_path_factory.mktemp("cluster")
    here = course_in(folder / "here")
    hand_in_class(here)
    list(grade_unit(here, UNIT, BubblewrapLauncher(), jobs=2))
    lesson = Lesson(here, twin(here, folder / "there"))
    with LoopbackCluster(folder / "dask") as dask:
        dask.start_scheduler()
        workers = {name: dask.start_worker(name) for name in ("stays", "dies")}
        dask.await_workers(2)

        def kill_one() -> None:
            lesson.was_busy = kill_while_busy(dask.url, "dies", workers["dies"], watching)

        def watch(total: int) -> None:
            killer.start()
            watching.wait()

        watching = threading.Event()
        killer = threading.Thread(target=kill_one)
        with Cluster(dask.url) as cluster:
            record_what_is_sent(cluster, lesson.sent)
            options: dict[str, Any] = {"cluster": cluster, "on_start": watch}
            list(grade_unit(lesson.there, UNIT, BubblewrapLauncher(), **options))
        killer.join()
    return lesson


def record_what_is_sent(cluster: Cluster, sent: list[tuple[Any, ...]]) -> None:
    """Keep the arguments of all that `cluster` asks of its workers from now on."""
    ask = cluster.ask

    def recording(function: Callable[..., bytes], *arguments: object, worker: str = "") -> object:
        sent.append(arguments)
        return ask(function, *arguments, worker=worker)

    cluster.ask = recording  # type: ignore[method-assign]


@NEEDS_SANDBOX
def test_cluster_of_which_half_dies_gives_the_marks_of_this_machine(lesson: Lesson) -> None:
    assert lesson.was_busy
    rows = gradebook_rows(lesson.there, UNIT)
    assert rows == gradebook_rows(lesson.here, UNIT)
    assert rows.keys() == {*STUDENTS, "frida"}
    here, there = (read_results(course, UNIT) for course in (lesson.here, lesson.there))
    assert [one.reports for one in there] == [one.reports for one in here]
    assert {one.student: one.points for one in there} == {
        **dict.fromkeys(STUDENTS, 9.0),
        "ben": 8.1,
        "frida": 0.0,
    }


@NEEDS_SANDBOX
def test_cluster_is_sent_bytes_without_expected_values_or_names(lesson: Lesson) -> None:
    seed = unit_seed(lesson.here, UNIT)
    keys = UnitGrader(lesson.here, UNIT, seed, BubblewrapLauncher()).marker.keys
    assert {type(part) for sent in lesson.sent for part in sent} == {bytes, type(None)}
    whole = b"".join(part for sent in lesson.sent for part in sent if part)
    cases = [case for key in keys.values() for case in key.cases]
    inputs = [array_bytes(value) for case in cases for value in dict(case.inputs).values()]
    expected = [answer for key in keys.values() for answer in key.expected.values()]
    answers = [array_bytes(value) for one in expected for value in one.outputs.values()]
    assert any(found in whole for found in inputs if found)
    assert len(answers) > 10 and any(answers)
    assert not [found for found in answers if found and found not in inputs and found in whole]
    assert not [student for student in STUDENTS if student.encode() in whole]


@NEEDS_SANDBOX
def test_cluster_marks_an_exercise_of_ones_own_as_this_machine_does(
    dask: LoopbackCluster, tmp_path: Path
) -> None:
    here = own_course.course_with(
        tmp_path / "here",
        own_course.solution("double", "return 2 * x"),
        own_course.code("test_double", f"assert double(3) == 6\n{own_course.hidden(HIDDEN)}", 2),
    )
    release_unit(here, own_course.UNIT)
    for student, answer in OWN_ANSWERS.items():
        work = own_course.submission(
            here, {"double": f"def double(x):\n    {answer}"}, tmp_path / "n"
        )
        hand_in(here, own_course.UNIT, student, work.read_bytes())
    shutil.copytree(here.root, tmp_path / "there")
    there = Course(tmp_path / "there")
    list(grade_unit(here, own_course.UNIT, BubblewrapLauncher(), jobs=2))
    dask.start_worker("one")
    dask.await_workers(1)
    with Cluster(dask.url) as cluster:
        list(grade_unit(there, own_course.UNIT, BubblewrapLauncher(), cluster=cluster))
    assert gradebook_rows(there, own_course.UNIT) == gradebook_rows(here, own_course.UNIT)
    marks = {
        one.student: one.reports["test_double"].points
        for one in read_results(there, own_course.UNIT)
    }
    assert marks == {"right": 2, "six_alone": 0, "says_passed": 0}


def array_bytes(value: object) -> bytes:
    """Return an array as it would be sent; b"" for less than four numbers."""
    size = getattr(value, "size", 0)
    return wire.encode(value)[2:] if size >= 4 else b""


@NEEDS_SANDBOX
def test_cluster_gets_the_inputs_only_where_they_are_wanted(lesson: Lesson) -> None:
    orders = [sent for sent in lesson.sent if len(sent) == 2]
    assert all(unpack_order(order).unit == UNIT for order, _ in orders)
    # What is right and shows nothing runs once; ben's work runs again, for its words.
    assert sum(inputs is None for _, inputs in orders) == len(STUDENTS) + 1
    assert 1 <= sum(inputs is not None for _, inputs in orders) <= 4


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[LoopbackCluster]:
    """A scheduler with no workers yet."""
    with LoopbackCluster(tmp_path / "dask") as running:
        running.start_scheduler()
        yield running


def test_cluster_without_workers_says_how_to_start_one(dask: LoopbackCluster) -> None:
    with pytest.raises(ClusterUnavailable, match="has no workers: start some"), Cluster(dask.url):
        pass


@NEEDS_SANDBOX
def test_cluster_worker_without_a_sandbox_refuses_and_is_named(dask: LoopbackCluster) -> None:
    dask.start_worker("bare", PATH="/nonexistent")
    dask.await_workers(1)
    with pytest.raises(ClusterUnavailable) as caught, Cluster(dask.url):
        pass
    assert "tcp://127.0.0.1:" in str(caught.value)
    assert "bubblewrap is missing" in str(caught.value)


@NEEDS_SANDBOX
def test_cluster_that_loses_its_scheduler_says_so_and_keeps_what_is_recorded(
    dask: LoopbackCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = course_in(tmp_path / "data")
    hand_in_class(course)
    worker = dask.start_worker("only")
    dask.await_workers(1)
    graded: list[Graded] = []
    with Cluster(dask.url) as cluster:
        grading = grade_unit(course, UNIT, BubblewrapLauncher(), jobs=1, cluster=cluster)
        with pytest.raises(ClusterUnavailable, match="is recorded: start the scheduler"):
            for one in grading:
                graded.append(one)
                dask.stop_scheduler()
    kill(worker)
    kept = [one.result.student for one in graded if one.result is not None]
    assert 1 <= len(kept) < len(STUDENTS)
    assert sorted(one.student for one in read_results(course, UNIT)) == sorted(kept)


def test_cluster_that_cannot_be_reached_is_one_sentence() -> None:
    with pytest.raises(ClusterUnavailable, match="No Dask scheduler can be reached"):
        Cluster("tcp://127.0.0.1:1", connect_s=0.5).__enter__()


def test_cluster_that_accepts_and_never_answers_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dask_client, "ANSWER_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(ClusterUnavailable, match="No Dask scheduler can be reached"):
            Cluster(url, connect_s=1).__enter__()


def test_scheduler_that_falls_silent_is_lost(
    dask: LoopbackCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    dask.start_worker("only")
    dask.await_workers(1)
    with Cluster(dask.url) as connected:
        assert connected.threads == 2
        monkeypatch.setattr(cluster, "ANSWER_S", 0.5)
        dask.freeze_scheduler()
        with pytest.raises(ClusterUnavailable, match="was lost while grading"):
            connected.threads  # noqa: B018


def test_within_returns_raises_and_gives_up() -> None:
    assert within(5, lambda: 3) == 3
    with pytest.raises(KeyError):
        within(5, lambda: {}["absent"])
    with pytest.raises(TimeoutError):
        within(0.05, threading.Event().wait)


def test_cluster_without_dask_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterUnavailable, match="pip install"):
        Cluster("tcp://127.0.0.1:1").__enter__()


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


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("tcp://127.0.0.1:8786", False),
        ("localhost:8786", False),
        ("tls://10.0.0.1:8786", False),
        ("tcp://10.0.0.1:8786", True),
        ("10.0.0.1:8786", True),
        ("ws://example.org:8786", True),
    ],
)
def test_exposed_is_what_others_can_read(url: str, exposed: bool) -> None:
    assert is_exposed(url) is exposed


def test_grade_refuses_a_cluster_without_sandboxes() -> None:
    result = CliRunner().invoke(cli.app, ["grade", "1", "--no-sandbox", "--scheduler", "x:1"])
    assert isinstance(result.exception, AutograderError)
    assert "do not go together" in str(result.exception)


def test_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    import dask.config

    there, gone = tmp_path / "ca.pem", str(tmp_path / "gone.pem")
    there.write_text("")
    tls = {"ca-file": str(there), "client": {"cert": gone, "key": "-----BEGIN\n"}}
    with (
        dask.config.set({"distributed.comm.tls": tls}),
        pytest.raises(ClusterUnavailable) as refused,
    ):
        Cluster("tls://127.0.0.1:9").__enter__()
    assert f"names {gone} for tls://" in str(refused.value)


def clients_of(url: str) -> list[Any]:
    """Find what Dask has made to speak to `url`."""
    from distributed import Client

    return [one for one in gc.get_objects() if isinstance(one, Client) and one._start_arg == url]


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a certificate")
def test_cluster_with_tls_lets_in_who_has_the_certificate(
    tmp_path: Path,
) -> None:
    import dask.config

    files = {name: str(tmp_path / f"{name}.pem") for name in ("cert", "key")}
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    make += ["-subj", "/CN=cluster", "-keyout", files["key"], "-out", files["cert"]]
    subprocess.run(make, check=True, capture_output=True)
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    environment = {f"{prefix}CA_FILE": files["cert"]}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        environment |= {
            f"{prefix}{role}__CERT": files["cert"],
            f"{prefix}{role}__KEY": files["key"],
        }
    place = "distributed.comm.tls"
    mine = {f"{place}.ca-file": files["cert"]}
    mine |= {f"{place}.client.{name}": path for name, path in files.items()}
    with LoopbackCluster(tmp_path / "dask", environment) as secured:
        secured.start_scheduler("tls")
        assert secured.url.startswith("tls://")
        with pytest.raises(ClusterUnavailable, match="has to name the certificates") as refused:
            Cluster(secured.url, connect_s=2).__enter__()
        assert refused.value.__cause__ is not None  # keeps what Dask made
        assert not [one for one in clients_of(secured.url) if one.status != "closed"]
        with (
            dask.config.set(mine),
            pytest.raises(ClusterUnavailable, match="has no workers"),
        ):
            Cluster(secured.url, connect_s=5).__enter__()
