"""How a Dask cluster is reached: its scheduler, its workers, its certificates; or why it is not."""

from __future__ import annotations

import gc
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import cluster, dask_client
from autograder.sandbox.cluster import Cluster, is_exposed
from autograder.sandbox.dask_client import ClusterUnavailable, within
from tests.course.grading_folders import NEEDS_SANDBOX
from tests.sandbox.dask_cluster import LoopbackCluster

pytest.importorskip("distributed", reason="the extra cluster is not installed")


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
def test_cluster_with_tls_lets_in_who_has_the_certificate(tmp_path: Path) -> None:
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
