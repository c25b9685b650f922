"""Reports on what was not judged by criteria: unwritten, stopped, without an answer."""

from autograder.judge.exercise import Asked
from autograder.student.answers import Answer
from autograder.student.report import Report, Status


def without_criteria(
    exercise: Asked, status: Status, points: float | None, headline: str
) -> Report:
    """Return a report that says nothing of criteria."""
    return Report(exercise.name, exercise.title, status, points, exercise.points, headline)


def unfinished(exercise: Asked, answer: Answer) -> Report:
    """Return the report of an exercise that is still to be written."""
    what = answer.message or f"{exercise.name}: not written yet"
    return without_criteria(exercise, Status.UNFINISHED, 0.0, f"Not done yet ({what}).")


def out_of_limit(exercise: Asked, limit: str = "time", detail: str = "") -> Report:
    """Return the report of an exercise that was stopped: no points.

    Parameters
    ----------
    limit : str
        The limit by name; "" if the process ended for another reason, which `detail` tells.
    """
    if not limit:
        headline = f"Its process ended before the check did. {detail}".strip()
    else:
        headline = f"Stopped: it ran into the {limit} limit."
        if limit in ("time", "processor time"):
            headline += f" {exercise.slow_sentence}"
        elif limit == "memory":
            headline += f" {detail or 'Does a list or an array grow without an end?'}"
    return without_criteria(exercise, Status.LIMIT, 0.0, headline)


def no_answer(exercise: Asked, reason: str) -> Report:
    """Return the report of an exercise whose check ran but handed out nothing: no points."""
    return without_criteria(exercise, Status.FAILED, 0.0, reason)


def not_gradable(exercise: Asked, reason: str) -> Report:
    """Return the report of an exercise without a verdict: an instructor decides."""
    return without_criteria(exercise, Status.NOT_GRADABLE, None, reason)
