"""Small courses that are released."""

import pytest

from autograder.course import Course
from autograder.grading.release import release_unit
from tests.course.small_course import EXTRA, UNIT, add_extra


@pytest.fixture
def course(small_course: Course) -> Course:
    """A course of one small unit, released."""
    release_unit(small_course, UNIT)
    return small_course


@pytest.fixture
def with_extra(course: Course) -> Course:
    """The same with an ungraded notebook, released, too."""
    add_extra(course)
    release_unit(course, EXTRA)
    return course
