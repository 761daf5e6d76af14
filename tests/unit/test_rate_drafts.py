"""Drafts of rate sheets: edits one upon the other are what they would be one after the other."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Refusal
from switchboard.rating.drafts import Draft, DraftChange, Overlay
from switchboard.rating.editing import (
    Block,
    Close,
    Drop,
    Put,
    Reprice,
    place_of,
    replaced,
    rows_under,
)
from switchboard.rating.row import Day, RateRow, Window
from switchboard.rating.sheet import RateSheet, Table
from switchboard.rating.terms import SheetTerms

TERMS = SheetTerms("EUR")
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
WEEKEND = Window(frozenset({Day.SAT}))
ROWS = [RateRow("4", 100), RateRow("44", 200, "UK"), RateRow("447", 300), RateRow("5", 50)]
PREFIXES = st.sampled_from(["4", "44", "447", "4471", "5", "6"])
EDITS = st.one_of(
    st.builds(Put, st.builds(RateRow, PREFIXES, st.integers(0, 999))),
    st.builds(Put, st.builds(RateRow, PREFIXES, st.integers(0, 999), window=st.just(WEEKEND))),
    st.builds(
        Put,
        st.builds(RateRow, PREFIXES, st.integers(0, 999)),
        st.just(place_of(ROWS[0])),
        st.none() | st.just(JUNE),
    ),
    st.builds(Drop, PREFIXES, st.just(place_of(ROWS[0]))),
    st.builds(Close, PREFIXES, st.none() | st.just(JUNE + timedelta(days=9))),
    st.builds(Block, PREFIXES, st.booleans()),
    st.builds(Reprice, st.tuples(PREFIXES), st.just(JUNE), addition_picos=st.integers(1, 9)),
)


def draft(*edits, on: str = "v1") -> Draft:
    changes = (DraftChange(f"c{at}", edit, "jane", JUNE) for at, edit in enumerate(edits))
    return Draft("retail", on, "jane", JUNE, "m1", tuple(changes))


def sheet(rows=ROWS, name: str = "v1") -> RateSheet:
    return RateSheet.of("retail", name, TERMS, rows)


@given(st.lists(EDITS, max_size=8), PREFIXES)
def test_edits_in_a_draft_are_what_they_are_one_after_the_other(edits, beginning):
    table, fitting = Table(ROWS, TERMS), []
    for edit in edits:
        try:
            table = Table(replaced(table, edit(table)), TERMS)
        except Refusal:
            continue
        fitting.append(edit)

    source = Table(ROWS, TERMS)
    overlay = draft(*fitting).over(source)

    assert list(Table(replaced(source, overlay.edited), TERMS)) == list(table)
    assert list(rows_under(overlay, beginning)) == list(rows_under(table, beginning))
    carried = draft(*edits).carried(sheet())
    assert [one.edit for one in carried.kept] == fitting
    assert len(carried.kept) + len(carried.refused) == len(edits)


def test_an_overlay_says_what_was_there_before_the_first_edit():
    overlay = Overlay(Table(ROWS, TERMS))
    for rate in (5, 6):
        overlay.lay(Put(RateRow("44", rate, "UK"), place_of(ROWS[1]))(overlay))

    assert overlay.edited == ({"44": [ROWS[1]]}, {"44": [RateRow("44", 6, "UK")]})
