"""Every attack, handed in by one class and graded in one run: what comes of each, in full."""

import ctypes
import hashlib
import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.course import Course
from autograder.grading import pipeline
from autograder.grading.autograded import autograded_path
from autograder.grading.outcome import Graded, Work
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import Result
from autograder.grading.submissions import Submission
from autograder.judge.backend import JudgeBackend
from autograder.judge.exercises import exercises_of
from autograder.reports.class_report import write_class_report
from autograder.reports.feedback import feedback_path, write_feedback_pages
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.engine import Engine
from autograder.sandbox.job import MIB, Job, Limits, Run, Transcript
from autograder.sandbox.launcher import BubblewrapLauncher, Launcher
from autograder.sandbox.transcript import parse_transcript
from autograder.student.report import Report, Status
from autograder.units import folder_name
from autograder.workers import workers
from tests.attacks.suite import (
    ENDED_IN_THE_SECOND,
    OUTCOMES,
    ROOT,
    Attack,
    all_attacks,
    honest_notebook,
    printed_in,
    write_notebook,
)
from tests.course.grading_folders import NEEDS_SANDBOX, course_in, gradebook_rows

pytestmark = NEEDS_SANDBOX
#: In which sandbox the suite runs: SANDBOX=account takes the second one.
SANDBOXES: dict[str, type[Launcher]] = {
    "bubblewrap": BubblewrapLauncher,
    "account": AccountLauncher,
}
SANDBOX = SANDBOXES[os.environ.get("SANDBOX", "bubblewrap")]
# What the second ends is held to that in test_second_sandbox.py.
ENDED = ENDED_IN_THE_SECOND if SANDBOX is AccountLauncher else ()
ATTACKS = [attack for attack in all_attacks() if attack.name not in ENDED]
UNITS = sorted({attack.unit for attack in ATTACKS})
# By the clock there is room for a busy machine: what computes without end ends by processor time.
# What takes all memory there is has it sooner where there is less.
LIMITS = Limits(
    cell_cpu_s=2,
    cell_wall_s=20,
    notebook_cpu_s=8,
    notebook_wall_s=600,
    grace_s=3,
    memory_bytes=512 * MIB,
)
HONEST = ("honest-a", "honest-m", "honest-z")
_BECOME_SUBREAPER = 36
LEAK = re.compile("leak<(.+?)>")


@dataclass(frozen=True)
class Battle:
    """The attacked class and one without attackers, both graded on the same secret cases."""

    course: Course
    peace: Course
    graded: dict[str, Graded]
    runs: dict[str, Run]
    heard: dict[tuple[str, bool], str]
    before: dict[str, str]
    after: dict[str, str]
    canaries: tuple[set[str], set[str]]
    visitors: list[str]
    survivors: set[int]

    def report(self, attack: Attack, exercise: str, student: str) -> Report:
        result = self.result(student)
        return next(r for r in result.reports.values() if r.exercise == exercise)

    def result(self, student: str) -> Result:
        result = self.graded[student].result
        assert result is not None, f"{student} has no result"
        return result

    def printed(self, student: str) -> str:
        """Return all that was printed, also what a run on secret cases said in vain."""
        return "".join(self.heard.get((student, secret), "") for secret in (True, False))


@pytest.fixture(scope="module")
def battle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Battle]:
    course = course_in(tmp_path_factory.mktemp("attacked"))
    peace = course_in(tmp_path_factory.mktemp("peaceful"))
    canary = tmp_path_factory.mktemp("canary")
    ctypes.CDLL(None).prctl(_BECOME_SUBREAPER, 1, 0, 0, 0)  # whoever outlives its parent comes here
    runs: dict[str, Run] = {}
    heard: dict[tuple[str, bool], str] = {}
    execute, work = Engine.execute, pipeline._Worker.__call__
    endless = {s for attack in ATTACKS if attack.outcome == "L" for s in attack.students}

    def run_and_keep(engine: Engine, job: Job) -> Transcript:
        transcript = execute(engine, job)
        heard[job.key, job.secret] = printed_in(transcript, job, engine.limits)
        runs[job.key] = parse_transcript(transcript, job, engine.limits)
        return transcript

    def work_once(worker: pipeline._Worker, submission: Submission) -> Work:
        """Who is to run out of time does so once, however busy the machine is."""
        done = work(worker, submission)
        return replace(done, crowded=done.crowded and submission.student not in endless)

    with pytest.MonkeyPatch.context() as patch, ServiceOfThisMachine(canary) as (port, visitors):
        patch.setattr(Engine, "execute", run_and_keep)
        patch.setattr(pipeline._Worker, "__call__", work_once)
        for unit in UNITS:
            for one in (course, peace):
                _hand_in_honestly(one, unit)
        for attack in ATTACKS:
            attack.place(course.submitted, honest_notebook(attack.unit), canary, port)
        before, canaries = _snapshot(course), _names(canary)
        children = _descendants()
        launcher = SANDBOX()
        graded = {}
        for unit in UNITS:
            for one in grade_unit(course, unit, launcher, jobs=6, limits=LIMITS):
                graded[one.submission.student] = one
            (peace.seeds / f"{unit}.json").parent.mkdir(parents=True, exist_ok=True)
            (peace.seeds / f"{unit}.json").write_bytes((course.seeds / f"{unit}.json").read_bytes())
            list(grade_unit(peace, unit, launcher, limits=LIMITS))
            write_feedback_pages(course, unit)
            write_class_report(course, unit)
        yield Battle(
            course,
            peace,
            graded,
            runs,
            heard,
            before,
            _snapshot(course),
            (canaries, _names(canary)),
            visitors,
            _descendants() - children,
        )


