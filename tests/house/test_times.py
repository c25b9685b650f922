"""Times: read rightly or told as unclear, whatever the machine's own zone is."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from autograder.times import UnclearTime, in_utc, read_time, read_zone, stamp_of, written, zone_in

AT_2130 = datetime(2026, 7, 20, 21, 30, tzinfo=UTC)


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Manila"])
def machine_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine that stands elsewhere."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.usefixtures("machine_in")
@pytest.mark.parametrize(
    "text",
    [
        "2026-07-20 21:30:00.000000 UTC",
        "2026-07-20 21:30:00 utc",
        "2026-07-20 21:30 UTC",
        "2026-07-20T21:30Z",
        "20260720T213000Z",
        "2026-W30-1T21:30:00,0 Z",
        "2026-07-20 21:30:00.000000000 Z",
        "2026-07-20 23:30:00 CEST",
        "2026-07-20 22:30:00 BST",
        "2026-07-21 06:30:00 JST",
        "2026-07-20 14:30:00 PDT",
        "2026-07-20 17:30:00 EDT",
        "2026-07-20 23:30:00 +0200",
        "2026-07-20 23:30:00 +02",
        "2026-07-20 23:30:00+02:00",
        "2026-07-20 23:30:00 Europe/Zurich",
        "2026-07-20 21:30:00 -0000",
        "  2026-07-20 21:30 UTC\n",
    ],
)
def test_time_that_is_certain_is_read(text: str) -> None:
    assert read_time(text) == AT_2130


@pytest.mark.usefixtures("machine_in")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no date and time"),
        ("yesterday", "is no date and time"),
        ("2026-07-20", "is no date and time"),
        ("2026-07-20 21 UTC", "is no date and time"),
        ("21:30 UTC", "is no date and time"),
        ("2026-07-20+10:00", "is no date and time"),
        ("20/07/2026 21:30 UTC", "is no date and time"),
        ("07/20/2026 21:30 UTC", "is no date and time"),
        ("Mon, 20 Jul 2026 21:30:00 UTC", "is no date and time"),
        ("2026-02-30 21:30 UTC", "is no date and time"),
        ("2026-07-20 24:00 UTC", "is no date and time"),
        ("2026-07-20 21:30:60 UTC", "is no date and time"),
        ("2026-07-20 09:30 PM UTC", "is no date and time"),
        ("2026-07-20 21:30 UTC\n2026-07-20 21:30 UTC", "is no date and time"),
        ("٢026-07-20 21:30 UTC", "is no date and time"),
        ("2026-07-20 21:30:00", "has no zone"),
        ("2026-07-20 21:30:00 CST", "CST is the name of several zones"),
        ("2026-07-20 21:30:00 CDT", "CDT is the name of several zones"),
        ("2026-07-20 21:30:00 PST", "PST is the name of several zones"),
        ("2026-07-20 21:30:00 CET", "CET is the name of several zones"),
        ("2026-07-20 21:30:00 XYZ", "'XYZ' is no zone"),
        ("2026-07-20 21:30:00 UTC+2", "'UTC.2' is no zone"),
        ("2026-07-20 21:30:00 localtime", "'localtime' is no zone"),
        ("2026-07-20 21:30:00 right/Europe/Zurich", "is no zone"),
        ("2026-07-20 21:30:00 +1500", "is no offset"),
        ("2026-07-20 21:30:00 +0260", "is no offset"),
        ("2026-07-20 21:30:00 200", "is no date and time"),
        ("2026-10-25 02:30:00 Europe/Zurich", "clocks in Europe/Zurich were changed"),
        ("2026-03-29 02:30:00 Europe/Zurich", "clocks in Europe/Zurich were changed"),
        ("0001-01-01 00:00 +1400", "the year 1 is none"),
        ("9999-12-31 23:59 -1200", "the year 9999 is none"),
    ],
)
def test_time_that_is_not_certain_says_why(text: str, why: str) -> None:
    with pytest.raises(UnclearTime, match=why):
        read_time(text)


def test_what_any_place_on_earth_writes_is_read_rightly_or_told() -> None:
    unclear, names = set(), set()
    for place in available_timezones() - {"localtime", "Factory"}:
        for month in (1, 4, 7, 10):
            moment = datetime(2026, month, 20, 21, 30, tzinfo=UTC)
            there = moment.astimezone(ZoneInfo(place))
            assert read_time(there.strftime("%Y-%m-%d %H:%M:%S %z")) == moment
            names.add(there.strftime("%Z"))
            try:
                assert read_time(there.strftime("%Y-%m-%d %H:%M:%S %Z")) == moment
            except UnclearTime:
                unclear.add(there.strftime("%Z"))
    assert {"CST", "CDT", "PST"} <= unclear
    assert not {"CEST", "BST", "EST", "EDT", "JST", "PDT", "AEST", "UTC", "GMT"} & unclear
    assert len(unclear) < len(names) / 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_stamp_in_any_encoding_that_marks_itself_is_read(encoding: str) -> None:
    assert stamp_of("2026-07-20 21:30:00 UTC\r\n".encode(encoding)).time == AT_2130


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xff\xff\xff", "2026-07-20 21:30 UTC".encode("utf-16-le"), b"\0" * 99]
)
def test_stamp_that_is_no_text_is_unclear(data: bytes) -> None:
    stamp = stamp_of(data)
    assert stamp.time is None
    assert stamp.unclear.isprintable() and stamp.unclear.isascii()


def test_zone_of_times_without_one_is_asked_for_never_supposed() -> None:
    zurich = read_zone("Europe/Zurich")
    assert read_time("2026-07-20 23:30", zurich) == AT_2130
    assert read_time("2026-07-20 22:30 BST", zurich) == AT_2130
    assert zone_in("2026-07-20 23:30") is None
    summer = zone_in("2026-07-20 23:30 +02:00")
    assert summer is not None and summer.utcoffset(None) == timedelta(hours=2)


def test_times_in_one_zone_are_compared_across_a_change_of_clocks() -> None:
    zone = read_zone("Europe/Zurich")
    early, late = (in_utc(datetime(2026, 10, 25, hour), zone) for hour in (1, 4))
    assert late - early == timedelta(hours=4)


@pytest.mark.parametrize(
    "name", ["localtime", "Factory", "", "CST", "../x", "/etc/localtime", "posixrules", "+99"]
)
def test_zone_that_is_none_or_the_machine_s_own_is_refused(name: str) -> None:
    with pytest.raises(UnclearTime, match="is no zone"):
        read_zone(name)


def test_written_time_is_read_again() -> None:
    assert read_time(written(AT_2130)) == AT_2130
