"""Stock nbgrader, graded in a box: runs inside of one, for `both_columns`, once an attack.

Usage: stock_box.py BASE FOLDER UNIT. Lays out a course of its own with a database of its own, hands
in what lies in FOLDER, runs ``nbgrader autograde`` in a box within the box, and writes what came of
it.
"""

import json
import shlex
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

from nbgrader.api import Gradebook

COURSE = Path("/mnt/course")
PORT = 18765
PATIENCE_S = 240
_LIMITS = "ulimit -v 8000000 -u 400 -f 600000 -c 0;"


def main() -> None:
    """Grade one attack; write ``report.json`` and the feedback pages."""
    base, folder, unit = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    shutil.copytree(base, COURSE)
    subprocess.run(["cp", "-a", str(folder / "submitted"), str(COURSE)], check=True)
    visitors = _listen()
    ended = _boxed(f"autograde {unit}")
    _boxed(f"generate_feedback {unit} --force")
    report = {
        "ended": ended,
        "scores": _scores(unit),
        "canaries": sorted(path.name for path in (folder / "canary").iterdir()),
        "visitors": len(visitors),
        "printed": _printed(),
    }
    (folder / "report.json").write_text(json.dumps(report))
    if (COURSE / "feedback").is_dir():
        shutil.copytree(COURSE / "feedback", folder / "feedback")


def _boxed(arguments: str) -> str:
    """Run nbgrader in a box of its own, which all its processes end with."""
    command = f"{_LIMITS} exec {shlex.quote(sys.executable)} -m nbgrader {arguments}"
    box = ["bwrap", "--unshare-pid", "--die-with-parent", "--dev-bind", "/", "/"]
    try:
        done = subprocess.run(
            [*box, "sh", "-c", command],
            cwd=COURSE,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hung"
    return "done" if done.returncode == 0 else f"exit status {done.returncode}"


def _listen() -> list[str]:
    visitors: list[str] = []
    listener = socket.create_server(("127.0.0.1", PORT))

    def serve() -> None:
        while True:
            visitors.append(str(listener.accept()[1]))

    threading.Thread(target=serve, daemon=True).start()
    return visitors


def _scores(unit: str) -> dict[str, dict[str, float | None]]:
    """Return the automatic score of every check, by student; None where there is none."""
    try:
        with Gradebook(f"sqlite:///{COURSE}/gradebook.db") as gradebook:
            found = gradebook.find_notebook(unit, unit).submissions
            return {
                submitted.student.id: {
                    grade.name.removeprefix("check_"): grade.auto_score
                    for grade in submitted.grades
                    if grade.name.startswith("check_")
                }
                for submitted in found
            }
    except Exception as error:  # the attack may have left anything at all there
        return {"": {type(error).__name__: None}}


def _printed() -> dict[str, str]:
    """Return what the students' own cells printed, by student."""
    printed = {}
    for path in (COURSE / "autograded").glob("*/*/*.ipynb"):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError):
            continue
        texts = [
            "".join(output.get("text", ""))
            for cell in cells
            for output in cell.get("outputs", [])
            if output.get("output_type") == "stream"
        ]
        printed[path.parts[-3]] = "".join(texts)[:100_000]
    return printed


if __name__ == "__main__":
    main()
