"""What is exported and imported again is the same sheet, in every kind of file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from switchboard.rating.deck.names import CANONICAL
from switchboard.rating.deck.reading import read_deck
from switchboard.rating.deck.writing import write_deck
from switchboard.rating.row import Charges, Day, RateRow, Window
from switchboard.spreadsheets.reading import read_worksheets
from switchboard.spreadsheets.writing import write_file

MOST_PICOS = 10**22
PICOS = st.one_of(st.integers(0, MOST_PICOS), st.integers(0, 10**14).map(lambda n: n * 10**8))
MAYBE_PICOS = st.none() | PICOS
MAYBE_SECONDS = st.none() | st.integers(0, 86_400)
MAYBE_BLOCK = st.none() | st.integers(1, 86_400)
MAYBE_FACTOR = st.none() | st.integers(0, 10**12)
INSTANTS = st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=100_000)).map(
    lambda span: datetime(1900, 1, 1, tzinfo=UTC) + span
)
# Text of files has no control characters, and no space around it.
NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20).map(
    str.strip
) | st.sampled_from(["=1+1", "+44", "-1", "@cmd", "'quoted", "'=x", "''", '="0"', "a,b;c|d\te"])
CHARGES = st.builds(
    Charges,
    connection_fee_picos=MAYBE_PICOS,
    initial_s=MAYBE_BLOCK,
    increment_s=MAYBE_BLOCK,
    free_s=MAYBE_SECONDS,
    grace_s=MAYBE_SECONDS,
    minimum_picos=MAYBE_PICOS,
    maximum_picos=MAYBE_PICOS,
    multiplier_millionths=MAYBE_FACTOR,
    addition_picos=st.none() | st.integers(-MOST_PICOS, MOST_PICOS),
    surcharge_after_s=MAYBE_SECONDS,
    surcharge_picos=MAYBE_PICOS,
    disconnect_fee_picos=MAYBE_PICOS,
    post_call_percent_millionths=MAYBE_FACTOR,
)


@st.composite
def rate_rows(draw) -> RateRow:
    ends = [draw(INSTANTS), draw(INSTANTS)]
    assume(None in ends or ends[0] < ends[1])
    return RateRow(
        prefix=draw(st.from_regex("[1-9][0-9]{0,14}", fullmatch=True)),
        rate_picos=draw(PICOS),
        destination=draw(NAMES),
        charges=draw(CHARGES),
        blocked=draw(st.booleans()),
        effective_from=ends[0],
        effective_until=ends[1],
        window=draw(st.builds(Window, st.frozensets(st.sampled_from(Day)), st.times(), st.times())),
        weight=draw(st.integers(-999, 999)),
        step_from_s=draw(st.integers(0, 86_400)),
    )


SHEETS = st.lists(rate_rows(), min_size=1, max_size=5, unique_by=lambda row: row.prefix)


def through(path: Path, rows) -> list[RateRow]:
    write_file(path, CANONICAL, write_deck(rows))
    deck = read_deck(read_worksheets(path.read_bytes()))
    assert (deck.bad, deck.left_out, deck.ignored) == ((), (), ())
    return list(deck.rows)


@pytest.mark.parametrize("ending", ["csv", "txt"])
@given(rows=SHEETS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_sheet_comes_back_from_text_as_it_was(tmp_path, ending, rows):
    assert through(tmp_path / f"sheet.{ending}", rows) == rows


@given(rows=SHEETS)
@settings(
    max_examples=15,  # a process each
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_sheet_comes_back_from_a_spreadsheet_as_it_was(tmp_path, rows):
    assert through(tmp_path / "sheet.xlsx", rows) == rows
