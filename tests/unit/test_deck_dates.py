"""Dates, days and hours of a deck are read in the forms that people write, or refused."""

from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.rating.deck.periods import format_days, format_hours, parse_window
from switchboard.rating.row import Day, Window
from switchboard.tables.dates import DateOrder, date_order, instant_of

DAY_FIRST, MONTH_FIRST = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
BERLIN = ZoneInfo("Europe/Berlin")
LAST_OF_JANUARY = datetime(2026, 1, 31, tzinfo=UTC)
# A spreadsheet knows no time zones.
A_CELL = LAST_OF_JANUARY.replace(tzinfo=None)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-31",
        "2026/1/31",
        "20260131",
        "31.01.2026",
        "31.1.26",
        "31-Jan-2026",
        "31 January 2026",
        "Jan 31, 2026",
        "2026-01-31 00:00:00",
        "2026-01-31T00:00:00Z",
        "2026-01-31T01:00:00+01:00",
        "31/01/2026",
        "31/1/26",
        A_CELL,
        Decimal(46053),
        "46053",
        "46053.0",
    ],
)
def test_one_day_has_many_forms(cell):
    assert instant_of(cell, DAY_FIRST, UTC) == LAST_OF_JANUARY


@pytest.mark.parametrize("cell", ["2026-01-31", A_CELL, "46053"])
def test_a_day_begins_by_the_clocks_of_the_sheet(cell):
    assert instant_of(cell, None, BERLIN) == datetime(2026, 1, 30, 23, tzinfo=UTC)


def test_the_time_of_day_counts_too():
    assert instant_of("46053.75", None, UTC) == datetime(2026, 1, 31, 18, tzinfo=UTC)
    assert instant_of("1/31/2026 8:30", MONTH_FIRST, UTC) == datetime(
        2026, 1, 31, 8, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "not a date"),
        ("soon", "not a date"),
        ("31.02.2026", "no day of the calendar"),
        ("2026-13-01", "no day of the calendar"),
        ("0000-01-01", "no day of the calendar"),
        ("0001-01-01T00:00+14:00", "no day of the calendar"),
        ("2026-01-01 25:00", "no day of the calendar"),
        ("31 Foo 2026", "is not a month"),
        ("1/2/2026", "the day or the month first"),
        ("12345", "not a date"),
    ],
)
def test_what_is_no_date_is_refused(cell, why):
    with pytest.raises(Malformed, match=why):
        instant_of(cell, None, UTC)


def test_a_column_tells_whether_the_day_comes_first():
    assert date_order("From", [(2, "1/2/2026"), (3, "13/2/2026")]) is DAY_FIRST
    assert date_order("From", [(2, "1/2/2026"), (3, "2/13/2026")]) is MONTH_FIRST
    assert date_order("From", [(2, "1/2/2026"), (3, "2026-02-13")]) is None


def test_a_column_that_contradicts_itself_is_refused_with_both_lines():
    with pytest.raises(Malformed, match=r"in line 2 begins with the day, .* in line 3 with"):
        date_order("From", [(2, "13/2/2026"), (3, "2/13/2026")])


@given(st.one_of(st.text(max_size=30), st.text("0123456789./-: TZ", max_size=30)))
def test_any_text_is_an_instant_or_refused(text):
    for order in (None, DAY_FIRST, MONTH_FIRST):
        try:
            assert instant_of(text, order, BERLIN).tzinfo is UTC
        except Malformed:
            continue


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("", set()),
        ("all", set()),
        ("mon-fri", {Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI}),
        ("Monday \u2013 Wednesday", {Day.MON, Day.TUE, Day.WED}),
        ("sat,sun", {Day.SAT, Day.SUN}),
        ("weekend", {Day.SAT, Day.SUN}),
        ("fri-mon", {Day.FRI, Day.SAT, Day.SUN, Day.MON}),
        ("holiday; sun", {Day.HOLIDAY, Day.SUN}),
    ],
)
def test_days_are_read_as_people_write_them(days, expected):
    assert parse_window(days, "").days == expected


def test_hours_are_read_as_people_write_them():
    assert parse_window("", "8:00-19:30") == Window(start=time(8), end=time(19, 30))
    assert parse_window("", "19:00 \u2013 24:00") == Window(start=time(19), end=time(0))


@pytest.mark.parametrize(
    ("days", "hours"),
    [
        ("xyz", ""),
        ("mon-", ""),
        ("mon-holiday", ""),
        ("", "8-19"),
        ("", "8:00"),
        ("", "8:00-25:00"),
    ],
)
def test_what_is_no_window_is_refused(days, hours):
    with pytest.raises(Malformed, match=r"days|hours"):
        parse_window(days, hours)


@given(st.frozensets(st.sampled_from(Day)), st.times(), st.times())
def test_a_window_comes_back_as_it_was_written(days, start, end):
    window = Window(days, start, end)

    assert parse_window(format_days(window), format_hours(window)) == window


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_texts_are_a_window_or_refused(days, hours):
    try:
        assert isinstance(parse_window(days, hours), Window)
    except Malformed:
        return
