"""The second sandbox: what a submission sees of the machine, what it leaves, and what it cannot."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import account, engine, seccomp
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.doctor import examine
from autograder.sandbox.engine import Engine
from autograder.sandbox.inside.removing import remove_deep
from autograder.sandbox.job import Ending, Run
from autograder.sandbox.probes import PROBES
from tests.sandbox.running import SMALL, notebook

CONCEDED = {"processes", "disk"}


@pytest.fixture(scope="module")
def second(unit_folder: Path) -> Iterator[Engine]:
    """A running engine with the second sandbox, not replaced for clearing up slowly."""
    launcher = AccountLauncher()
    if reason := launcher.why_not():
        pytest.skip(f"needs the second sandbox: {reason}")
    with pytest.MonkeyPatch.context() as patch, Engine(unit_folder, SMALL, launcher) as made:
        patch.setattr(engine, "_KILL_S", 60.0)  # a busy machine takes more than the usual seconds
        yield made


def printed(run: Run, cell: int = 0) -> str:
    return "".join(str(output.data) for output in run.cells[cell].outputs).strip()


def test_second_sandbox_holds_but_for_what_it_concedes(second: Engine) -> None:
    findings = examine(AccountLauncher(), "recurrence")
    assert [f.sentence for f in findings if not f.passed] == []
    conceded = {f.name for f in findings if f.conceded}
    assert conceded <= CONCEDED == set(dict(AccountLauncher.conceded))
    assert all(f.sentence.startswith("Not promised: ") for f in findings if f.conceded)
    assert len(findings) == len(PROBES) + 3


def test_it_sees_its_own_tree_alone(second: Engine) -> None:
    run = second.run(notebook("import os; print(sorted(os.listdir('/')))"))
    tops = {"sandbox", "dev", "home", str(Path(os.__file__).resolve()).split("/")[1], "tmp"}
    assert set(eval(printed(run))) <= tops


def test_it_is_a_user_without_rights(second: Engine) -> None:
    run = second.run(notebook("import os; print(os.getuid(), os.getgroups(), os.getcwd())"))
    assert printed(run) == f"{second.launcher.account} [] /home"
    assert second.launcher.account not in (0, 65534)


def test_what_one_leaves_is_gone_before_the_next(second: Engine) -> None:
    deep = """
import os
open("note", "w").write("secret")
for _ in range(2000):
    os.mkdir("d"); os.chdir("d")
os.chmod(".", 0)
"""
    # It makes more folders than it may, and may end before anybody has counted them.
    assert second.run(notebook(deep)).ending in (Ending.DISK, Ending.DONE)
    assert printed(second.run(notebook("import os; print(os.listdir('/home'))"))) == "[]"
    assert second.starts == 1


def test_what_one_reads_shows_in_no_time_to_the_next(second: Engine) -> None:
    look = (
        "import os\nfolder = os.path.dirname(os.__file__) + '/wsgiref'\n"
        "paths = [folder, folder + '/util.py', '/dev/shm', '/sandbox/unit']\n"
        "print([os.lstat(path).st_atime_ns for path in paths])\n"
    )
    read = "_ = open(paths[1]).read(), [os.listdir(paths[n]) for n in (0, 2, 3)]"
    before = printed(second.run(notebook(look)))
    assert printed(second.run(notebook(look + read))) == before
    assert printed(second.run(notebook(look))) == before
    assert second.starts == 1


def test_modules_that_are_imported_late_are_there(second: Engine) -> None:
    run = second.run(
        notebook(
            "import sqlite3, decimal, zlib, json.tool, numpy.polynomial, xml.dom.minidom, csv\n"
            "import matplotlib.pyplot as plt\n"
            "plt.plot([1, 2]); plt.title('$x_1$'); plt.show()\nprint('drawn')"
        )
    )
    assert (run.ending, run.cells[0].error_name) == (Ending.DONE, "")
    assert {output.kind for output in run.cells[0].outputs} == {"stdout", "display"}


@pytest.mark.parametrize(
    "source",
    [
        "for n in range(100): open(str(n), 'wb').write(bytes(2**20))",
        "files = [open(str(n), 'w') for n in range(99)]",
        "import os\nos.mkdir('d' * 200)\nfor n in range(30): os.chdir('d' * 200)"
        "; os.mkdir('d' * 200)",
        "import os\nheld = []\nfor n in range(4):\n    held.append(open('x', 'wb'))\n"
        "    os.unlink('x')\n    held[-1].write(bytes(3 * 2**20))\n    held[-1].flush()",
    ],
    ids=["bytes", "files", "depth", "deleted"],
)
def test_who_takes_too_much_room_is_ended(second: Engine, source: str) -> None:
    waits = "import time\ntime.sleep(500)"
    run = second.run(notebook(source, waits))
    assert (run.ending, run.detail) == (Ending.DISK, "It wrote more than 8 MB or 64 files.")
    assert printed(second.run(notebook("print('next')"))) == "next"


def test_limits_hold(second: Engine) -> None:
    run = second.run(notebook("x = bytearray(10**9)", "print('after')"))
    assert run.cells[0].error_name == "MemoryError"
    assert printed(run, 1) == "after"


def test_tree_has_what_links_cannot_bring(
    tmp_path: Path, unit_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the packages lie on another disk, they are copied."""

    def refused(*arguments: object, **named: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(account.os, "link", refused)
    monkeypatch.setattr(account.packages, "site_entries", lambda: {"unit.py": Path(__file__)})
    account.build_tree(tmp_path / "tree", unit_folder)
    copied = tmp_path / "tree" / "sandbox/site/unit.py"
    assert copied.read_bytes() == Path(__file__).read_bytes()
    assert copied.stat().st_mode & 0o004


def test_without_root_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account.os, "geteuid", lambda: 1000)
    assert AccountLauncher().why_not().startswith("The second sandbox needs root")


def test_machine_that_refuses_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gets as far")
    monkeypatch.setattr(account, "_TRIAL", "raise PermissionError('chroot: not permitted')")
    assert "PermissionError: chroot: not permitted" in AccountLauncher().why_not()
    monkeypatch.setattr(seccomp, "why_not", lambda: "no filter")
    assert AccountLauncher().why_not() == "no filter"


def test_folder_of_any_depth_is_removed(tmp_path: Path) -> None:
    here = os.getcwd()
    top = tmp_path / "top"
    top.mkdir()
    os.chdir(top)
    try:
        for _ in range(2000):
            os.mkdir("d")
            os.symlink("/", "link")
            os.chdir("d")
        Path("file").touch()
    finally:
        os.chdir(here)
    remove_deep(str(top))
    assert list(tmp_path.iterdir()) == []
    assert os.path.isdir("/")
