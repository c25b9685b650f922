"""Workers: what comes back, what they die of, and that nobody else notices."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading import unit_marker
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.results import Result
from autograder.grading.unit_marker import UnitMarker
from autograder.grading.which_unit import Teller
from autograder.reports.feedback_page import feedback_page
from autograder.reports.outline import read_outline
from autograder.sandbox.job import Limits
from autograder.workers import WorkerDied, Workers, WorkLimits, process, workers
from autograder.workers import pool as pool_module
from tests.workers import tasks

#: Every other limit is out of reach where one of them is tried.
FAR = WorkLimits(cpu_s=3600, wall_s=3600.0, memory_bytes=2**40)


def limited(**limits: float) -> Workers:
    return Workers(1, WorkLimits(**{**vars(FAR), **limits}))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    pool = Workers(1, FAR)
    yield pool
    pool.close()


def test_call_returns_what_the_function_returns_from_one_lasting_process(pool: Workers) -> None:
    assert pool.call(tasks.double, 21) == 42
    assert pool.call(tasks.who) == pool.call(tasks.who)


def test_worker_that_asks_gets_what_its_caller_answers(pool: Workers) -> None:
    assert pool.converse(lambda number: 10 * number, tasks.add_up, [1, 2, 3]) == 60
    assert pool.call(tasks.add_up, []) == 0


def test_answer_that_fails_ends_the_call_and_the_worker() -> None:
    pool = limited()
    first = pool.call(tasks.who)
    with pytest.raises(ZeroDivisionError):
        pool.converse(lambda number: 1 // number, tasks.add_up, [1, 0])
    with pytest.raises(RuntimeError, match="nobody answers"):
        pool.call(tasks.add_up, [1])
    assert not psutil.pid_exists(first)
    assert pool.call(tasks.double, 2) == 4
    pool.close()


def test_clock_of_a_worker_stands_still_and_its_place_is_free_while_it_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = limited(wall_s=600.0)
    clock = iter(range(0, 10_000_000, 300))  # each look at it is five minutes later
    monkeypatch.setattr(process.time, "monotonic", lambda: float(next(clock)))

    def answer(number: int) -> int:
        for _ in range(100):
            process.time.monotonic()
        return pool.call(tasks.double, number)

    assert pool.converse(answer, tasks.add_up, [1]) == 2
    with pytest.raises(WorkerDied, match="took longer than 600 s"):
        pool.converse(answer, tasks.add_up, [1, 2, 3])
    pool.close()


def test_call_raises_what_the_function_raises_with_its_place(pool: Workers) -> None:
    with pytest.raises(UnreadableSubmission, match="it is no notebook") as caught:
        pool.call(tasks.refuse)
    assert "tasks.py, line" in caught.value.__notes__[0]


@pytest.mark.parametrize("task", [tasks.refuse_oddly, tasks.give_function, tasks.deep])
def test_call_with_an_outcome_that_cannot_be_sent_raises_and_the_worker_goes_on(
    pool: Workers, task: Callable[[], object]
) -> None:
    worker = pool.call(tasks.who)
    with pytest.raises((RuntimeError, AttributeError, TypeError)):
        pool.call(task)
    assert pool.call(tasks.who) == worker


def test_call_that_prints_does_not_disturb_the_channel(pool: Workers) -> None:
    assert pool.call(tasks.talk) == "said"
    assert pool.call(tasks.double, 1) == 2


@pytest.mark.parametrize(
    ("task", "limits", "told"),
    [
        (tasks.pattern, {"cpu_s": 1}, "took more than 1 s of processor time"),
        (tasks.sleep, {"wall_s": 1.0}, "took longer than 1 s"),
        (tasks.ignore_and_sleep, {"wall_s": 1.0}, "took longer than 1 s"),
        (tasks.fill, {"memory_bytes": 2**28}, "took more than 256 MB of memory"),
        (tasks.fill_with_numbers, {"memory_bytes": 2**28}, "took more than 256 MB of memory"),
        (tasks.fill_with_parts, {"memory_bytes": 2**28}, "took more than 256 MB of memory"),
        (tasks.crash, {}, "ended its process"),
        (tasks.leave, {}, "ended its process"),
    ],
)
def test_call_beyond_a_limit_ends_the_worker_and_the_next_call_gets_another(
    task: Callable[[], object], limits: dict[str, float], told: str
) -> None:
    pool = limited(**limits)
    first = pool.call(tasks.who)
    with pytest.raises(WorkerDied, match=told):
        pool.call(task)
    assert pool.call(tasks.who) != first
    pool.close()
    assert not psutil.pid_exists(first)


def test_limits_are_of_one_call_and_not_of_all_together() -> None:
    pool = limited(memory_bytes=2**28)
    assert {pool.call(tasks.double, number) for number in range(50)} == set(range(0, 100, 2))
    pool.close()


def test_one_that_dies_leaves_those_beside_it_alone() -> None:
    pool = Workers(2, WorkLimits(cpu_s=1, wall_s=3600.0, memory_bytes=2**40))
    with ThreadPoolExecutor(2) as threads:
        dying = threads.submit(pool.call, tasks.pattern)
        assert [pool.call(tasks.double, number) for number in range(20)] == list(range(0, 40, 2))
        with pytest.raises(WorkerDied):
            dying.result()
    pool.close()


def test_workers_are_shared_and_gone_after_the_last_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_open", [])  # other tests may keep some to the end
    monkeypatch.setattr(pool_module, "_users", 0)
    with workers() as one, workers() as other:
        assert one is other
        worker = one.call(tasks.who)
    assert not psutil.pid_exists(worker)


def test_worker_that_cannot_start_is_told_as_the_machines_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "_PROGRAM", "import no_such_module_of_ours")
    with pytest.raises(AutograderError, match=r"did not start: .*no_such_module_of_ours"):
        Workers(1).call(tasks.who)


def test_worker_does_its_work_without_what_takes_long_to_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    course = Course.find(Path(__file__))
    path = course.source_notebook("recurrence")
    marker = UnitMarker(course, "recurrence", 1, Limits())
    outline = read_outline(course, "recurrence")
    monkeypatch.setattr(pool_module, "_open", [])  # those of other tests have imported more
    monkeypatch.setattr(pool_module, "_users", 0)
    with workers() as pool:
        pool.call(unit_marker.read, marker, path)
        marks = marker.unreadable("x")
        result = Result("s01", "recurrence", "", marks.reports)
        assert "s01" in pool.call(feedback_page, outline, result, marks.notebook, {}, {}, 0.0)
        Teller(course, pool).identity(path, [])
        heavy = ("nbgrader", "nbformat", "sqlalchemy", "nbconvert", "jsonschema")
        assert pool.call(tasks.loaded, *heavy) == []
        assert pool.call(tasks.loaded, "numpy") == ["numpy"]
