"""What runs beside student code: the check, its probes and its display.

Imports NumPy and the standard library alone, so that the grading sandbox can show it to student
code: nothing in here knows an expected answer.
"""

from autograder.student.check import CheckFailed, NotDoneYet, check, hint, needs, passed, recorded

__all__ = ["CheckFailed", "NotDoneYet", "check", "hint", "needs", "passed", "recorded"]
