"""A row of a rate sheet is one that can be priced, or it cannot be made."""

from datetime import UTC, datetime

import pytest

from switchboard.errors import Malformed
from switchboard.rating.row import Charges, RateRow

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("prefix", ["", "+44", "4a", "\u0664\u0664", " 44", "1234567890123456"])
def test_a_prefix_is_made_of_digits(prefix):
    with pytest.raises(Malformed, match="digits"):
        RateRow(prefix, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_picos": -1},
        {"step_from_s": -1},
        {"effective_from": NEW_YEAR, "effective_until": NEW_YEAR},
    ],
)
def test_a_row_gives_nothing_away_and_counts_for_a_while(wrong):
    with pytest.raises(Malformed):
        RateRow(**{"prefix": "44", "rate_picos": 1, **wrong})


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"connection_fee_picos": -1}, "connection_fee is not negative"),
        ({"free_s": -1}, "free is not negative"),
        ({"initial_s": 0}, "initial is at least one second"),
        ({"increment_s": 0}, "increment is at least one second"),
    ],
)
def test_charges_give_nothing_away(wrong, why):
    with pytest.raises(Malformed, match=why):
        Charges(**wrong)


def test_an_addition_may_be_a_discount():
    assert Charges(addition_picos=-1).addition_picos == -1
