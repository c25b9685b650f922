"""Due dates and extensions in a roster: of one student, of a section, of a unit or of all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.errors import AutograderError
from autograder.times import UnclearTime, read_time
from autograder.units import unit_of

EVERY_UNIT = ""
_HEADING = re.compile(r"(due( date)?|deadline|extension)( (?P<unit>.+))?")
_LENGTHS = (
    re.compile(
        r"\+?\s*((?P<weeks>\d{1,3})\s*(?:w|weeks?))?\s*((?P<days>\d{1,3})\s*(?:d|days?))?"
        r"\s*((?P<hours>\d{1,4})\s*(?:h|hours?))?\s*((?P<minutes>\d{1,4})\s*(?:min|minutes?))?"
    ),
    re.compile(
        r"p((?P<weeks>\d{1,3})w)?((?P<days>\d{1,3})d)?(t((?P<hours>\d{1,4})h)?"
        r"((?P<minutes>\d{1,4})m)?)?"
    ),
)
_HOW = "write a time as 2026-11-20T23:59+01:00, or how much longer as 2 days or 36 h"


@dataclass(frozen=True)
class Dates:
    """When somebody's work is due.

    Attributes
    ----------
    due : datetime or None
        In place of the class's date.
    extension : timedelta or None
        How much later than that.
    """

    due: datetime | None = None
    extension: timedelta | None = None


def column_of(heading: str) -> str | None:
    """Return the unit that a column of dates is for, or `EVERY_UNIT`; None if it is another column.

    Raises
    ------
    AutograderError
        If there is no such unit.

    >>> column_of("Due date"), column_of("extension 01_recurrence"), column_of("e-mail")
    ('', 'recurrence', None)
    """
    found = _HEADING.fullmatch(" ".join(re.split(r"[\s_:-]+", heading.casefold().strip())))
    if found is None:
        return None
    return unit_of(found["unit"].replace(" ", "_")) if found["unit"] else EVERY_UNIT


def dates_in(fields: Mapping[str, list[str]]) -> dict[str, Dates]:
    """Return the dates that a row of a roster has, by unit.

    Parameters
    ----------
    fields : mapping of unit to list of str
        What stands in its columns of dates: a time or a length in each.

    Raises
    ------
    AutograderError
        If one is neither.
    """
    return {unit: _dates(texts) for unit, texts in fields.items() if any(texts)}


def _dates(texts: list[str]) -> Dates:
    due, extension = None, None
    for text in filter(None, texts):
        length = _length(text)
        if length is not None:
            extension = length
            continue
        try:
            due = read_time(text)
        except UnclearTime as error:
            raise AutograderError(f"{error}; {_HOW}") from None
    return Dates(due, extension)


def _length(text: str) -> timedelta | None:
    for pattern in _LENGTHS:
        found = pattern.fullmatch(text.casefold().strip())
        parts = {n: int(v) for n, v in found.groupdict().items() if v} if found else {}
        if parts:
            return timedelta(**parts)
    return None


def lateness(time: datetime | None, due: datetime | None) -> str:
    """Return how much later than `due` a time is, in words, or "".

    >>> from datetime import UTC
    >>> lateness(datetime(2026, 11, 22, 1, 30, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
    '2 d 1 h'
    """
    if time is None or due is None or time <= due:
        return ""
    passed = time - due
    minutes = max(1, passed // timedelta(minutes=1))
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
