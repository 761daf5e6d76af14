"""Edits of a sheet: what becomes of the rows of their prefixes, and of no others."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed, NotFound
from switchboard.rating.editing import Block, Close, Drop, Put, Reprice, place_of, replaced
from switchboard.rating.row import Charges, Day, RateRow, Window
from switchboard.rating.sheet import Table
from switchboard.rating.terms import SheetTerms

TERMS = SheetTerms("EUR")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
WEEKEND = Window(frozenset({Day.SAT, Day.SUN}))
UK = RateRow("44", 200, "UK")
UK_WEEKEND = RateRow("44", 100, "UK", window=WEEKEND)
MOBILE = RateRow("4477", 500, "UK mobile", Charges(increment_s=6))
FRANCE = RateRow("33", 300, "France")
BLOCKED = RateRow("4490", 900, blocked=True)
SHEET = (FRANCE, UK, UK_WEEKEND, MOBILE, BLOCKED)


def after(edit, rows=SHEET) -> list[RateRow]:
    table = Table(rows, TERMS)
    return list(Table(replaced(table, edit(table)), TERMS))


def test_a_row_is_put_in_the_place_of_another():
    dearer = RateRow("44", 250, "UK")

    rows = after(Put(dearer, place_of(UK)))

    assert set(rows) == {FRANCE, dearer, UK_WEEKEND, MOBILE, BLOCKED}


def test_a_row_is_put_beside_others_and_where_there_was_none():
    evening = RateRow("33", 100, "France", window=WEEKEND)

    assert set(after(Put(evening))) == {*SHEET, evening}
    assert set(after(Put(RateRow("1", 5)))) == {*SHEET, RateRow("1", 5)}


def test_a_row_that_is_there_already_is_refused():
    with pytest.raises(Malformed, match="44 stands in the sheet twice"):
        after(Put(RateRow("44", 1)))


def test_a_row_that_was_changed_meanwhile_is_not_found():
    with pytest.raises(NotFound, match="no such rate of 44 any more"):
        after(Put(UK, "elsewhere"))


def test_a_price_from_a_day_on_lets_the_old_one_count_until_then():
    rows = after(Put(RateRow("33", 400, "France"), place_of(FRANCE), LATER))

    assert [(row.rate_picos, row.effective_from, row.effective_until) for row in rows[:2]] == [
        (300, None, LATER),
        (400, LATER, None),
    ]


def test_a_row_is_taken_away_and_the_last_one_closes_the_prefix():
    assert set(after(Drop("44", place_of(UK)))) == set(SHEET) - {UK}
    assert set(after(Drop("33", place_of(FRANCE)))) == set(SHEET) - {FRANCE}


def test_a_prefix_is_closed_at_once_or_at_a_time():
    assert set(after(Close("44"))) == {FRANCE, MOBILE, BLOCKED}
    ended = [row for row in after(Close("44", LATER)) if row.prefix == "44"]
    assert {row.effective_until for row in ended} == {LATER}
    with pytest.raises(NotFound, match="no rate for 55"):
        after(Close("55"))


def test_a_prefix_is_blocked_and_unblocked_with_or_without_rates():
    blocked = after(Block("44"))
    assert {row.blocked for row in blocked if row.prefix == "44"} == {True}
    assert set(after(Block("44", blocked=False), blocked)) == set(SHEET)
    assert RateRow("55", 0, blocked=True) in after(Block("55"))


def test_what_comes_from_the_base_becomes_ones_own_and_is_not_taken_away():
    inherited = RateRow("33", 300, "France", inherited=True)

    assert not after(Block("33"), [inherited])[0].inherited
    assert not after(Put(RateRow("33", 1), place_of(inherited)), [inherited])[0].inherited
    assert after(Close("33", LATER), [inherited])[0].inherited is False
    for edit in (Close("33"), Drop("33", place_of(inherited))):
        with pytest.raises(Malformed, match="33 comes from the base sheet"):
            after(edit, [inherited])


def test_many_rates_are_changed_by_percent_and_amount_and_rounded_up():
    reprice = Reprice(("447", "44"), NOW, percent_millionths=10_500_000, addition_picos=7)

    rows = {(row.prefix, row.window): row.rate_picos for row in after(reprice)}

    assert rows["44", Window()] == 228  # 200 * 1.105 + 7
    assert rows["44", WEEKEND] == 118  # 100 * 1.105 + 7 = 117.5
    assert rows["4477", Window()] == 560  # 500 * 1.105 + 7 = 559.5
    assert rows["4490", Window()] == 900
    assert rows["33", Window()] == 300


def test_rates_are_rounded_up_to_the_decimals_that_are_wanted():
    cents = RateRow("44", 123_400_000_000)

    [row] = after(Reprice(("44",), NOW, 1_000_000, decimals=2), [cents])

    assert row.rate_picos == 130_000_000_000


def test_many_rates_change_from_a_day_on():
    over = RateRow("44", 5, effective_until=NOW - timedelta(days=1))
    future = RateRow("44", 70, effective_from=LATER + timedelta(days=5))
    rows = after(Reprice(("44",), NOW, 100_000_000, since=LATER), [over, UK, future])

    told = [(row.rate_picos, row.effective_from, row.effective_until) for row in rows]
    assert sorted(told, key=str) == sorted(
        [
            (5, None, over.effective_until),
            (200, None, LATER),
            (400, LATER, None),
            (140, future.effective_from, None),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: Reprice(("44",), NOW), "by how many percent"),
        (lambda: Reprice(("44",), NOW, 1, decimals=13), "0 to 12 decimals"),
        (lambda: Reprice(("44",), NOW, 1, since=NOW), "still to come"),
        (lambda: after(Reprice(("44",), NOW, addition_picos=-101)), "44: its rate would be neg"),
    ],
)
def test_what_cannot_be_done_to_many_rates_is_told(made, told):
    with pytest.raises(Malformed, match=told):
        made()


def test_where_nothing_begins_so_nothing_is_changed():
    with pytest.raises(NotFound, match="no rates begin with 99"):
        after(Reprice(("99",), NOW, 1_000_000))
    with pytest.raises(NotFound, match="no rates begin with 4490"):
        after(Reprice(("4490",), NOW, 1_000_000))


@given(
    rates=st.lists(st.integers(0, 10**15), min_size=1, max_size=20),
    percent=st.integers(-100_000_000, 10**9).filter(bool),
    decimals=st.integers(0, 12),
)
def test_a_changed_rate_is_never_below_the_exact_one_nor_a_unit_above(rates, percent, decimals):
    rows = [RateRow(f"44{n:04d}", rate) for n, rate in enumerate(rates)]
    unit = 10 ** (12 - decimals)

    changed = after(Reprice(("44",), NOW, percent, decimals=decimals), rows)

    for old, new in zip(rows, changed, strict=True):
        exact = old.rate_picos * Fraction(100_000_000 + percent, 100_000_000)
        assert exact <= new.rate_picos < exact + unit
        assert new.rate_picos % unit == 0
