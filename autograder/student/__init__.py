"""What runs beside student code: the check, its probes and its display.

Imports NumPy and the standard library alone, so that the grading sandbox can show it to student
code: nothing in here knows an expected answer.
"""

from autograder.student.check import (
    CheckFailed,
    NotDoneYet,
    answered,
    check,
    hint,
    needs,
    optional_check,
    passed,
    recorded,
    where,
)

__all__ = [
    "CheckFailed",
    "NotDoneYet",
    "answered",
    "check",
    "hint",
    "needs",
    "optional_check",
    "passed",
    "recorded",
    "where",
]
