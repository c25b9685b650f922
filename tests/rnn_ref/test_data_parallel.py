"""Two processes with half of a batch each give what one gives with the whole batch."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from rnn_ref.errors import InputError, ShapeError
from rnn_ref.fused import DataParallel, blas, other_process
from rnn_ref.widgets import long_memory_training as training
from tests.rnn_ref import data_parallel_steps as steps
from tests.rnn_ref.data_parallel_steps import Arrays, Results

START_S = 180.0
# Sums in another order, of numbers near 1 rounded to 1e-16 or 6e-8.
ROUNDING = {"float64": 1e-11, "float32": 2e-4}
CELLS: dict[str, tuple[Callable[[Arrays, Arrays], Results], int, int]] = {
    "rnn": (steps.rnn_step, 1, 1),
    "lstm": (steps.lstm_step, 4, 2),
}


def layer(cell: str, N: int, dtype: str = "float64", T: int = 5) -> tuple[Arrays, Arrays]:
    _, n_gates, n_states = CELLS[cell]
    rng = np.random.default_rng(N)
    D, H = 3, 4
    G = n_gates * H
    weights = [0.3 * rng.normal(size=shape) for shape in [(D, G), (H, G), (G,)]]
    states = [rng.uniform(-0.9, 0.9, size=(N, H)) for _ in range(n_states)]
    batch = [rng.normal(size=(N, T, D)), rng.normal(size=(N, T, H)), *states]
    return tuple(a.astype(dtype) for a in weights), tuple(a.astype(dtype) for a in batch)


def start(parallel: DataParallel, weights: Arrays, batch: Arrays) -> Results:
    first = parallel(weights, batch)
    assert parallel.ready(START_S)
    return first


def processes() -> list[psutil.Process]:
    """Children that multiprocessing started; one that has ended has no command line any more."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
            if "--multiprocessing-fork" in child.cmdline():
                found.append(child)
    return found


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    yield
    assert processes() == []


def assert_close(got: Results, expected: Results, dtype: str = "float64") -> None:
    for arrays, wanted in zip(got, expected, strict=True):
        for a, b in zip(arrays, wanted, strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_allclose(a, b, rtol=0.0, atol=ROUNDING[dtype])


def assert_same(got: Results, expected: Results) -> None:
    for arrays, wanted in zip(got, expected, strict=True):
        for a, b in zip(arrays, wanted, strict=True):
            np.testing.assert_array_equal(a, b)


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ROUNDING)
@pytest.mark.parametrize("cell", CELLS)
def test_call_equals_step_on_whole_batch_for_any_shape(cell: str, dtype: str) -> None:
    step = CELLS[cell][0]
    with DataParallel(step) as parallel:
        for N, T in [(4, 5), (7, 5), (1, 5), (7, 3)]:  # odd, single, and changed ones
            weights, batch = layer(cell, N, dtype, T)
            first = parallel(weights, batch)
            assert parallel.ready(START_S) or N == 1
            assert_close(first, step(weights, batch), dtype)
            for _ in range(3):
                assert_same(parallel(weights, batch), first)


def test_call_scattered_memory_equals_contiguous() -> None:
    weights, batch = layer("lstm", 6)
    time_first = tuple(np.ascontiguousarray(a.swapaxes(0, 1)).swapaxes(0, 1) for a in batch)
    spread = tuple(np.repeat(a, 2, axis=-1)[..., ::2] for a in (*weights, *batch))
    expected = steps.lstm_step(weights, batch)
    with DataParallel(steps.lstm_step) as parallel:
        start(parallel, weights, batch)
        assert_close(parallel(weights, time_first), expected)
        assert_close(parallel(spread[:3], spread[3:]), expected)
    with DataParallel(steps.lstm_step) as parallel:
        start(parallel, spread[:3], time_first)
        assert_close(parallel(spread[:3], time_first), expected)


def test_call_leaves_earlier_results_alone() -> None:
    weights, batch = layer("rnn", 4)
    with DataParallel(steps.rnn_step) as parallel:
        start(parallel, weights, batch)
        got = parallel(weights, batch)
        copies = tuple(tuple(a.copy() for a in arrays) for arrays in got)
        parallel(tuple(2 * a for a in weights), batch)
    assert_same(got, (copies[0], copies[1]))


# --- weights that both processes see ------------------------------------------------------------


