"""The filter lets through what is listed and nothing else."""

import pytest

from autograder.sandbox import seccomp
from autograder.sandbox.engine import Engine
from tests.sandbox.running import notebook, printed

_CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
result = libc.syscall({arguments})
print("done" if result >= 0 else ctypes.get_errno())
"""


def test_no_call_is_both_allowed_and_forbidden() -> None:
    assert not set(seccomp.ALLOWED) & set(seccomp.FORBIDDEN_ALOUD)


def test_program_is_a_whole_number_of_instructions() -> None:
    program = seccomp.build_program()
    assert len(program) % 8 == 0
    assert len(program) // 8 < 4096  # the kernel takes no more


@pytest.mark.parametrize(
    ("call", "arguments", "answer"),
    [
        ("getpid", "", "done"),
        ("clone", "0x11, 0, 0, 0, 0", "1"),
        ("clone", "0x10000011, 0, 0, 0, 0", "1"),
        ("clone3", "0, 0", "38"),
        ("socket", "2, 1, 0", "1"),
        ("socketpair", "16, 3, 0, 0", "38"),
        ("prctl", "1, 0, 0, 0, 0", "38"),
        ("prlimit64", "0, 7, ctypes.byref((ctypes.c_uint64 * 2)(9, 9)), 0", "38"),
        ("prlimit64", "0, 7, 0, ctypes.byref((ctypes.c_uint64 * 2)())", "done"),
        ("ioctl", "0, 0x5412, 0", "38"),
        ("personality", "0xffffffff", "38"),
        ("inotify_init1", "0", "38"),
        ("fcntl", "0, 1", "done"),
        ("fcntl", "0, 5, 0", "38"),
        ("fcntl", "0, 6, 0", "38"),
        ("fcntl", "0, 8, 1", "38"),
        ("fcntl", "0, 1024, 0", "38"),
        ("fcntl", "0, 1031, 1048576", "38"),
        ("sendto", "0, 0, 0, 0, ctypes.c_char_p(b'name'), 4", "38"),
        ("sendto", "0, 0, 0, 0, 0, 0", "88"),  # no socket, says the kernel: the filter let it pass
        ("sendmsg", "0, 0, 0", "1"),
        ("kcmp", "1, 1, 0, 0, 0", "38"),
        ("name_to_handle_at", "0, 0, 0, 0, 0", "38"),
    ],
)
def test_call_is_answered_as_the_list_says(
    engine: Engine, call: str, arguments: str, answer: str
) -> None:
    pyseccomp = pytest.importorskip("pyseccomp", reason="needs libseccomp")
    number = pyseccomp.resolve_syscall(pyseccomp.system_arch(), call)
    words = ", ".join(filter(None, [f"ctypes.c_long({number})", arguments]))
    assert printed(engine.run(notebook(_CALL.format(arguments=words))), 0) == answer


def test_honest_event_loop_runs(engine: Engine) -> None:
    source = "import asyncio\nloop = asyncio.new_event_loop()\n"
    source += "print(loop.run_until_complete(loop.run_in_executor(None, lambda: 7)))"
    assert printed(engine.run(notebook(source)), 0) == "7"
