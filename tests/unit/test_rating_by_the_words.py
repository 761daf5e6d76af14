"""A whole sheet against a second reckoning: design §6 read word by word, second by second."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.errors import Malformed, NoRate
from switchboard.numbering import PhoneNumber
from switchboard.rating.rounding import Rounding
from switchboard.rating.row import Charges, Day, RateRow, Window
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, SheetTerms
from tests.unit.prices import rounded_by_hand

DAYS = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI, Day.SAT, Day.SUN)
NUMBER = PhoneNumber("+447711223344")
PREFIXES = ("4", "447", "4477", "447711223344", "1")
# Clocks are put forward and back in 2026 by an hour, by half an hour, and at midnight.
SHIFTS = {
    "UTC": ("2026-05-01T00:00",),
    "Europe/London": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "Australia/Lord_Howe": ("2026-04-04T15:00", "2026-10-03T15:30"),
    "America/Havana": ("2026-03-08T05:00", "2026-11-01T05:00"),
    "Africa/Casablanca": ("2026-02-15T02:00", "2026-03-22T02:00"),
}
PICOS = st.integers(0, 3 * 10**12)
RATES = st.integers(10**10, 3 * 10**12)
BLOCKS = st.one_of(st.sampled_from([1, 6, 30, 60]), st.integers(1, 700))
CHARGES = st.builds(
    Charges,
    **{field.name: st.none() for field in fields(Charges)}
    | {
        name: st.one_of(st.none(), st.none(), value)
        for name, value in {
            "connection_fee_picos": PICOS,
            "disconnect_fee_picos": PICOS,
            "surcharge_picos": PICOS,
            "minimum_picos": PICOS,
            "maximum_picos": st.integers(3 * 10**12, 10**14),
            "initial_s": BLOCKS,
            "increment_s": BLOCKS,
            "free_s": st.integers(0, 200),
            "grace_s": st.integers(0, 200),
            "surcharge_after_s": st.integers(0, 900),
            "multiplier_millionths": st.integers(10**5, 3 * 10**6),
            "addition_picos": st.integers(-(10**9), 10**12),
            "post_call_percent_millionths": st.integers(0, 30 * 10**6),
        }.items()
    },
)
CLOCKS = st.builds(time, st.integers(0, 4), st.sampled_from([0, 15, 30, 59]))
WINDOWS = st.builds(
    Window,
    st.one_of(st.just(frozenset[Day]()), st.frozensets(st.sampled_from(Day), max_size=4)),
    st.one_of(st.just(time(0)), CLOCKS),
    st.one_of(st.just(time(0)), CLOCKS),
)


@dataclass(frozen=True)
class Case:
    terms: SheetTerms
    rows: list[RateRow]
    at: datetime
    seconds: int


@st.composite
def cases(draw) -> Case:
    zone = draw(st.sampled_from(list(SHIFTS)))
    near = datetime.fromisoformat(draw(st.sampled_from(SHIFTS[zone]))).replace(tzinfo=UTC)
    at = near + timedelta(minutes=draw(st.integers(-300, 300)), seconds=draw(st.integers(0, 59)))
    days = st.integers(-2, 2).map(lambda away: (near + timedelta(days=away)).date())
    instants = st.one_of(
        st.none(), st.integers(-20_000, 20_000).map(lambda s: at + timedelta(seconds=s))
    )
    terms = SheetTerms(
        "EUR",
        digits=draw(st.integers(0, 6)),
        rounding=draw(st.sampled_from(Rounding)),
        customer_leg_percent=draw(st.sampled_from([100, 50, 133, 0])),
        time_zone=zone,
        holidays=draw(st.frozensets(days, max_size=2)),
        at_boundary=draw(st.sampled_from(AtBoundary)),
        defaults=draw(CHARGES),
    )
    rows: list[RateRow] = []
    for prefix in {"44", *draw(st.sets(st.sampled_from(PREFIXES), max_size=3))}:
        # Weights differ: what decides between equals is a matter of the sheet alone.
        for weight in range(draw(st.integers(1, 3))):
            window, since, until = draw(WINDOWS), draw(instants), draw(instants)
            if since is not None and until is not None and since >= until:
                since = until = None
            blocked = draw(st.sampled_from([False] * 9 + [True]))
            starts = sorted({0, *draw(st.sets(st.integers(1, 1500), max_size=2))})
            rows += [
                RateRow(
                    prefix,
                    draw(RATES),
                    charges=draw(CHARGES),
                    blocked=blocked,
                    effective_from=since,
                    effective_until=until,
                    window=window,
                    weight=weight,
                    step_from_s=start,
                )
                for start in starts
            ]
    return Case(terms, rows, at, draw(st.integers(0, 6_000)))


def is_open(row: RateRow, terms: SheetTerms, at: datetime) -> bool:
    """Whether a row counts at an instant: by its dates, and by the clock on the wall."""
    if row.effective_from is not None and at < row.effective_from:
        return False
    if row.effective_until is not None and at >= row.effective_until:
        return False
    local = at.astimezone(ZoneInfo(terms.time_zone))
    window, today = row.window, local.date()
    yesterday = today - timedelta(days=1)
    if window.start < window.end:
        return window.start <= local.time() < window.end and day_counts(window, terms, today)
    if local.time() >= window.start:
        return day_counts(window, terms, today)
    return local.time() < window.end and day_counts(window, terms, yesterday)


def day_counts(window: Window, terms: SheetTerms, day: date) -> bool:
    named = DAYS[day.weekday()] in window.days
    return not window.days or named or (Day.HOLIDAY in window.days and day in terms.holidays)


def period(case: Case, at: datetime) -> list[RateRow]:
    """The steps that count at an instant: of the longest prefix that has any, the heaviest."""
    for length in range(15, 0, -1):
        there = [
            row
            for row in case.rows
            if row.prefix == NUMBER.digits[:length] and is_open(row, case.terms, at)
        ]
        if there:
            heaviest = max(row.weight for row in there)
            steps = [row for row in there if row.weight == heaviest]
            return sorted(steps, key=lambda row: row.step_from_s)
    return []


def of(row: RateRow, case: Case, name: str, plainest: int | None = 0):
    own, usual = getattr(row.charges, name), getattr(case.terms.defaults, name)
    return next((value for value in (own, usual) if value is not None), plainest)


def rate(row: RateRow, case: Case) -> Fraction:
    multiplier = Fraction(of(row, case, "multiplier_millionths", 10**6), 10**6)
    return Fraction(row.rate_picos) * multiplier + of(row, case, "addition_picos")


def reckoned(case: Case, percent: int) -> int:
    steps = period(case, case.at)
    first = steps[0]
    free_s = of(first, case, "free_s")
    left_s = case.seconds - free_s
    if left_s <= 0 or case.seconds < of(first, case, "grace_s"):
        return 0
    cost = Fraction(of(first, case, "connection_fee_picos"))
    cost += of(first, case, "disconnect_fee_picos")
    at_s = ends_s = 0
    for at_s in range(-free_s, left_s):
        if case.terms.at_boundary is AtBoundary.SPLIT:
            later = period(case, case.at + timedelta(seconds=free_s + at_s))
            steps = later if later and not later[0].blocked else steps
        if at_s == ends_s:
            step = [row for row in steps if row.step_from_s <= at_s][-1]
            # An initial block that nobody names is an increment like the others.
            initial_s = of(first, case, "initial_s", of(first, case, "increment_s", 1))
            block_s = of(step, case, "increment_s", 1) if at_s else initial_s
            cost += rate(step, case) * block_s / 60
            ends_s += block_s
    if left_s > of(first, case, "surcharge_after_s"):
        cost += of(first, case, "surcharge_picos")
    cost += cost * of(first, case, "post_call_percent_millionths") / 10**8
    cost = max(cost, Fraction(of(first, case, "minimum_picos")))
    maximum = of(first, case, "maximum_picos", None)
    cost = cost if maximum is None else min(cost, Fraction(maximum))
    exact = cost * percent / 100 / 10**12
    digits = case.terms.digits
    return rounded_by_hand(exact * 10**digits, case.terms.rounding) * 10 ** (6 - digits)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_a_sheet_charges_what_its_words_say(case):
    try:
        sheet = RateSheet.of("retail", "1", case.terms, case.rows)
    except Malformed:
        assert any(rate(row, case) < 0 for row in case.rows)
        return
    percent = case.terms.customer_leg_percent
    steps = period(case, case.at)

    try:
        price = sheet.price(NUMBER, case.at, percent=percent).begun(case.at)
    except NoRate:
        assert not steps or any(row.blocked for row in steps)
        return

    assert steps
    assert price.cost_micros(case.seconds) == reckoned(case, percent)
