"""Grading in folders of a test's own, by our command and by nbgrader's."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.demo.notebooks import read_notebook, solution_texts, submission
from autograder.sandbox.launcher import BubblewrapLauncher
from autograder.units import folder_name

ROOT = Path(__file__).parents[2]
_WHY_NOT = BubblewrapLauncher().why_not()
NEEDS_SANDBOX = pytest.mark.skipif(bool(_WHY_NOT), reason=f"no sandbox: {_WHY_NOT}")


def course_in(folder: Path) -> Course:
    """Return this repository's course with its data in `folder`."""
    return replace(Course.find(ROOT), data=folder)


def hand_in(course: Course, unit: str, student: str, content: bytes) -> Path:
    """Write one submission and return its path."""
    name = folder_name(unit)
    path = course.submitted / student / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def solved(course: Course, unit: str, **texts: str) -> bytes:
    """Return a submission with the model answers, but for `texts` in the cells of those names."""
    right = solution_texts(read_notebook(course.source_notebook(unit)))
    release = read_notebook(course.release_notebook(unit))
    return json.dumps(submission(release, {**right, **texts})).encode()


def twin(course: Course, folder: Path) -> Course:
    """Return a course in `folder` with the same submissions and the same secret cases."""
    other = course_in(folder)
    shutil.copytree(course.submitted, other.submitted)
    shutil.copytree(course.seeds, other.seeds)
    return other


def run_nbgrader(course: Course, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run nbgrader's own command line on `course`."""
    options = course.nbgrader_options()
    settings = [f"--CourseDirectory.{name}={value}" for name, value in options.items()]
    here = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": os.pathsep.join([here, os.environ["PATH"]])}
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments, *settings],
        cwd=course.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def gradebook_rows(course: Course, unit: str) -> dict[str, dict[str, Any]]:
    """Return all that the gradebook says of marks and comments in `unit`, by student."""
    name = folder_name(unit)
    with Gradebook(course.nbgrader_options()["db_url"]) as gradebook:
        return {
            submitted.student.id: {
                **{
                    grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                    for grade in submitted.grades
                },
                **{
                    f"comment on {comment.name}": (comment.auto_comment, comment.manual_comment)
                    for comment in submitted.comments
                },
                "penalty": submitted.late_submission_penalty,
            }
            for submitted in gradebook.find_notebook(name, name).submissions
        }
