"""Attempts to get out of the sandbox, as a hostile submission would make them.

Each is the source of a function ``probe`` that returns what it got hold of, in a few words, or "".
``CANARY`` is a dict of what has been laid out for it to find: were the sandbox open, it would.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """One attempt.

    Attributes
    ----------
    name : str
    held : str
        What is true if it comes to nothing.
    source : str
        Body of ``probe()``. Harmless where it succeeds.
    """

    name: str
    held: str
    source: str


_READ = """
for path in {paths}:
    try:
        with open(path, "rb") as file:
            if file.read(1):
                return "read " + path
    except OSError:
        pass
return ""
"""

PROBES = (
    Probe(
        "system files",
        "The system's files cannot be read.",
        _READ.format(paths='["/etc/shadow", "/etc/passwd", "/etc/hostname", "/etc/group"]'),
    ),
    Probe(
        "home and repository",
        "Neither the home nor the repository is there.",
        _READ.format(paths='CANARY["files"]'),
    ),
    Probe(
        "environment",
        "The grader's environment is not passed on.",
        'import os\nreturn "a variable of the grader" if CANARY["variable"] in os.environ else ""',
    ),
    Probe(
        "network",
        "No address can be reached, the machine's own included.",
        """
import os, socket
for address in [("127.0.0.1", CANARY["port"]), ("192.0.2.1", 80)]:
    try:
        socket.create_connection(address, 0.5).close()
        return "reached %s" % (address,)
    except OSError:
        pass
try:
    os.chdir(os.path.dirname(CANARY["socket"]))
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect(os.path.basename(CANARY["socket"]))
    return "reached a socket file"
except OSError:
    return ""
""",
    ),
    Probe(
        "fork",
        "No process can be started by fork.",
        """
import os
try:
    pid = os.fork()
except OSError:
    return ""
if pid == 0:
    os._exit(0)
os.waitpid(pid, 0)
return "forked"
""",
    ),
    Probe(
        "exec",
        "No program can be run.",
        """
import subprocess, sys
try:
    subprocess.run([sys.executable or "/bin/true", "-c", ""], timeout=5)
    return "ran a program"
except (OSError, subprocess.SubprocessError):
    return ""
""",
    ),
    Probe(
        "processes",
        "No other process can be seen.",
        """
import os
try:
    seen = [name for name in os.listdir("/proc") if name.isdigit()]
except OSError:
    seen = []
if seen:
    return "%d processes in /proc" % len(seen)
return "its parent" if os.getppid() else ""
""",
    ),
    Probe(
        "signals",
        "No other process can be signalled.",
        """
import os
for pid in [CANARY["pid"], os.getppid()]:
    try:
        if pid:
            os.kill(pid, 0)
            return "process %d" % pid
    except OSError:
        pass
return ""
""",
    ),
    Probe(
        "tracing",
        "ptrace and reading another process's memory are refused.",
        """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(0, 0, None, None) == 0:
    return "ptrace"
piece = (ctypes.c_size_t * 2)()
if libc.process_vm_readv(CANARY["pid"], piece, 1, piece, 1, 0) >= 0:
    return "process_vm_readv"
