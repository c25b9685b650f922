"""The system calls a submission may make: a list of what is allowed, compiled to a seccomp filter.

Whatever is not on the list does not exist for the submission (ENOSYS, so that the C library falls
back where it can). The calls that honest code makes by habit, such as fork for a subprocess, answer
EPERM, so that Python says "Operation not permitted".
"""

import errno
import tempfile
from functools import cache
from types import ModuleType

from autograder.errors import SandboxUnavailable
from autograder.sandbox.inside import kernel

# Read as paragraphs: memory, files, descriptors, signals, time, identity, threads.
_ALLOWED = """
brk mmap munmap mremap mprotect madvise mincore msync

read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek
open openat creat close close_range stat lstat fstat newfstatat statx access faccessat faccessat2
readlink readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat
rename renameat renameat2 symlink symlinkat chmod fchmod fchmodat umask truncate
ftruncate fallocate fsync fdatasync statfs fstatfs fadvise64
sendfile copy_file_range

dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl
epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime
recvfrom shutdown getsockname getpeername getsockopt setsockopt

rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
kill tkill tgkill pause alarm setitimer getitimer restart_syscall

clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times

getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups getpgid getpgrp
getsid uname sysinfo getrusage getrlimit getpriority sched_getaffinity sched_getparam
sched_getscheduler sched_get_priority_max sched_get_priority_min getcpu capget

exit exit_group wait4 waitid futex futex_waitv set_robust_list get_robust_list set_tid_address rseq
sched_yield arch_prctl membarrier getrandom
"""

_FORBIDDEN_ALOUD = """
fork vfork execve execveat socket connect bind listen accept accept4 ptrace mount umount2 unshare
setns chroot pivot_root setuid setgid setgroups setresuid setresgid setpriority sched_setaffinity
chown fchown lchown fchownat flock sendmsg sendmmsg memfd_create shmget msgget semget
utime utimes futimesat utimensat link linkat
"""

ALLOWED = tuple(_ALLOWED.split())
FORBIDDEN_ALOUD = tuple(_FORBIDDEN_ALOUD.split())

# Allowed only with certain arguments; see _add_conditional_rules.
_AF_UNIX = 1
_LOW_HALF = 2**32 - 1  # the kernel looks at no more of an int
_CLONE_THREAD = 0x00010000
_ALL_NEW_NAMESPACES = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | 0x02000000  # CLONE_NEWCGROUP
)
# Names of threads and mappings; reading what the sandbox has done to this process.
_PRCTL_OPTIONS = (15, 16, 0x53564D41, 21, 23, 39)
# Copies of descriptors and their flags. Not locks, leases and signals: files are shared with other
# submissions; nor the size of pipes, which the kernel counts for all of a user's together.
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030, 1032)
# Window size and modes of a terminal (there is none), close on exec, non-blocking, bytes waiting.
_IOCTL_REQUESTS = (0x5401, 0x5413, 0x5450, 0x5451, 0x5421, 0x541B)


@cache
def build_program() -> bytes:
    """Return the compiled filter for this machine.

    Raises
    ------
    SandboxUnavailable
        If libseccomp is missing.
    """
    seccomp = _library()
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    for name in ALLOWED:
        _add(seccomp, rules, seccomp.ALLOW, name)
    for name in FORBIDDEN_ALOUD:
        _add(seccomp, rules, seccomp.ERRNO(errno.EPERM), name)
    _add_conditional_rules(seccomp, rules)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def why_not() -> str:
    """Return why no filter can be built here, in a sentence; "" if one can."""
    try:
        build_program()
    except SandboxUnavailable as error:
        return str(error)
    return ""


def _library() -> ModuleType:
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxUnavailable(
            f"The system-call filter cannot be built ({error}): install pyseccomp and libseccomp "
            "(Debian, Ubuntu: apt install libseccomp2)."
        ) from error
    module: ModuleType = pyseccomp
    return module


def _add(seccomp: ModuleType, rules: object, action: int, name: str, *arguments: object) -> None:
    number = seccomp.resolve_syscall(seccomp.system_arch(), name)
    if number >= 0:  # below: this machine's architecture has no such call
        rules.add_rule(action, number, *arguments)  # type: ignore[attr-defined]


def _add_conditional_rules(seccomp: ModuleType, rules: object) -> None:
    """Allow calls by their arguments. Two rules that cannot both match stand for if and else."""
    allow, argument = seccomp.ALLOW, seccomp.Arg
    thread_bits = _CLONE_THREAD | _ALL_NEW_NAMESPACES
    only_threads = argument(0, seccomp.MASKED_EQ, thread_bits, _CLONE_THREAD)
    _add(seccomp, rules, allow, "clone", only_threads)
    _add(
        seccomp,
        rules,
        seccomp.ERRNO(errno.EPERM),
        "clone",
        argument(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0),
    )
    _add(seccomp, rules, allow, "socketpair", argument(0, seccomp.EQ, _AF_UNIX))
    # To the other end alone, not to sockets by name. sendmsg could leave descriptors on their way,
    # which the kernel counts for all processes of a user together.
    _add(seccomp, rules, allow, "sendto", argument(4, seccomp.EQ, 0))
    # Reading limits, of this process alone; a new limit is never taken.
    reading = (argument(0, seccomp.EQ, 0), argument(2, seccomp.EQ, 0))
    _add(seccomp, rules, allow, "prlimit64", *reading)
    for option in _PRCTL_OPTIONS:
        _add(seccomp, rules, allow, "prctl", argument(0, seccomp.EQ, option))
    for command in _FCNTL_COMMANDS:
        _add(seccomp, rules, allow, "fcntl", argument(1, seccomp.MASKED_EQ, _LOW_HALF, command))
    for request in _IOCTL_REQUESTS:
        _add(seccomp, rules, allow, "ioctl", argument(1, seccomp.EQ, request))