def test_shared_weights_changed_in_place_are_those_of_both_halves() -> None:
    x = np.arange(4.0)
    with DataParallel(steps.process_step) as parallel:
        weights = parallel.share((np.array(2.0),))
        start(parallel, weights, (x,))
        weights[0][...] = 3
        (scaled, ids), _ = parallel(weights, (x,))
    assert len(set(ids)) == 2
    np.testing.assert_array_equal(scaled, 3 * x)


def test_shared_weights_are_copies_with_equal_results() -> None:
    weights, batch = layer("lstm", 4)
    spread = tuple(np.asfortranarray(np.repeat(a, 2, axis=-1))[..., ::2] for a in weights)
    with DataParallel(steps.lstm_step) as parallel:
        shared = parallel.share(spread)
        for mine, given in zip(shared, weights, strict=True):
            np.testing.assert_array_equal(mine, given)
            assert not np.shares_memory(mine, given)
        start(parallel, shared, batch)
        assert_close(parallel(shared, batch), steps.lstm_step(weights, batch))


def test_other_weights_leave_the_shared_ones_alone() -> None:
    x = np.arange(4.0)
    with DataParallel(steps.process_step) as parallel:
        weights = parallel.share((np.array(2.0),))
        for given, factor in [(weights, 2), ((np.array(5.0),), 5), (weights, 2)]:
            start(parallel, given, (x,))
            (scaled, ids), _ = parallel(given, (x,))
            assert len(set(ids)) == 2
            np.testing.assert_array_equal(scaled, factor * x)
            assert weights[0] == 2


def test_weights_shared_anew_are_used_from_then_on() -> None:
    x = np.arange(4.0)
    with DataParallel(steps.process_step) as parallel:
        old = parallel.share((np.array(2.0),))
        start(parallel, old, (x,))
        new = parallel.share((np.array(3.0),))
        for given, factor in [((np.array(5.0),), 5), (new, 3), (old, 2)]:
            start(parallel, given, (x,))
            (scaled, _), _ = parallel(given, (x,))
            np.testing.assert_array_equal(scaled, factor * x)
    assert (old[0], new[0]) == (2, 3)


# --- two processes ------------------------------------------------------------------------------


def test_call_takes_smaller_half_in_another_process_with_the_new_weights() -> None:
    x = np.arange(5.0)
    with DataParallel(steps.process_step) as parallel:
        (_, ids), _ = start(parallel, (np.array(1.0),), (x,))
        assert set(ids) == {os.getpid()}  # it had not started yet
        (scaled, ids), (total,) = parallel((np.array(3.0),), (x + 1,))
        (other,) = {process.pid for process in processes()}
    assert ids.tolist() == [os.getpid()] * 3 + [other] * 2
    np.testing.assert_array_equal(scaled, 3 * (x + 1))
    assert total == 45


