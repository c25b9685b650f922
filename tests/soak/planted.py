"""The same targets with a fault in each: what the fuzzing must find."""

from dataclasses import replace

from autograder.judge.key import AnswerKey
from autograder.judge.verdict import judge
from autograder.student.answers import Answer
from autograder.student.report import Report, Status
from tests.soak import targets


def generous(key: AnswerKey, answers: list[Answer]) -> Report:
    """Judge, but take nearly right for right."""
    exercise = key.exercise
    loose = replace(exercise.tolerance, absolute=1e-2, relative=1e-1)
    return judge(replace(key, exercise=replace(exercise, tolerance=loose)), answers)


def trusting(key: AnswerKey, answers: list[Answer]) -> Report:
    """Judge, but give full marks to whoever sends an output called points."""
    report = judge(key, answers)
    if any("points" in answer.outputs for answer in answers):
        return replace(report, status=Status.PASSED, points=report.max_points)
    return report


def _short(data: bytes) -> None:
    targets.run_wire(data)
    if len(data) > 3 and data[0] == ord("a") and data[2] > 4:
        raise IndexError("planted")


TARGETS = {
    "wire": replace(targets.TARGETS["wire"], run=_short),
    "judge": replace(targets.TARGETS["judge"], run=lambda data: targets.run_judge(data, generous)),
}
