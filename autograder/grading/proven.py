"""Before anything is graded, the very sandbox that will grade is tried."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from autograder.errors import SandboxUnavailable
from autograder.grading.unit_grader import UnitGrader
from autograder.sandbox.doctor import planted, try_out
from autograder.sandbox.engine import Engine


@contextmanager
def proven(grader: UnitGrader, prove: bool) -> Iterator[UnitGrader]:
    """Enter `grader`; let nothing be graded if its sandbox does not hold.

    Raises
    ------
    SandboxUnavailable
        If it does not start, or a probe got out of it.
    """
    with ExitStack() as stack:
        with planted(grader.unit, grader.limits) as canary:
            here = stack.enter_context(grader).runner
            if prove and isinstance(here, Engine) and here.launcher.isolates:
                for finding in try_out(here, canary):
                    if not finding.passed:
                        raise SandboxUnavailable(
                            f"Not graded: the sandbox does not hold here. {finding.sentence} "
                            "(autograder doctor shows all; --no-sandbox runs notebooks you trust.)"
                        )
        yield grader