def test_other_process_has_one_blas_thread_and_environment_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with DataParallel(steps.environment_step) as parallel:
        start(parallel, (), (np.zeros(2),))
        ((threads,), _) = parallel((), (np.zeros(2),))
    assert threads.tolist() == [7, 1]
    assert os.environ["OPENBLAS_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_one_thread_sets_blas_and_puts_it_back() -> None:
    get, set_to = blas._openblas()
    before = get()
    set_to(2)
    several = get()  # 1 where the BLAS is not OpenBLAS
    try:
        with pytest.raises(KeyboardInterrupt), blas.one_thread():
            assert get() == 1
            raise KeyboardInterrupt
        assert get() == several
    finally:
        set_to(before)


def test_call_takes_one_blas_thread_in_either_process() -> None:
    get, set_to = blas._openblas()
    before = get()
    set_to(2)
    try:
        with DataParallel(steps.blas_step) as parallel:
            start(parallel, (), (np.zeros(2),))
            ((threads,), _) = parallel((), (np.zeros(2),))
    finally:
        set_to(before)
    assert threads.tolist() == [1, 1]


def test_changed_shape_ends_the_process_for_the_old_one() -> None:
    with DataParallel(steps.process_step) as parallel:
        start(parallel, (np.array(1.0),), (np.zeros(4),))
        (old,) = processes()
        start(parallel, (np.array(1.0),), (np.zeros(8),))
        (new,) = processes()
    assert old != new


def test_close_twice_and_a_later_call_are_allowed() -> None:
    parallel = DataParallel(steps.process_step)
    arguments = (np.array(1.0),), (np.zeros(4),)
    start(parallel, *arguments)
    parallel.close()
    parallel.close()
    assert processes() == []
    assert not parallel.ready()
    start(parallel, *arguments)
    parallel.close()


# --- what may go wrong --------------------------------------------------------------------------


def test_step_that_no_other_process_finds_is_refused() -> None:
    with pytest.raises(InputError, match="can import by its name"):
        DataParallel(lambda weights, batch: (batch, ()))


def test_killed_process_is_told_once_and_numbers_stay_right() -> None:
    weights, batch = layer("lstm", 6)
    with DataParallel(steps.lstm_step) as parallel:
        first = start(parallel, weights, batch)
        (other,) = processes()
        other.kill()
        other.wait()
        with pytest.warns(RuntimeWarning, match=r"in one process: the second has ended\.$"):
            assert_same(parallel(weights, batch), first)
        assert_same(parallel(weights, batch), first)  # a second warning would be an error
        assert processes() == []


def test_process_killed_at_work_is_told_and_numbers_stay_right() -> None:
    home, told = (np.array(os.getpid()),), (np.array([3.0, 3.0]),)
    with DataParallel(steps.step_told) as parallel:
        start(parallel, home, told)
        (other,) = processes()
        kill = f"import os, time; time.sleep(0.1); os.kill({other.pid}, {signal.SIGKILL:d})"
        with (
            subprocess.Popen([sys.executable, "-c", kill]),
            pytest.warns(RuntimeWarning, match="the second has ended"),
        ):
            while parallel._worker is not None:
                ((got,), _) = parallel(home, told)
    np.testing.assert_array_equal(got, told[0])


def test_exception_in_either_half_surfaces_and_next_call_is_right() -> None:
    home = (np.array(os.getpid()),)
    with DataParallel(steps.step_told) as parallel:
        for told in ([1.0, 5.0], [5.0, 1.0]):
            start(parallel, home, (np.array([6.0, 7.0]),))
            with pytest.raises(ArithmeticError, match="told to fail"):
                parallel(home, (np.array(told),))
            ((got,), (total,)) = start(parallel, home, (np.array([6.0, 7.0]),))
            assert (got.tolist(), total) == ([6.0, 7.0], 13.0)


def test_natural_error_of_a_half_surfaces_from_the_first_call() -> None:
    weights, batch = layer("rnn", 4)
    with DataParallel(steps.rnn_step) as parallel, pytest.raises(ShapeError, match="dh has shape"):
        parallel(weights, (batch[0], batch[1][:, 1:], batch[2]))


def test_failure_of_the_other_process_alone_is_told_with_its_words() -> None:
    home, told = (np.array(os.getpid()),), (np.array([5.0, 2.0]),)
    with DataParallel(steps.step_told) as parallel:
        start(parallel, home, told)
        with pytest.warns(RuntimeWarning, match=r"\(ArithmeticError: This half was told to fail"):
            ((got,), _) = parallel(home, told)
    assert got.tolist() == [5.0, 2.0]


def test_interrupted_call_leaves_no_answer_for_the_next() -> None:
    home = (np.array(os.getpid()),)
    with DataParallel(steps.step_told) as parallel:
        start(parallel, home, (np.array([6.0, 7.0]),))
        with pytest.raises(KeyboardInterrupt):
            parallel(home, (np.array([4.0, 3.0]),))  # the other half is at work still
        assert processes() == []
        start(parallel, home, (np.array([8.0, 9.0]),))
        ((got,), _) = parallel(home, (np.array([8.0, 10.0]),))
    assert got.tolist() == [8.0, 10.0]


def test_interrupt_of_the_other_process_is_ignored() -> None:
    arguments = (np.array(1.0),), (np.zeros(4),)
    with DataParallel(steps.process_step) as parallel:
        parallel(*arguments)
        processes()[0].send_signal(signal.SIGINT)  # early, while it imports
        assert parallel.ready(START_S)
        processes()[0].send_signal(signal.SIGINT)
        (_, ids), _ = parallel(*arguments)
    assert len(set(ids)) == 2
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_process_that_cannot_be_started_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("no room for a process")

    monkeypatch.setattr(other_process.multiprocessing.get_context("spawn").Process, "start", refuse)
    weights, batch = layer("rnn", 5)
    with DataParallel(steps.rnn_step) as parallel:
        with pytest.warns(RuntimeWarning, match="could not be started .no room for a process"):
            first = parallel(weights, batch)
        assert_same(parallel(weights, batch), first)


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE  # in a container, nobody may wait for it
    except psutil.NoSuchProcess:
        return False


def run_script(script: Path, text: str, **more: Any) -> "subprocess.Popen[str]":
    script.write_text(text)
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        **more,
    )


