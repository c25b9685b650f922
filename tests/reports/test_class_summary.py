"""What the results of a class come to."""

from __future__ import annotations

import pytest

from autograder.grading.results import Result
from autograder.reports.class_summary import ClassSummary, summarise
from autograder.reports.outline import Outline
from autograder.student.report import CriterionResult, Status
from tests.reports.made_up_class import WRITTEN, report, result, scores

SENTENCE = "The state is never handed on."


def summary_of(outline: Outline, *results: Result, **manual: float) -> ClassSummary:
    return summarise(outline, results, {r.student: scores(r, **manual) for r in results})


def mistaken(student: str, exercise: str, sentence: str = SENTENCE) -> Result:
    one = report(exercise, Status.FAILED, mistake="restart", mistake_sentence=sentence)
    return result(student, one)


def unjudged(student: str) -> Result:
    return result(student, report("stack_weights", Status.NOT_GRADABLE, headline="No verdict."))


def test_summary_median_is_of_those_with_every_verdict(outline: Outline) -> None:
    results = [
        result("s01"),  # 9
        result("s02", report("rnn_forward", Status.FAILED)),  # 6
        result("s03", report("rnn_step_stacked", Status.FAILED)),  # 7
        unjudged("s04"),  # 8 so far
    ]
    summary = summary_of(outline, *results)
    assert (summary.complete, summary.median) == (3, 7.0)


def test_summary_nobody_with_every_verdict_has_no_median(outline: Outline) -> None:
    summary = summary_of(outline, unjudged("s01"))
    assert summary.median is None
    assert sum(count for _, count in summary.bins) == 0


def test_summary_mark_by_hand_completes_a_verdict(outline: Outline) -> None:
    summary = summary_of(outline, unjudged("s01"), check_stack_weights=1.0, **{WRITTEN: 1.0})
    assert (summary.median, summary.full_marks, summary.waiting) == (10.0, 1, 0)


def test_summary_bins_hold_whole_points(outline: Outline) -> None:
    half = result("s01", report("rnn_forward", Status.PARTIAL))  # 7.5
    summary = summary_of(outline, half, result("s02"), result("s03"))
    assert dict(summary.bins) == {**{str(k): 0 for k in range(11)}, "7": 1, "9": 2}


def test_summary_total_short_of_a_whole_number_by_rounding_counts_as_whole(
    outline: Outline,
) -> None:
    almost = report("rnn_forward", Status.PARTIAL, points=0.1 + 0.7 + 0.2 - 1e-12)
    summary = summary_of(outline, result("s01", almost))
    assert dict(summary.bins)["7"] == 1


def test_summary_exercise_counts_every_status(outline: Outline) -> None:
    every = [result(s.name, report("rnn_forward", s)) for s in Status]
    summary = summary_of(outline, *every)
    exercise = summary.exercises[1]
    assert exercise.counts == dict.fromkeys(Status, 1)
    assert exercise.mean == pytest.approx((3.0 + 1.5) / 5), "five have a verdict"
    assert (exercise.missed, exercise.missed_count) == ("Any sizes work.", 2)


def test_summary_property_that_could_not_be_judged_is_not_missing(outline: Outline) -> None:
    open_question = CriterionResult("sizes", "Any sizes work.", 0.0, 1.5, judged=False)
    asked = report("rnn_forward", Status.FAILED, criteria=(open_question,))
    exercise = summary_of(outline, result("s01", asked)).exercises[1]
    assert (exercise.missed, exercise.missed_count) == ("", 0)


def test_summary_mistakes_come_by_frequency_with_names(outline: Outline) -> None:
    summary = summary_of(
        outline,
        mistaken("s01", "rnn_step_forward", "Another."),
        mistaken("s02", "rnn_forward"),
        mistaken("s03", "rnn_forward"),
    )
    assert [m.sentence for m in summary.mistakes] == [SENTENCE, "Another."]
    assert list(summary.mistakes[0].who) == ["s02", "s03"]
    assert summary.mistakes[0].exercises == ("The unrolled network",)


def test_summary_same_sentence_in_two_exercises_is_two_mistakes(outline: Outline) -> None:
    summary = summary_of(
        outline, mistaken("s01", "rnn_forward"), mistaken("s02", "rnn_step_forward")
    )
    assert len(summary.mistakes) == 2


def test_summary_flag_that_repeats_a_missing_verdict_is_told_once(outline: Outline) -> None:
    unread = unjudged("s01")
    flagged = Result(**{**vars(unread), "flags": ("No verdict.", "Cells were moved.")})
    summary = summary_of(outline, flagged)
    assert [f.sentence for f in summary.not_gradable] == ["No verdict."]
    assert list(summary.flags.values()) == [("Cells were moved.",)]


def test_summary_limits_name_the_exercises(outline: Outline) -> None:
    stopped = [report(n, Status.LIMIT, headline="Stop.") for n in ("rnn_forward", "stack_weights")]
    (limit,) = summary_of(outline, result("s01", *stopped)).limits
    assert limit.who == {"s01": ("The unrolled network", "One matrix for both")}


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ((Status.PARTIAL, Status.LIMIT), Status.LIMIT),
        ((Status.UNFINISHED, Status.FAILED), Status.UNFINISHED),
        ((Status.LIMIT, Status.NOT_GRADABLE), Status.NOT_GRADABLE),
        ((Status.PASSED, Status.PASSED), Status.PASSED),
    ],
)
def test_row_status_is_what_most_needs_attention(
    outline: Outline, statuses: tuple[Status, Status], worst: Status
) -> None:
    first, second = statuses
    graded = result("s01", report("rnn_forward", first), report("stack_weights", second))
    assert summary_of(outline, graded).rows[0].status is worst
