"""A deck is read row by row; each row is a rate, or is named with its line and the reason."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.rating.deck.reading import Reading
from switchboard.rating.deck.reading import read_deck as read_worksheets
from switchboard.rating.row import Charges, RateRow
from switchboard.tables.cells import BadRow, BadRows, Row, Worksheet
from tests.fakes.decks import deck_of, read_deck

CELLS = st.text(max_size=12)
DECKLIKE = st.text('0123456789.,;"\n\r\t +-eprfixat\ufeff\x00\u0661')
GOOD_ROWS = st.dictionaries(
    st.from_regex("[1-9][0-9]{0,6}", fullmatch=True),
    st.tuples(st.integers(0, 10**15), st.integers(1, 86_400), st.booleans()),
    min_size=1,
    max_size=20,
)
BAD_ROWS = st.sampled_from(
    [["4x", "1"], ["44", "x"], ["44", ""], ["", "1"], ["44", "-1"], ["44"], ["44", "1", "1"]]
)


def written(rows) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def refused(text: str) -> tuple[BadRow, ...]:
    with pytest.raises(BadRows) as caught:
        read_deck(text)
    return caught.value.rows


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["44", "UK", ""], "there is no rate"),
        (["44", "U" * 201, "1"], "destination: it has more than 200 characters"),
    ],
)
def test_a_row_that_is_no_rate_says_why(row, why):
    assert refused(written([["prefix", "destination", "rate"], row])) == (BadRow(2, why),)


@given(st.one_of(st.text(), DECKLIKE))
def test_any_text_is_rates_or_refused(text):
    try:
        rates = read_deck(text)
    except Malformed:
        return
    assert rates


@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=4), st.booleans())
def test_any_row_under_a_good_header_is_a_rate_or_named(rows, wide):
    header = ["prefix", "rate", "initial"][: 3 if wide else 2]
    try:
        deck = deck_of(written([header, *rows]))
    except Malformed:
        return

    # A row is named once, whatever is wrong with it.
    assert len({row.line for row in deck.bad}) == len(deck.bad) <= len(rows)
    lines = {*(row.line for row in deck.bad), *(row.line for row in deck.left_out)}
    assert len(deck.rows) + len(lines) >= sum(any(map(str.strip, row)) for row in rows)


@given(GOOD_ROWS)
def test_rates_are_read_exactly_and_in_their_order(rows):
    lines = [["prefix", "blocked", "rate", "initial"]]
    expected = []
    for prefix, (picos, initial_s, blocked) in rows.items():
        rate = f"{picos // 10**12}.{picos % 10**12:012d}"
        lines.append([prefix, "yes" if blocked else "", rate, str(initial_s)])
        charges = Charges(initial_s=initial_s)
        expected.append(RateRow(prefix, picos, charges=charges, blocked=blocked))

    assert read_deck(written(lines)) == expected


@given(st.lists(st.one_of(st.none(), BAD_ROWS), min_size=1))
def test_every_bad_row_is_named_with_its_line(rows):
    lines = [[str(100 + at), "0.5"] if row is None else row for at, row in enumerate(rows)]
    bad_lines = [at for at, row in enumerate(rows, start=2) if row is not None]

    deck = deck_of(written([["prefix", "rate"], *lines]))

    assert [row.line for row in deck.bad] == bad_lines


def test_an_empty_cell_takes_the_default():
    text = "rate, prefix ,destination,connection_fee,initial,increment,blocked\n0.5,+44,,,,,\n"

    assert read_deck(text) == [RateRow("44", 500_000_000_000)]


def test_what_is_no_rate_at_all_is_left_out_and_named():
    text = (
        "prefix,destination,rate\n,EUROPE,\n44,UK,1\n,,\nprefix,destination,rate\n33,FR,2\n"
        "Prices may change,,\n"
    )

    deck = deck_of(text)

    assert [row.prefix for row in deck.rows] == ["44", "33"]
    assert deck.bad == ()
    assert deck.left_out == (
        BadRow(2, "neither a prefix nor a rate: “EUROPE”"),
        BadRow(5, "the header again"),
        BadRow(7, "neither a prefix nor a rate: “Prices may change”"),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(end):
    text = f"\ufeffprefix,rate{end}{end}44,1{end}33,x{end}"

    assert refused(text) == (BadRow(4, "rate: “x” is not an amount: write it like 12.50"),)


def test_a_row_of_several_lines_is_named_by_its_first():
    text = 'prefix,rate,destination\n44,1,"United\nKingdom"\n33,x,"Fra\nnce"\n'

    assert [row.line for row in refused(text)] == [4]


def test_a_row_that_is_no_csv_is_named_and_the_rows_behind_it_too():
    text = 'prefix,rate\n44,1\n"4"5,1\n33,x\n"66,1\n77,1\n'

    assert [row.line for row in refused(text)] == [3, 4, 5]


def test_a_prefix_with_two_prices_is_named_with_its_first_line():
    rows = refused("prefix,rate\n44,1\n1,1\n+44,2\n")

    assert rows == (BadRow(4, "prefix 44 stands in line 2 with other prices"),)


def test_a_row_that_says_the_same_again_is_left_out():
    deck = deck_of('prefix,rate\n"44, 45",1\n1,1\n+44,1.0\n')

    assert [row.prefix for row in deck.rows] == ["44", "45", "1"]
    assert deck.left_out == (BadRow(4, "prefix 44 as in line 2"),)


def test_periods_and_steps_of_a_prefix_are_rows_of_their_own():
    text = (
        "prefix,rate,days,hours,step_from,effective_from\n"
        '44,1,mon-fri,08:00-19:00,,\n44,2,"sat,sun",,,\n44,3,"sat,sun",,60,\n44,4,,,,2027-01-01\n'
    )

    assert len(read_deck(text)) == 4


@pytest.mark.parametrize("column", ["initial", "increment"])
@pytest.mark.parametrize("cell", ["0", "-1", "1.5", "86401", "000001234567", "9" * 5_000, "\u0661"])
def test_a_block_lasts_from_a_second_to_a_day(column, cell):
    rows = refused(f"prefix,rate,{column}\n44,1,{cell}\n")

    assert rows[0].reason.startswith(f"{column}: ")
    assert "1 to 86400" in rows[0].reason


@pytest.mark.parametrize(
    ("cell", "initial_s", "increment_s"),
    [("60", 60, 60), ("30/6", 30, 6), ("30+6", 30, 6), ("1 / 1", 1, 1), ("60 sec", 60, 60)],
)
def test_both_blocks_may_stand_in_one_cell(cell, initial_s, increment_s):
    charges = read_deck(f"prefix,rate,Billing Increment\n44,1,{cell}\n")[0].charges

    assert charges == Charges(initial_s=initial_s, increment_s=increment_s)


@pytest.mark.parametrize(
    ("cell", "blocked"), [("yes", True), ("TRUE", True), ("1", True), ("no", False), ("0", False)]
)
def test_a_row_is_blocked_by_a_yes(cell, blocked):
    assert read_deck(f"prefix,rate,blocked\n44,1,{cell}\n")[0].blocked is blocked


def test_a_blocked_prefix_needs_no_rate():
    assert read_deck("prefix,rate,blocked\n44,,yes\n") == [RateRow("44", 0, blocked=True)]


def test_what_is_neither_yes_nor_no_is_named():
    assert "neither yes nor no" in refused("prefix,rate,blocked\n44,1,maybe\n")[0].reason


def test_a_percentage_may_have_its_sign():
    row = read_deck("prefix,rate,post_call_surcharge_percent\n44,1,2.5%\n")[0]

    assert row.charges.post_call_percent_millionths == 2_500_000


def test_a_number_of_a_spreadsheet_that_may_be_a_percentage_or_a_share_is_refused():
    header = ("prefix", "rate", "post_call_surcharge_percent")
    cells = ("15.5%", Decimal("15.5"), Decimal("0.155"), Decimal(0))
    rows = [Row(line, (f"4{line}", "1", cell)) for line, cell in enumerate(cells, start=2)]

    deck = read_worksheets([Worksheet("Rates", [Row(1, header), *rows])])

    kept = [row.charges.post_call_percent_millionths for row in deck.rows]
    assert kept == [15_500_000, 15_500_000, 0]
    assert [row.line for row in deck.bad] == [4]
    assert "keeps 15.5% as 0.155" in deck.bad[0].reason


def test_another_currency_than_the_sheets_is_refused():
    deck = deck_of("prefix,rate\n44,0.05 USD\n", Reading(currency="EUR"))

    assert deck.bad == (BadRow(2, "rate: “0.05 USD” is in USD, the sheet in EUR"),)


@pytest.mark.parametrize("header", ["", "rate", "prefix,destination", '"prefix"x,rate'])
def test_a_header_without_a_prefix_and_a_rate_is_refused(header):
    with pytest.raises(Malformed, match="a column for the prefix and a column for the rate"):
        read_deck(f"{header}\n44,1,1\n")


@pytest.mark.parametrize("text", ["", "\n\n", ",".join(["prefix", "rate"]), "prefix,rate\n,\n,\n"])
def test_a_deck_without_rates_is_refused(text):
    with pytest.raises(Malformed, match=r"no rates|no header"):
        read_deck(text)


def test_a_refusal_says_how_many_rows_and_shows_the_first():
    with pytest.raises(match=r"2 bad row\(s\); line 2: rate: “x”"):
        read_deck("prefix,rate\n44,x\n33,y\n")
