"""The tariff of a prefix: the sheet's defaults, periods, steps, and which row counts when."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed, NoRate
from switchboard.rating.meter import Step
from switchboard.rating.price import LegPrice
from switchboard.rating.rounding import Rounding
from switchboard.rating.row import Charges, Day, RateRow, Window
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.world import BOB, NOON
from tests.unit.prices import picos

WEEKDAYS = frozenset({Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI})
WEEKEND = frozenset({Day.SAT, Day.SUN})
PEAK = Window(WEEKDAYS, time(8), time(19))
FRIDAY_NOON = NOON
RICH = Charges(
    connection_fee_picos=picos("0.1"),
    initial_s=30,
    increment_s=6,
    free_s=10,
    grace_s=3,
    minimum_picos=picos("0.05"),
    maximum_picos=picos("9"),
    multiplier_millionths=1_250_000,
    addition_picos=picos("0.004"),
    surcharge_after_s=600,
    surcharge_picos=picos("0.25"),
    disconnect_fee_picos=picos("0.02"),
    post_call_percent_millionths=2_500_000,
)


def row(rate: str = "0.1", prefix: str = "1", **columns) -> RateRow:
    return RateRow(prefix, picos(rate), **columns)


def price_of(*rows: RateRow, at: datetime = NOON, **terms) -> LegPrice:
    return RateSheet.of("s", "v", SheetTerms("EUR", **terms), rows).price(BOB, at)


def rate_at(at: datetime, *rows: RateRow, **terms) -> Fraction:
    return price_of(*rows, at=at, **terms).per_minute


def test_a_price_has_everything_that_its_row_charges():
    one = price_of(row("0.1", destination="USA", charges=RICH), digits=5)

    assert one == LegPrice(
        "1",
        "USA",
        3,
        (Step(0, 6, 129),),
        initial_s=30,
        digits=5,
        connection_fee=100,
        disconnect_fee=20,
        free_s=10,
        grace_s=3,
        minimum=50,
        maximum=9_000,
        surcharge=250,
        surcharge_after_s=600,
        post_call_percent_millionths=2_500_000,
    )


@pytest.mark.parametrize("field", [field.name for field in fields(Charges)])
def test_every_charge_may_be_the_sheets_default(field):
    alone = Charges(**{field: getattr(RICH, field)})
    other = replace(RICH, **{field: None})

    assert price_of(row(), defaults=alone) == price_of(row(charges=alone))
    assert price_of(row(charges=alone), defaults=other) == price_of(row(charges=RICH))


def test_a_row_stands_above_the_default():
    once = Charges(increment_s=1)

    assert price_of(row(charges=once), defaults=Charges(increment_s=60)) == price_of(
        row(charges=once)
    )


@pytest.mark.parametrize(
    ("own", "defaults", "initial_s"),
    [
        (Charges(increment_s=60), Charges(), 60),
        (Charges(), Charges(increment_s=6), 6),
        (Charges(increment_s=60), Charges(initial_s=30), 30),
        (Charges(initial_s=30), Charges(), 30),
        (Charges(), Charges(), 1),
    ],
)
def test_an_initial_block_that_nobody_names_is_one_increment(own, defaults, initial_s):
    assert price_of(row(charges=own), defaults=defaults).initial_s == initial_s


def test_a_sheet_tells_how_its_prices_are_rounded():
    one = price_of(row("0.1"), rounding=Rounding.HALF_EVEN, digits=2)

    assert (one.rounding, one.cost_micros(3), one.cost_micros(9)) == (Rounding.HALF_EVEN, 0, 20_000)


def test_rows_with_different_beginnings_are_steps():
    first = row(
        "0.4", charges=Charges(increment_s=60, initial_s=60, connection_fee_picos=picos("0.4"))
    )
    second = row("0.2", step_from_s=60, charges=Charges(increment_s=30))

    one = price_of(second, first)

    assert [one.cost_micros(seconds) for seconds in (60, 85, 91)] == [800_000, 900_000, 1_000_000]


def test_steps_begin_with_the_call():
    with pytest.raises(Malformed, match="prefix 1: its first step begins at 60 s, not at 0"):
        price_of(row(step_from_s=60))


def test_charges_that_contradict_each_other_are_refused_by_prefix():
    with pytest.raises(Malformed, match="prefix 1: the maximum charge is below the minimum"):
        price_of(row(charges=Charges(minimum_picos=2)), defaults=Charges(maximum_picos=1))
    with pytest.raises(Malformed, match="prefix 1: its addition makes the rate negative"):
        price_of(row("0.1"), defaults=Charges(addition_picos=-picos("0.2")))


def test_a_row_counts_from_and_until_its_instants():
    until = NOON + timedelta(days=1)
    now, then = row("0.1"), row("0.2", effective_from=NOON, effective_until=until)

    rates = [rate_at(at, now, then) for at in (NOON - timedelta(seconds=1), NOON, until)]

    assert rates == [Fraction(1, 10), Fraction(1, 5), Fraction(1, 10)]


def test_where_no_row_counts_yet_a_shorter_prefix_does():
    shorter, later = row("0.1"), row("0.2", "1415", effective_from=NOON + timedelta(days=1))

    assert rate_at(NOON, shorter, later) == Fraction(1, 10)
    with pytest.raises(NoRate):
        price_of(later)


def test_the_row_that_took_effect_last_counts():
    older = row("0.1", effective_from=NOON - timedelta(days=9), window=PEAK)
    newer = row("0.2", effective_from=NOON - timedelta(days=1))

    assert rate_at(NOON, older, newer) == Fraction(1, 5)


def test_a_higher_weight_goes_before_all_else():
    heavier = row("0.1", weight=2)
    newer = row("0.2", weight=1, effective_from=NOON - timedelta(days=1), window=PEAK)

    assert rate_at(NOON, heavier, newer) == Fraction(1, 10)


def test_the_narrower_window_goes_before_the_wider():
    always, peak = row("0.1"), row("0.3", window=PEAK)
    noon = row("0.5", window=Window(frozenset(), time(11), time(13)))

    rates = [rate_at(FRIDAY_NOON + timedelta(hours=h), always, peak, noon) for h in (0, 1, 7, 24)]

    assert rates == [Fraction(5, 10), Fraction(3, 10), Fraction(1, 10), Fraction(5, 10)]


def test_a_holiday_goes_before_the_day_of_the_week_that_it_falls_on():
    peak, holiday = row("0.3", window=PEAK), row("0.2", window=Window(frozenset({Day.HOLIDAY})))
    holidays = frozenset({FRIDAY_NOON.date()})

    assert rate_at(FRIDAY_NOON, peak, holiday, holidays=holidays) == Fraction(2, 10)
    assert rate_at(FRIDAY_NOON, peak, holiday) == Fraction(3, 10)
    assert rate_at(FRIDAY_NOON, peak, holidays=holidays) == Fraction(3, 10)


def test_a_blocked_period_blocks_while_it_counts():
    night = row("0.1", blocked=True, window=Window(frozenset(), time(22), time(6)))

    with pytest.raises(NoRate, match="calls to 1 are not possible"):
        price_of(row(), night, at=NOON + timedelta(hours=12))
    assert rate_at(NOON, row(), night) == Fraction(1, 10)


@given(st.permutations([row("0.1"), row("0.2", window=PEAK), row("0.3", weight=1, window=PEAK)]))
def test_the_order_of_rows_in_a_file_does_not_matter(rows):
    assert rate_at(NOON, *rows) == Fraction(3, 10)


def test_a_period_of_steps_is_chosen_as_one():
    day = [row("0.4", window=PEAK), row("0.2", window=PEAK, step_from_s=60)]

    one = price_of(row("0.1"), *day)

    assert [step.rate for step in one.steps] == [4, 2]
    assert rate_at(datetime(2026, 1, 3, 12, tzinfo=UTC), row("0.1"), *day) == Fraction(1, 10)
    assert date(2026, 1, 3).weekday() == 5
