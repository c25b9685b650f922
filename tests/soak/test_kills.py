"""A grading that is killed goes on where it was; the short form of `make soak`."""

import os
from pathlib import Path

import pytest

from autograder.bench.ways import ours
from autograder.grading.results import result_path
from tests.course.grading_folders import NEEDS_SANDBOX
from tests.soak import kills

pytestmark = NEEDS_SANDBOX


def test_grading_killed_at_random_moments_loses_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kills, "SUBMISSIONS", 8)
    outcome = kills.kill_and_resume(tmp_path, count=2, seed=0)
    assert outcome.faults == []
    assert len(outcome.killed_at) == 2


def test_comparison_finds_a_lost_result_and_a_result_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(way: kills.Way) -> str:
        said = finish(way)
        if "killed" in str(way.course.root):
            result_path(way.course, kills.UNIT, "student-00001").unlink()
            os.utime(result_path(way.course, kills.UNIT, "student-00000"))
        return said

    finish = kills.finish
    monkeypatch.setattr(kills, "SUBMISSIONS", 2)
    way = kills.ours(kills.Course.find(Path(__file__)), kills.UNIT, tmp_path / "killed", 2)
    finish(way)  # so that both are kept before the planted loss
    monkeypatch.setattr(
        kills, "ours", lambda c, u, f, n: way if f.name == "killed" else ours(c, u, f, n)
    )
    monkeypatch.setattr(kills, "finish", losing)
    outcome = kills.kill_and_resume(tmp_path, count=0, seed=0)
    assert "student-00000 was graded twice" in outcome.faults
    assert "the results are not those of a grading that was left alone" in outcome.faults
