"""Times as people, platforms and nbgrader write them: read for certain, or not at all.

Everything that takes a time in asks here. Nothing is filled in and no zone is supposed: the
machine's own least of all.
"""

import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

MAX_CHARACTERS = 100
EXAMPLE = "2026-11-20 23:59:00 +0100"
LATE_WITHOUT_TIME = "LATE, and no time is told"
LATE_OR_NOT = "the platform calls it late, but this student has a date of their own"
_YEARS = range(1990, 2200)  # others are no times of submissions
_MAX_OFFSET = timedelta(hours=14)
_SHAPE = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d|\d{8}|\d{4}-W\d\d-\d|\d{4}W\d{3})(?:[Tt]|[ \t]+)"
    r"(?P<clock>(?!24)(?:\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?|\d{4}(?:\d\d(?:[.,]\d{1,9})?)?))"
    r"(?:[ \t]*(?P<offset>[+-]\d\d(?::?\d\d)?)|[ \t]*(?P<zone>[A-Za-z][A-Za-z0-9_+/-]*))?",
    re.ASCII,
)
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class UnclearTime(ValueError):
    """A time that cannot be told for certain; the message says why."""


@dataclass(frozen=True)
class Stamp:
    """When something was handed in, as far as that is told.

    Attributes
    ----------
    time : datetime or None
        In UTC; None if nothing is told, or nothing for certain.
    unclear : str
        Why it cannot be told for certain, or "".
    text : str
        What stands there, if it is no time.
    late : bool
        Whether a platform calls it late and tells no time.
    """

    time: datetime | None = None
    unclear: str = ""
    text: str = ""
    late: bool = False


NO_STAMP = Stamp()
LATE_STAMP = Stamp(text=LATE_WITHOUT_TIME, late=True)
LATE_OR_NOT_STAMP = Stamp(unclear=LATE_OR_NOT, text=LATE_OR_NOT)


def stamp_of(data: bytes) -> Stamp:
    """Return the time that the bytes of a file hold.

    >>> stamp_of(b"2026-07-20 23:30:00 CEST").time
    datetime.datetime(2026, 7, 20, 21, 30, tzinfo=datetime.timezone.utc)
    """
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding).strip()
        if text == LATE_WITHOUT_TIME:
            return LATE_STAMP
        if text == LATE_OR_NOT:
            return LATE_OR_NOT_STAMP
        return Stamp(read_time(text))
    except UnicodeDecodeError:
        return Stamp(None, "it is no text in UTF-8", ascii(data[:MAX_CHARACTERS]))
    except UnclearTime as error:
        return Stamp(None, str(error), text[:MAX_CHARACTERS])


def read_time(text: str, zone: tzinfo | None = None) -> datetime:
    """Return the time that `text` tells, in UTC.

    Parameters
    ----------
    zone : tzinfo, optional
        Of a time without one; if left out, such a time is not clear.

    Raises
    ------
    UnclearTime
        If it is no date and time, or its zone is missing, unknown or one of several.
    """
    naive, stated = _parts(text.strip())
    if stated is None and zone is None:
        raise UnclearTime(f"{_shown(text)} has no zone")
    return in_utc(naive, stated or zone or UTC)


def zone_in(text: str) -> tzinfo | None:
    """Return the zone that a time which can be read states; None if it states none."""
    return _parts(text.strip())[1]


def in_utc(naive: datetime, zone: tzinfo) -> datetime:
    """Return the time that clocks in `zone` call `naive`.

    Raises
    ------
    UnclearTime
        If they never show it or show it twice, or it is too long ago or ahead.
    """
    if naive.year not in _YEARS:
        raise UnclearTime(f"the year {naive.year} is none of a submission")
    first, second = (naive.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first != second:
        raise UnclearTime(f"clocks in {zone} were changed at {naive:%Y-%m-%d %H:%M}")
    return naive.replace(tzinfo=zone).astimezone(UTC)


def read_zone(name: str) -> tzinfo:
    """Return the zone that `name` means: a place's, such as Europe/Zurich, an offset, or UTC.

    Raises
    ------
    UnclearTime
        If there is none of that name.
    """
    if name in _places():
        return ZoneInfo(name)
    try:
        return _offset(name) if name[:1] in ("+", "-") else _named(name, datetime(2026, 1, 1))
    except ValueError:
        raise UnclearTime(f"{_shown(name)} is no zone") from None


def in_database(time: datetime | None) -> datetime | None:
    """Return a time as nbgrader keeps it: in UTC, and without a zone."""
    return None if time is None else time.astimezone(UTC).replace(tzinfo=None)


def written(time: datetime) -> str:
    """Return a time as nbgrader writes it.

    >>> written(datetime(2026, 11, 20, 10, 30, tzinfo=UTC))
    '2026-11-20 10:30:00.000000 UTC'
    """
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def _parts(text: str) -> tuple[datetime, tzinfo | None]:
    found = _SHAPE.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        naive = datetime.fromisoformat(f"{found['date']}T{found['clock'].replace(',', '.')}")
    except ValueError:
        raise UnclearTime(f"{_shown(text)} is no date and time such as {EXAMPLE}") from None
    if found["offset"]:
        return naive, _offset(found["offset"])
    return naive, _named(found["zone"], naive) if found["zone"] else None


def _offset(text: str) -> tzinfo:
    try:
        offset = datetime.strptime(text if len(text) > 3 else f"{text}00", "%z").utcoffset()
    except ValueError:
        offset = None
    if offset is None or abs(offset) > _MAX_OFFSET:
        raise UnclearTime(f"{_shown(text)} is no offset from UTC")
    return timezone(offset)


def _named(name: str, naive: datetime) -> tzinfo:
    """Return the zone of a name: a place's, or a short name under which all places agree."""
    if name.upper() in ("Z", "UTC"):
        return UTC
    offsets = _offsets_by_name(min(max(naive.year, 1971), 2200)).get(name, frozenset())
    place = ZoneInfo(name) if name in _places() else None
    if not offsets and place is not None:
        return place
    if place is not None:  # CET: an hour from UTC, or whatever Brussels has?
        offsets |= {place.utcoffset(naive) or timedelta(0)}
    if not offsets:
        raise UnclearTime(f"{_shown(name)} is no zone that the tz database knows")
    if len(offsets) > 1:
        raise UnclearTime(f"{name} is the name of several zones; write the offset, such as +0100")
    return timezone(min(offsets))


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Return the names of the tz database, without that of the machine's own zone and of none."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


@lru_cache(maxsize=4)
def _offsets_by_name(year: int) -> dict[str, frozenset[timedelta]]:
    """Return all that short names such as CEST mean anywhere in the years around `year`.

    These are the names that a machine writes into a time: what ``strftime`` gives for ``%Z``.
    """
    weeks = [datetime(year - 1, 1, 1, tzinfo=UTC) + timedelta(weeks=2 * n) for n in range(79)]
    found: dict[str, set[timedelta]] = {}
    for key in _places():
        zone = ZoneInfo(key)
        for there in {(t.tzname(), t.utcoffset()) for t in (w.astimezone(zone) for w in weeks)}:
            name, offset = there
            found.setdefault(name or "", set()).add(offset or timedelta(0))
    return {name: frozenset(offsets) for name, offsets in found.items()}


def _shown(text: str) -> str:
    return ascii(text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}...")
