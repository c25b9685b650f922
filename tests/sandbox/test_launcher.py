"""Why a machine cannot sandbox is said in a sentence that tells what to change."""

import os
import platform
import subprocess
from pathlib import Path

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox import launcher, mounts, packages, seccomp
from autograder.sandbox.launcher import BubblewrapLauncher, closed_files, forbidding_switch


def put_program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_missing_bubblewrap_is_told_with_how_to_install_it() -> None:
    assert "apt install bubblewrap" in BubblewrapLauncher(bwrap="").why_not()


def test_bubblewrap_that_fails_is_told_with_its_own_words(
    tmp_path: Path, bubblewrap: BubblewrapLauncher
) -> None:
    broken = put_program(tmp_path / "bwrap", "echo 'bwrap: No permissions' >&2; exit 1")
    assert "bwrap: No permissions" in BubblewrapLauncher(str(broken)).why_not()


@pytest.mark.parametrize(
    ("switch", "value", "advice"),
    [
        ("user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ],
)
def test_switch_of_the_kernel_is_told_by_name(
    tmp_path: Path, switch: str, value: str, advice: str
) -> None:
    path = tmp_path / switch
    path.parent.mkdir()
    path.write_text(f"{value}\n")
    assert advice in forbidding_switch("/usr/bin/bwrap", tmp_path)
    path.write_text("1\n" if value == "0" else "0\n")
    assert forbidding_switch("/usr/bin/bwrap", tmp_path) == ""


def test_apparmor_is_told_the_profile_for_bubblewrap_alone_first(tmp_path: Path) -> None:
    path = tmp_path / "kernel/apparmor_restrict_unprivileged_userns"
    path.parent.mkdir()
    path.write_text("1\n")
    said = forbidding_switch("/opt/a/bwrap", tmp_path)
    printf = said.partition("`")[2].partition(" | sudo tee")[0]
    profile = subprocess.run(["sh", "-c", printf], capture_output=True, text=True, check=True)
    assert profile.stdout.splitlines()[2:] == [
        "profile bwrap /opt/a/bwrap flags=(unconfined) {",
        "  userns,",
        "}",
    ]
    assert said.index("/etc/apparmor.d/bwrap") < said.index("sysctl")


def test_switch_counts_for_nothing_where_the_trial_succeeds(
    monkeypatch: pytest.MonkeyPatch, bubblewrap: BubblewrapLauncher
) -> None:
    monkeypatch.setattr(launcher, "_switch", lambda path: 1 if "apparmor" in path.name else None)
    assert BubblewrapLauncher().why_not() == ""


def test_switch_explains_a_trial_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: BubblewrapLauncher
) -> None:
    broken = put_program(tmp_path / "bwrap", "echo 'bwrap: No permissions' >&2; exit 1")
    monkeypatch.setattr(launcher, "_switch", lambda path: 1 if "apparmor" in path.name else None)
    assert "/etc/apparmor.d/bwrap" in BubblewrapLauncher(str(broken)).why_not()


def test_trial_begins_the_namespaces_that_a_submission_needs(
    tmp_path: Path, bubblewrap: BubblewrapLauncher
) -> None:
    """A program that starts what it is told, but in no sandbox and without that right."""
    script = 'while [ "$1" != -I ]; do last=$1; shift; done; exec "$last" -I -S -B -c "{}"'
    refuses = put_program(
        tmp_path / "bwrap", script.format("raise OSError('unshare: Operation not permitted')")
    )
    assert "unshare: Operation not permitted" in BubblewrapLauncher(str(refuses)).why_not()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's sandbox runs as somebody else")
@pytest.mark.parametrize("umask", [0o077, 0o027])
def test_package_that_root_alone_may_read_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    package = tmp_path / "package"
    package.mkdir(mode=0o755)
    for name in ("__init__.py", "later.py"):
        (package / name).touch(mode=0o644)
    monkeypatch.setattr(packages, "site_entries", lambda: {"package": package})
    assert closed_files() == ""
    (package / "later.py").chmod(0o666 & ~umask)
    assert f"may not read {package / 'later.py'}" in closed_files()
    assert f"chmod -R a+rX {package}" in closed_files()


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [("machine", "riscv64", "riscv64"), ("release", "5.10.0-8-amd64", "5.14")],
)
def test_machine_that_is_not_supported_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, word: str
) -> None:
    monkeypatch.setattr(platform, name, lambda: value)
    assert word in BubblewrapLauncher(bwrap="/bin/true").why_not()


def test_other_systems_are_told_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher.sys, "platform", "darwin")
    assert "needs Linux" in BubblewrapLauncher().why_not()


def test_missing_libseccomp_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library() -> None:
        raise SandboxUnavailable("install pyseccomp and libseccomp")

    monkeypatch.setattr(seccomp, "_library", no_library)
    seccomp.build_program.cache_clear()
    assert "libseccomp" in seccomp.why_not()


def test_mounts_leave_out_the_repository_the_environment_and_the_home(unit_folder: Path) -> None:
    arguments = mounts.bwrap_mounts(unit_folder)
    sources = [Path(arguments[i + 1]) for i, a in enumerate(arguments) if a.endswith("bind")]
    site = packages.site_entries()["numpy"].parent
    repository = Path(launcher.__file__).parents[2]
    forbidden = {Path.home(), repository, site, site.parent, *map(Path, ("/", "/usr", "/var"))}
    assert not forbidden & set(sources)
    assert {source.name for source in sources if source.parent == site} <= set(
        packages.site_entries()
    )


def test_package_list_has_the_needs_of_the_allowed_and_no_more() -> None:
    entries = set(packages.site_entries())
    assert {"numpy", "matplotlib", "IPython", "PIL", "traitlets"} <= entries
    assert not entries & {"nbgrader", "pytest", "_pytest", "autograd", "zmq", "pyseccomp.py", "pip"}


def test_package_that_is_not_installed_is_told() -> None:
    with pytest.raises(SandboxUnavailable, match="no-such-package"):
        packages.closure(("no-such-package",))
