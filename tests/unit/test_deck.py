"""A rate deck is read whole, or refused with every bad row named."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.rating.deck import COLUMNS, BadDeck, BadRow, read_deck
from switchboard.rating.rate import Rate

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


def refused(text: str) -> list[BadRow]:
    with pytest.raises(BadDeck) as caught:
        read_deck(text)
    return caught.value.rows


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
    text = written([header, *rows])
    try:
        taken, bad = read_deck(text), []
    except BadDeck as refusal:
        taken, bad = [], refusal.rows
    except Malformed:
        taken, bad = [], []

    # A row is named once, whatever is wrong with it.
    assert len({row.line for row in bad}) == len(bad) <= len(rows)
    assert len(taken) == (0 if bad else len(rows))


@given(GOOD_ROWS)
def test_rates_are_read_exactly_and_in_their_order(rows):
    lines = [["prefix", "blocked", "rate", "initial"]]
    expected = []
    for prefix, (picos, initial_s, blocked) in rows.items():
        rate = f"{picos // 10**12}.{picos % 10**12:012d}"
        lines.append([prefix, "yes" if blocked else "", rate, str(initial_s)])
        expected.append(Rate(prefix, prefix, picos, 0, initial_s, 1, blocked=blocked))

    assert read_deck(written(lines)) == expected


@given(st.lists(st.one_of(st.none(), BAD_ROWS), min_size=1))
def test_every_bad_row_is_named_with_its_line(rows):
    lines = [[str(100 + at), "0.5"] if row is None else row for at, row in enumerate(rows)]
    bad_lines = [at for at, row in enumerate(rows, start=2) if row is not None]

    text = written([["prefix", "rate"], *lines])

    if bad_lines:
        assert [row.line for row in refused(text)] == bad_lines
    else:
        assert len(read_deck(text)) == len(rows)


def test_an_empty_cell_takes_the_default():
    text = "rate, prefix ,destination,connection_fee,initial,increment,blocked\n0.5,+44,,,,,\n"

    assert read_deck(text) == [Rate("44", "+44", 500_000_000_000, 0, 1, 1, blocked=False)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(end):
    text = f"\ufeffprefix,rate{end}{end}44,1{end}33,x{end}"

    assert refused(text) == [BadRow(4, "rate: “x” is not an amount: write it like 12.50")]


def test_a_row_of_several_lines_is_named_by_its_first():
    text = 'prefix,rate,destination\n44,1,"United\nKingdom"\n33,x,"Fra\nnce"\n'

    assert [row.line for row in refused(text)] == [4]


def test_a_row_that_is_no_csv_is_named_and_the_rows_behind_it_too():
    text = 'prefix,rate\n44,1\n"4"5,1\n33,x\n"66,1\n77,1\n'

    assert [row.line for row in refused(text)] == [3, 4, 5]


def test_a_header_that_is_no_csv_is_refused():
    assert [row.line for row in refused('"prefix"x,rate\n44,1\n')] == [1]


def test_a_prefix_that_stands_twice_is_named_with_its_first_line():
    rows = refused("prefix,rate\n44,1\n1,1\n+44,2\n")

    assert rows == [BadRow(4, "prefix 44 stands already in line 2")]


@pytest.mark.parametrize("column", ["initial", "increment"])
@pytest.mark.parametrize("cell", ["0", "-1", "1.5", "86401", "000001234567", "9" * 5_000, "\u0661"])
def test_a_block_lasts_from_a_second_to_a_day(column, cell):
    rows = refused(f"prefix,rate,{column}\n44,1,{cell}\n")

    assert rows[0].reason.startswith(f"{column}: ")
    assert "1 to 86400" in rows[0].reason


@pytest.mark.parametrize(
    ("cell", "blocked"), [("yes", True), ("TRUE", True), ("1", True), ("no", False), ("0", False)]
)
def test_a_row_is_blocked_by_a_yes(cell, blocked):
    assert read_deck(f"prefix,rate,blocked\n44,1,{cell}\n")[0].blocked is blocked


def test_what_is_neither_yes_nor_no_is_named():
    assert "neither yes nor no" in refused("prefix,rate,blocked\n44,1,maybe\n")[0].reason


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("", "“prefix” is missing"),
        ("rate", "“prefix” is missing"),
        ("prefix,destination", "“rate” is missing"),
        ("prefix,rate,price", "“price” is not known"),
        ("prefix,rate,", "“” is not known"),
        ("prefix,rate,rate", "“rate” stands there twice"),
    ],
)
def test_a_header_that_is_not_ours_is_refused(header, why):
    with pytest.raises(Malformed, match=why):
        read_deck(f"{header}\n44,1,1\n")


def test_a_deck_without_rates_is_refused():
    with pytest.raises(Malformed, match="no rates"):
        read_deck(",".join(COLUMNS))


def test_a_refusal_says_how_many_rows_and_shows_the_first():
    with pytest.raises(BadDeck, match=r"2 bad row\(s\); line 2: rate: “x”"):
        read_deck("prefix,rate\n44,x\n33,y\n")
