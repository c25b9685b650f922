"""Attacks of different kinds in the second sandbox: each comes to what it comes to in the first."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from autograder.course import Course
from autograder.grading.pipeline import grade_unit
from autograder.grading.results import Result
from autograder.sandbox.account import AccountLauncher
from autograder.sandbox.engine import Engine
from autograder.sandbox.job import Job, Limits, Transcript
from tests.attacks.suite import (
    ENDED_IN_THE_SECOND,
    IN_THE_SECOND,
    Attack,
    all_attacks,
    honest_notebook,
    printed_in,
)
from tests.course.grading_folders import course_in

UNIT = "recurrence"
LIMITS = Limits(cell_cpu_s=2, cell_wall_s=20, notebook_cpu_s=8, notebook_wall_s=600, grace_s=3)
HERE = [attack for attack in all_attacks() if attack.unit == UNIT]
ATTACKS = [attack for attack in HERE if attack.name in IN_THE_SECOND]
ENDED = [attack for attack in HERE if attack.name in ENDED_IN_THE_SECOND]


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
    for attack in (*ATTACKS, *ENDED):
        attack.place(course.submitted, honest_notebook(UNIT), canary)
    heard: dict[str, str] = {}
    execute = Engine.execute

    def run_and_keep(engine: Engine, job: Job) -> Transcript:
        transcript = execute(engine, job)
        heard[job.key] = heard.get(job.key, "") + printed_in(transcript, job, engine.limits)
        return transcript

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "execute", run_and_keep)
        graded = list(grade_unit(course, UNIT, launcher, jobs=2, limits=LIMITS))
    results = {g.submission.student: g.result for g in graded if g.result is not None}
    yield Fight(results, heard, os.listdir(canary))


def test_chosen_attacks_are_there() -> None:
    assert len(ATTACKS) >= 12
    assert {attack.name for attack in ENDED} == set(ENDED_IN_THE_SECOND)


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
def test_attack_ran_and_earned_what_it_does_in_the_first_sandbox(
    fight: Fight, attack: Attack
) -> None:
    for student in attack.students:
        reports = fight.results[student].reports.values()
        assert {r.exercise: r.points for r in reports} == attack.expected_marks()
        assert attack.ran in fight.heard[student]
        assert not attack.never or attack.never not in fight.heard[student]


@pytest.mark.parametrize("attack", ENDED, ids=[attack.name for attack in ENDED])
def test_attack_that_is_ended_there_leaves_its_exercise_to_the_instructor(
    fight: Fight, attack: Attack
) -> None:
    for student in attack.students:
        result = fight.results[student]
        marks = {report.exercise: report.points for report in result.reports.values()}
        assert marks == {**attack.expected_marks(), "rnn_step_stacked": None}
        assert "The run ended" in " ".join(result.flags)


def test_nothing_of_the_machine_was_written(fight: Fight) -> None:
    assert fight.canaries == []
