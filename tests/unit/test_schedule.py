"""The nightly sync is due once a day by the clock on the wall, whatever that clock does."""

import sys
import zoneinfo
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import UsageError
from sync.schedule import Schedule, due, next_due, to_schedule

PACIFIC = to_schedule("20:00", "America/Los_Angeles")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


schedules = st.builds(
    Schedule,
    st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0)),
    st.sampled_from(sorted(zoneinfo.available_timezones())).map(zoneinfo.ZoneInfo),
)
instants = st.datetimes(datetime(1975, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("now", "last_done", "enabled", "owed"),
    [
        ("2026-11-25T03:59", None, "2026-11-24T12:00", None),
        ("2026-11-25T04:00", None, "2026-11-24T12:00", "2026-11-25T04:00"),
        ("2026-11-25T09:00", None, "2026-11-24T12:00", "2026-11-25T04:00"),  # a missed night
        ("2026-11-25T09:00", None, "2026-11-25T05:00", None),  # enabled after it
        ("2026-11-25T09:00", None, "2026-11-25T04:00", "2026-11-25T04:00"),  # just in time
        ("2026-11-25T09:00", "2026-11-25T04:00", "2026-11-01T00:00", None),
        ("2026-11-25T09:00", "2026-11-24T04:00", "2026-11-01T00:00", "2026-11-25T04:00"),
        ("2026-11-25T09:00", "2026-11-24T22:00", "2026-11-01T00:00", "2026-11-25T04:00"),  # forced
        ("2026-11-28T09:00", "2026-11-25T04:01", "2026-11-01T00:00", "2026-11-28T04:00"),
        ("2026-11-28T09:10", "2026-11-28T09:00", "2026-11-01T00:00", None),  # three nights asleep
        ("2026-11-25T09:00", "2026-11-25T09:05", "2026-11-01T00:00", None),  # clock stepped back
        ("2026-11-25T09:00", "2031-01-01T00:00", "2026-11-01T00:00", "2026-11-25T04:00"),
        ("2026-11-25T09:00", None, "2031-01-01T00:00", "2026-11-25T04:00"),
    ],
)
def test_a_night_is_owed_until_a_run_began_after_it(now, last_done, enabled, owed):
    found = due(PACIFIC, utc(now), last_done and utc(last_done), utc(enabled))
    assert found == (owed and utc(owed))


def test_the_day_after_a_day_that_was_not_still_owes_the_one_before():
    samoa = to_schedule("20:00", "Pacific/Apia")
    assert due(samoa, utc("2011-12-30T20:00"), None, LONG_AGO) == utc("2011-12-30T06:00")


@pytest.mark.parametrize(
    ("at", "zone", "after", "then"),
    [
        ("20:00", "America/Los_Angeles", "2026-03-08T05:00", "2026-03-09T03:00"),  # now summer time
        ("20:00", "America/Los_Angeles", "2026-11-01T05:00", "2026-11-02T04:00"),
        ("02:30", "America/Los_Angeles", "2026-03-08T05:00", "2026-03-08T10:30"),  # is not: 03:30
        (
            "01:30",
            "America/Los_Angeles",
            "2026-11-01T05:00",
            "2026-11-01T08:30",
        ),  # twice: the first
        ("01:30", "America/Los_Angeles", "2026-11-01T08:30", "2026-11-02T09:30"),
        ("02:15", "Australia/Lord_Howe", "2026-10-03T10:00", "2026-10-03T15:45"),  # half an hour
        ("20:00", "Pacific/Apia", "2011-12-30T06:00", "2011-12-31T06:00"),  # a day that was not
        ("20:00", "UTC-08:00", "2026-07-01T00:00", "2026-07-01T04:00"),
        ("00:00", "UTC+05:30", "2026-07-01T00:00", "2026-07-01T18:30"),
    ],
)
def test_the_next_moment_follows_the_wall_clock(at, zone, after, then):
    assert next_due(to_schedule(at, zone), utc(after)) == utc(then)


def test_ten_years_of_nights_are_at_eight_on_the_wall_and_one_a_day():
    moment, days = utc("2026-01-01T00:00"), []
    while len(days) < 3653:
        moment = next_due(PACIFIC, moment)
        local = moment.astimezone(PACIFIC.zone)
        assert (local.hour, local.minute) == (20, 0)
        days.append(local.date())
    assert days == [days[0] + DAY * n for n in range(3653)]


@pytest.mark.parametrize("at", ["01:30", "02:00", "02:30", "03:00"])
def test_ten_years_of_nights_in_the_hours_that_change_are_one_a_day(at):
    schedule, gaps = to_schedule(at, "America/Los_Angeles"), set()
    moment = next_due(schedule, utc("2026-01-01T00:00"))
    for _ in range(3652):
        then = next_due(schedule, moment)
        gaps.add(then - moment)
        moment = then
    assert moment.date() == utc("2036-01-01T00:00").date()
    assert gaps == {timedelta(hours=hours) for hours in (23, 24, 25)}


@given(schedules, instants)
def test_a_run_at_every_moment_leaves_nothing_owed_until_the_next(schedule, now):
    then = next_due(schedule, now)
    assert now < then <= now + 2 * DAY
    assert due(schedule, then, None, LONG_AGO - 99 * 366 * DAY) == then
    assert due(schedule, then, then, LONG_AGO) is None
    assert next_due(schedule, then) > then


@given(schedules, instants, st.lists(st.integers(0, 5 * 24 * 60), max_size=12))
def test_however_often_one_looks_each_moment_is_owed_at_most_once(schedule, start, minutes):
    now, last_done, served = start, None, []
    for step in minutes:
        now += timedelta(minutes=step)
        if owed := due(schedule, now, last_done, start):
            served.append(owed)
            last_done = now
        assert due(schedule, now, last_done, start) is None
    assert served == sorted(set(served))
    assert all(start <= moment <= now for moment in served)


@given(schedules, instants, st.integers(1, 6 * 24 * 60))
def test_a_moment_is_owed_exactly_when_one_has_passed(schedule, begun, minutes):
    now = begun + timedelta(minutes=minutes)
    owed = due(schedule, now, begun, begun)
    assert (owed is not None) == (next_due(schedule, begun) <= now)


@pytest.mark.parametrize("at", ["", "20", "8:00", "24:00", "20:60", "8pm", "20:00:00", "20:00\n"])
def test_a_time_that_is_none_is_refused(at):
    with pytest.raises(UsageError, match="no time of day"):
        to_schedule(at, "UTC")


@pytest.mark.parametrize(
    "zone",
    ["", "PST8", "Pacific", "America", "../etc/passwd", "/etc/localtime", "UTC-8", "UTC-15:00",
     "America/Los_Angeles\0", "\ud800"],
)  # fmt: skip
def test_a_zone_that_is_none_is_refused_with_an_example(zone):
    with pytest.raises(UsageError, match="not known here") as caught:
        to_schedule("20:00", zone, where="optout.toml:3")
    assert "America/Los_Angeles" in caught.value.hint
    assert caught.value.where == "optout.toml:3"


@pytest.fixture
def no_zones(monkeypatch):
    # Neither the system's nor those of the package tzdata, which other packages bring.
    for name in ("tzdata", "tzdata.zoneinfo", "tzdata.zoneinfo.America"):
        monkeypatch.setitem(sys.modules, name, None)
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()


def test_a_system_without_time_zones_is_told_what_to_install(no_zones):
    with pytest.raises(UsageError) as caught:
        to_schedule("20:00", "America/Los_Angeles")
    assert "pip install tzdata" in caught.value.hint


def test_a_fixed_offset_needs_no_time_zones(no_zones):
    assert to_schedule("20:00", "UTC-08:00").at == time(20)
