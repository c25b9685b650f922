"""The same jobs on other machines: a Dask cluster of the instructor's own.

A worker gets an order and inputs as bytes (`parcel`), runs them in its own sandbox (`worker`), and
returns the raw transcript as bytes, which is parsed here like one of this machine's. Dask is
imported only where a cluster is used, and reads its own configuration: certificates, timeouts, and
how many workers may die with a job before it is given up.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn, Self
from urllib.parse import urlsplit

from autograder.errors import AutograderError
from autograder.sandbox.dask_client import ANSWER_S, ClusterUnavailable, connected, said, within
from autograder.sandbox.job import Ending, Job, Limits, Run, Transcript
from autograder.sandbox.parcel import (
    Answer,
    Order,
    ParcelError,
    digest_of,
    pack_order,
    software,
    unpack_answer,
)
from autograder.sandbox.transcript import parse_transcript
from autograder.sandbox.worker import prove, serve
from autograder.units import EXAMPLE

if TYPE_CHECKING:
    from distributed import Client, Future


_GLANCE_S = 1.0  # how often the cluster is looked at while a job runs
_PROOF_S = 120.0
_NO_WORKER_S = 60.0  # a cluster that starts its workers anew needs a while
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_exposed(url: str) -> bool:
    """Tell whether what is sent to `url` can be read, and code be run, by whoever is on the way."""
    parts = urlsplit(url if "://" in url else f"tcp://{url}")
    return parts.scheme != "tls" and (parts.hostname or "") not in _LOOPBACK


class Cluster:
    """A connection to a Dask scheduler; a context manager.

    On entry every worker has to prove its sandbox. Called with a unit, it gives what runs the
    unit's jobs.

    Parameters
    ----------
    url : str
        Of the scheduler, such as ``tls://10.0.0.1:8786``.
    connect_s : float, optional
        How long to wait for it; Dask's own setting if left out.

    Raises
    ------
    ClusterUnavailable
        On entry: Dask is missing, the scheduler cannot be reached, it has no worker, or a worker
        refuses, and which one.
    """

    def __init__(self, url: str, connect_s: float | None = None) -> None:
        self.url = url
        self._connect_s = connect_s
        self._client: Client | None = None
        self._alone_since: float | None = None

    def __enter__(self) -> Self:
        self._client = connected(self.url, self._connect_s)
        try:
            self._prove_workers()
        except BaseException:
            self._client.close(timeout=1)
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        if self._client is not None:
            self._client.close(timeout=1)
            self._client = None

    @contextlib.contextmanager
    def __call__(self, unit: str, inputs: bytes, limits: Limits) -> Iterator[ClusterEngine]:
        """Give what runs the jobs of `unit`."""
        yield ClusterEngine(self, unit, inputs, limits)

    @property
    def threads(self) -> int:
        """How many jobs the workers can run at a time."""
        return max(1, sum(self._threads().values()))

    def ask(self, function: Callable[..., bytes], *arguments: object, worker: str = "") -> object:
        """Have a worker call `function` and return what it says, whatever that is.

        Raises
        ------
        ClusterUnavailable
            If the cluster is lost.
        distributed.scheduler.KilledWorker
            If more workers died with it than Dask's configuration allows.
        """
        place: dict[str, Any] = {"workers": [worker], "allow_other_workers": False}
        key = f"unrolled-{uuid.uuid4().hex}"
        with self._watched():
            future = self._living_client().submit(
                function, *arguments, key=key, pure=False, **(place if worker else {})
            )
        try:
            return self._outcome(future, _PROOF_S if worker else None)
        finally:
            with contextlib.suppress(Exception):
                future.release()

    def lost(self, error: BaseException | None = None) -> NoReturn:
        """Say that the scheduler is gone."""
        raise ClusterUnavailable(
            f"The cluster at {self.url} was lost while grading. What was graded until then is "
            "recorded: start the scheduler and its workers again, and grade again."
        ) from error

    def _prove_workers(self) -> None:
        workers = sorted(self._threads())
        if not workers:
            raise ClusterUnavailable(
                f"The scheduler at {self.url} has no workers: start some with `dask worker "
                f"{self.url}`, in the environment of the course."
            )
        order = pack_order(Order(EXAMPLE, "", Limits(), (), software()))
        with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
            answers = list(pool.map(lambda worker: self._proof(worker, order), workers))
        refusals = [f"{w}: {a.refusal}" for w, a in zip(workers, answers, strict=True) if a.refusal]
        if refusals:
            raise ClusterUnavailable(
                "Not graded: not every worker can be trusted with it. " + " ".join(refusals)
            )

    def _proof(self, worker: str, order: bytes) -> Answer:
        try:
            return unpack_answer(self.ask(prove, order, worker=worker), Job("", ()), Limits())
        except ClusterUnavailable:
            raise
        except Exception as error:
            return Answer(refusal=f"It cannot run the course ({said(error)}): install it there.")

    def _outcome(self, future: Future, within_s: float | None) -> object:
        done = threading.Event()
        future.add_done_callback(lambda _: done.set())
        started = time.monotonic()
        while True:
            done.wait(_GLANCE_S)
            if future.status == "finished":
                with self._watched():
                    return future.result(timeout=_PROOF_S)
            if future.status == "error":
                raise future.exception(timeout=_PROOF_S)
            if future.status != "pending":
                self.lost()
            if within_s is not None and time.monotonic() - started > within_s:
                raise ParcelError(f"no answer within {within_s:g} s")
            self._look()

    def _look(self) -> None:
        """Give up if the scheduler is gone, or has had no worker for a while."""
        if self._threads():
            self._alone_since = None
            return
        since = self._alone_since or time.monotonic()  # other threads look, too, and may see one
        self._alone_since = since
        if time.monotonic() - since > _NO_WORKER_S:
            raise ClusterUnavailable(
                f"The cluster at {self.url} has no worker any more. What was graded until then is "
                f"recorded: start workers with `dask worker {self.url}`, and grade again."
            )

    def _threads(self) -> dict[str, int]:
        client = self._living_client()
        try:
            with self._watched():
                return dict(within(ANSWER_S, client.nthreads))
        except TimeoutError as error:
            self.lost(error)

    def _living_client(self) -> Client:
        if self._client is None or self._client.status != "running":
            self.lost()
        return self._client

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Turn what Dask raises when its scheduler goes away into the one sentence."""
        try:
            yield
        except (AutograderError, TimeoutError):
            raise
        except Exception as error:
            self.lost(error)


