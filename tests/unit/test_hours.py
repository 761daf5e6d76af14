"""Windows go by the clock on the wall: over midnight, on holidays, when the clocks are changed."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.rating.hours import Hours
from switchboard.rating.row import Day, Window

BERLIN = Hours("Europe/Berlin", frozenset({date(2026, 12, 25)}))
# In 2026 Berlin's clocks go forward on March 29 and back on October 25, both at 01:00 UTC.
FORWARD = datetime(2026, 3, 29, 1, tzinfo=UTC)
BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
WINDOWS = st.builds(Window, st.frozensets(st.sampled_from(Day), max_size=4), CLOCKS, CLOCKS)
AROUND = st.sampled_from(
    [FORWARD, BACK, datetime(2026, 12, 25, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)]
)


def between(start: str, end: str, *days: Day) -> Window:
    return Window(frozenset(days), time.fromisoformat(start), time.fromisoformat(end))


def is_open(window: Window, at: datetime) -> bool:
    return BERLIN.opened_on(window, at) is not None


def open_times(window: Window, start: datetime, hours: int) -> list[str]:
    """When it opens and closes, by UTC, looking every half hour."""
    steps = [start + timedelta(minutes=30 * step) for step in range(2 * hours)]
    states = [is_open(window, at) for at in steps]
    turns = [at for at, was, now in zip(steps[1:], states, states[1:], strict=False) if was != now]
    return [f"{at:%d %H:%M}" for at in turns]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-01-05T06:59:59Z", False),
        ("2026-01-05T07:00:00Z", True),
        ("2026-01-05T17:59:59.999999Z", True),
        ("2026-01-05T18:00:00Z", False),
        ("2026-01-04T12:00:00Z", False),
        ("2026-07-06T06:00:00Z", True),
    ],
)
def test_a_window_is_open_from_its_start_up_to_its_end_by_local_time(at, expected):
    window = between("08:00", "19:00", Day.MON)

    assert is_open(window, datetime.fromisoformat(at)) is expected


def test_a_window_over_midnight_belongs_to_the_day_it_opens_on():
    friday_night = between("22:00", "06:00", Day.FRI)

    assert open_times(friday_night, datetime(2026, 1, 1, tzinfo=UTC), 96) == [
        "02 21:00",
        "03 05:00",
    ]


def test_a_window_that_ends_where_it_begins_lasts_a_day():
    assert open_times(between("08:00", "08:00", Day.FRI), datetime(2026, 1, 1, tzinfo=UTC), 96) == [
        "02 07:00",
        "03 07:00",
    ]
    assert is_open(Window(), datetime(2026, 1, 1, tzinfo=UTC))


def test_a_holiday_is_open_by_its_name_and_by_its_day_of_the_week():
    christmas = datetime(2026, 12, 25, 12, tzinfo=UTC)

    assert is_open(Window(frozenset({Day.HOLIDAY})), christmas)
    assert is_open(Window(frozenset({Day.FRI})), christmas)
    assert not is_open(Window(frozenset({Day.HOLIDAY})), christmas + timedelta(days=1))


def test_a_window_that_begins_in_the_hour_left_out_opens_when_that_is_over():
    assert open_times(between("02:30", "05:00"), FORWARD - timedelta(hours=2), 8) == [
        "29 01:00",
        "29 03:00",
    ]


def test_a_window_within_the_hour_left_out_never_opens():
    assert open_times(between("02:00", "03:00"), FORWARD - timedelta(hours=2), 8) == []


def test_the_hour_that_comes_twice_is_in_the_window_both_times():
    assert open_times(between("02:00", "03:00"), BACK - timedelta(hours=3), 8) == [
        "25 00:00",
        "25 02:00",
    ]
    assert open_times(between("02:30", "05:00"), BACK - timedelta(hours=3), 8) == [
        "25 00:30",
        "25 01:00",
        "25 01:30",
        "25 04:00",
    ]


@given(WINDOWS, AROUND, st.integers(-40, 40))
def test_a_window_turns_only_where_the_turns_say(window, around, half_hours):
    start = around + timedelta(minutes=30 * half_hours)
    end = start + timedelta(hours=26)

    turns = sorted({start, *BERLIN.turns([window], start, end), end + timedelta(seconds=1)})

    for earlier, later in pairwise(turns):
        seen = {
            is_open(window, min(at, later - timedelta(seconds=1)))
            for at in (earlier, earlier + (later - earlier) / 2, later)
        }
        assert len(seen) == 1
