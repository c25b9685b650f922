"""Marks as the gradebook has them."""

from __future__ import annotations

from autograder.reports.marks import Mark, Sum, marks_of
from autograder.reports.outline import Outline
from autograder.student.report import Status
from tests.reports.made_up_class import PREDICTION, WRITTEN, report, result, scores


def test_marks_without_gradebook_are_those_of_the_verdicts(outline: Outline) -> None:
    marks = marks_of(outline, result("s01", report("rnn_forward", Status.PARTIAL)), {})
    assert marks["check_rnn_forward"] == Mark(1.5, 3.0)
    assert marks[WRITTEN].waits


def test_marks_given_by_hand_replace_the_verdict(outline: Outline) -> None:
    graded = result("s01", report("rnn_forward", Status.FAILED))
    marks = marks_of(outline, graded, scores(graded, check_rnn_forward=2.0))
    assert marks["check_rnn_forward"] == Mark(2.0, 3.0, by_hand=True)


def test_marks_zero_by_hand_is_a_mark(outline: Outline) -> None:
    graded = result("s01")
    marks = marks_of(outline, graded, scores(graded, **{WRITTEN: 0.0}))
    assert marks[WRITTEN] == Mark(0.0, 1.0, by_hand=True)
    assert not marks[WRITTEN].waits


def test_marks_prediction_never_waits(outline: Outline) -> None:
    assert not marks_of(outline, result("s01"), {})[PREDICTION].waits


def test_sum_counts_what_waits_apart() -> None:
    marks = [Mark(2.0, 3.0), Mark(None, 4.0), Mark(None, 0.0), Mark(1.0, 1.0, by_hand=True)]
    assert Sum.of(marks) == Sum(points=3.0, max_points=8.0, waiting=4.0)
