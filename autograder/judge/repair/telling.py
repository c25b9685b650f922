"""When a search is worth offering."""

from autograder.judge.key import AnswerKey
from autograder.student.answers import Answer, Problem


def fails_on_values(key: AnswerKey, answers: list[Answer]) -> bool:
    """Return whether something is wrong and no main case stopped: a crash has its line already."""
    from autograder.judge.verdict import holds

    main = {case.name for case in key.asked if not case.edge}
    came = [answer for answer in answers if answer.case in main]
    limits = any(answer.problem is Problem.LIMIT for answer in answers)
    stopped = limits or len(came) < len(main) or any(answer.problem for answer in came)
    return not stopped and not holds(key, answers)
