"""A new version is compared with the one before, prefix by prefix, and its outliers are found."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.numbering import country_of
from switchboard.rating.deck.comparing import (
    Change,
    Move,
    Outlier,
    by_prefix,
    compare,
    find_outliers,
    merged,
)
from switchboard.rating.row import Charges, Day, RateRow, Window

PENNY = 10**10
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
SPRING = datetime(2027, 4, 1, tzinfo=UTC)
ROWS = st.lists(
    st.builds(RateRow, st.sampled_from(["1", "44", "447", "33"]), st.integers(0, 3)), max_size=6
)


def moves(old, new) -> dict[Move, int]:
    counts = compare(by_prefix(old), by_prefix(new)).counts
    return {move: count for move, count in counts.items() if count}


def add(old, new) -> list[RateRow]:
    return merged(by_prefix(old), by_prefix(new))


def test_each_prefix_is_counted_by_what_becomes_of_its_price():
    old = [RateRow(prefix, 2 * PENNY) for prefix in ("1", "33", "44", "45", "49")]
    new = [
        RateRow("1", PENNY),
        RateRow("33", 3 * PENNY),
        RateRow("44", 2 * PENNY),
        RateRow("45", 2 * PENNY, charges=Charges(connection_fee_picos=PENNY)),
        RateRow("7", PENNY),
    ]

    assert moves(old, new) == {
        Move.DECREASED: 1,
        Move.INCREASED: 1,
        Move.UNCHANGED: 1,
        Move.ALTERED: 1,
        Move.NEW: 1,
        Move.CLOSED: 1,
    }


def test_the_biggest_changes_come_first_whichever_way_they_go():
    old = [RateRow("1", 100), RateRow("33", 100), RateRow("44", 100)]
    new = [RateRow("1", 110), RateRow("33", 10, "France"), RateRow("44", 300)]

    biggest = compare(by_prefix(old), by_prefix(new)).biggest

    assert biggest[0] == Change("33", "France", 100, 10)
    assert [change.prefix for change in biggest] == ["33", "44", "1"]


def test_multiplier_and_addition_are_a_part_of_the_price():
    old = [RateRow("44", 100)]
    new = [RateRow("44", 50, charges=Charges(multiplier_millionths=2_000_000, addition_picos=1))]

    assert compare(by_prefix(old), by_prefix(new)).biggest == (Change("44", "", 100, 101),)


def test_a_cell_that_is_emptied_alters_nothing_where_the_default_says_the_same():
    defaults = Charges(increment_s=6)
    old = [RateRow("44", 100, charges=Charges(increment_s=6, connection_fee_picos=0))]
    new = [RateRow("44", 100)]

    def counts(**of_sheets):
        found = compare(by_prefix(old), by_prefix(new), **of_sheets).counts
        return [move for move, count in found.items() if count]

    assert counts(old_defaults=defaults, new_defaults=defaults) == [Move.UNCHANGED]
    assert counts() == [Move.ALTERED]


def test_a_multiplier_of_the_whole_sheet_is_a_part_of_the_price():
    rows = by_prefix([RateRow("44", 100)])
    dearer = Charges(multiplier_millionths=1_500_000)

    assert compare(rows, rows, new_defaults=dearer).biggest == (Change("44", "", 100, 150),)


def test_added_rows_take_the_place_of_those_of_their_prefix():
    old = [RateRow("44", 1), RateRow("44", 2, window=Window(frozenset({Day.SUN}))), RateRow("1", 1)]

    assert add(old, [RateRow("44", 3)]) == [RateRow("1", 1), RateRow("44", 3)]


def test_rows_that_begin_later_end_the_old_ones_then():
    old = [RateRow("44", 1), RateRow("44", 9, effective_from=SPRING)]
    new = [RateRow("44", 2, effective_from=NEW_YEAR)]

    assert add(old, new) == [RateRow("44", 1, effective_until=NEW_YEAR), *new]


def test_rows_that_ended_before_stay_as_they_are():
    old = [RateRow("44", 1, effective_until=NEW_YEAR)]
    new = [RateRow("44", 2, effective_from=SPRING)]

    assert add(old, new) == [*old, *new]


@given(ROWS, ROWS)
def test_an_added_deck_stands_in_the_sheet_whole_and_touches_no_other_prefix(old, new):
    after = by_prefix(add(old, new))

    assert {prefix: after[prefix] for prefix in by_prefix(new)} == by_prefix(new)
    assert {p: rows for p, rows in after.items() if p not in by_prefix(new)} == {
        p: rows for p, rows in by_prefix(old).items() if p not in by_prefix(new)
    }


@given(ROWS)
def test_a_sheet_compared_with_itself_is_unchanged(rows):
    assert set(moves(rows, rows)) <= {Move.UNCHANGED}


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        (100 * PENNY, "100 times the usual price of its country"),
        (PENNY // 20, "a 20th of the usual price of its country"),
    ],
)
def test_a_price_far_from_those_of_its_country_is_an_outlier(rate, reason):
    usual = [RateRow(f"44{n}", PENNY) for n in range(1, 7)]
    elsewhere = [RateRow(f"88{n}", 150 * PENNY) for n in range(1, 7)]

    found = find_outliers([*usual, *elsewhere, RateRow("4470", rate, "UK")], country_of)

    assert found == [Outlier("4470", "UK", rate, reason)]


def test_islands_that_share_a_country_code_have_prices_of_their_own():
    mainland = [RateRow(f"1{area}", PENNY) for area in (201, 202, 203, 205, 206, 207)]

    assert find_outliers([*mainland, RateRow("1876", 15 * PENNY)], country_of) == []


def test_a_price_above_the_cap_is_an_outlier_wherever_it_is():
    found = find_outliers([RateRow("881", 5 * PENNY)], country_of, cap_picos=4 * PENNY)

    assert found == [Outlier("881", "", 5 * PENNY, "above the cap")]


def test_blocked_and_free_prefixes_are_no_outliers():
    usual = [RateRow(f"44{n}", PENNY) for n in range(1, 7)]
    others = [RateRow("4470", 0), RateRow("4479", 10**15, blocked=True)]

    assert find_outliers([*usual, *others], country_of) == []
