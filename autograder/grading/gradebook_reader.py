"""What nbgrader's gradebook holds, read and never changed."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)

from autograder.course import Course
from autograder.grading.database import is_there, open_gradebook
from autograder.units import folder_name

VALUES = ("score", "auto_score", "manual_score", "max_score", "needs_manual_grade")


class GradebookReader:
    """The marks of one unit, as they stand."""

    def __init__(self, course: Course, unit: str) -> None:
        self._name = folder_name(unit)
        self._course = course
        self._gradebook = open_gradebook(course)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._gradebook.close()

    @property
    def has_due_date(self) -> bool:
        """Whether anything can be late."""
        due = self._gradebook.db.query(Assignment.duedate).filter(Assignment.name == self._name)
        return due.scalar() is not None

    def without_time(self, students: Collection[str]) -> list[str]:
        """Return those of `students` of whom it is not stored when they handed in."""
        found = (
            self._gradebook.db.query(SubmittedAssignment.student_id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == self._name, SubmittedAssignment.timestamp.is_(None))
        )
        return sorted({student for (student,) in found} & set(students))

    def scores(
        self, students: Collection[str] | None = None
    ) -> dict[str, dict[str, dict[str, Any]]]:
        """Return grades: by student, by cell, then by name of nbgrader's value.

        Parameters
        ----------
        students : collection of str, optional
            Theirs alone; everybody's if left out.
        """
        found: dict[str, dict[str, dict[str, Any]]] = {}
        columns = [getattr(Grade, value) for value in VALUES]
        for student, cell, *values in self._rows(Grade, students, *columns):
            found.setdefault(student, {})[cell] = dict(zip(VALUES, values, strict=True))
        return found

    def comments(self, students: Collection[str] | None = None) -> dict[str, dict[str, str]]:
        """Return the comments on answers: by student, then by cell; `students` as in `scores`."""
        found: dict[str, dict[str, str]] = {}
        for student, cell, comment in self._rows(Comment, students, Comment.comment):
            if comment:
                found.setdefault(student, {})[cell] = comment
        return found

    def penalties(self, students: Collection[str] | None = None) -> dict[str, float]:
        """Return the points taken for lateness, by student; `students` as in `scores`."""
        taken = SubmittedNotebook.late_submission_penalty
        found = (
            self._gradebook.db.query(SubmittedAssignment.student_id, taken)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == self._name, taken > 0)
        )
        return {
            student: penalty
            for student, penalty in found
            if students is None or student in students
        }

    def names(self, students: Collection[str] | None = None) -> dict[str, str]:
        """Return what people are called, by student; those without a name are left out."""
        rows = self._gradebook.db.query(Student.id, Student.first_name, Student.last_name)
        if students is not None:
            rows = rows.filter(Student.id.in_(list(students)))
        names = {id: " ".join(filter(None, (first, last))).strip() for id, first, last in rows}
        return {id: name for id, name in names.items() if name not in ("", id)}

    def _rows(
        self,
        kind: type[Grade] | type[Comment],
        students: Collection[str] | None,
        *columns: Any,
    ) -> Any:
        """Return rows of student, name of the cell, and columns of the Grade or Comment on it."""
        found = (
            self._gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, *columns)
            .join(BaseCell, kind.cell_id == BaseCell.id)
            .join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == self._name)
        )
        if students is None:
            return found
        return found.filter(SubmittedAssignment.student_id.in_(students))


def known_students(course: Course) -> list[str]:
    """Return the ids of the gradebook's students; none where there is no gradebook yet."""
    if not is_there(course):
        return []
    with open_gradebook(course) as gradebook:
        return sorted(student.id for student in gradebook.students)


def due_dates(course: Course) -> dict[str, datetime]:
    """Return when units are due, as the gradebook has it, by folder name."""
    if not is_there(course):
        return {}
    with open_gradebook(course) as gradebook:
        return {
            assignment.name: assignment.duedate.replace(tzinfo=UTC)
            for assignment in gradebook.assignments
            if assignment.duedate is not None
        }


def extensions(course: Course) -> dict[tuple[str, str], timedelta]:
    """Return how much longer single students have, as the gradebook has it.

    By student and folder name.
    """
    if not is_there(course):
        return {}
    with open_gradebook(course) as gradebook:
        student, longer = SubmittedAssignment.student_id, SubmittedAssignment.extension
        found = (
            gradebook.db.query(student, Assignment.name, longer)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(longer.is_not(None))
        )
        return {(one, name): extension for one, name, extension in found}
