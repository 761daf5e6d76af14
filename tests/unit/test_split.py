"""At the boundary of two periods a call keeps its price, or is split, as its sheet says."""

from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from switchboard.rating.meter import Step
from switchboard.rating.row import Charges, Day, RateRow, Window
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, SheetTerms
from tests.fakes.world import ALICE, BOB
from tests.unit.prices import picos

# Friday, 18:59 in London, where the peak ends at seven.
ANNOUNCED = datetime(2026, 1, 2, 18, 59, tzinfo=UTC)
PEAK = Window(frozenset({Day.MON, Day.FRI}), time(8), time(19))
ALWAYS = Window()
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


def row(rate: str, window: Window = ALWAYS, prefix: str = "1", **columns) -> RateRow:
    return RateRow(prefix, picos(rate), window=window, **columns)


OFF_PEAK, AT_PEAK = row("0.06"), row("0.6", PEAK)


def sheet(*rows: RateRow, at_boundary: AtBoundary = AtBoundary.SPLIT, **terms) -> RateSheet:
    with_uk = (*rows, row("0.1", prefix="44"))
    kept = SheetTerms("EUR", time_zone="Europe/London", at_boundary=at_boundary, **terms)
    return RateSheet.of("s", "v", kept, with_uk)


def cost(*rows: RateRow, answered_after_s: int, seconds: int, **terms) -> int:
    price = sheet(*rows, **terms).price(BOB, ANNOUNCED)
    return price.begun(ANNOUNCED + timedelta(seconds=answered_after_s)).cost_micros(seconds)


def test_a_pinned_price_does_not_change_at_the_boundary():
    rows = (OFF_PEAK, AT_PEAK)

    pinned = cost(*rows, answered_after_s=0, seconds=3600, at_boundary=AtBoundary.PIN)

    assert pinned == 36_000_000


def test_a_split_call_pays_each_period_by_its_own_rate():
    assert cost(OFF_PEAK, AT_PEAK, answered_after_s=0, seconds=60) == 600_000
    assert cost(OFF_PEAK, AT_PEAK, answered_after_s=0, seconds=120) == 660_000
    assert cost(OFF_PEAK, AT_PEAK, answered_after_s=30, seconds=60) == 330_000


def test_a_split_price_counts_from_when_the_leg_is_answered():
    assert cost(OFF_PEAK, AT_PEAK, answered_after_s=61, seconds=60) == 60_000


def test_an_increment_that_overruns_the_boundary_keeps_its_price():
    minutes = Charges(initial_s=60, increment_s=60)
    rows = (row("0.06", charges=minutes), row("0.6", PEAK, charges=minutes))

    assert cost(*rows, answered_after_s=30, seconds=31) == 600_000
    assert cost(*rows, answered_after_s=30, seconds=61) == 660_000


def test_fees_stay_as_they_were_announced():
    peak = row("0.6", PEAK, charges=Charges(connection_fee_picos=picos("0.5")))
    off_peak = row("0.06", charges=Charges(connection_fee_picos=picos("0.1")))

    assert cost(off_peak, peak, answered_after_s=0, seconds=120) == 1_160_000


def test_a_call_goes_on_at_its_price_where_the_next_period_has_none():
    blocked_at_night = row("0", blocked=True)

    assert cost(AT_PEAK, answered_after_s=0, seconds=120) == 1_200_000
    assert cost(AT_PEAK, blocked_at_night, answered_after_s=0, seconds=120) == 1_200_000


def test_a_step_of_the_next_period_counts_from_the_beginning_of_the_call():
    later = row("0.03", step_from_s=90)

    assert cost(OFF_PEAK, later, AT_PEAK, answered_after_s=0, seconds=120) == 645_000


def test_a_call_over_two_boundaries_comes_back_to_the_first_price():
    hour = timedelta(hours=1)
    price = sheet(OFF_PEAK, AT_PEAK).price(BOB, ANNOUNCED - 11 * hour)

    begun = price.begun(ANNOUNCED - 11 * hour)

    assert [(step.from_s, step.rate) for step in begun.steps] == [(0, 6), (60, 60), (39_660, 6)]


def test_a_day_with_a_shorter_night_is_split_where_the_clocks_say():
    night = Window(frozenset(), time(1), time(6))
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # the clocks go from 01:00 to 02:00

    price = sheet(OFF_PEAK, row("0.6", night)).price(BOB, before).begun(before)

    assert [(step.from_s, step.rate) for step in price.steps[:3]] == [
        (0, 6),
        (1_800, 60),
        (1_800 + 4 * 3_600, 6),
    ]


@given(st.tuples(CLOCKS, CLOCKS), st.integers(0, 86_400), st.integers(0, 7_200))
def test_pin_and_split_agree_where_no_boundary_is_crossed(clocks, offset_s, seconds):
    rows = (OFF_PEAK, row("0.6", Window(frozenset(), *clocks), weight=1))
    at = ANNOUNCED + timedelta(seconds=offset_s)
    pinned = sheet(*rows, at_boundary=AtBoundary.PIN).price(BOB, at)
    split = sheet(*rows).price(BOB, at)

    first = min((change.at for change in split.later), default=at + timedelta(days=2))

    if at + timedelta(seconds=seconds) <= first:
        assert split.begun(at).cost_micros(seconds) == pinned.cost_micros(seconds)


@given(st.lists(st.tuples(CLOCKS, CLOCKS), max_size=3), st.integers(0, 86_400))
def test_every_second_pays_what_the_clock_shows_then(windows, offset_s):
    rates = ["0.6", "1.2", "1.8"]
    rows = [
        row(rate, Window(frozenset(), *clocks), weight=weight + 1)
        for weight, (rate, clocks) in enumerate(zip(rates, windows, strict=False))
    ]
    answered_at = ANNOUNCED + timedelta(seconds=offset_s)
    one = sheet(OFF_PEAK, *rows)

    begun = one.price(BOB, answered_at).begun(answered_at)

    for second in range(0, 86_400, 1_801):
        at = answered_at + timedelta(seconds=second)
        step = [step for step in begun.steps if step.from_s <= second][-1]
        assert Fraction(step.rate, 10**begun.decimals) == one.price(BOB, at).per_minute


@given(st.integers(0, 7_200), st.integers(0, 10**9))
def test_talk_time_is_exact_for_a_split_price_too(answered_after_s, micros):
    quote = sheet(OFF_PEAK, AT_PEAK).quote(ALICE, BOB, ANNOUNCED)
    answered_at = ANNOUNCED + timedelta(seconds=answered_after_s)

    begun = quote.begun(answered_at - timedelta(seconds=20), answered_at)
    talk_s = begun.talk_s(micros)

    assert talk_s == 86_400 or begun.cost_micros(talk_s + 1, talk_s + 1) > micros
    assert begun.cost_micros(talk_s, talk_s) <= micros


def test_a_price_that_is_not_split_is_begun_as_it_is():
    price = sheet(OFF_PEAK).price(BOB, ANNOUNCED)

    assert price.begun(ANNOUNCED) is price
    assert price.steps == (Step(0, 1, 6),)
