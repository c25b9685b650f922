"""Reaching a Dask scheduler, or a sentence on why it cannot be reached."""

from __future__ import annotations

import concurrent.futures
import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from autograder.errors import AutograderError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
ANSWER_S = 30.0  # how long a scheduler may take to say who its workers are
_LOGGERS = ("distributed", "distributed.client", "distributed.core", "distributed.batched")


class ClusterUnavailable(AutograderError):
    """The cluster cannot be used, or no longer; the message says what to change."""


def within(limit_s: float, call: Callable[[], T]) -> T:
    """Return what `call` returns, or raise what it raises: Dask waits for some answers for ever.

    Raises
    ------
    TimeoutError
        If it takes longer; it is left alone then, in a thread that nothing waits for.
    """
    future: concurrent.futures.Future[T] = concurrent.futures.Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future.result(limit_s)


def _client(url: str, connect_s: float) -> Client:
    """Return a client of the scheduler at `url`, or close what was made of it and raise.

    Dask leaves a half-made client to the garbage collector. Collected in the thread of the event
    loop, it waits there for that loop, and whoever connects next waits in vain.
    """
    from distributed import Client

    class ClosedUnlessWhole(Client):  # type: ignore[misc]
        def __init__(self) -> None:
            try:
                super().__init__(url, timeout=connect_s, name="unrolled", set_as_default=False)
            except BaseException:
                with contextlib.suppress(Exception):
                    self.close(timeout=1)
                raise

    return ClosedUnlessWhole()


def _missing_certificates(url: str) -> list[str]:
    """Return the files that Dask is to use for `url` and cannot find; it would not say which."""
    import dask.config

    if not url.startswith("tls://"):
        return []
    tls = dask.config.get("distributed.comm.tls", {})
    client = tls.get("client") or {}
    named = (tls.get("ca-file"), client.get("cert"), client.get("key"))
    paths = [name for name in named if name and "\n" not in name]  # else it is the certificate
    return [path for path in paths if not Path(path).is_file()]


def said(error: BaseException) -> str:
    """Return an error as a part of a sentence."""
    return f"{type(error).__name__}: {error}"[:300].rstrip(". :")


def connected(url: str, connect_s: float | None = None) -> Client:
    """Return a client of the scheduler at `url`.

    Raises
    ------
    ClusterUnavailable
        If Dask or a certificate is missing, or the scheduler does not answer in time.
    """
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise ClusterUnavailable(
            'Grading on a cluster needs Dask: pip install "dask[distributed]".'
        ) from error
    for name in _LOGGERS:  # they would tell in tracebacks what is told here in a sentence
        logging.getLogger(name).setLevel(logging.CRITICAL)
    import dask

    if missing := _missing_certificates(url):
        raise ClusterUnavailable(
            f"Dask's configuration names {', '.join(missing)} for tls://, where no file is."
        )
    set_s = dask.utils.parse_timedelta(dask.config.get("distributed.comm.timeouts.connect"))
    connect_s = connect_s or set_s
    try:
        return within(connect_s + ANSWER_S, lambda: _client(url, connect_s))
    except Exception as error:  # whatever a wrong address or certificate leads to
        raise ClusterUnavailable(
            f"No Dask scheduler can be reached at {url} ({said(error)}). Start one with "
            "`dask scheduler`, and give the address that it prints; for tls:// Dask's "
            "configuration has to name the certificates."
        ) from error
