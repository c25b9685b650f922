"""What is uploaded: complete, its secrets closed, its scripts as the platforms run them."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

from autograder.cli import run as cli
from autograder.course import Course
from autograder.errors import AutograderError
from autograder.hosted import bundle, run
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.packages import closure
from tests.course.grading_folders import NEEDS_SANDBOX, course_in
from tests.hosted import container
from tests.hosted.hand_ins import NAME, ROOT, UNIT, Place, solved


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return course_in(tmp_path / "data")


def test_zip_is_private_and_has_a_seed_of_its_own(course: Course) -> None:
    seeds = []
    for _ in range(2):
        path = bundle.make_hosted(course, run.GRADESCOPE, UNIT)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with zipfile.ZipFile(path) as packed:
            seeds.append(packed.read(f"course/course/seeds/{UNIT}.json"))
            programs = [i.filename for i in packed.infolist() if i.external_attr >> 16 & 0o111]
            assert packed.testzip() is None
    assert seeds[0] != seeds[1]
    assert programs == ["setup.sh", "run_autograder"]
    assert not (course.seeds / f"{UNIT}.json").exists()


def test_github_gets_no_seed_and_students_only_the_workflow(course: Course) -> None:
    place = bundle.make_hosted(course, run.GITHUB, UNIT)
    files = [p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()]
    assert [name for name in files if "seed" in name] == []
    assert [n for n in files if not n.startswith(f"autograder/{NAME}/")] == [
        "students/.github/workflows/classroom.yml"
    ]
    text = (place / "students/.github/workflows/classroom.yml").read_text()
    steps = yaml.safe_load(text)["jobs"]["run-autograding-tests"]["steps"]
    assert f"mv autograder/{NAME} source" in steps[2]["run"]
    assert all(step["with"]["persist-credentials"] is False for step in steps[:2])


def test_all_that_grading_imports_is_installed_there(place: Place) -> None:
    """A worker imports what it is asked for; so do the programs that ask."""
    program = (
        "import sys, json; before = set(sys.modules); import autograder.hosted.run, "
        "autograder.grading.unit_marker, autograder.workers.inside, autograder.sandbox.doctor; "
        "print(json.dumps(sorted({n.partition('.')[0] for n in set(sys.modules) - before})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    owners = metadata.packages_distributions()
    imported = {canonicalize_name(o) for n in json.loads(done.stdout) for o in owners.get(n, ())}
    assert "numpy" in imported
    assert imported - closure(bundle.NEEDS) - {"unrolled"} == set()
    assert "nbgrader" not in imported
    listed = (place.root / "source" / "requirements.txt").read_text()
    assert {n for n in imported - {"unrolled"} if f"\n{n}==" not in f"\n{listed}"} == set()


def test_course_without_a_lock_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(AutograderError, match=r"requirements\.lock is missing"):
        bundle._requirements(tmp_path / "requirements.lock")


def test_command_names_the_platforms(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "find", classmethod(lambda cls, start=None: course))
    done = CliRunner().invoke(cli.app, ["hosted", "gradescope", "1"])
    assert done.exit_code == cli.DONE
    assert f"gradescope-{NAME}.zip: keep it to yourself" in " ".join(done.output.split())
    done = CliRunner().invoke(cli.app, ["hosted", "moodle", "1"])
    assert isinstance(done.exception, AutograderError)
    assert "github and gradescope are" in str(done.exception)


def unpacked(course: Course, root: Path) -> None:
    """Unpack the zip as Gradescope does."""
    path = bundle.make_hosted(course, run.GRADESCOPE, UNIT)
    (root / "source").mkdir(parents=True)
    with zipfile.ZipFile(path) as packed:
        packed.extractall(root / "source")
    script = (root / "source" / "run_autograder").read_text()
    (root / "run_autograder").write_text(script)
    (root / "run_autograder").chmod(0o755)


@NEEDS_SANDBOX
@pytest.mark.parametrize("boxed", [False, True], ids=["machine", "container"])
def test_zip_grades_in_the_documented_folders(course: Course, tmp_path: Path, boxed: bool) -> None:
    """From the zip alone: this environment has the packages, and the wheel is the judge."""
    if boxed and (reason := AccountLauncher().why_not()):
        pytest.skip(f"no second sandbox: {reason}")
    root = tmp_path / "autograder"
    unpacked(course, root)
    (wheel,) = (root / "source").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(root / "source" / "judge")
    (root / "python").symlink_to(sys.prefix)
    (root / "submission").mkdir()
    (root / "submission_metadata.json").write_text("{}")
    (root / "submission" / "my.ipynb").write_text(json.dumps(solved()))
    environment = {"PATH": os.environ["PATH"], run.ROOT_SETTING: str(root)}
    shut_in = [sys.executable, str(Path(container.__file__))] if boxed else []
    done = subprocess.run(
        [*shut_in, root / "run_autograder"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads((root / "results" / "results.json").read_text())
    assert found["score"] == 9


FAKE_PYTHON = """#!/bin/sh
echo "$0 $*" >> "$LOG"
if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi
"""


def test_setup_closes_the_judge_to_all_others(course: Course, tmp_path: Path) -> None:
    root, programs = tmp_path / "autograder", tmp_path / "programs"
    unpacked(course, root)
    programs.mkdir()
    for name in ("python3", "bwrap", "sudo"):
        (programs / name).write_text('#!/bin/sh\nexec "$@"\n' if name == "sudo" else FAKE_PYTHON)
        (programs / name).chmod(0o755)
    log = tmp_path / "log"
    environment = {
        "PATH": f"{programs}:/usr/bin:/bin",
        run.ROOT_SETTING: str(root),
        "LOG": str(log),
    }
    subprocess.run(["sh", root / "source" / "setup.sh"], env=environment, check=True)
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (root / "source").rglob("*")}
    assert modes | {stat.S_IMODE((root / "source").stat().st_mode) & 0o077} == {0}
    asked = log.read_text()
    assert "--require-hashes" in asked and "--target" in asked
    assert "--only-binary :all:" in asked
    assert "apt-get" not in asked
