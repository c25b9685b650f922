"""A class graded by a real Dask cluster on loopback, with machines that die."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
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
from autograder.sandbox.cluster import Cluster
from autograder.sandbox.dask_client import ClusterUnavailable
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.sandbox.parcel import unpack_order
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


def test_grade_refuses_a_cluster_without_sandboxes() -> None:
    result = CliRunner().invoke(cli.app, ["grade", "1", "--no-sandbox", "--scheduler", "x:1"])
    assert isinstance(result.exception, AutograderError)
    assert "do not go together" in str(result.exception)
