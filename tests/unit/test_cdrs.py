"""CDRs as operators look for them, and as files."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from switchboard.calls.cdr_file import COLUMNS, write_cdr_row
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.routing import TrunkCost
from switchboard.desk.cdrs import find_cdrs
from switchboard.errors import NotFound
from tests.contract.test_books import cdr
from tests.fakes.ports import memory_ports
from tests.fakes.world import BOB, CAROL, NOON, open_alice

HANGS_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


@pytest.fixture
def ports():
    ports = memory_ports()
    open_alice(ports)
    for days in range(4):
        ports.books.close(cdr(f"c{days}", requested_at=NOON + timedelta(days=days)))
    return ports


def found(ports, **asked) -> list[str]:
    return [one.callback for one in find_cdrs(ports, "alice", **asked)]


def test_cdrs_are_found_since_an_instant_and_before_another(ports):
    since, until = NOON + timedelta(days=1), NOON + timedelta(days=3)

    assert found(ports) == ["c3", "c2", "c1", "c0"]
    assert found(ports, since=since) == ["c3", "c2", "c1"]
    assert found(ports, until=until) == ["c2", "c1", "c0"]
    assert found(ports, since=since, until=until) == ["c2", "c1"]


def test_without_an_account_those_of_all_are_found(ports):
    assert [one.callback for one in find_cdrs(ports, None)] == found(ports)


def test_cdrs_of_nobody_are_not_found(ports):
    with pytest.raises(NotFound):
        find_cdrs(ports, "nobody")


def test_a_row_tells_the_whole_call_and_its_parts_add_up():
    cost = TrunkCost("USD", 5_000, "1", "carrier", "v1")
    last = LegRecord(
        Party.DESTINATION, BOB, "carrier", HANGS_UP, "1", seconds=5, cost_micros=40_000
    )
    busy = replace(last, number=CAROL, seconds=0, cost_micros=10_000)
    record = cdr(charge=300_000, destination=replace(last, trunk_cost=cost), earlier=(busy, busy))

    row = dict(zip(COLUMNS, write_cdr_row(record), strict=True))

    assert (row["requested_at"], row["account"]) == ("2026-01-02T12:00:00Z", "alice")
    assert (row["from"], row["to"]) == ("+442071234567", str(BOB))
    assert (row["destination_trunk_cost"], row["destination_trunk_currency"]) == (
        Decimal("0.005"),
        "USD",
    )
    assert row["earlier_numbers"] == f"{CAROL}, {CAROL}"
    assert (row["customer_cost"], row["destination_cost"], row["earlier_cost"]) == (
        Decimal("0.3"),
        Decimal("0.04"),
        Decimal("0.02"),
    )


def test_a_row_leaves_out_what_did_not_happen():
    row = dict(zip(COLUMNS, write_cdr_row(cdr(destination=None)), strict=True))

    assert {row[column] for column in COLUMNS if column.startswith(("destination", "earlier"))} == {
        ""
    }
