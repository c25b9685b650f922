"""The user, namespaces and process numbers of the server and of each submission."""

import os
import sys

from autograder.sandbox.inside import kernel

UNPRIVILEGED = 65534


def become_nobody() -> None:
    """Drop root where the sandbox was started by root: the kernel's limits spare root."""
    if os.getuid() == 0 and os.environ.get("SANDBOX") == "root":
        os.setgroups([])
        os.setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
        os.setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
        kernel.set_dumpable()  # a change of user takes a process's own /proc entries from it


def enter_own_namespaces() -> None:
    """Give the server a user namespace, and in it a pid namespace whose first process it becomes.

    Only there may it put each of its forks into a further pid namespace. The calling process stays
    behind, waits, and ends as the server does; this function returns in the server alone.
    """
    _enter_user_namespace(kernel.CLONE_NEWPID)
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        sys.stderr.flush()
        os._exit(abs(os.waitstatus_to_exitcode(status)))
    os.setsid()


def enter_submission_namespaces() -> None:
    """Leave the server's user namespace, mounts, network, System V objects and host name."""
    _enter_user_namespace(
        kernel.CLONE_NEWNS | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
    )


def _enter_user_namespace(more: int) -> None:
    user, group = os.getuid(), os.getgid()
    kernel.unshare(kernel.CLONE_NEWUSER | more)
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def move_into(root: str, account: int) -> None:
    """Take a folder for the whole file system, and become a user of whom there is nothing else."""
    os.chroot(root)
    os.chdir("/")
    os.setgroups([])
    os.setresgid(account, account, account)
    os.setresuid(account, account, account)


class PidNamespaces:
    """Makes the next fork of this process the first of a pid namespace, again and again."""

    def __init__(self) -> None:
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def renew(self) -> None:
        """Let the next fork begin a pid namespace. A namespace can only be left from one's own."""
        kernel.setns(self._own, kernel.CLONE_NEWPID)
        kernel.unshare(kernel.CLONE_NEWPID)
