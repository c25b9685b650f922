"""Attacks of different kinds in the second sandbox: each comes to what it comes to in the first."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from autograder.course import Course
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import Result
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.engine import Engine
from autograder.sandbox.job import PUBLIC, Job, Limits, Transcript
from autograder.sandbox.transcript import parse_transcript
from tests.attacks.suite import IN_THE_SECOND, Attack, all_attacks, honest_notebook
from tests.course.grading_folders import course_in

UNIT = "recurrence"
LIMITS = Limits(cell_cpu_s=2, cell_wall_s=20, notebook_cpu_s=8, notebook_wall_s=600, grace_s=3)
ATTACKS = [
    attack for attack in all_attacks() if attack.name in IN_THE_SECOND and attack.unit == UNIT
]


@dataclass(frozen=True)
class Fight:
    """What came of them."""

    results: dict[str, Result]
    heard: dict[str, str]
    canaries: list[str]


@pytest.fixture(scope="module")
def fight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fight]:
    launcher = AccountLauncher()
    if reason := launcher.why_not():
        pytest.skip(f"no second sandbox: {reason}")
    course: Course = course_in(tmp_path_factory.mktemp("attacked"))
    canary = tmp_path_factory.mktemp("canary")
    canary.chmod(0o777)  # nothing but the sandbox keeps an attack from it
    for attack in ATTACKS:
        attack.place(course.submitted, honest_notebook(UNIT), canary)
    heard: dict[str, str] = {}
    execute = Engine.execute

    def run_and_keep(engine: Engine, job: Job) -> Transcript:
        transcript = execute(engine, job)
        open_job = replace(job, cells=tuple(replace(cell, cases=PUBLIC) for cell in job.cells))
        cells = parse_transcript(transcript, open_job, engine.limits).cells.values()
        texts = [str(output.data) for cell in cells for output in cell.outputs]
        heard[job.key] = heard.get(job.key, "") + "".join(texts)
        return transcript

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "execute", run_and_keep)
        graded = list(grade_unit(course, UNIT, launcher, jobs=2, limits=LIMITS))
    results = {g.submission.student: g.result for g in graded if g.result is not None}
    yield Fight(results, heard, os.listdir(canary))


def test_chosen_attacks_are_there() -> None:
    assert len(ATTACKS) >= 12


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_attack_ran_and_earned_what_it_does_in_the_first_sandbox(
    fight: Fight, attack: Attack
) -> None:
    for student in attack.students:
        reports = fight.results[student].reports.values()
        assert {r.exercise: r.points for r in reports} == attack.expected_marks()
        assert attack.ran in fight.heard[student]
        assert not attack.never or attack.never not in fight.heard[student]


def test_nothing_of_the_machine_was_written(fight: Fight) -> None:
    assert fight.canaries == []
