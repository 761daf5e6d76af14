"""Importing a deck publishes a sheet's next version and says what that changes."""

from datetime import UTC, datetime

import pytest

from switchboard.desk.decks import Care, Columns, ImportReport, Mode, export_deck, import_deck
from switchboard.desk.rates import TermsChange, derive
from switchboard.errors import Malformed, NotFound
from switchboard.rating.deck.comparing import Move
from switchboard.rating.deck.names import CANONICAL
from switchboard.rating.deck.reading import Template, read_deck
from switchboard.rating.row import RateRow
from switchboard.rating.terms import Derivation, SheetTerms
from switchboard.spreadsheets.text import rows_of_text
from switchboard.tables.amounts import DecimalMark
from switchboard.tables.cells import BadRow, BadRows, Worksheet
from tests.fakes.ports import memory_ports

EUR = SheetTerms("EUR")
OLD = "prefix,rate\n44,1\n33,2\n1,3\n"
NEW = "prefix,rate\n44,1.5\n33,2\n7,4\n"


def take(ports, text: str, terms: SheetTerms = EUR, **how) -> ImportReport:
    return import_deck(ports, "retail", terms, [Worksheet("", rows_of_text(text))], **how)


def rates(ports, name: str = "retail") -> dict[str, int]:
    return {row.prefix: row.rate_picos // 10**11 for row in ports.sheets.current(name).rows}


@pytest.fixture
def ports():
    ports = memory_ports()
    take(ports, OLD)
    return ports


def test_a_deck_takes_the_place_of_the_published_rates(ports):
    report = take(ports, NEW)

    assert rates(ports) == {"44": 15, "33": 20, "7": 40}
    assert {move: count for move, count in report.comparison.counts.items() if count} == {
        Move.INCREASED: 1,
        Move.UNCHANGED: 1,
        Move.NEW: 1,
        Move.CLOSED: 1,
    }


def test_a_deck_can_be_added_to_the_published_rates(ports):
    report = take(ports, NEW, mode=Mode.ADD)

    assert rates(ports) == {"44": 15, "33": 20, "1": 30, "7": 40}
    assert report.comparison.counts[Move.CLOSED] == 0


def test_a_deck_can_be_added_to_a_sheet_that_is_not_there_yet():
    ports = memory_ports()

    take(ports, OLD, mode=Mode.ADD)

    assert rates(ports) == {"44": 10, "33": 20, "1": 30}


def test_a_dry_run_says_the_same_and_changes_nothing(ports):
    version = ports.sheets.current("retail").version

    rehearsal = take(ports, NEW, dry_run=True, columns=Columns(save_as="acme"))

    assert ports.sheets.current("retail").version == version
    assert ports.templates.all() == []
    assert not rehearsal.published
    assert rehearsal.comparison == take(ports, NEW).comparison


def test_a_refused_deck_changes_nothing_and_names_every_bad_row(ports):
    version = ports.sheets.current("retail").version

    with pytest.raises(BadRows) as refusal:
        take(ports, NEW + "x,1\n45,\n", columns=Columns(save_as="acme"))

    assert [row.line for row in refusal.value.rows] == [5, 6]
    assert ports.sheets.current("retail").version == version
    assert ports.templates.all() == []


def test_a_dry_run_reports_bad_rows_beside_what_the_others_change(ports):
    report = take(ports, NEW + "x,1\n", dry_run=True)

    assert report.deck.bad == (BadRow(5, "prefix “x” is not made of digits"),)
    assert report.comparison.counts[Move.INCREASED] == 1


def test_bad_rows_can_be_skipped(ports):
    report = take(ports, NEW + "x,1\n", care=Care(skip_bad=True))

    assert report.published
    assert rates(ports) == {"44": 15, "33": 20, "7": 40}
    assert [row.line for row in report.deck.bad] == [5]


def test_outliers_are_flagged_and_imported(ports):
    lines = "".join(f"44{n},1\n" for n in range(1, 8))

    report = take(ports, f"prefix,rate\n{lines}4479,90\n", care=Care(cap_picos=50 * 10**12))

    assert [(outlier.prefix, outlier.reason) for outlier in report.outliers] == [
        ("4479", "above the cap")
    ]
    assert rates(ports)["4479"] == 900


def test_prices_that_are_still_to_come_are_counted(ports):
    report = take(ports, "prefix,rate,effective_from\n44,1,2036-01-01\n33,1,\n")

    assert report.later == 1


def test_dates_are_midnights_of_the_sheets_own_time_zone(ports):
    terms = SheetTerms("EUR", time_zone="Europe/Berlin")

    take(ports, "prefix,rate,effective_from\n44,1,2027-01-01\n", terms)

    (row,) = ports.sheets.current("retail").rows
    assert row.effective_from == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_the_columns_of_a_deck_can_be_kept_and_used_again(ports):
    first = "Ziel;Vorw.;Kosten\nUK;44;0,5\n"
    told = Columns(mapping={"prefix": "Vorw.", "rate": "Kosten"}, save_as="acme")
    take(ports, first, columns=told)

    take(ports, "Vorw.;Ziel;Kosten\n44;UK;1,234\n", columns=_again(decimal=DecimalMark.COMMA))

    assert ports.templates.get("acme") == Template(
        "acme", {"destination": "Ziel", "prefix": "Vorw.", "rate": "Kosten"}
    )
    assert [row.rate_picos for row in ports.sheets.current("retail").rows] == [1_234 * 10**9]


def test_a_kept_template_remembers_the_decimal_mark(ports):
    told = Columns(decimal=DecimalMark.COMMA, save_as="acme")
    take(ports, 'Code,Price\n44,"1,234"\n', columns=told)

    take(ports, 'Code,Price\n44,"5,678"\n', columns=_again())

    assert [row.rate_picos for row in ports.sheets.current("retail").rows] == [5_678 * 10**9]


def test_a_template_that_is_not_kept_is_refused(ports):
    with pytest.raises(NotFound, match="no template acme"):
        take(ports, NEW, columns=_again())


def test_a_deck_in_another_layout_than_its_template_is_refused(ports):
    take(ports, "Code,Price\n44,1\n", columns=Columns(save_as="acme"))

    with pytest.raises(Malformed, match=r"and has .*“rate=Price”"):
        take(ports, "Code,Cost\n44,1\n", columns=_again())


def test_what_is_exported_is_the_sheet(ports):
    cells = list(export_deck(ports, "retail"))

    rows = "\n".join(",".join(map(str, row)) for row in [CANONICAL, *cells])
    exported = read_deck([Worksheet("", rows_of_text(rows))]).rows
    assert exported == tuple(ports.sheets.current("retail").rows)


def test_a_sheet_that_is_not_there_is_not_exported():
    with pytest.raises(NotFound, match="no rate sheet retail"):
        export_deck(memory_ports(), "retail")


def test_a_derived_sheet_that_is_exported_and_imported_still_follows_its_base(ports):
    derive(ports, "gold", Derivation("retail", multiplier_millionths=2_000_000), TermsChange())
    exported = "prefix,rate\n" + "".join(
        f"{row.prefix},{row.rate_picos // 10**12}\n" for row in ports.sheets.current("gold").rows
    )
    text = exported.replace("\n33,4\n", "\n33,5\n")
    terms = ports.sheets.current("gold").terms
    multiplied = ",rate_multiplier,rate_addition"
    lines = [f"{line},1,0" for line in text.splitlines()[1:]]
    deck = "\n".join(["prefix,rate" + multiplied, *lines])

    import_deck(ports, "gold", terms, [Worksheet("", rows_of_text(deck))])
    take(ports, "prefix,rate\n44,7\n33,7\n")

    gold = {row.prefix: row for row in ports.sheets.current("gold").rows}
    assert gold["33"].rate_picos == 5 * 10**12
    assert isinstance(gold["44"], RateRow)
    assert (gold["44"].inherited, gold["44"].rate_picos) == (True, 14 * 10**12)


def _again(**how) -> Columns:
    return Columns(template="acme", **how)
