"""Our feedback page as what ``nbgrader generate_feedback`` writes, and the Formgrader's button."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import default

from autograder.course import Course
from autograder.errors import AutograderError
from autograder.grading.gradebook import UnitGradebook
from autograder.grading.results import read_result
from autograder.reports.feedback import page_by_worker, write_for_exchange
from autograder.units import unit_of
from autograder.workers import lasting_workers

Resources = dict[str, Any]


class FeedbackExporter(Exporter):
    """Gives the page of `autograder feedback` for an autograded notebook.

    nbgrader's own page shows traces and checks as they ran, without a policy on scripts.
    """

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_filename(  # type: ignore[override]  # as other exporters do
        self, filename: str, resources: Resources | None = None, **_: Any
    ) -> tuple[str, Resources]:
        """Return the page of the student whose autograded notebook lies at `filename`.

        Raises
        ------
        AutograderError
            If there is no result of that student: it was graded in another way.
        """
        given = {} if resources is None else resources
        path = Path(filename).resolve()
        # DATA/autograded/STUDENT/UNIT/UNIT.ipynb; nbgrader works in the course's root.
        course = replace(Course.find(), data=path.parents[3])
        unit, student = unit_of(path.parent.name), path.parents[1].name
        result = read_result(course, unit, student)
        if result is None:
            raise AutograderError(f"{student} has no result in {unit}: grade it again.")
        with UnitGradebook(course, unit) as gradebook:
            scores = gradebook.scores().get(student, {})
            comments = gradebook.comments().get(student, {})
            penalty = gradebook.penalties().get(student, 0.0)
            name = gradebook.names([student]).get(student, "")
        notebook = json.loads(path.read_text(encoding="utf-8"))
        lasting_workers()
        page = page_by_worker(course, result, notebook, scores, comments, penalty, name)
        write_for_exchange(course, unit, student)
        return page, {**given, "output_extension": ".html"}
