"""The class in nbgrader's tables: names, and when whose work is due."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from nbgrader.api import Assignment, Student, SubmittedAssignment

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.roster import Roster
from autograder.grading.database import open_gradebook, reachable, wait_for_others
from autograder.times import in_database, written
from autograder.units import folder_name, unit_of


def store_people(db: Any, roster: Roster) -> None:
    """Put names and addresses into the gradebook's table; what the roster leaves out stays."""
    known = {student.id: student for student in db.query(Student)}
    for person in (*roster.students, *roster.dropped):
        row = known.get(person.id)
        if row is None:
            row = Student(id=person.id)
            db.add(row)
        first, last = person.first_and_last
        if person.name:
            row.first_name, row.last_name = first, last
        elif row.last_name is None:  # the Formgrader would show "None, None"
            row.first_name, row.last_name = "", person.id
        row.email = person.email or row.email
        row.lms_user_id = person.lms_user_id or row.lms_user_id
    db.flush()


def store_dates(roster: Roster | None, every: Iterable[SubmittedAssignment]) -> None:
    """Put what the roster says of due dates into submissions, as nbgrader's extensions.

    Of units and people that it does not speak of the gradebook keeps what it has.
    """
    if roster is None:
        return
    ids, has_dates = roster.ids, cache(roster.has_dates)
    for submitted in every:
        assignment, student = submitted.assignment, submitted.student_id
        unit = _unit(assignment.name)
        if student not in ids or not has_dates(unit):
            continue
        if assignment.duedate is None:  # then whoever has no date of their own has the last one
            assignment.duedate = in_database(roster.latest(unit))
        usual = _aware(assignment.duedate)
        due = roster.due(student, unit, usual)
        submitted.extension = due - usual if due and usual and due != usual else None


def has_own_date(roster: Roster | None, submitted: SubmittedAssignment) -> bool:
    """Return whether a student has an extension or date that others do not have."""
    unit, student = _unit(submitted.assignment.name), submitted.student_id
    if roster is not None and student in roster.ids and roster.has_dates(unit):
        return roster.is_exception(student, unit)
    return bool(submitted.extension)


def store_class(course: Course, roster: Roster | None, due: Mapping[str, datetime]) -> list[str]:
    """Put a roster and the due dates of units into the gradebook; return what changed of these.

    Raises
    ------
    AutograderError
        If the gradebook cannot be used.
    """
    if roster is None and not due:
        return []
    course.data.mkdir(parents=True, exist_ok=True)
    with reachable(course), open_gradebook(course) as gradebook:
        wait_for_others(gradebook.db.connection())
        if roster is not None:
            store_people(gradebook.db, roster)
        told = list(_store_due(gradebook, due))
        for assignment in gradebook.assignments:
            store_dates(roster, assignment.submissions)
        gradebook.db.commit()
    return told


def _store_due(gradebook: Any, due: Mapping[str, datetime]) -> Iterator[str]:
    known = {assignment.name: assignment for assignment in gradebook.assignments}
    for unit, time in due.items():
        name = folder_name(unit)
        row = known.get(name)
        if row is None:
            row = Assignment(name=name, course_id=gradebook.course_id)
            gradebook.db.add(row)
        before = _aware(row.duedate)
        if before != time:
            row.duedate = in_database(time)
            was = f", it was {written(before)}" if before else ""
            yield f"{name} is due {written(time)}, in the gradebook{was}"
    gradebook.db.flush()


def _unit(name: str) -> str:
    """Return the unit that nbgrader calls so; some other name for what is none of ours."""
    try:
        return unit_of(name)
    except AutograderError:
        return name


def _aware(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(tzinfo=UTC)
