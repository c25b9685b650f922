"""A notebook that was asked everything in one run, which is judged and shown."""

from collections.abc import Mapping

from autograder.grading.marking import Marked, judged, make_job, marked
from autograder.grading.rebuild import Rebuilt
from autograder.grading.rechecks import whole
from autograder.grading.template import Template
from autograder.judge.key import AnswerKey
from autograder.sandbox.job import PUBLIC, Job, Run


def job_of(template: Template, rebuilt: Rebuilt) -> Job:
    """Return what runs, every check where it stands, on public cases."""
    return make_job("one", template, rebuilt, whole(template), PUBLIC)


def mark(template: Template, rebuilt: Rebuilt, run: Run, keys: Mapping[str, AnswerKey]) -> Marked:
    """Return the marks for what `run` sent, told in its own words."""
    reports = judged(template, rebuilt, run, keys, whole(template))
    return marked(template, rebuilt, reports, [run], [run])
