"""The one writer of a grading: gradebook, autograded notebooks and results."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.autograded import autograded_path, write_autograded, write_beside
from autograder.grading.database import GradebookUnavailable
from autograder.grading.entries import Entry
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.hand_marks import HandMark
from autograder.grading.outcome import Graded, Work, unexpected
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.refill import answers_seen
from autograder.grading.results import Result, moved_marks, read_result, write_result
from autograder.grading.submissions import Submission, check_identity
from autograder.places import sentence_on
from autograder.visible import one_line


@dataclass(frozen=True)
class Recorder:
    """Writes the gradebook first, then the files, and a result last of all.

    So a grading that was killed leaves no result of what it had not finished, and the next one
    takes that up again.
    """

    course: Course
    gradebook: UnitGradebook
    sandboxed: bool

    def record(self, batch: Iterable[Work]) -> Iterator[Graded]:
        """Record what is done in one transaction, and yield what came of each."""
        new = []
        for work in batch:
            try:
                check_identity(work.submission)
            except UnreadableSubmission as error:
                yield Graded(work.submission, None, one_line(str(error)))
                continue
            if work.marked is None:
                yield Graded(work.submission, self._renewed(work.submission), reused=True)
            else:
                new.append(work)
        if new:
            yield from self._record_new(new)

    def _record_new(self, batch: list[Work]) -> Iterator[Graded]:
        try:
            by_hand = self.gradebook.record(list(map(self._entry, batch)))
        except GradebookUnavailable:  # nothing can be recorded: the rest has to wait
            raise
        except Exception as error:  # what was not recorded is graded again next time
            self.gradebook.undo()
            if len(batch) == 1:
                yield Graded(batch[0].submission, None, why_not_kept(error, self.course.places))
                return
            for work in batch:
                yield from self._record_new([work])
            return
        for work in batch:
            try:
                yield self._keep(work, by_hand[work.submission.student])
            except Exception as error:
                yield Graded(work.submission, None, why_not_kept(error, self.course.places))

    def _renewed(self, submission: Submission) -> Result | None:
        """Return what is kept of a submission that did not run, with what came since."""
        student, unit = submission.student, submission.unit
        before = read_result(self.course, unit, student)
        if before is None:
            return None
        write_beside(autograded_path(self.course, unit, student).parent, submission)
        answers = answers_seen(self.course, before, unit, student)
        result = replace(before, unclear=submission.stamp.unclear, answers=answers)
        if result != before:
            write_result(self.course, result)
        return result

    def _entry(self, work: Work) -> Entry:
        assert work.marked is not None
        student, unit = work.submission.student, work.submission.unit
        before = read_result(self.course, unit, student)
        seen = answers_seen(self.course, before, unit, student)
        by_hand = before.by_hand if before else {}
        return Entry(work.submission, work.marked, not work.reason, seen, by_hand)

    def _keep(self, work: Work, by_hand: dict[str, HandMark]) -> Graded:
        submission, marked = work.submission, work.marked
        assert marked is not None
        before = read_result(self.course, submission.unit, submission.student)
        result = Result.of(submission, work.digest, marked, self.sandboxed, by_hand)
        write_autograded(self.course, submission, marked)
        write_result(self.course, result)
        moved = moved_marks(before, result)
        return Graded(submission, result, work.reason, moved=moved, again=work.crowded)


def why_not_kept(error: Exception, places: Iterable[Path] = ()) -> str:
    """Return in a sentence why something could not be stored, and what to do."""
    if isinstance(error, AutograderError):  # it is such a sentence
        return str(error)
    return sentence_on(error, places) or unexpected(error)
