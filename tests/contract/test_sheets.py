"""Rate sheets: compiled versions that never change, found by a pointer, read page by page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from switchboard.aws.sheets import DynamoSheets
from switchboard.errors import Conflict, NoRate, NotFound
from switchboard.numbering import PhoneNumber
from switchboard.rating.destinations import Destination
from switchboard.rating.pages import ROWS_A_PAGE
from switchboard.rating.rounding import Rounding
from switchboard.rating.row import Charges, Day, RateRow, Window
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, Derivation, SheetTerms
from tests.fakes.world import ALICE, NOON, retail_sheet

TERMS = SheetTerms(
    "EUR",
    5,
    50,
    Rounding.HALF_EVEN,
    "Europe/Berlin",
    frozenset({date(2026, 12, 25), date(2026, 12, 26)}),
    AtBoundary.SPLIT,
    7,
    14,
    Charges(increment_s=6),
    Derivation("cost", 1_200_000, -5, "v7"),
)
RICH = RateRow(
    "44",
    10**10 + 3,
    "United Kingdom, Größe £",
    Charges(1, 2, 3, 4, 5, 6, 7, 8, -9, 10, 11, 12, 13),
    blocked=True,
    effective_from=datetime(2026, 1, 1, tzinfo=UTC),
    effective_until=datetime(2026, 2, 1, tzinfo=UTC),
    window=Window(frozenset({Day.FRI, Day.HOLIDAY}), time(8, 30), time(19)),
    weight=-3,
    step_from_s=0,
    inherited=True,
)


def sheet(version: str, *rows: RateRow, name: str = "retail", **terms) -> RateSheet:
    return RateSheet.of(name, version, SheetTerms("EUR", **terms), rows)


def many(prefixes: int) -> list[RateRow]:
    """Blocks of a hundred prefixes, each block under a shorter prefix, all under a shortest."""
    of_blocks = [RateRow(f"44{n:04d}", n) for n in range(prefixes // 100)]
    of_all = [RateRow(f"44{n // 100:04d}{n % 100:02d}", n + 1) for n in range(prefixes)]
    return [RateRow("4", 7), RateRow("44", 8), *of_blocks, *of_all]


def test_the_published_version_is_the_one_that_quotes(ports):
    first, second = retail_sheet(), sheet("v2", *many(6_000), digits=2)

    ports.sheets.publish(first)
    ports.sheets.publish(second)

    found = ports.sheets.current("retail")
    assert (found.name, found.version, found.terms) == ("retail", "v2", second.terms)
    assert list(found.rows) == list(second.rows)
    assert found.rows.prefixes == second.rows.prefixes
    assert (ports.sheets.names(), ports.sheets.versions("retail")) == (["retail"], ["v1", "v2"])


def test_all_that_a_row_and_the_terms_say_is_kept(ports):
    rows = [RICH, replace(RICH, step_from_s=60, rate_picos=10**9), RateRow("440", 1)]
    ports.sheets.publish(RateSheet.of("retail", "v1", TERMS, rows))

    found = ports.sheets.current("retail")

    assert found.terms == TERMS
    assert list(found.rows) == rows


def test_a_sheet_without_rows_has_no_price(ports):
    ports.sheets.publish(sheet("v1"))

    assert list(ports.sheets.current("retail").rows) == []
    with pytest.raises(NoRate):
        ports.sheets.current("retail").price(ALICE, NOON)


def test_the_names_of_destinations_are_kept_with_their_shortest_prefixes(ports):
    rows = [
        RateRow("44", 1, "United Kingdom"),
        RateRow("4477", 5, "UK mobile"),
        RateRow("44771", 6, "UK mobile"),
        RateRow("44780", 5, "UK mobile"),
        RateRow("49", 2),
        RateRow("93", 7, "Afghanistan"),
    ]
    ports.sheets.publish(sheet("v1", *rows))

    found = ports.sheets.current("retail", fresh=True).rows.destinations()

    assert list(found) == [
        Destination("Afghanistan", "93"),
        Destination("UK mobile", "4477", 1),
        Destination("UK mobile", "44771"),
        Destination("United Kingdom", "44"),
    ]


def test_rows_are_read_from_a_prefix_on_as_far_as_they_are_asked_for(ports, reads):
    known = sheet("v1", *many(6_000))
    ports.sheets.publish(known)
    found = ports.sheets.current("retail", fresh=True)
    reads()

    for start in ("", "4", "440000", "44001750", "4400175", "45", "9"):
        expected = [row for row in known.rows if row.prefix >= start]
        assert list(islice(found.rows.since(start), 20)) == expected[:20], start

    assert reads() <= 4
    assert list(found.rows.since("440030")) == [r for r in known.rows if r.prefix >= "440030"]


def test_the_versions_of_a_sheet_are_listed_newest_first(ports):
    for number in range(5):
        ports.sheets.publish(sheet(f"v{number}", *many(100 * number)))
    ports.sheets.publish(sheet("v9", name="other"))

    first = ports.sheets.newest("retail", limit=3, cursor=None)
    rest = ports.sheets.newest("retail", limit=3, cursor=first.cursor)

    assert [one.version for one in first.items] == ["v4", "v3", "v2"]
    assert [one.version for one in rest.items] == ["v1", "v0"]
    assert rest.cursor is None
    assert first.items[0].rows.prefixes == 2 + 4 + 400
    assert list(ports.sheets.newest("none", limit=3, cursor=None).items) == []


def test_all_sheets_are_listed_as_they_are_published(ports):
    for name, version in (("b", "v1"), ("a", "v1"), ("b", "v2")):
        ports.sheets.publish(sheet(version, RateRow("44", 1), name=name))

    found = ports.sheets.all()

    assert [(one.name, one.version) for one in found] == [("a", "v1"), ("b", "v2")]
    assert found[1].price(ALICE, NOON).prefix == "44"


def test_what_is_not_there_is_not_found(ports):
    with pytest.raises(NotFound, match="no rate sheet retail"):
        ports.sheets.current("retail")
    with pytest.raises(NotFound, match="no version v1 of sheet retail"):
        ports.sheets.version("retail", "v1")
    assert (ports.sheets.names(), ports.sheets.versions("retail")) == ([], [])


@pytest.mark.parametrize("name", ["", "x" * 3_000])
def test_what_no_sheet_can_be_called_is_not_found(ports, name):
    ports.sheets.publish(sheet("v1"))

    with pytest.raises(NotFound, match="no rate sheet"):
        ports.sheets.current(name)
    with pytest.raises(NotFound, match="no version"):
        ports.sheets.version(name, "v1")
    with pytest.raises(NotFound, match="no version"):
        ports.sheets.version("retail", name)


def test_names_are_as_they_were_given(ports):
    for name in ("b", "a/b", "published", "versions/a", "größe"):
        ports.sheets.publish(sheet("v1", RateRow("44", 1), name=name))

    assert set(ports.sheets.names()) == {"b", "a/b", "published", "versions/a", "größe"}
    assert ports.sheets.current("a/b").price(ALICE, NOON).prefix == "44"


def test_a_sheet_that_somebody_holds_stays_what_it_was(ports):
    ports.sheets.publish(sheet("v1", RateRow("44", 1)))
    held = ports.sheets.current("retail")

    ports.sheets.publish(sheet("v2", RateRow("4", 2)))

    assert held.price(ALICE, NOON).prefix == "44"
    assert ports.sheets.current("retail", fresh=True).price(ALICE, NOON).prefix == "4"


def test_an_earlier_version_can_be_published_again(ports, reads):
    ports.sheets.publish(sheet("v1", RateRow("44", 1)))
    ports.sheets.publish(sheet("v2", RateRow("4", 2)))
    earlier = ports.sheets.version("retail", "v1")
    reads()

    ports.sheets.publish(earlier)

    assert reads() <= 1
    assert ports.sheets.current("retail").price(ALICE, NOON).prefix == "44"


def test_publishing_on_top_of_another_version_is_a_conflict(ports):
    ports.sheets.publish(sheet("v1", RateRow("44", 1)))
    ports.sheets.publish(sheet("v2", RateRow("44", 2)), after="v1")

    with pytest.raises(Conflict, match="retail was published by somebody else"):
        ports.sheets.publish(sheet("v3", RateRow("44", 3)), after="v1")

    assert ports.sheets.current("retail", fresh=True).version == "v2"


def test_of_simultaneous_publishers_one_comes_first(busy_ports):
    busy_ports.sheets.publish(sheet("v0", RateRow("44", 1)))

    def publish(number: int) -> bool:
        try:
            version = sheet(f"v{number}", *many(1_000), RateRow("49", number))
            busy_ports.sheets.publish(version, after="v0")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        published = list(threads.map(publish, range(1, 9)))

    found = busy_ports.sheets.current("retail", fresh=True)
    assert published.count(True) == 1
    assert found.version == f"v{published.index(True) + 1}"
    assert found.price(PhoneNumber("+491701234567"), NOON).prefix == "49"


@pytest.fixture
def reads(ports, monkeypatch) -> Callable[[], int]:
    """How many items were asked for since the last time, by any way of reading."""
    if not isinstance(ports.sheets, DynamoSheets):
        return lambda: 0
    counted = []
    connection = ports.sheets._items._get_connection().connection
    events = connection.client.meta.events
    for operation in ("GetItem", "BatchGetItem", "Query", "Scan"):
        events.register(
            f"before-call.dynamodb.{operation}", lambda **_: counted.append(1), unique_id=operation
        )

    def since() -> int:
        count = len(counted)
        counted.clear()
        return count

    return since


def test_a_cold_lookup_reads_one_page_and_a_warm_one_nothing(ports, reads):
    ports.sheets.publish(sheet("v1", *many(36_000)))
    dynamo = isinstance(ports.sheets, DynamoSheets)
    numbers = [PhoneNumber(f"+44{n:04d}{n % 100:02d}1234") for n in (0, 17, 200, 359, 999)]
    found = ports.sheets.current("retail")
    reads()

    prices, costs = [], []
    for number in numbers:
        prices.append(found.price(number, NOON))
        costs.append(reads())

    assert [price.prefix for price in prices] == [
        *("44000000", "44001717", "44020000", "44035959"),
        "44",
    ]
    assert costs == ([1, 1, 1, 1, 0] if dynamo else [0] * 5)
    assert [ports.sheets.current("retail").price(n, NOON) for n in numbers] == prices
    assert reads() == 0
    assert found.rows.prefixes > 20 * ROWS_A_PAGE


def test_the_pointer_is_asked_for_again_after_a_while(ports, reads):
    if isinstance(ports.sheets, DynamoSheets):
        ports.sheets._pointer_age_s = timedelta().total_seconds()
    ports.sheets.publish(sheet("v1", RateRow("44", 1)))
    reads()

    first, second = ports.sheets.current("retail"), ports.sheets.current("retail")

    assert first.rows is second.rows
    assert reads() == (2 if isinstance(ports.sheets, DynamoSheets) else 0)