def _hand_in_honestly(course: Course, unit: str) -> None:
    name = folder_name(unit)
    for student in HONEST:
        folder = course.submitted / student / name
        folder.mkdir(parents=True)
        write_notebook(folder / f"{name}.ipynb", honest_notebook(unit))


class ServiceOfThisMachine:
    """Something that listens on this machine: on a port and on a socket file."""

    def __init__(self, canary: Path) -> None:
        self.visitors: list[str] = []
        self.sockets = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)]
        here = os.getcwd()
        os.chdir(canary)  # the path of a socket must be short
        self.sockets[1].bind("socket")
        self.sockets[1].listen()
        os.chdir(here)

    def __enter__(self) -> tuple[int, list[str]]:
        for one in self.sockets:
            threading.Thread(target=self._serve, args=(one,), daemon=True).start()
        return self.sockets[0].getsockname()[1], self.visitors

    def _serve(self, one: socket.socket) -> None:
        while True:
            try:
                one.accept()[0].close()
            except OSError:
                return
            self.visitors.append(str(one.family))

    def __exit__(self, *error: object) -> None:
        for one in self.sockets:
            one.close()


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _snapshot(course: Course) -> dict[str, str]:
    """Return a digest of every file that grading must leave alone."""
    folders = [course.submitted, *(ROOT / name for name in ("solutions", "rnn_ref", "autograder"))]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
        and path.stat().st_size < 2**28
        and "__pycache__" not in path.parts
        and not path.is_symlink()
    }


def _descendants() -> set[int]:
    """Return the processes that descend from this one, but for workers that wait for more."""
    with workers() as kept:
        kept.close()
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found, fresh = set[int](), {os.getpid()}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def each(*, refused: bool = False) -> pytest.MarkDecorator:
    chosen = [attack for attack in ATTACKS if attack.refused == refused]
    return pytest.mark.parametrize("attack", chosen, ids=[attack.name for attack in chosen])


def test_suite_has_at_least_sixty_attacks_and_covers_the_list() -> None:
    assert len(ATTACKS) >= 60
    assert {attack.row for attack in ATTACKS} == set(range(1, 64))
    assert {attack.outcome for attack in ATTACKS} == set(OUTCOMES)


def test_every_attack_that_is_read_has_its_canary() -> None:
    assert [attack.name for attack in ATTACKS if not attack.ran and attack.outcome != "R"] == []


@each()
def test_attack_earns_exactly_what_its_honest_part_earns(battle: Battle, attack: Attack) -> None:
    for student in attack.students:
        reports = battle.result(student).reports.values()
        assert {r.exercise: r.points for r in reports} == attack.expected_marks()


@each()
def test_attack_is_told_to_the_instructor_and_nothing_else_is(
    battle: Battle, attack: Attack
) -> None:
    for student in attack.students:
        flags = battle.result(student).flags
        if "*" in attack.flags:
            assert flags
        if {"*", "?"} & set(attack.flags):
            continue
        for piece in attack.flags:
            assert any(piece in flag for flag in flags), (piece, flags)
        others = [flag for flag in flags if not any(piece in flag for piece in attack.flags)]
        assert others == []


@each()
def test_attack_really_ran(battle: Battle, attack: Attack) -> None:
    for student in attack.students:
        printed = battle.printed(student)
        assert attack.ran in printed
        assert not attack.never or attack.never not in printed
        assert attack.outcome != "R" or student not in battle.runs


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.leaks], ids=[a.name for a in ATTACKS if a.leaks]
)
def test_secret_cases_reach_nothing_that_people_read(battle: Battle, attack: Attack) -> None:
    (student,) = attack.students
    learnt, public = (set(LEAK.findall(battle.heard[student, secret])) for secret in (True, False))
    assert learnt - public, "the attack saw no secret case"
    name = folder_name(attack.unit)
    read = [
        feedback_path(battle.course, attack.unit, student),
        battle.course.reports / name / "class.html",
        autograded_path(battle.course, attack.unit, student),
    ]
    texts = [path.read_text("utf-8") for path in read]
    texts.append(repr(battle.result(student)))
    assert [one for one in learnt - public for text in texts if one in text] == []


