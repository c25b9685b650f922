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
    body : str
        Of ``probe()``, behind `NEEDED`. Harmless where it succeeds.
    """

    name: str
    held: str
    body: str

    @property
    def source(self) -> str:
        """All that stands in ``probe()``."""
        return NEEDED + self.body


NEEDED = """
import contextlib, ctypes, importlib, mmap, os, platform, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
"""
_READ = """
for path in {paths}:
    with contextlib.suppress(OSError), open(path, "rb") as file:
        if file.read(1):
            return "read " + path
return ""
"""
_IMPORT = """
for name in {names}:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
        return name
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
        'return "a variable of the grader" if CANARY["variable"] in os.environ else ""',
    ),
    Probe(
        "network",
        "No address can be reached, the machine's own included.",
        """
for address in [("127.0.0.1", CANARY["port"]), ("192.0.2.1", 80)]:
    with contextlib.suppress(OSError):
        socket.create_connection(address, 0.5).close()
        return "reached %s" % (address,)
with contextlib.suppress(OSError):
    os.chdir(os.path.dirname(CANARY["socket"]))
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect(os.path.basename(CANARY["socket"]))
    return "reached a socket file"
return ""
""",
    ),
    Probe(
        "fork",
        "No process can be started by fork.",
        """
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
seen = []
with contextlib.suppress(OSError):
    seen = [name for name in os.listdir("/proc") if name.isdigit()]
if seen:
    return "%d processes in /proc" % len(seen)
return "its parent" if os.getppid() else ""
""",
    ),
    Probe(
        "signals",
        "No other process can be signalled.",
        """
for pid in [CANARY["pid"], os.getppid()]:
    with contextlib.suppress(OSError):
        if pid:
            os.kill(pid, 0)
            return "process %d" % pid
return ""
""",
    ),
    Probe(
        "tracing",
        "ptrace and reading another process's memory are refused.",
        """
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
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
data = (ctypes.c_uint32 * 6)()
if libc.capget(header, data) != 0 or any(data):
    return "a capability"
if libc.prctl(39, 0, 0, 0, 0) != 1:
    return "new privileges"
if libc.prctl(21, 0, 0, 0, 0) != 2:
    return "no filter"
with contextlib.suppress(OSError):
    os.setuid(0)
    return "root"
return ""
""",
    ),
    Probe(
        "writing",
        "Nothing can be written outside of /tmp.",
        """
places = ["/", "/dev", "/etc", "/usr", "/proc", "/sandbox", "/sandbox/unit", "/sandbox/site/numpy"]
for place, *identity in CANARY["folders"]:
    with contextlib.suppress(OSError):
        found = os.stat(place)
        if identity == [found.st_dev, found.st_ino]:  # else it is one of the sandbox's own
            places.append(place)
for place in places:
    path = os.path.join(place, "probe-%d" % os.getpid())
    with contextlib.suppress(OSError):
        with open(path, "w"):
            pass
        os.unlink(path)
        return "wrote to " + place
return ""
""",
    ),
    Probe(
        "notes on devices",
        "Devices, which all share, keep no note.",
        """
for name in ["null", "zero", "full", "random", "urandom"]:
    with contextlib.suppress(OSError):
        os.utime("/dev/" + name)
        return "set the time of /dev/" + name
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
library = os.path.dirname(os.__file__)
for path in [*CANARY["files"], library + "/this.py", library + "/wsgiref/util.py"]:
    with contextlib.suppress(OSError):
        before = os.stat(path).st_atime_ns
        with open(path, "rb") as file:
            file.read()
        if os.stat(path).st_atime_ns != before:
            return "a note in when %s was read" % path
        os.link(path, "another-name")
        os.unlink("another-name")
        return "another name for " + path
return ""
""",
    ),
    Probe(
        "descriptors",
        "Its own channel is the only thing left open.",
        """
for number in range(4, 1024):
    with contextlib.suppress(OSError):
        os.fstat(number)
        return "descriptor %d" % number
return ""
""",
    ),
    Probe(
        "answers",
        "Neither the judge nor the reference of this unit and of later ones can be imported.",
        _IMPORT.format(names='CANARY["hidden"]'),
    ),
    Probe(
        "packages",
        "Only the listed packages can be imported.",
        'sys.path += CANARY["site"]'
        + _IMPORT.format(names='"pyseccomp pytest nbgrader jupyterlab torch scipy".split()'),
    ),
    Probe(
        "memory",
        "Memory is limited.",
        """
with contextlib.suppress(MemoryError):
    data = bytearray(CANARY["memory"])
    return "%d MiB" % (len(data) >> 20)
with contextlib.suppress(OSError, MemoryError, ValueError):
    mmap.mmap(-1, CANARY["memory"]).close()
    return "a mapping"
return ""
""",
    ),
    Probe(
        "disk",
        "Room on /tmp and /dev/shm is limited.",
        """
written = 0
with contextlib.suppress(OSError):
    for number in range(1000):
        with open("/dev/shm/probe-%d-%d" % (os.getpid(), number), "wb") as file:
            for _ in range(8):
                written += file.write(bytes(2 ** 20))
        if written > CANARY["disk"]:
            break
for number in range(1000):
    with contextlib.suppress(OSError):
        os.unlink("/dev/shm/probe-%d-%d" % (os.getpid(), number))
return "%d MiB" % (written >> 20) if written > CANARY["disk"] else ""
""",
    ),
)