def test_script_without_guard_goes_on_alone(tmp_path: Path) -> None:
    script = run_script(
        tmp_path / "unguarded.py",
        "import time, numpy as np\n"
        "from rnn_ref.fused import DataParallel\n"
        "from tests.rnn_ref.data_parallel_steps import process_step\n"
        "with DataParallel(process_step) as step:\n"
        "    while step._worker or not step._alone:\n"
        "        _, (total,) = step((np.array(2.0),), (np.arange(4.0),))\n"
        "        time.sleep(0.01)\n"
        "print(total)\n",
    )
    out, err = script.communicate()
    assert script.returncode == 0, err
    assert out == "12.0\n"  # once: the other process did not get so far
    assert err.count("Training goes on in one process: the second ended before it began") == 1


def test_process_ends_with_its_parent(tmp_path: Path) -> None:
    script = run_script(
        tmp_path / "parent.py",
        "import sys, numpy as np\n"
        "from rnn_ref.fused import DataParallel\n"
        "from tests.rnn_ref.data_parallel_steps import process_step\n"
        "if __name__ == '__main__':\n"
        "    step = DataParallel(process_step)\n"
        "    arguments = (np.array(2.0),), (np.arange(4.0),)\n"
        "    step(*arguments), step.ready(60)\n"
        "    (_, ids), _ = step(*arguments)\n"
        "    print(ids[-1], flush=True)\n"
        "    sys.stdin.read()\n",
        stdin=subprocess.PIPE,
    )
    assert script.stdout is not None
    other = psutil.Process(int(script.stdout.readline()))
    assert other.ppid() == script.pid
    script.kill()
    script.communicate()
    end = time.monotonic() + START_S
    while is_alive(other):
        assert time.monotonic() < end
        time.sleep(0.02)


# --- training -----------------------------------------------------------------------------------

IDS = np.random.default_rng(1).integers(0, 6, size=400)


def train(n_steps: int, processes: int, ids: Any = IDS) -> training.Learned:
    start = training.first_weights("LSTM", 6, 12, 6, np.random.default_rng(0))
    return training.train_characters(
        ids, start, n_steps, N=5, T=8, segment=60, processes=processes, disable=True
    )


def wait_at_first_step(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Make training wait for the other process; return whether it came, and more at each step."""
    seen: list[bool] = []
    call = DataParallel.__call__

    def call_and_wait(self: DataParallel, *arguments: Any) -> Any:
        results = call(self, *arguments)
        seen.append(self.ready(START_S))
        return results

    monkeypatch.setattr(DataParallel, "__call__", call_and_wait)
    return seen


def test_training_in_two_processes_agrees_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = wait_at_first_step(monkeypatch)
    one, two = train(8, 1), train(8, 2)
    assert seen == [True] * 8
    # Single precision; Adam's first steps have one length however small a gradient is.
    np.testing.assert_allclose(two.losses, one.losses, rtol=1e-5)
    for name, array in one.params.items():
        np.testing.assert_allclose(two.params[name], array, rtol=0.0, atol=1e-4)
    assert not np.array_equal(one.params["W_xh"], train(7, 1).params["W_xh"])


def test_training_stopped_in_two_processes_keeps_what_was_learned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = wait_at_first_step(monkeypatch)
    step_of = training.Learner.step

    def step(self: training.Learner, *arguments: Any) -> None:
        step_of(self, *arguments)
        if len(seen) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(training.Learner, "step", step)
    learned = train(8, 2)
    assert "Stopped after 2 steps" in capsys.readouterr().out
    assert len(learned.losses) == 2
    assert processes() == []


@pytest.mark.parametrize("processes", [1, 2])
def test_training_leaves_the_weights_it_began_with(processes: int) -> None:
    start = training.first_weights("LSTM", 6, 12, 6, np.random.default_rng(0))
    before = {name: array.copy() for name, array in start.items()}
    learned = training.train_characters(
        IDS, start, 3, N=5, T=8, segment=60, processes=processes, disable=True
    )
    for name, array in before.items():
        np.testing.assert_array_equal(start[name], array)
        assert not np.array_equal(learned.params[name], array)


@pytest.mark.parametrize("number", [0, 3])
def test_training_in_another_number_of_processes_is_refused(number: int) -> None:
    with pytest.raises(InputError, match=f"processes is {number}; expected 1, or 2"):
        train(1, number)