return ""
""",
    ),
    Probe(
        "namespaces",
        "No namespace can be made or entered, nothing mounted.",
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("mount-here", exist_ok=True)
if libc.mount(b"none", b"mount-here", b"tmpfs", 0, None) == 0:
    libc.umount2(b"mount-here", 2)
    return "a mount"
if libc.unshare(0x10000000) == 0:
    return "a user namespace"
return ""
""",
    ),
    Probe(
        "kernel interfaces",
        "Rarely used system calls do not exist.",
        """
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
x86 = platform.machine() == "x86_64"
numbers = {"bpf": 321 if x86 else 280, "io_uring_setup": 425, "userfaultfd": 323 if x86 else 282,
           "keyctl": 250 if x86 else 219, "perf_event_open": 298 if x86 else 241,
           "memfd_create": 319 if x86 else 279, "clone3": 435, "pidfd_open": 434}
for name, number in numbers.items():
    libc.syscall(number, 0, 0, 0, 0, 0)
    if ctypes.get_errno() not in (1, 38):
        return name
return ""
""",
    ),
    Probe(
        "privileges",
        "No capability is left, none can be won, and the filter is on.",
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
data = (ctypes.c_uint32 * 6)()
if libc.capget(header, data) != 0 or any(data):
    return "a capability"
if libc.prctl(39, 0, 0, 0, 0) != 1:
    return "new privileges"
if libc.prctl(21, 0, 0, 0, 0) != 2:
    return "no filter"
try:
    os.setuid(0)
    return "root"
except OSError:
    return ""
""",
    ),
    Probe(
        "writing",
        "Nothing can be written outside of /tmp.",
        """
import os
places = ["/", "/dev", "/etc", "/usr", "/proc", "/sandbox", "/sandbox/unit", "/sandbox/site/numpy"]
for place, *identity in CANARY["folders"]:
    try:
        found = os.stat(place)
    except OSError:
        continue
    if identity == [found.st_dev, found.st_ino]:  # else it is one of the sandbox's own
        places.append(place)
for place in places:
    path = os.path.join(place, "probe-%d" % os.getpid())
    try:
        with open(path, "w"):
            pass
        os.unlink(path)
        return "wrote to " + place
    except OSError:
        pass
return ""
""",
    ),
    Probe(
        "notes on devices",
        "Devices, which all share, keep no note.",
        """
import os
for name in ["null", "zero", "full", "random", "urandom"]:
    try:
        os.utime("/dev/" + name)
        return "set the time of /dev/" + name
    except OSError:
        pass
    try:
        os.chmod("/dev/" + name, os.stat("/dev/" + name).st_mode)
        return "set the rights of /dev/" + name
    except OSError as error:
        if error.errno not in (2, 30):  # read-only, or not there
            return "/dev/%s is not read-only" % name
return ""
""",
    ),
    Probe(
        "notes in files",
        "No file that all share keeps a note: not that it was read, nor another name.",
        """
import os
library = os.path.dirname(os.__file__)
for path in [*CANARY["files"], library + "/this.py", library + "/wsgiref/util.py"]:
    try:
        before = os.stat(path).st_atime_ns
        with open(path, "rb") as file:
            file.read()
        if os.stat(path).st_atime_ns != before:
            return "a note in when %s was read" % path
        os.link(path, "another-name")
        os.unlink("another-name")
        return "another name for " + path
    except OSError:
        pass
return ""
""",
    ),
    Probe(
        "descriptors",
        "Its own channel is the only thing left open.",
        """
import os
for number in range(4, 1024):
    try:
        os.fstat(number)
        return "descriptor %d" % number
    except OSError:
        pass
return ""
""",
    ),
    Probe(
        "answers",
        "Neither the judge nor the reference of this unit and of later ones can be imported.",
        """
import importlib
for name in CANARY["hidden"]:
    try:
        importlib.import_module(name)
        return name
    except ImportError:
        pass
return ""
""",
    ),
    Probe(
        "packages",
        "Only the listed packages can be imported.",
        """
import importlib, sys
sys.path += CANARY["site"]
for name in ["pyseccomp", "pytest", "nbgrader", "jupyterlab", "torch", "scipy"]:
    try:
        importlib.import_module(name)
        return name
    except ImportError:
        pass
return ""
""",
    ),
    Probe(
        "memory",
        "Memory is limited.",
        """
import mmap
try:
    data = bytearray(CANARY["memory"])
    return "%d MiB" % (len(data) >> 20)
except MemoryError:
    pass
try:
    mmap.mmap(-1, CANARY["memory"]).close()
    return "a mapping"
except (OSError, MemoryError, ValueError):
    return ""
""",
    ),
    Probe(
        "disk",
        "Room on /tmp and /dev/shm is limited.",
        """
import os
written = 0
try:
    for number in range(1000):
        with open("/dev/shm/probe-%d-%d" % (os.getpid(), number), "wb") as file:
            for _ in range(8):
                written += file.write(bytes(2 ** 20))
        if written > CANARY["disk"]:
            break
except OSError:
    pass
for number in range(1000):
    try:
        os.unlink("/dev/shm/probe-%d-%d" % (os.getpid(), number))
    except OSError:
        pass
return "%d MiB" % (written >> 20) if written > CANARY["disk"] else ""
""",
    ),
)
