"""A real PostgreSQL server for tests: on a Unix socket in a folder of its own, no TCP."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

_START_S = 120.0
_PLACES = "/usr/lib/postgresql"


def find_postgres() -> Path | None:
    """Return the folder of the newest server's programs, Debian's or one on PATH."""
    found = sorted(Path(_PLACES).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class PostgresServer:
    """A new server with one empty database; gone after the block. It never runs as root."""

    user, password = "grader", "s3cret"

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # A socket's path may have 107 characters, fewer than a test's folder takes.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "nobody")
        data = str(self._folder / "data")
        self._run("initdb", "-D", data, "-U", self.user, "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    @property
    def url(self) -> str:
        """The address of the database, password included."""
        host = quote(str(self._folder), safe="")
        return f"postgresql://{self.user}:{self.password}@/postgres?host={host}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = ["-D", str(self._folder / "data"), "-k", str(self._folder), "-F"]
        command = [*self._unprivileged(), str(self._programs / "postgres"), *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-c", "listen_addresses="], cwd=self._folder, stdout=log, stderr=log
            )
        ready = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)]
        end = time.monotonic() + _START_S
        while subprocess.run(ready, check=False).returncode:
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text())
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server at once, open connections too."""
        if self._process is not None:
            self._process.send_signal(3)  # SIGQUIT, its immediate shutdown
            self._process.wait()
            self._process = None

    def _run(self, program: str, *options: str) -> None:
        command = [*self._unprivileged(), str(self._programs / program), *options]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)

    def _unprivileged(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