@each()
def test_attack_is_explained_in_the_report(battle: Battle, attack: Attack) -> None:
    told = [name for name, points in attack.expected_marks().items() if name in attack.marks]
    for student in attack.students:
        for exercise in told:
            report = battle.report(attack, exercise, student)
            words = " ".join([report.headline, *(r.detail for r in report.criteria)])
            assert words.strip()
            assert attack.says in words
            limited = attack.outcome == "L" and report.points is not None
            assert not limited or report.status is Status.LIMIT, words


@each(refused=True)
def test_attack_by_name_is_refused_with_a_reason(battle: Battle, attack: Attack) -> None:
    for student in attack.students:
        graded = battle.graded[student]
        assert graded.result is None
        assert (attack.says or "cannot be a student's id") in graded.reason
        assert graded.reason.isprintable()
        assert student not in gradebook_rows(battle.course, attack.unit)


def test_other_students_are_untouched(battle: Battle) -> None:
    for unit in UNITS:
        attacked, peaceful = (gradebook_rows(one, unit) for one in (battle.course, battle.peace))
        assert set(peaceful) == set(HONEST)
        assert {name: attacked[name] for name in HONEST} == peaceful
    for student in HONEST:
        assert battle.result(student).flags == ()


def test_host_files_are_as_they_were(battle: Battle) -> None:
    assert battle.after == battle.before
    assert battle.canaries[1] == battle.canaries[0]


def test_nobody_reached_the_services_of_this_machine(battle: Battle) -> None:
    assert battle.visitors == []


def test_service_would_have_noticed_a_visitor(tmp_path: Path) -> None:
    with ServiceOfThisMachine(tmp_path) as (port, visitors):
        socket.create_connection(("127.0.0.1", port)).close()
        for _ in range(1000):
            if visitors:
                break
            threading.Event().wait(0.01)
        assert visitors


def test_nothing_survives(battle: Battle) -> None:
    assert battle.survivors == set()


def test_every_submission_has_its_page_and_the_class_its_report(battle: Battle) -> None:
    for attack in ATTACKS:
        for student in attack.students:
            page = feedback_path(battle.course, attack.unit, student)
            assert page.is_file() != attack.refused
    for unit in UNITS:
        text = (battle.course.reports / folder_name(unit) / "class.html").read_text("utf-8")
        told = [a.students[0] for a in ATTACKS if a.unit == unit and not a.refused]
        assert [student for student in told if student not in text] == []


def test_public_answers_pass_in_practice(battle: Battle) -> None:
    attacks = [attack for attack in ATTACKS if attack.control]
    assert attacks
    for attack in attacks:
        path = battle.course.submitted / attack.students[0] / folder_name(attack.unit)
        assert _practice(path / f"{folder_name(attack.unit)}.ipynb", attack.unit) is Status.PASSED


def _practice(notebook: Path, unit: str) -> Status:
    """Return what the check of the last exercise says in a learner's own notebook."""
    space: dict[str, object] = {}
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    names = {exercise.name for exercise in exercises_of(unit)}
    for cell in cells:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "imports" or name in names:
            exec("".join(cell["source"]), space)
    last = exercises_of(unit)[-1]
    functions = {role: space[function.__name__] for role, function in last.reference.items()}
    return JudgeBackend().check(last.name, functions).status


@pytest.mark.parametrize(
    "attack", [a for a in ATTACKS if a.page], ids=[a.name for a in ATTACKS if a.page]
)
def test_pages_stay_silent_in_a_browser(battle: Battle, attack: Attack, chromium: Browser) -> None:
    requests: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: requests.append(f"dialog {dialog.message}"))
    feedback = feedback_path(battle.course, attack.unit, attack.students[0])
    report = battle.course.reports / folder_name(attack.unit) / "class.html"
    for path in (feedback, report):
        page.goto(path.as_uri())
        page.wait_for_timeout(200)
        assert "PWNED" not in page.title()
        assert page.evaluate("document.scripts.length") == 0
    page.close()
    assert [url for url in requests if not url.startswith(("file:", "data:image/png"))] == []
    assert len(requests) == 2 + sum(url.startswith("data:") for url in requests)


def test_scripts_of_the_attacks_run_where_nothing_stops_them(
    battle: Battle, chromium: Browser
) -> None:
    attack = next(a for a in ATTACKS if a.name == "40_markdown")
    text = (attack.folder / "cells.txt").read_text(encoding="utf-8").partition("[link]")[0]
    page = chromium.new_page()
    page.set_content(f"<body>{text}</body>")
    page.wait_for_function("document.title === 'PWNED'")
    page.close()
