"""Drafts of rate sheets are kept as they are, one a sheet, and changed by one at a time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from switchboard.rating.drafts import Draft, DraftChange
from switchboard.rating.editing import Block, Close, Drop, Put, Reprice
from switchboard.rating.row import Charges, Day, RateRow, Window
from tests.fakes.world import NOON

ROW = RateRow("4477", 10**12 + 1, "=Größe", Charges(1, 2), window=Window(frozenset({Day.SUN})))
EDITS = (
    Put(ROW, "place", NOON),
    Put(RateRow("1", 0)),
    Drop("44", "place"),
    Close("44", NOON),
    Block("44", blocked=False),
    Reprice(("44", "1"), NOON, 5_000_000, -7, 4, NOON + timedelta(days=3)),
)
CHANGES = tuple(DraftChange(f"c{at}", edit, "jane", NOON) for at, edit in enumerate(EDITS))
DRAFT = Draft("retail", "v1", "jane", NOON, "m1", CHANGES)


def test_a_draft_comes_back_as_it_was_kept(ports):
    assert ports.sheets.draft("retail") is None

    assert ports.sheets.replace_draft("retail", None, DRAFT)

    assert ports.sheets.draft("retail") == DRAFT
    assert ports.sheets.draft("other") is None
    assert (ports.sheets.names(), ports.sheets.all()) == ([], [])


def test_a_draft_takes_the_place_of_the_one_that_was_seen(ports):
    later = replace(DRAFT, mark="m2", changes=CHANGES[:1])
    ports.sheets.replace_draft("retail", None, DRAFT)

    assert not ports.sheets.replace_draft("retail", None, later)
    assert ports.sheets.replace_draft("retail", DRAFT, later)
    assert not ports.sheets.replace_draft("retail", DRAFT, replace(DRAFT, mark="m3"))

    assert ports.sheets.draft("retail") == later


def test_a_draft_is_taken_away_by_who_has_seen_it(ports):
    ports.sheets.replace_draft("retail", None, DRAFT)

    assert not ports.sheets.replace_draft("retail", replace(DRAFT, mark="m0"), None)
    assert ports.sheets.replace_draft("retail", DRAFT, None)

    assert ports.sheets.draft("retail") is None
    assert ports.sheets.replace_draft("retail", DRAFT, None)
    assert ports.sheets.replace_draft("retail", None, replace(DRAFT, mark="m2"))


def test_of_simultaneous_changes_of_a_draft_one_comes_first(busy_ports):
    busy_ports.sheets.replace_draft("retail", None, DRAFT)

    def change(number: int) -> bool:
        new = replace(DRAFT, mark=f"n{number}")
        return busy_ports.sheets.replace_draft("retail", DRAFT, new)

    with ThreadPoolExecutor(8) as threads:
        changed = list(threads.map(change, range(8)))

    assert changed.count(True) == 1
    assert busy_ports.sheets.draft("retail").mark == f"n{changed.index(True)}"
