"""What a browser does with a hub: log in by token, start servers, ask them, run code."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import websocket

ADDRESS = "http://127.0.0.1:8000"
WAIT_S = 120


class Refused(Exception):
    """An answer of the hub or of a server that is no yes; `status` says which."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(f"{answer.request.url}: {answer.status_code} {answer.text[:300]}")
        self.status = answer.status_code


class Client:
    """One person, by a token of that person's own."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.headers = {"Authorization": f"token {token}"}

    def ask(self, method: str, path: str, **given: Any) -> Any:
        answer = requests.request(
            method, f"{ADDRESS}{path}", headers=self.headers, timeout=WAIT_S, **given
        )
        if not answer.ok or answer.history:  # sent on to a page to log in
            raise Refused(answer)
        try:
            return answer.json()  # nbgrader's come as text/html
        except requests.JSONDecodeError:
            return answer.text

    def start_server(self, user: str) -> None:
        """Start somebody's server, and wait until it answers."""
        self.ask("POST", f"/hub/api/users/{user}/server")
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if self.ask("GET", f"/hub/api/users/{user}")["servers"][""]["ready"]:
                return
            time.sleep(0.3)
        raise RuntimeError(f"The server of {user} did not start.")


class Server:
    """A user's server, as seen by a client; code runs in a kernel of it, in its folder."""

    def __init__(self, client: Client, user: str) -> None:
        self.client, self.at = client, f"/user/{user}"

    def ask(self, method: str, path: str, **given: Any) -> Any:
        return self.client.ask(method, self.at + path, **given)

    def run(self, code: str, folder: str = "") -> str:
        """Return all that some code shows, in a kernel of its own."""
        return "".join(self.run_cells([code], folder))

    def shell(self, command: str, folder: str = "") -> str:
        """Return what a command says, as in a terminal; it has to end well."""
        code = (
            f"import subprocess\ndone = subprocess.run({command!r}, shell=True, text=True, "
            "stdout=subprocess.PIPE, stderr=subprocess.STDOUT)\n"
            "print(done.stdout, f'exit code {done.returncode}')"
        )
        said = self.run(code, folder)
        if not said.rstrip().endswith("exit code 0"):
            raise RuntimeError(f"{shlex.quote(command)} failed:\n{said}")
        return said

    def run_cells(self, sources: list[str], folder: str = "") -> list[str]:
        """Return what each cell shows, without tags."""
        path = f"{folder}/kernel-{uuid.uuid4().hex}.ipynb".lstrip("/")
        given = {"path": path, "type": "notebook", "name": "", "kernel": {"name": "python3"}}
        session = self.ask("POST", "/api/sessions", json=given)
        kernel = session["kernel"]["id"]
        channel = websocket.create_connection(
            f"{ADDRESS.replace('http', 'ws')}{self.at}/api/kernels/{kernel}/channels",
            header=[f"Authorization: token {self.client.token}"],
            timeout=WAIT_S,
        )
        try:
            return ["".join(_shown(channel, source)) for source in sources]
        finally:
            channel.close()
            self.ask("DELETE", f"/api/sessions/{session['id']}")


def _shown(channel: websocket.WebSocket, source: str) -> Iterator[str]:
    number = uuid.uuid4().hex
    content = {"code": source, "silent": False, "stop_on_error": False}
    header = {"msg_id": number, "msg_type": "execute_request", "version": "5.3"}
    header |= {"username": "", "session": number}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    channel.send(json.dumps({**message, "channel": "shell", "buffers": []}))
    while True:
        received = channel.recv()
        if isinstance(received, bytes):  # pictures of a widget
            continue
        answer = json.loads(received)
        if answer["parent_header"].get("msg_id") != number:
            continue
        kind, said = answer["msg_type"], answer["content"]
        if kind == "status" and said["execution_state"] == "idle":
            return
        if kind == "stream":
            yield said["text"]
        elif kind in ("display_data", "execute_result"):
            data = said["data"]
            yield re.sub(r"<[^>]*>", "", data.get("text/html", data.get("text/plain", "")))
        elif kind == "error":
            yield f"{said['ename']}: {said['evalue']}"


@contextmanager
def running_hub(folder: Path, program: Path) -> Iterator[None]:
    """Run JupyterHub with the configuration in `folder`, and wait until it answers."""
    command = [str(program), "--config", "jupyterhub_config.py"]
    with (folder / "hub.log").open("w") as log:
        hub = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline and hub.poll() is None:
            try:
                if requests.get(f"{ADDRESS}/hub/api", timeout=WAIT_S).ok:
                    yield
                    return
            except requests.ConnectionError:
                time.sleep(0.3)
        raise RuntimeError(f"JupyterHub did not start:\n{(folder / 'hub.log').read_text()[-3000:]}")
    finally:
        hub.terminate()
        hub.wait(timeout=WAIT_S)