class ClusterEngine:
    """Runs the jobs of one unit on a cluster, as `Engine` does here, from any number of threads."""

    def __init__(self, cluster: Cluster, unit: str, inputs: bytes, limits: Limits) -> None:
        self.limits = limits
        self._cluster = cluster
        self._unit = unit
        self._inputs = inputs
        self._digest = digest_of(inputs)

    def run(self, job: Job) -> Run:
        """Run `job` on some worker and return what came of it.

        Raises
        ------
        ClusterUnavailable
            If the cluster is lost, or a worker that came later refuses.
        """
        return parse_transcript(self.execute(job), job, self.limits)

    def execute(self, job: Job) -> Transcript:
        """Run `job` on some worker and return what it sent, unparsed."""
        order = pack_order(Order(self._unit, self._digest, self.limits, job.cells, software()))
        try:
            answer = self._ask(job, order, None)
            if answer.wants_inputs:
                answer = self._ask(job, order, self._inputs)
        except ParcelError as error:
            return _no_transcript(str(error))
        if answer.refusal:
            raise ClusterUnavailable(
                f"A worker of {self._cluster.url} refused: {answer.refusal} What was graded until "
                "then is recorded: mend or stop that worker, and grade again."
            )
        return answer.transcript or _no_transcript("A worker asked for its inputs twice.")

    def _ask(self, job: Job, order: bytes, inputs: bytes | None) -> Answer:
        from distributed.scheduler import KilledWorker

        try:
            sent = self._cluster.ask(serve, order, inputs)
        except (AutograderError, ParcelError):
            raise
        except KilledWorker as error:
            times = error.allowed_failures + 1
            many = "1 worker died while it" if times == 1 else f"{times} workers died while they"
            raise ParcelError(
                f"{many} ran it, the last of them {error.last_worker.address}; it is not tried "
                "again."
            ) from error
        except Exception as error:
            raise ParcelError(f"A worker failed ({said(error)}).") from error
        return unpack_answer(sent, job, self.limits)


def _no_transcript(why: str) -> Transcript:
    return Transcript(b"", Ending.SETUP, why, 0.0, 0.0)
