"""Making what is uploaded: the autograder's zip for Gradescope, two folders for GitHub."""

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import autograder
from autograder.course import CONFIG_NAME, Course
from autograder.errors import AutograderError
from autograder.grading.configuration import CARRY_SETTING, errors_are_carried
from autograder.grading.files import write_atomically
from autograder.grading.release import check_release
from autograder.grading.release_audit import notebooks_in
from autograder.grading.unit_grader import SEED_BITS
from autograder.hosted.run import COURSE, GITHUB, SETTINGS
from autograder.kit.wheel import Wheel, files_in, zipped
from autograder.sandbox.folder import reference_folder
from autograder.sandbox.packages import ALLOWED, closure
from autograder.units import folder_name

#: What grading imports where there is no gradebook; their requirements come with them.
NEEDS = (*ALLOWED, "markdown-it-py", "nh3", "packaging", "pyseccomp", "pyyaml", "traitlets")
_LOCK = "requirements.lock"
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==")
_TEMPLATES = Path(__file__).with_name("templates")
_SCRIPTS = ("setup.sh", "run_autograder")
_WORKFLOW = "classroom.yml"


def make_hosted(course: Course, platform: str, unit: str) -> Path:
    """Write what `platform` needs for `unit` to ``course/hosted`` and return where it lies.

    Raises
    ------
    AutograderError
        If the unit is not released as it should be, or there is no list of packages.
    """
    faults = [str(finding) for finding in check_release(course, unit)]
    if faults:
        raise AutograderError(f"Nothing was made: {'; '.join(faults)}.")
    files = packed(course, platform, unit)
    place = course.data / "hosted" / f"{platform}-{folder_name(unit)}"
    if platform != GITHUB:
        path = place.with_name(f"{place.name}.zip")
        write_atomically(path, zipped(files, _SCRIPTS), mode=0o600)  # the seed is in it
        return path
    shutil.rmtree(place, ignore_errors=True)
    for name, data in files.items():
        write_atomically(place / "autograder" / folder_name(unit) / name, data, mode=0o600)
    workflow = (_TEMPLATES / _WORKFLOW).read_text(encoding="utf-8")
    path = place / "students" / ".github" / "workflows" / _WORKFLOW
    write_atomically(path, workflow.replace("FOLDER", folder_name(unit)))
    return place


def packed(course: Course, platform: str, unit: str) -> dict[str, bytes]:
    """Return what lies in the autograder's folder ``source``, by path."""
    return dict(_files(course, platform, unit))


def _files(course: Course, platform: str, unit: str) -> Iterator[tuple[str, bytes]]:
    for script in _SCRIPTS:
        yield script, (_TEMPLATES / script).read_bytes()
    yield SETTINGS, json.dumps({"platform": platform, "unit": unit}).encode()
    yield "requirements.txt", _requirements(course.root / _LOCK).encode()
    wheel = judges_wheel((course.root / "LICENSE").read_bytes())
    yield wheel.name, wheel.as_bytes()
    carried = f"c = get_config()\n{CARRY_SETTING} = {errors_are_carried(course)}\n"
    yield f"{COURSE}/{CONFIG_NAME}", carried.encode()
    released = [course.release_notebook(name) for name in notebooks_in(course.release)]
    for path in (*released, course.source_notebook(unit)):
        yield f"{COURSE}/{path.relative_to(course.root).as_posix()}", path.read_bytes()
    if platform != GITHUB:
        seed = {"seed": secrets.randbits(SEED_BITS)}
        yield f"{COURSE}/course/seeds/{unit}.json", json.dumps(seed).encode()


def judges_wheel(licence: bytes) -> Wheel:
    """Return this package and the reference, whole: what only the judge may read."""
    found = {}
    for folder in (Path(autograder.__file__).parent, reference_folder()):
        for name, data in files_in(folder).items():
            if "__pycache__" not in name:
                found[f"{folder.name}/{name}"] = data
    return Wheel(found, (), "", licence, version("unrolled"), "unrolled")


def _requirements(lock: Path) -> str:
    """Return the lines of the lock file on what grading needs."""
    try:
        text = lock.read_text(encoding="utf-8")
    except OSError as error:
        raise AutograderError(
            f"{lock} is missing, which says what to install there: CONTRIBUTING.md tells how to "
            "make it."
        ) from error
    needed, kept, lines = closure(NEEDS), False, []
    for line in text.splitlines():
        if found := _LOCKED.match(line):
            kept = found[1].lower().replace("_", "-") in needed
        if kept and not line.lstrip().startswith("#"):
            lines.append(line)
    return "\n".join(lines) + "\n"
