"""Periods: they tile the calendar, keep to their day, and are charged by the day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.billing.periods import (
    Anchor,
    Cycle,
    Interval,
    Period,
    Unit,
    local_date,
    midnight,
    prorated,
)
from switchboard.errors import Malformed

days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
intervals = st.builds(
    Interval, st.sampled_from(Unit), st.integers(min_value=1, max_value=10)
) | st.builds(Interval, st.just(Unit.DAY), st.integers(min_value=1, max_value=400))
anchors = st.sampled_from(Anchor)
zones = st.sampled_from(["UTC", "Europe/London", "America/Sao_Paulo", "Pacific/Apia"])


@given(intervals, anchors, days, days)
def test_periods_tile_time_without_gap_or_overlap(interval, anchor, started_on, on):
    cycle = Cycle.of(interval, anchor, started_on)

    period = cycle.period(on)

    assert period.begins_on <= on < period.ends_on
    assert cycle.period(period.ends_on).begins_on == period.ends_on
    assert cycle.period(period.begins_on - timedelta(days=1)).ends_on == period.begins_on


@given(st.integers(1, 48), days, st.integers(0, 60))
def test_a_month_without_the_day_has_its_last_one_and_nothing_drifts(months, started_on, number):
    cycle = Cycle.of(Interval(Unit.MONTH, months), Anchor.ANNIVERSARY, started_on)

    begins_on = cycle.boundary(number)

    last = (begins_on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    assert begins_on.day == min(started_on.day, last.day)


@pytest.mark.parametrize(
    ("interval", "anchor", "started_on", "begins"),
    [
        ("month", "anniversary", "2026-01-31", ["01-31", "02-28", "03-31", "04-30", "05-31"]),
        ("month", "calendar", "2026-01-31", ["01-01", "02-01", "03-01"]),
        ("3 months", "calendar", "2026-05-20", ["04-01", "07-01", "10-01"]),
        ("3 months", "anniversary", "2026-05-20", ["05-20", "08-20", "11-20"]),
        ("week", "calendar", "2026-01-08", ["01-05", "01-12", "01-19"]),
        ("year", "calendar", "2026-05-20", ["01-01"]),
        ("10 days", "anniversary", "2026-01-05", ["01-05", "01-15", "01-25"]),
        ("day", "calendar", "2026-01-05", ["01-05", "01-06"]),
    ],
)
def test_periods_begin_with_the_calendar_s_or_on_the_first_day(
    interval, anchor, started_on, begins
):
    cycle = Cycle.of(Interval.parse(interval), Anchor(anchor), date.fromisoformat(started_on))

    found = [cycle.boundary(number).isoformat() for number in range(len(begins))]

    assert found == [f"2026-{begin}" for begin in begins]


def test_a_leap_day_comes_back_in_leap_years():
    cycle = Cycle.of(Interval(Unit.YEAR), Anchor.ANNIVERSARY, date(2024, 2, 29))

    assert [cycle.boundary(number).day for number in range(5)] == [29, 28, 28, 28, 29]


@pytest.mark.parametrize("text", ["", "0 days", "fortnight", "-1 day", "999 years", "1.5 months"])
def test_what_is_no_interval_is_refused(text):
    with pytest.raises(Malformed):
        Interval.parse(text)


amounts = st.integers(0, 10**12)


@given(amounts, st.integers(2, 400), st.data())
def test_a_split_period_costs_the_whole_within_one_unit(micros, of_days, data):
    days = data.draw(st.integers(1, of_days - 1))
    digits = data.draw(st.integers(0, 6))

    parts = (
        prorated(micros, days, of_days, digits),
        prorated(micros, of_days - days, of_days, digits),
    )

    whole = prorated(micros, of_days, of_days, digits)
    assert whole == micros
    # A price of more decimals is itself up to half a unit away.
    assert abs(sum(parts) - whole) <= 10 ** (6 - digits)


@given(amounts, st.integers(1, 400), st.integers(0, 6), st.data())
def test_days_given_back_get_what_they_were_charged(micros, of_days, digits, data):
    days = data.draw(st.integers(0, of_days))

    charged = prorated(micros, days, of_days, digits)

    assert prorated(-micros, days, of_days, digits) == -charged


@pytest.mark.parametrize(
    ("price", "days", "of_days", "cost"),
    [
        (30_000_000, 21, 30, 21_000_000),
        (30_000_000, 28, 28, 30_000_000),
        (9_990_000, 10, 31, 3_220_000),
        (10_000, 1, 2, 10_000),
        (5_000, 1, 1, 5_000),
    ],
)
def test_a_part_is_rounded_once_half_up(price, days, of_days, cost):
    assert prorated(price, days, of_days, 2) == cost


@given(days, zones)
def test_a_day_begins_at_its_first_instant(on, zone):
    at = midnight(on, zone)

    if local_date(at, zone) == on:
        assert local_date(at - timedelta(seconds=1), zone) < on
    else:
        # The day that Samoa left out.
        assert (zone, on) == ("Pacific/Apia", date(2011, 12, 30))


def test_a_period_says_its_last_day():
    assert str(Period(date(2026, 1, 31), date(2026, 2, 28))) == "2026-01-31 to 2026-02-27"
    assert midnight(date(2026, 7, 1), "Europe/London") == datetime(2026, 6, 30, 23, tzinfo=UTC)
