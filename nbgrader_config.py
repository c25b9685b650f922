"""nbgrader's settings for this course, read when nbgrader or JupyterLab starts in this folder.

Folders and the release come from the package, so that ``nbgrader generate_assignment`` and
``autograder release`` cannot differ.
"""

import sys
from contextlib import suppress
from pathlib import Path

import autograder.grading.nbgrader_times  # noqa: F401  from here on nbgrader reads times as we do
from autograder.course import Course
from autograder.grading.configuration import RELEASE_PREPROCESSORS

c = get_config()  # noqa: F821  traitlets puts it there
course = Course.find(Path(__file__).parent)
trouble = course.why_not_nbgrader()
if trouble and Path(sys.argv[0]).stem != "autograder":  # which asks for late penalties alone
    print(trouble, file=sys.stderr)
    sys.exit(2)

# SQLite makes the file of a gradebook, never its folder. A read-only checkout is no reason to fail.
with suppress(OSError):
    course.data.mkdir(exist_ok=True)

c.CourseDirectory.update(course.nbgrader_options())
c.GenerateAssignment.preprocessors = list(RELEASE_PREPROCESSORS)

# The same rebuild, sandbox and judge as `autograder grade`, in nbgrader's own lists. The settings
# name our classes only: a student's JupyterLab that starts here reads this file, too.
c.Autograde.exporter_class = "autograder.grading.preprocessors.GuardedExporter"
c.Autograde.sanitize_preprocessors = ["autograder.grading.preprocessors.RebuildSubmission"]
c.Autograde.autograde_preprocessors = [
    "autograder.grading.preprocessors.RunInSandbox",
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.grading.preprocessors.LeaveToInstructor",
    "autograder.grading.preprocessors.AssignPenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Feedback is our page, whoever asks for it: escaped, with a policy that lets nothing run.
c.GenerateFeedback.exporter_class = "autograder.reports.nbgrader_feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = []

# From the exchange nothing is collected that one student handed in under another's name.
c.ExchangeFactory.collect = "autograder.grading.exchange.CollectFromOwners"

# The Formgrader shows autograded notebooks, whose texts grading made harmless already. It is asked
# to clean outputs all the same, should a notebook have come into that folder in another way.
c.HTMLExporter.sanitize_html = True
