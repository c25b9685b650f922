"""The one place that writes to nbgrader's gradebook."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import nbformat
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy.orm import selectinload

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.class_list import has_own_date, store_dates, store_people
from autograder.grading.collecting.roster import Roster
from autograder.grading.collecting.roster_table import roster_of
from autograder.grading.database import (
    alone_on_server,
    reachable,
    wait_for_others,
)
from autograder.grading.entries import Entry, fill, set_time
from autograder.grading.gradebook_reader import GradebookReader
from autograder.grading.hand_marks import HandMark
from autograder.grading.lateness import LatePenalties
from autograder.grading.submissions import Submission


class _Places(NamedTuple):
    """Identifiers of what is released, as the gradebook has them."""

    assignment: str
    notebook: str
    graded: list[str]
    commented: list[str]
    names: dict[str, str]
    """By identifier of the cell: nbgrader's name for it."""


class UnitGradebook(GradebookReader):
    """The marks of one unit in nbgrader's gradebook, through nbgrader's own classes.

    Marks are stored as ``nbgrader autograde`` would; manual marks and comments are never touched.
    """

    def __init__(self, course: Course, unit: str) -> None:
        course.data.mkdir(parents=True, exist_ok=True)
        super().__init__(course, unit)
        self._url = course.nbgrader_options()["db_url"]
        self._release = course.release_notebook(unit)
        self._late = LatePenalties(course)

    def register(self) -> None:
        """Tell the gradebook which cells the released notebook has, unless it knows.

        Raises
        ------
        AutograderError
            If cells came or went although submissions are graded already.
        """
        notebook = nbformat.read(self._release, as_version=4)
        released = {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.get("checksum")
            for cell in notebook.cells
            if "nbgrader" in cell.metadata
        }
        with alone_on_server(self._course):
            if released != self._known_cells():
                self._save_cells(notebook)

    def _save_cells(self, notebook: Any) -> None:
        from nbgrader.preprocessors import SaveCells  # brings all of nbconvert along

        self._gradebook.update_or_create_assignment(self._name)
        place = {"notebook": self._name, "assignment": self._name, "db_url": self._url}
        try:
            SaveCells().preprocess(notebook, {"nbgrader": place})
        except RuntimeError as error:
            raise AutograderError(
                f"{self._name} has gained or lost cells since it was first graded, which the "
                "gradebook does not allow: restore the released notebook, or grade into a new "
                "course folder."
            ) from error

    def _known_cells(self) -> dict[str, str]:
        try:
            notebook = self._gradebook.find_notebook(self._name, self._name)
        except MissingEntry:
            return {}
        return {cell.name: cell.checksum for cell in notebook.source_cells}

    def record(self, entries: Sequence[Entry]) -> dict[str, dict[str, HandMark]]:
        """Store the automatic marks of several submissions in one transaction: all or none.

        Returns the marks by hand that there are, by student and cell.

        Raises
        ------
        GradebookUnavailable
            If its server is gone.
        """
        with reachable(self._course):
            return self._record(entries)

    def _record(self, entries: Sequence[Entry]) -> dict[str, dict[str, HandMark]]:
        db = self._gradebook.db
        wait_for_others(db.connection())
        self._add_students({entry.submission.student for entry in entries})
        known = self._submitted([entry.submission.student for entry in entries])
        by_hand = {}
        for entry in entries:
            student = entry.submission.student
            submitted = known.get(student) or self._submit(student)
            by_hand[student] = fill(submitted.notebooks[0], self._places.names, entry)
            known[student] = submitted
        db.flush()  # what is late is known when the marks are in
        self._penalise(known.values(), [entry.submission for entry in entries])
        db.commit()
        db.expunge_all()  # the next batch reads anew what others have written meanwhile
        return by_hand

    def renew_penalties(self, submissions: Iterable[Submission] = ()) -> None:
        """Take up names, times, due dates, extensions and marks by hand that came after the marks.

        Raises
        ------
        AutograderError
            If the course's plugin for late penalties, or its roster, cannot be used.
        """
        with reachable(self._course):
            db = self._gradebook.db
            wait_for_others(db.connection())
            of_unit = db.query(SubmittedAssignment).join(
                Assignment, SubmittedAssignment.assignment_id == Assignment.id
            )
            notebooks = selectinload(SubmittedAssignment.notebooks)
            every = of_unit.filter(Assignment.name == self._name).options(notebooks).all()
            if self._roster is not None:
                store_people(db, self._roster)
            self._penalise(every, submissions)
            db.commit()
            db.expunge_all()

    def _penalise(
        self, every: Collection[SubmittedAssignment], submissions: Iterable[Submission]
    ) -> None:
        store_dates(self._roster, every)
        handed_in = {one.student: one for one in submissions if not one.clashes}
        for submitted in every:
            submission = handed_in.get(submitted.student_id)
            if submission is not None:
                own_date = submission.stamp.late and has_own_date(self._roster, submitted)
                set_time(submitted, submission, own_date)
            self._late.assign(submitted)

    @cached_property
    def _roster(self) -> Roster | None:
        return roster_of(self._course)

    def _add_students(self, students: set[str]) -> None:
        db = self._gradebook.db
        known = {name for (name,) in db.query(Student.id).filter(Student.id.in_(students))}
        # Without any name the Formgrader would show "None, None".
        new = (Student(id=name, first_name="", last_name=name) for name in sorted(students - known))
        db.add_all(new)
        db.flush()

    def _submitted(self, students: Sequence[str]) -> dict[str, SubmittedAssignment]:
        """Return what is known of students' submissions, marks and comments included."""
        notebooks = selectinload(SubmittedAssignment.notebooks)
        found = (
            self._gradebook.db.query(SubmittedAssignment)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == self._name, SubmittedAssignment.student_id.in_(students))
            .options(notebooks.selectinload(SubmittedNotebook.grades))
            .options(notebooks.selectinload(SubmittedNotebook.comments))
        )
        return {submitted.student_id: submitted for submitted in found}

    def _submit(self, student: str) -> SubmittedAssignment:
        """Add an empty submission with a place for every mark and comment, as nbgrader would."""
        places = self._places
        submitted = SubmittedAssignment(assignment_id=places.assignment, student_id=student)
        notebook = SubmittedNotebook(notebook_id=places.notebook, assignment=submitted)
        for cell in places.graded:
            Grade(cell_id=cell, notebook=notebook)
        for cell in places.commented:
            Comment(cell_id=cell, notebook=notebook)
        self._gradebook.db.add(submitted)
        return submitted

    @cached_property
    def _places(self) -> _Places:
        released = self._gradebook.find_notebook(self._name, self._name)
        graded = [*released.grade_cells, *released.task_cells]
        commented = [*released.solution_cells, *released.task_cells]
        return _Places(
            assignment=released.assignment_id,
            notebook=released.id,
            graded=[cell.id for cell in graded],
            commented=[cell.id for cell in commented],
            names={cell.id: cell.name for cell in (*graded, *commented)},
        )

    def undo(self) -> None:
        """Take back what was not committed, after an error."""
        self._gradebook.db.rollback()
