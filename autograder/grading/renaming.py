"""A new id for a student: work, marks and comments go with it."""

import os
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Assignment, Student, SubmittedAssignment

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.collecting.origins import read_origins, write_origins
from autograder.grading.collecting.placing import replaced_folder
from autograder.grading.database import is_there, open_gradebook, reachable, wait_for_others
from autograder.grading.files import alone_in
from autograder.grading.own_files import UnreadableSubmission
from autograder.grading.results import rename_result, result_path, results_differ
from autograder.grading.submissions import check_student_id
from autograder.units import UNITS, folder_name


def rename_student(course: Course, old: str, new: str) -> list[str]:
    """Give everything of the student `old` to `new`; return the units that there is work of.

    Killed at any moment and run again it comes to the same end. What lies in no unit's folder goes
    along.

    Raises
    ------
    AutograderError
        If there is nothing of `old`, `new` is no id, or both have work of one unit.
    """
    try:
        check_student_id(new)
    except UnreadableSubmission as error:
        raise AutograderError(f"{error}.") from error
    if old == new:
        raise AutograderError(f"{old} is called so already.")
    with alone_in(course):
        _check(course, old, new)
        units = _units_in_gradebook(course, old) | _units_in_folders(course, old)
        _rename_origins(course, old, new)
        _rename_in_gradebook(course, old, new)
        moved = list(_move_files(course, old, new))
        moved += [unit for unit in UNITS if rename_result(course, unit, old, new)]
        return sorted({*map(folder_name, units), *map(folder_name, moved)})


def _places(course: Course) -> list[Path]:
    """Return the folders that have a folder for each student, the work itself last."""
    return [course.autograded, course.feedback, replaced_folder(course), course.submitted]


def _check(course: Course, old: str, new: str) -> None:
    """Refuse what could not be undone, before anything is changed."""
    names = {entry for place in _places(course) if place.is_dir() for entry in os.listdir(place)}
    names |= _students(course)
    if old not in names and not any(result_path(course, u, old).exists() for u in UNITS):
        raise AutograderError(
            f"There is nobody called {old!a}, neither in {course.data} nor in its gradebook."
        )
    alike = sorted(n for n in names - {old, new} if n.casefold() == new.casefold())
    if alike:
        raise AutograderError(f"{new} differs from {alike[0]} in upper and lower case alone.")
    work = _units_in_folders(course, old) & _units_in_folders(course, new)
    work |= _units_in_gradebook(course, old) & _units_in_gradebook(course, new)
    work |= {unit for unit in UNITS if results_differ(course, unit, old, new)}
    if work:
        raise AutograderError(
            f"{old} and {new} both have work of {folder_name(min(work, key=UNITS.index))}: whose "
            f"counts is not guessed. Move one of the two out of {course.submitted} first."
        )


def _students(course: Course) -> set[str]:
    if not is_there(course):
        return set()
    with reachable(course), open_gradebook(course) as gradebook:
        return {name for (name,) in gradebook.db.query(Student.id)}


def _units_in_folders(course: Course, student: str) -> set[str]:
    return {unit for unit in UNITS if (course.submitted / student / folder_name(unit)).exists()}


def _units_in_gradebook(course: Course, student: str) -> set[str]:
    if not is_there(course):
        return set()
    with reachable(course), open_gradebook(course) as gradebook:
        found = (
            gradebook.db.query(Assignment.name)
            .join(SubmittedAssignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(SubmittedAssignment.student_id == student)
        )
        names = {name for (name,) in found}
    return {unit for unit in UNITS if folder_name(unit) in names}


def _rename_in_gradebook(course: Course, old: str, new: str) -> None:
    if not is_there(course):
        return
    with reachable(course), open_gradebook(course) as gradebook:
        db = gradebook.db
        wait_for_others(db.connection())
        before = db.get(Student, old)
        if before is None:
            return
        after = db.get(Student, new)
        if after is None:
            after = Student(id=new)
            db.add(after)
        for field in ("first_name", "last_name", "email", "lms_user_id"):
            setattr(after, field, getattr(after, field) or getattr(before, field))
        db.flush()
        of_old = db.query(SubmittedAssignment).filter(SubmittedAssignment.student_id == old)
        of_old.update({SubmittedAssignment.student_id: new}, synchronize_session=False)
        db.query(Student).filter(Student.id == old).delete(synchronize_session=False)
        db.commit()


def _rename_origins(course: Course, old: str, new: str) -> None:
    origins = read_origins(course)
    if any(old in names for names in origins.values()):
        renamed = (
            (unit, {new if student == old else student: name for student, name in names.items()})
            for unit, names in origins.items()
        )
        write_origins(course, dict(renamed))


def _move_files(course: Course, old: str, new: str) -> Iterator[str]:
    """Move what each folder has of the student; yield the units whose work was moved."""
    for place in _places(course):
        source, target = place / old, place / new
        if source.is_symlink() or not source.is_dir():
            continue
        target.mkdir(exist_ok=True)
        for entry in sorted(os.listdir(source)):
            _move(source / entry, target / entry)
            yield from (unit for unit in UNITS if folder_name(unit) == entry)
        source.rmdir()


def _move(source: Path, target: Path) -> None:
    """Move a unit's folder; of copies kept under numbers those go behind the ones there."""
    if not os.path.lexists(target):
        source.rename(target)
        return
    numbers = [int(one.name) for one in target.iterdir() if one.name.isdecimal()]
    for entry in sorted(source.iterdir()):
        if entry.name.isdecimal():
            numbers.append(max(numbers, default=0) + 1)
            entry.rename(target / str(numbers[-1]))
        else:
            os.replace(entry, target / entry.name)
    source.rmdir()
