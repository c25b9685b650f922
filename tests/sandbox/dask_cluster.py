"""A real Dask cluster on loopback: a scheduler and workers, each a process that can be killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

ROOT = Path(__file__).parents[2]
_START_S = 180.0
_SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
_WORKER = "from distributed.cli.dask_worker import main; main()"


class LoopbackCluster:
    """Starts on entry and is gone after exit.

    Parameters
    ----------
    folder : Path
        For its files and logs.
    environment : dict, optional
        Set for every process: Dask's configuration, such as certificates.
    """

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self._folder = folder
        self._environment = {**os.environ, **(environment or {})}
        self._processes: list[subprocess.Popen[bytes]] = []
        self.url = ""

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()

    def start_scheduler(self, protocol: str = "tcp") -> subprocess.Popen[bytes]:
        """Start the scheduler and wait for its address."""
        file = self._folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--protocol", protocol]
        options += ["--no-dashboard", "--no-show", "--scheduler-file", str(file)]
        process = self._start(_SCHEDULER, options, {})
        for _ in self._waiting(process):
            with contextlib.suppress(OSError, ValueError, KeyError):
                self.url = json.loads(file.read_text())["address"]
                break
        return process

    def stop_scheduler(self) -> None:
        """Kill the scheduler, which was started first."""
        kill(self._processes[0])

    def freeze_scheduler(self) -> None:
        """Stop the scheduler without ending it: its connections stay open, and say nothing."""
        self._processes[0].send_signal(signal.SIGSTOP)

    def start_worker(self, name: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker of two threads, with no nanny to start it anew."""
        options = [self.url, "--name", name, "--nthreads", "2", "--no-nanny", "--no-dashboard"]
        options += ["--local-directory", str(self._folder / name), "--host", "127.0.0.1"]
        return self._start(_WORKER, options, environment)

    def _start(
        self, program: str, options: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        with (self._folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", program, *options],
                cwd=ROOT,
                env={**self._environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def _waiting(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """Yield now and then, for as long as a start may take."""
        end = time.monotonic() + _START_S
        while time.monotonic() < end and process.poll() is None:
            yield
            time.sleep(0.1)
        log = (self._folder / "log.txt").read_text(errors="replace")
        raise RuntimeError(f"the cluster did not start:\n{log[-4000:]}")

    def await_workers(self, count: int) -> None:
        """Wait until `count` workers have come."""
        from distributed import Client

        with Client(self.url, set_as_default=False, timeout=_START_S) as client:
            client.wait_for_workers(count, timeout=_START_S)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process at once, as a machine that loses its power."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def kill_while_busy(
    url: str, name: str, process: subprocess.Popen[bytes], watching: threading.Event | None = None
) -> bool:
    """Kill a worker once jobs run on it; return whether any did.

    Parameters
    ----------
    watching : Event, optional
        Set as soon as no job can come and go unseen.
    """
    from distributed import Client

    with Client(url, set_as_default=False, timeout=_START_S) as client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        address = next(a for a, worker in workers.items() if worker["name"] == name)
        client.processing()
        if watching is not None:
            watching.set()
        end = time.monotonic() + _START_S
        while not (busy := bool(client.processing()[address])) and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(0.3)
    kill(process)
    return busy


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[LoopbackCluster]:
    """A scheduler with no workers yet."""
    with LoopbackCluster(tmp_path / "dask") as running:
        running.start_scheduler()
        yield running
