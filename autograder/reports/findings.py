"""Sentences about a class, each with the students it concerns."""

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.grading.results import Result
from autograder.student.report import Report


@dataclass(frozen=True)
class Finding:
    """A sentence and whom it concerns: by student, the titles of the exercises, if any."""

    sentence: str
    who: dict[str, tuple[str, ...]]

    @property
    def exercises(self) -> tuple[str, ...]:
        """All exercises it is about, each once."""
        return tuple(dict.fromkeys(title for titles in self.who.values() for title in titles))


def grouped(found: Iterable[tuple[str, Report, str]], apart: bool = False) -> tuple[Finding, ...]:
    """Return each sentence with whom it concerns, the most frequent first.

    With `apart`, the same sentence about two exercises is two findings.
    """
    groups: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for student, report, sentence in found:
        who = groups.setdefault((sentence, report.title if apart else ""), {})
        who[student] = (*who.get(student, ()), report.title)
    return _by_frequency(Finding(sentence, who) for (sentence, _), who in groups.items())


def flags_of(results: Iterable[Result], told: set[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the flags of each student who has some.

    Parameters
    ----------
    told : set of (student, sentence)
        What another list has said already.
    """
    flags = {r.student: tuple(f for f in r.flags if (r.student, f) not in told) for r in results}
    return {student: found for student, found in flags.items() if found}


def _by_frequency(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: -len(finding.who)))
