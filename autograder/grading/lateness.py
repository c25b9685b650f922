"""Late penalties: what nbgrader would subtract, by the plugin that the course has configured."""

from functools import cached_property
from typing import Any

from nbgrader.api import SubmittedAssignment, SubmittedNotebook
from traitlets import TraitError
from traitlets.config.loader import ConfigError

from autograder.course import CONFIG_NAME, Course
from autograder.errors import AutograderError
from autograder.grading.configuration import course_config, found_beside
from autograder.visible import one_line


class LatePenalties:
    """Asks nbgrader's plugin, once something is late; without one configured nothing is taken."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def assign(self, submitted: SubmittedAssignment) -> None:
        """Store the penalty of a submission whose marks are stored; none if it is not late.

        Raises
        ------
        AutograderError
            If the plugin cannot be used, or fails.
        """
        # nbgrader would add an extension to a due date that is not there.
        due = submitted.assignment.duedate is not None
        late = submitted.total_seconds_late if due else 0
        for notebook in submitted.notebooks:
            notebook.late_submission_penalty = (
                self._penalty(submitted.student_id, notebook, late) if late else None
            )

    def _penalty(self, student: str, notebook: SubmittedNotebook, late: float) -> float | None:
        try:
            plugin = self._assigner.plugin_inst
            with found_beside(self._course):
                penalty = plugin.late_submission_penalty(student, notebook.score, late)
            if penalty is None:
                return None
            return float(self._assigner._check_late_penalty(notebook, penalty))
        except AutograderError:
            raise
        except Exception as error:  # the plugin is the course's own code
            raise _unusable(error) from error

    @cached_property
    def _assigner(self) -> Any:
        """nbgrader's own preprocessor, with the course's configuration."""
        from nbgrader.preprocessors import AssignLatePenalties  # brings all of nbconvert along

        try:
            with found_beside(self._course):
                assigner = AssignLatePenalties(config=course_config(self._course))
                assigner.init_plugin()
        except (ConfigError, TraitError, ImportError) as error:
            raise _unusable(error) from error
        return assigner


def _unusable(error: Exception) -> AutograderError:
    told = one_line(f"{type(error).__name__}: {error}")
    return AutograderError(
        f"The plugin for late penalties that {CONFIG_NAME} names cannot be used ({told}): mend "
        "AssignLatePenalties or LateSubmissionPlugin there, then run autograder grade again."
    )
