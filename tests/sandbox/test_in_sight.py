"""What a submission can see is what SECURITY.md says: processes, descriptors, sockets, settings."""

import ast
from pathlib import Path

from autograder.sandbox.engine import Engine
from autograder.sandbox.seccomp import FORBIDDEN_ALOUD
from tests.sandbox.running import notebook, printed

SECURITY = Path(__file__).parents[2] / "SECURITY.md"
NUMBERS = {10: "ten", 11: "eleven", 12: "twelve"}
LOOK = """
import os, socket
def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
kinds = [(family, kind) for family in range(46) for kind in range(1, 6)]
made = []
for family, kind in kinds:
    try:
        socket.socket(family, kind).close()
        made.append((family, kind))
    except OSError:
        pass
null = os.stat("/dev/null").st_rdev
print({
    "descriptors": [n for n in range(4096) if is_open(n)],
    "to nowhere": all(os.fstat(n).st_rdev == null for n in (0, 1, 2)),
    "process": (os.getpid(), os.getppid(), os.getuid(), os.getgid()),
    "in /proc": os.listdir("/proc"),
    "sockets": made,
    "variables": len(os.environ),
})
"""


def section() -> str:
    text = SECURITY.read_text(encoding="utf-8")
    return text.partition("### What a submission can see")[2].partition("###")[0]


def test_processes_descriptors_sockets_and_settings_are_as_the_page_says(engine: Engine) -> None:
    seen = ast.literal_eval(printed(engine.run(notebook(LOOK)), 0))
    count = seen.pop("variables")
    assert seen == {
        "descriptors": [0, 1, 2, 3],
        "to nowhere": True,
        "process": (1, 0, 65534, 65534),
        "in /proc": [],
        "sockets": [],
    }
    assert f"{NUMBERS[count]} variables" in section()


def test_page_names_no_call_as_forbidden_that_is_allowed() -> None:
    listed = section().partition("(no fork")[2].partition(";")[0]
    names = {name.strip() for name in listed.split(",")} - {""}
    assert {"exec", "socket", "ptrace", "mount", "flock", "sendmsg"} <= names
    unnamed = {"io_uring", "bpf", "keyctl", "perf_event_open", "userfaultfd", "memfd", "exec"}
    assert names - unnamed <= set(FORBIDDEN_ALOUD)
