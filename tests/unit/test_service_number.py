"""Service numbers: what each mode needs, and when a number is open."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.aws.forms import from_text, to_text
from switchboard.billing.opening_hours import OpeningHours, format_opening, parse_opening
from switchboard.billing.service_number import RingsBack, ServiceMode, ServiceNumber, WhenClosed
from switchboard.errors import Malformed, NumberClosed
from switchboard.numbering import PhoneNumber
from switchboard.rating.deck.periods import parse_window
from switchboard.rating.hours import Hours
from switchboard.rating.row import Day, Window

NUMBER = PhoneNumber("+442079460001")
PHONE = PhoneNumber("+33142685300")
PLAIN = ServiceNumber(NUMBER)
DID = ServiceNumber(NUMBER, ServiceMode.DID, "alice", PHONE)
ASKS = ServiceNumber(NUMBER, ServiceMode.PIN, "house")
OFFICE = OpeningHours((parse_window("mon-fri", "09:00-17:00"),), "Europe/London")
FRIDAY = datetime(2026, 1, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("service", "wrong"),
    [
        (DID, {"account": None}),
        (DID, {"rings": None}),
        (DID, {"mode": ServiceMode.ANI}),
        (PLAIN, {"account": "alice"}),
        (PLAIN, {"rings": PHONE}),
        (PLAIN, {"mode": ServiceMode.PIN}),
        (ASKS, {"rings": PHONE}),
        (ASKS, {"account": None, "mode": ServiceMode.ANI_OR_PIN}),
        (PLAIN, {"delay": timedelta(minutes=11)}),
        (PLAIN, {"quiet": -SECOND}),
        (PLAIN, {"retries": 11}),
        (PLAIN, {"retry_after": timedelta()}),
        (PLAIN, {"language": "english"}),
    ],
)
def test_a_service_number_that_makes_no_sense_is_refused(service, wrong):
    with pytest.raises(Malformed):
        replace(service, **wrong)


def test_a_service_number_is_kept_whole():
    full = replace(
        DID,
        rings_back=RingsBack.DEFAULT_NUMBER,
        delay=timedelta(seconds=3.5),
        language="pt-BR",
        hours=OFFICE,
        when_closed=WhenClosed.REFUSE,
        retries=2,
        retry_after=timedelta(seconds=40),
        quiet=timedelta(),
    )

    assert from_text(to_text(full), ServiceNumber) == full


def test_a_service_number_of_an_older_system_is_read():
    kept = '{"number":"+442079460001","mode":"did","account":"alice","rings":"+33142685300"}'

    assert from_text(kept, ServiceNumber) == DID
    assert from_text('{"number":"+442079460001"}', ServiceNumber) == PLAIN


@pytest.mark.parametrize(
    ("at", "opens_at"),
    [
        ("2026-01-02 08:59:59", "2026-01-02 09:00"),
        ("2026-01-02 09:00", "2026-01-02 09:00"),
        ("2026-01-02 16:59:59", "2026-01-02 16:59:59"),
        ("2026-01-02 17:00", "2026-01-05 09:00"),
        ("2026-07-04 12:00", "2026-07-06 08:00"),
    ],
    ids=["before", "at the hour", "within", "over the weekend", "in summer time"],
)
def test_a_number_opens_by_the_clocks_of_its_time_zone(at, opens_at):
    moments = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, opens_at))
    at, opens_at = moments

    assert OFFICE.opens_at(at) == opens_at


def test_a_night_that_begins_on_sunday_goes_on_on_monday():
    night = OpeningHours((parse_window("sun", "22:00-06:00"),), "UTC")

    monday = datetime(2026, 1, 5, 5, tzinfo=UTC)
    assert night.opens_at(monday) == monday
    assert night.opens_at(monday + timedelta(hours=1)) == datetime(2026, 1, 11, 22, tzinfo=UTC)


CLOCKS = st.times(max_value=time(23, 59)).map(lambda at: at.replace(microsecond=0))
WINDOWS = st.builds(Window, st.frozensets(st.sampled_from(list(Day)[:7])), CLOCKS, CLOCKS)
INSTANTS = st.integers(0, 366 * 24 * 3600).map(lambda past_s: FRIDAY + past_s * SECOND)


@given(
    st.lists(WINDOWS, min_size=1, max_size=3), INSTANTS, st.sampled_from(["UTC", "Europe/London"])
)
def test_a_number_opens_within_days_and_is_open_then(windows, at, zone):
    opens_at = OpeningHours(tuple(windows), zone).opens_at(at)

    hours = Hours(ZoneInfo(zone).key)
    assert at <= opens_at <= at + timedelta(days=8)
    assert any(hours.opened_on(window, opens_at) for window in windows)


@pytest.mark.parametrize(
    "text", ["mon-fri 09:00-17:00", "sat,sun", "22:00-06:00", "daily", "mon,wed 10:00-12:30"]
)
def test_opening_hours_are_written_as_they_are_read(text):
    assert format_opening(parse_opening(text)) == text


@pytest.mark.parametrize("text", ["", "monday", "mon - fri  9:00 - 17:00", "blue 09:00-17:00"])
def test_opening_hours_are_read_or_refused(text):
    try:
        window = parse_opening(text)
    except Malformed:
        return
    assert parse_opening(format_opening(window)) == window


@pytest.mark.parametrize("windows", [(), (Window(frozenset({Day.HOLIDAY})),)])
def test_hours_that_may_never_come_are_refused(windows):
    with pytest.raises(Malformed):
        OpeningHours(windows)


def test_a_closed_number_queues_or_refuses_as_configured():
    night = FRIDAY + timedelta(hours=3)
    queueing = replace(PLAIN, hours=OFFICE)

    assert queueing.rings_at(night) == FRIDAY + timedelta(hours=9)
    with pytest.raises(NumberClosed):
        replace(queueing, when_closed=WhenClosed.REFUSE).rings_at(night)
    assert PLAIN.rings_at(night) == night
